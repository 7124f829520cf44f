/* SPDX-License-Identifier: MIT */
/* Files are told apart by device and inode. */
#include <sys/stat.h>

#include "target/same_file.h"

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool same_file(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 && same(&first, &second);
}

bool is_file(int fd, const char *path)
{
	struct stat first, second;

	return fstat(fd, &first) == 0 && stat(path, &second) == 0 && same(&first, &second);
}
