/* SPDX-License-Identifier: MIT */
/* Settings: how files are read, which source wins, and how the outcome is shown. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/say.h"
#include "bin/settings.h"

enum { ERROR_BUF = PATH_MAX + 1024, VALUE_BUF = PATH_MAX + 128 };

extern char **environ;

static enum read_result failed(struct text *why, const char *reason)
{
	text_add(why, reason);
	return READ_FAILED;
}

/* One byte more than fits is asked for, to tell a file that fits from one that does not. */
static enum read_result read_all(int fd, char *buf, size_t cap, size_t *len, struct text *why)
{
	char beyond;
	ssize_t n;

	*len = 0;
	while (*len < cap && (n = read(fd, buf + *len, cap - *len)) != 0) {
		if (n < 0)
			return failed(why, strerror(errno));
		*len += (size_t)n;
	}
	if (*len == cap && read(fd, &beyond, 1) != 0)
		return failed(why, "longer than a configuration may be");
	return READ_OK;
}

/* A pipe without a name, as a shell's <(COMMAND) is: somebody is writing, and it ends. */
static bool is_unnamed_pipe(int fd, const struct stat *st)
{
	struct statfs fs;

	return S_ISFIFO(st->st_mode) && fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC;
}

/* Not to wait at a named pipe, files are opened non-blocking. */
static enum read_result file_read(
	const char *path, char *buf, size_t cap, size_t *len, struct text *why)
{
	enum read_result result;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return READ_ABSENT;
	if (fd < 0)
		return failed(why, strerror(errno));
	if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || is_unnamed_pipe(fd, &st))) {
		fcntl(fd, F_SETFL, 0);
		result = read_all(fd, buf, cap, len, why);
	} else {
		result = failed(why, S_ISDIR(st.st_mode) ? "it is a directory" : "it is no file");
	}
	close(fd);
	return result;
}

void settings_load(struct options *options, const struct command_line *line)
{
	const struct option_origin origin = {SOURCE_COMMAND_LINE, 0};
	const struct options_sources sources = {
		.read = file_read,
		.env = (const char *const *)environ,
		.secure = false, /* tunic does not run in such a context at all */
		.named_file = line->config,
	};
	char buf[ERROR_BUF];
	struct text error = text_over(buf, sizeof(buf));

	if (!options_load(options, &sources, &error))
		refuse(EXIT_OURS, "%s", buf);
	for (enum option i = 0; i < OPTION_COUNT; i++)
		if (line->values[i] && !options_set(options, i, line->values[i], origin, &error))
			refuse(EXIT_OURS, "%s", buf);
}

/* tunic.conf knows no empty values, and no comments behind one. */
static void setting_print(const struct options *options, enum option option)
{
	char origin_buf[VALUE_BUF], value_buf[VALUE_BUF];
	struct text origin = text_over(origin_buf, sizeof(origin_buf));
	struct text value = text_over(value_buf, sizeof(value_buf));

	options_format_origin(options, option, &origin);
	options_format(options, option, &value);
	printf("# %s\n", origin_buf);
	if (value.len > 0)
		printf("%s = %s\n", option_rows[option].key, value_buf);
	else
		printf("# %s =\n", option_rows[option].key);
}

void settings_print(const struct options *options)
{
	for (enum option i = 0; i < OPTION_COUNT; i++)
		setting_print(options, i);
}
