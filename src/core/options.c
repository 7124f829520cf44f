/* SPDX-License-Identifier: MIT */
/* The settings: defaults, rows, setting one from its text, and saying where each came from. */
#include <string.h>

#include "core/near.h"
#include "core/option_types.h"
#include "core/options.h"

static const char system_file[] = "/etc/tunic.conf";

/*
 * The flags are the keys with '-' for '_'. The preprocessor cannot say that, but a byte of a string
 * literal is a constant to gcc and clang.
 */
enum { FLAG_BUF = 16, PROXY_BUF = sizeof(struct proxy) + 8 };
#define PADDED(key) key "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define DASHED(key, i) (PADDED(key)[i] == '_' ? '-' : PADDED(key)[i])
#define DASHED_4(key, i) \
	DASHED(key, i), DASHED(key, (i) + 1), DASHED(key, (i) + 2), DASHED(key, (i) + 3)

static const char flags[OPTION_COUNT][FLAG_BUF] = {
#define OPTION(id, KEY, type, default_text, argument, sentence) \
	{DASHED_4(#id, 0), DASHED_4(#id, 4), DASHED_4(#id, 8), DASHED_4(#id, 12)},
#include "core/options.def"
#undef OPTION
};

#define OPTION(id, KEY, type, default_text, argument, sentence) \
	_Static_assert(sizeof(#id) <= FLAG_BUF, #id " is too long for its flag");
#include "core/options.def"
#undef OPTION

const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(id, KEY, type, default_text, argument, sentence) \
	{#id, "TUNIC_" #KEY, flags[OPTION_##KEY], default_text, argument, sentence},
#include "core/options.def"
#undef OPTION
};

static void add_file_line(
	const struct options *options, struct option_origin origin, struct text *out)
{
	text_add_all(out, options_file(options, origin.source), ":", (const char *)NULL);
	text_add_number(out, origin.line);
}

/* What the option is called where it was set, after the line it was set in. */
static void add_place(const struct options *options, enum option option,
	struct option_origin origin, struct text *out)
{
	const struct option_row *row = &option_rows[option];

	switch (origin.source) {
	case SOURCE_DEFAULT:
		text_add(out, row->key);
		break;
	case SOURCE_SYSTEM_FILE:
	case SOURCE_USER_FILE:
	case SOURCE_NAMED_FILE:
		add_file_line(options, origin, out);
		text_add_all(out, ": ", row->key, (const char *)NULL);
		break;
	case SOURCE_ENVIRONMENT:
		text_add(out, row->environment);
		break;
	case SOURCE_COMMAND_LINE:
		text_add_all(out, "--", row->flag, (const char *)NULL);
		break;
	}
}

void options_init(struct options *options)
{
	char nothing[1];
	struct text error = text_over(nothing, sizeof(nothing));

	memset(options, 0, sizeof(*options));
	for (enum option i = 0; i < OPTION_COUNT; i++)
		(void)options_set(options, i, option_rows[i].default_text,
			(struct option_origin){SOURCE_DEFAULT, 0}, &error);
}

enum option option_find(const char *key)
{
	for (enum option i = 0; i < OPTION_COUNT; i++) {
		if (strcmp(key, option_rows[i].key) == 0 || strcmp(key, option_rows[i].flag) == 0)
			return i;
	}
	return OPTION_COUNT;
}

enum option option_nearest(const char *word)
{
	enum option nearest = OPTION_COUNT;
	unsigned least = NEAR_NOT;

	for (enum option i = 0; i < OPTION_COUNT; i++) {
		const unsigned distance = near_distance(word, option_rows[i].key);

		if (distance < least) {
			least = distance;
			nearest = i;
		}
	}
	return nearest;
}

const char *options_file(const struct options *options, enum option_source source)
{
	switch (source) {
	case SOURCE_SYSTEM_FILE:
		return system_file;
	case SOURCE_USER_FILE:
		return options->user_file;
	case SOURCE_NAMED_FILE:
		return options->named_file;
	default:
		return NULL;
	}
}

bool options_set(struct options *options, enum option option, const char *value,
	struct option_origin origin, struct text *error)
{
	char buf[256];
	struct text why = text_over(buf, sizeof(buf));

	if (!option_type(option)->parse(option_field(&options->settings, option), value, &why)) {
		add_place(options, option, origin, error);
		text_add(error, ": ");
		text_add_quoted(error, value);
		text_add_all(error, " ", buf, (const char *)NULL);
		return false;
	}
	options->origin[option] = origin;
	return true;
}

void options_format(const struct options *options, enum option option, struct text *out)
{
	option_type(option)->format(option_value(&options->settings, option), out);
}

bool options_one_turn(const struct options *options, const char *tor)
{
	char buf[PROXY_BUF];
	struct text proxy = text_over(buf, sizeof(buf));

	if (options->settings.pipeline != PIPELINE_AUTO)
		return options->settings.pipeline == PIPELINE_YES;
	options_format(options, OPTION_PROXY, &proxy);
	return tor && strcmp(tor, buf) == 0;
}

void options_format_origin(const struct options *options, enum option option, struct text *out)
{
	const struct option_origin origin = options->origin[option];

	switch (origin.source) {
	case SOURCE_DEFAULT:
		text_add(out, "default");
		break;
	case SOURCE_SYSTEM_FILE:
	case SOURCE_USER_FILE:
	case SOURCE_NAMED_FILE:
		add_file_line(options, origin, out);
		break;
	case SOURCE_ENVIRONMENT:
		text_add(out, "environment ");
		add_place(options, option, origin, out);
		break;
	case SOURCE_COMMAND_LINE:
		text_add(out, "command line ");
		add_place(options, option, origin, out);
		break;
	}
}
