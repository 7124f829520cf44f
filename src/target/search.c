/* SPDX-License-Identifier: MIT */
/* The walk along PATH, with the rules of execvp(3). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "target/search.h"

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
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? errno : 0;
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

struct search search_begin(const char *name)
{
	const char *dirs = getenv("PATH");

	return (struct search){name, dirs ? dirs : path_unset};
}

bool search_next(struct search *search, char path[static PATH_MAX])
{
	while (search->dirs) {
		const char *dir = search->dirs;
		size_t len = strcspn(dir, ":");

		search->dirs = dir[len] ? dir + len + 1 : NULL;
		if (join(path, dir, len, search->name))
			return true;
	}
	return false;
}

bool search_goes_on(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ENODEV || error == ESTALE ||
	       error == ETIMEDOUT || error == EACCES;
}

static int search_along(char path[static PATH_MAX], const char *name)
{
	struct search search = search_begin(name);
	char candidate[PATH_MAX];
	int result = ENOENT;

	while (search_next(&search, candidate)) {
		int error = try_run(candidate);

		if (error == 0 || (error == EACCES && result != EACCES))
			text_copy(path, PATH_MAX, candidate);
		if (!search_goes_on(error))
			return error;
		if (error == EACCES)
			result = EACCES;
	}
	return result;
}

int search_program(char path[static PATH_MAX], const char *name)
{
	path[0] = '\0';
	if (*name == '\0')
		return ENOENT;
	if (!strchr(name, '/'))
		return search_along(path, name);
	return text_copy(path, PATH_MAX, name) ? try_run(path) : ENAMETOOLONG;
}
