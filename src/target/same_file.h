/* SPDX-License-Identifier: MIT */
/* Two ways to one file. */
#ifndef TUNIC_TARGET_SAME_FILE_H
#define TUNIC_TARGET_SAME_FILE_H

#include <stdbool.h>

/* Do both paths lead to the same file or directory, whatever links are on the way? */
bool same_file(const char *a, const char *b);

/* Does the path lead to the open file? */
bool is_file(int fd, const char *path);

#endif
