/* SPDX-License-Identifier: MIT */
/*
 * Where settings come from, weakest source first, and what is an error on the way: every line and
 * every variable that is not understood, a named file that is missing, a file that is there and
 * cannot be read. A file that cannot be read might have held the stricter setting.
 */
#include <string.h>

#include "core/conf_text.h"
#include "core/near.h"
#include "core/options.h"

/* Every variable of tunic begins so; all are settings but four. */
static const char variable_prefix[] = "TUNIC_";
static const char variable_run[] = "TUNIC_RUN";       /* identity of the tunic run */
static const char variable_pool[] = "TUNIC_POOL";     /* file that its processes share names in */
static const char variable_is_tor[] = "TUNIC_IS_TOR"; /* the proxy that has been found to be Tor */
static const char variable_config[] = "TUNIC_CONFIG"; /* a file to read instead of the usual ones */

enum { PREFIX_LEN = sizeof(variable_prefix) - 1 };

/* The value of a variable; NULL: it is not set. */
static const char *environment_value(const char *const *env, const char *name)
{
	const size_t len = strlen(name);

	for (; *env; env++) {
		if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
			return *env + len + 1;
	}
	return NULL;
}

static void add_line(
	const struct options *options, enum option_source source, unsigned line, struct text *error)
{
	text_add_all(error, options_file(options, source), ":", (const char *)NULL);
	text_add_number(error, line);
	text_add(error, ": ");
}

static bool fail_bad_line(const struct options *options, enum option_source source,
	const struct conf_text *conf, struct text *error)
{
	char line[128]; /* more than text_add_quoted shows */
	struct text copy = text_over(line, sizeof(line));

	text_add_n(&copy, conf->bad_text, conf->bad_len);
	add_line(options, source, conf->line, error);
	text_add_quoted(error, line);
	text_add_all(error, " ", conf->bad, (const char *)NULL);
	return false;
}

static bool fail_unknown_key(const struct options *options, enum option_source source,
	const struct conf_text *conf, struct text *error)
{
	const enum option near = option_nearest(conf->key);

	add_line(options, source, conf->line, error);
	text_add_quoted(error, conf->key);
	text_add(error, " is no setting");
	if (near < OPTION_COUNT)
		text_add_all(
			error, ": did you mean ", option_rows[near].key, "?", (const char *)NULL);
	return false;
}

static bool fail_set_twice(const struct options *options, enum option_source source,
	const struct conf_text *conf, unsigned first, struct text *error)
{
	add_line(options, source, conf->line, error);
	text_add_quoted(error, conf->key);
	text_add(error, " is already set in line ");
	text_add_number(error, first);
	return false;
}

/* Takes over the setting that was read last. `lines`: where each option was set, 0 not yet. */
static bool read_setting(struct options *options, enum option_source source,
	const struct conf_text *conf, unsigned lines[static OPTION_COUNT], struct text *error)
{
	const enum option option = option_find(conf->key);

	if (option == OPTION_COUNT)
		return fail_unknown_key(options, source, conf, error);
	if (lines[option] != 0)
		return fail_set_twice(options, source, conf, lines[option], error);
	lines[option] = conf->line;
	return options_set(
		options, option, conf->value, (struct option_origin){source, conf->line}, error);
}

bool options_read_text(struct options *options, enum option_source source, const char *text,
	size_t len, struct text *error)
{
	unsigned lines[OPTION_COUNT] = {0};
	struct conf_text conf;

	conf_text_open(&conf, text, len);
	for (;;) {
		switch (conf_text_next(&conf)) {
		case CONF_END:
			return true;
		case CONF_BAD:
			return fail_bad_line(options, source, &conf, error);
		case CONF_SETTING:
			if (!read_setting(options, source, &conf, lines, error))
				return false;
			break;
		}
	}
}

static enum option option_of_variable(const char *name)
{
	for (enum option i = 0; i < OPTION_COUNT; i++) {
		if (strcmp(option_rows[i].environment, name) == 0)
			return i;
	}
	return OPTION_COUNT;
}

static bool is_other_variable(const char *name)
{
	return strcmp(name, variable_run) == 0 || strcmp(name, variable_pool) == 0 ||
	       strcmp(name, variable_is_tor) == 0 || strcmp(name, variable_config) == 0;
}

/* The variable that was probably meant; NULL: none is near. */
static const char *variable_nearest(const char *name)
{
	const enum option near = option_nearest(name + PREFIX_LEN);

	if (near < OPTION_COUNT)
		return option_rows[near].environment;
	if (near_distance(name + PREFIX_LEN, variable_config + PREFIX_LEN) != NEAR_NOT)
		return variable_config;
	if (near_distance(name + PREFIX_LEN, variable_run + PREFIX_LEN) != NEAR_NOT)
		return variable_run;
	return NULL;
}

static bool fail_unknown_variable(const char *name, struct text *error)
{
	const char *near = variable_nearest(name);

	text_add(error, "environment: ");
	text_add_quoted(error, name);
	text_add(error, " is no setting");
	if (near)
		text_add_all(error, ": did you mean ", near, "?", (const char *)NULL);
	return false;
}

/* Takes over one variable that begins with TUNIC_. `seen`: which options the environment has set.
 */
static bool read_variable(struct options *options, const char *variable,
	bool seen[static OPTION_COUNT], struct text *error)
{
	const struct option_origin origin = {SOURCE_ENVIRONMENT, 0};
	const char *equals = strchr(variable, '=');
	char buf[128]; /* longer than any variable of ours, and than text_add_quoted shows */
	struct text name = text_over(buf, sizeof(buf));

	if (!equals)
		return true;
	text_add_n(&name, variable, (size_t)(equals - variable));
	const enum option option = option_of_variable(buf);
	if (is_other_variable(buf))
		return true;
	if (option == OPTION_COUNT)
		return fail_unknown_variable(buf, error);
	if (seen[option]) {
		text_add_all(error, buf, " is in the environment twice", (const char *)NULL);
		return false;
	}
	seen[option] = true;
	return options_set(options, option, equals + 1, origin, error);
}

bool options_read_environment(struct options *options, const char *const *env, struct text *error)
{
	bool seen[OPTION_COUNT] = {false};

	for (; *env; env++) {
		if (strncmp(*env, variable_prefix, PREFIX_LEN) == 0 &&
			!read_variable(options, *env, seen, error))
			return false;
	}
	return true;
}

/* Reads the file of a source. Only a file that was named has to be there. */
static bool read_file(struct options *options, const struct options_sources *sources,
	enum option_source source, struct text *error)
{
	static char content[CONF_SIZE_MAX]; /* too much for the stack of a host's thread */
	const char *path = options_file(options, source);
	char buf[256];
	struct text why = text_over(buf, sizeof(buf));
	size_t len = 0;

	switch (sources->read(path, content, sizeof(content), &len, &why)) {
	case READ_OK:
		return options_read_text(options, source, content, len, error);
	case READ_ABSENT:
		if (source != SOURCE_NAMED_FILE)
			return true;
		text_add(&why, "there is no such file");
		break;
	case READ_FAILED:
		break;
	}
	text_add(error, "configuration ");
	text_add_quoted(error, path);
	text_add_all(error, " cannot be read: ", buf, (const char *)NULL);
	return false;
}

static bool fail_path(
	const char *place, const char *path, const char *complaint, struct text *error)
{
	text_add_all(error, place, ": ", (const char *)NULL);
	text_add_quoted(error, path);
	text_add_all(error, " ", complaint, (const char *)NULL);
	return false;
}

/* Finds the file that --config or TUNIC_CONFIG names; options->named_file stays "" if neither does.
 */
static bool find_named_file(struct options *options, const struct options_sources *sources,
	const char *const *env, struct text *error)
{
	const char *place = sources->named_file ? "--config" : variable_config;
	const char *path =
		sources->named_file ? sources->named_file : environment_value(env, variable_config);

	if (!path)
		return true;
	if (path[0] == '\0')
		return fail_path(place, path, "is no file", error);
	/* Programs change their directory, and what they start would read another file or none. */
	if (!sources->named_file && path[0] != '/')
		return fail_path(place, path, "is not an absolute path: begin it with '/'", error);
	if (!text_copy(options->named_file, sizeof(options->named_file), path))
		return fail_path(place, path, "is too long for a path", error);
	return true;
}

/* Finds the place of the user's own file; options->user_file stays "" where there is no home. */
static bool find_user_file(struct options *options, const char *const *env, struct text *error)
{
	struct text path = text_over(options->user_file, sizeof(options->user_file));
	const char *config = environment_value(env, "XDG_CONFIG_HOME");
	const char *home = environment_value(env, "HOME");

	if (config && config[0] == '/')
		text_add_all(&path, config, "/tunic/tunic.conf", (const char *)NULL);
	else if (home && home[0] == '/')
		text_add_all(&path, home, "/.config/tunic/tunic.conf", (const char *)NULL);
	if (path.cut)
		return fail_path("the user's configuration", options->user_file,
			"is too long for a path", error);
	return true;
}

static bool load_files(struct options *options, const struct options_sources *sources,
	const char *const *env, struct text *error)
{
	if (!find_named_file(options, sources, env, error))
		return false;
	if (options->named_file[0] != '\0')
		return read_file(options, sources, SOURCE_NAMED_FILE, error);
	return find_user_file(options, env, error) &&
	       read_file(options, sources, SOURCE_SYSTEM_FILE, error) &&
	       (options->user_file[0] == '\0' ||
		       read_file(options, sources, SOURCE_USER_FILE, error));
}

/* Why a --config cannot be followed; NULL: it can. Ignoring it would run with other settings. */
static const char *named_file_complaint(const struct options_sources *sources, bool inside_run)
{
	if (sources->named_file && sources->secure)
		return "is not read in a program that runs with another's rights";
	if (sources->named_file && inside_run)
		return "is not read inside a tunic run: every setting is in the environment";
	return NULL;
}

bool options_load(
	struct options *options, const struct options_sources *sources, struct text *error)
{
	static const char *const empty[] = {NULL};
	const char *const *env = sources->secure ? empty : sources->env;
	const char *run = environment_value(env, variable_run);
	const bool inside_run = run && run[0] != '\0';
	const char *complaint = named_file_complaint(sources, inside_run);

	options_init(options);
	if (complaint)
		return fail_path("--config", sources->named_file, complaint, error);
	if (!inside_run && !load_files(options, sources, env, error))
		return false;
	return options_read_environment(options, env, error);
}
