/* SPDX-License-Identifier: MIT */
/* Memory for a mapped file, asked for before the write: where there is none that is a SIGBUS. */
#ifndef TUNIC_TARGET_ROOM_H
#define TUNIC_TARGET_ROOM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes a new file so long, of zeroes, with memory for the first `now` bytes; for all of them where the
 * kernel cannot be asked for the others by room_for. False: errno is set.
 */
bool room_make(int fd, size_t length, size_t now);

/* Is there memory for these bytes of a mapped file, now? Leaves errno as it was. */
bool room_for(void *at, size_t n);

#endif
