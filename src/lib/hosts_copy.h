/* SPDX-License-Identifier: MIT */
/* A copy of a hosts file, to tell quickly that a name is not in it. */
#ifndef TUNIC_LIB_HOSTS_COPY_H
#define TUNIC_LIB_HOSTS_COPY_H

#include <stdbool.h>
#include <time.h>

/* A longer file is never copied: libc has to be asked. */
enum { HOSTS_COPY_MAX = 4096 };

/*
 * Is it certain that the file at `path`, as it is now, does not have the name? False may mean
 * anything. `now` is the time of day. Keeps errno.
 */
bool hosts_copy_lacks(const char *path, const char *name, time_t now);

/* In a forked child: gives up a copy that another thread of the parent was making. */
void hosts_copy_after_fork(void);

#endif
