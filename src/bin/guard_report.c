/* SPDX-License-Identifier: MIT */
/*
 * What the guard had to do, in a file that the user has named (--report).
 *
 * It is written beside its place and then moved there, so that nobody ever finds a half of it. That this
 * can be done is tried before the program starts, by making such a file and taking it away again.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/guard_report.h"
#include "bin/say.h"

/* Absolute, since the supervisor leaves the directory; "" where no report is wanted. */
static char place[PATH_MAX];

/* Where a file that is not there yet would be. */
static bool place_of_new(const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	char folder[PATH_MAX], whole[PATH_MAX];
	struct text text = text_over(folder, sizeof(folder)), path;

	text_add_n(&text, file, (size_t)(name - file));
	text_add(&text, ".");
	if (!*name)
		errno = EISDIR;
	if (!*name || text.cut || !realpath(folder, whole))
		return false;
	path = text_over(place, sizeof(place));
	text_add_all(&path, whole, "/", name, (const char *)NULL);
	return !path.cut || (errno = ENAMETOOLONG, false);
}

/* By what a symbolic link names: it is to be written, not replaced. */
static bool place_find(const char *file)
{
	struct stat st;

	if (!realpath(file, place))
		return errno == ENOENT && place_of_new(file);
	if (stat(place, &st) == 0 && S_ISREG(st.st_mode))
		return access(place, W_OK) == 0;
	errno = EINVAL;
	return false;
}

/* A new file in the same folder; -1: errno is set. */
static int beside_open(char path[static PATH_MAX])
{
	struct text text = text_over(path, PATH_MAX);

	text_add_all(&text, place, ".XXXXXX", (const char *)NULL);
	if (!text.cut)
		return mkstemp(path);
	errno = ENAMETOOLONG;
	return -1;
}

void report_prepare(const char *file)
{
	char path[PATH_MAX];
	int fd;

	if (!file)
		return;
	fd = place_find(file) ? beside_open(path) : -1;
	if (fd < 0)
		refuse(EXIT_OURS, "--report: cannot write '%s': %s; hint: name a file", file,
			strerror(errno));
	close(fd);
	unlink(path);
}

bool report_is_wanted(void)
{
	return place[0] != '\0';
}

int report_write(const char *text)
{
	const size_t len = strlen(text);
	char path[PATH_MAX];
	int fd = beside_open(path), error = 0;
	ssize_t written;

	if (fd < 0)
		return errno;
	errno = ENOSPC; /* of a write that is short */
	written = write(fd, text, len);
	if (written != (ssize_t)len || rename(path, place) < 0) {
		error = errno;
		unlink(path);
	}
	close(fd);
	return error;
}
