/* SPDX-License-Identifier: MIT */
/* The walk along PATH, with the rules of execvp(3). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/search.h"

/* What libc takes where PATH is not set: confstr(_CS_PATH). */
static const char path_unset[] = "/bin:/usr/bin";

/* Would execve run this file? It answers EACCES for everything but a regular file. */
static int try_run(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return access(path, X_OK) < 0 ? errno : 0;
}

/* dir/name, where an empty directory is the current one. False: too long to be a path. */
static bool join(char path[static PATH_MAX], const char *dir, size_t len, const char *name)
{
	struct text text = text_over(path, PATH_MAX);

	text_add_n(&text, dir, len);
	text_add(&text, len > 0 ? "/" : "./");
	text_add(&text, name);
	return !text.cut;
}

static bool is_passed_over(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ENODEV || error == ESTALE ||
	       error == ETIMEDOUT || error == EACCES;
}

static int search_along(char path[static PATH_MAX], const char *name, const char *dirs)
{
	char candidate[PATH_MAX];
	int result = ENOENT;

	for (const char *dir = dirs;; dir++) {
		size_t len = strcspn(dir, ":");
		int error = join(candidate, dir, len, name) ? try_run(candidate) : ENOENT;

		if (error == 0 || (error == EACCES && result != EACCES))
			text_copy(path, PATH_MAX, candidate);
		if (!is_passed_over(error))
			return error;
		if (error == EACCES)
			result = EACCES;
		dir += len;
		if (*dir == '\0')
			return result;
	}
}

int search_program(char path[static PATH_MAX], const char *name)
{
	const char *dirs = getenv("PATH");

	path[0] = '\0';
	if (*name == '\0')
		return ENOENT;
	if (!strchr(name, '/'))
		return search_along(path, name, dirs ? dirs : path_unset);
	return text_copy(path, PATH_MAX, name) ? try_run(path) : ENAMETOOLONG;
}
