/* SPDX-License-Identifier: MIT */
/* Which file a program's name means. */
#ifndef TUNIC_TARGET_SEARCH_H
#define TUNIC_TARGET_SEARCH_H

#include <limits.h>
#include <stdbool.h>

/* A walk along PATH; dirs is what is left of it, NULL at its end. */
struct search {
	const char *name, *dirs;
};

/* Begins the walk for a name without a slash. `name` and the environment have to stay. */
struct search search_begin(const char *name);

/* The next file that may be meant, whether it is there or not. False: there are no more. */
bool search_next(struct search *search, char path[static PATH_MAX]);

/* After exec of a file failed with this errno, does execvp(3) go on to the next? */
bool search_goes_on(int error);

/*
 * Finds a program as execvp(3) does: a name with a slash stands for itself, any other is looked for
 * along PATH. Returns 0, or the errno that execvp would end with: EACCES where some candidate was
 * there but could not be run (`path` is then the first of them), ENOENT where there was none.
 */
int search_program(char path[static PATH_MAX], const char *name);

#endif
