/* SPDX-License-Identifier: MIT */
/* Which file a program's name means. */
#ifndef TUNIC_BIN_SEARCH_H
#define TUNIC_BIN_SEARCH_H

#include <limits.h>

/*
 * Finds a program as execvp(3) does: a name with a slash stands for itself, any other is looked for
 * along PATH. Returns 0, or the errno that execvp would end with: EACCES where some candidate was
 * there but could not be run (`path` is then the first of them), ENOENT where there was none.
 */
int search_program(char path[static PATH_MAX], const char *name);

#endif
