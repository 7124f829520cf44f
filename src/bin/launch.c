/* SPDX-License-Identifier: MIT */
/*
 * The environment of the program.
 *
 * The shim reads its settings from TUNIC_* alone once TUNIC_RUN is there, so what tunic decided
 * holds for every process of the run, whatever becomes of files meanwhile. A variable is always
 * removed before it is set: an environment may hold one twice, and then setenv(3) changes the first
 * and ld.so(8) takes the last.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/launch.h"
#include "bin/pool_file.h"
#include "bin/say.h"

enum { RUN_BYTES = 16, VALUE_BUF = PATH_MAX + 128 };

static const char run_variable[] = "TUNIC_RUN";
static const char preload_variable[] = "LD_PRELOAD";

extern char **environ;

/* The pool that this tunic made; "" where it made none. */
static char own_pool[PATH_MAX];
static bool begins_run;

/* NULL: not in the environment. */
static void variable_put(const char *name, const char *value)
{
	if (unsetenv(name) < 0 || (value && setenv(name, value, 1) < 0))
		refuse(EXIT_OURS, "cannot set %s: %s", name, strerror(errno));
}

/* Is `library` the first of a list in the form of LD_PRELOAD? */
static bool leads(const char *list, const char *library)
{
	size_t len = strlen(library);

	return !strncmp(list, library, len) && strchr(" :", list[len]);
}

static void preload_put(const char *library)
{
	const char *given = getenv(preload_variable);
	const char *rest = given ? given : "";
	size_t cap = strlen(library) + strlen(rest) + sizeof(":");
	char *buf = malloc(cap);
	struct text list;

	if (!buf)
		refuse(EXIT_OURS, "cannot set %s: %s", preload_variable, strerror(errno));
	list = text_over(buf, cap);
	if (!leads(rest, library))
		text_add_all(&list, library, *rest ? ":" : "", (const char *)NULL);
	text_add(&list, rest);
	variable_put(preload_variable, buf);
	free(buf);
}

static bool is_run(const char *text)
{
	return strlen(text) == 2 * RUN_BYTES && strspn(text, "0123456789abcdef") == 2 * RUN_BYTES;
}

bool launch_within_run(void)
{
	const char *given = getenv(run_variable);

	return given && is_run(given);
}

/* By its address, so that it holds for no other proxy that a program of the run is told to use. */
static void tor_put(const struct options *options, bool is_tor)
{
	char buf[VALUE_BUF];
	struct text proxy = text_over(buf, sizeof(buf));

	options_format(options, OPTION_PROXY, &proxy);
	variable_put("TUNIC_IS_TOR", is_tor ? buf : NULL);
}

/*
 * A tunic inside a tunic belongs to its run: a name means the same address in both, and what the
 * proxy is has been asked.
 */
static void run_put(const struct options *options, bool is_tor)
{
	static const char hex[] = "0123456789abcdef";
	const char *given = getenv(run_variable);
	char run[2 * RUN_BYTES + 1] = "";
	unsigned char bytes[RUN_BYTES];

	if (launch_within_run())
		return;
	if (given && *given)
		refuse(EXIT_OURS,
			"%s is not the name of a run: '%s'; hint: unset it, it is tunic's own",
			run_variable, given);
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		refuse(EXIT_OURS, "no random bytes: %s", strerror(errno));
	for (unsigned i = 0; i < RUN_BYTES; i++) {
		run[2 * i] = hex[bytes[i] >> 4];
		run[2 * i + 1] = hex[bytes[i] & 15];
	}
	variable_put(run_variable, run);
	variable_put("TUNIC_POOL", NULL);
	begins_run = true;
	tor_put(options, is_tor);
}

static void setting_put(
	const struct options *options, const struct options *defaults, enum option option)
{
	char value_buf[VALUE_BUF], default_buf[VALUE_BUF];
	struct text value = text_over(value_buf, sizeof(value_buf));
	struct text other = text_over(default_buf, sizeof(default_buf));

	options_format(options, option, &value);
	options_format(defaults, option, &other);
	variable_put(
		option_rows[option].environment, strcmp(value_buf, default_buf) ? value_buf : NULL);
}

void launch_prepare(const struct options *options, const char *library, bool is_tor)
{
	struct options defaults;

	options_init(&defaults);
	for (enum option i = 0; i < OPTION_COUNT; i++)
		setting_put(options, &defaults, i);
	variable_put("TUNIC_CONFIG", NULL);
	run_put(options, is_tor);
	if (library)
		preload_put(library);
	else
		variable_put(preload_variable, NULL);
}

void launch_share_names(const struct settings *settings)
{
	if (begins_run && pool_file_make(own_pool, launch_run(), settings->pool_size))
		variable_put("TUNIC_POOL", own_pool);
}

const char *launch_run(void)
{
	return getenv(run_variable);
}

const char *launch_name(const char *called)
{
	const char *slash = strrchr(called, '/');

	return slash ? slash + 1 : called;
}

_Noreturn void launch_exec(const char *path, char *const *argv)
{
	int error;

	execve(path, argv, environ);
	error = errno;
	if (own_pool[0])
		unlink(own_pool);
	refuse(error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, "'%s' was not started: %s", path,
		strerror(error));
}
