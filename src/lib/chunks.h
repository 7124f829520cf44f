/* SPDX-License-Identifier: MIT */
/* An array indexed by descriptor that grows in maps of our own, without a lock: never moved, never freed. */
#ifndef TUNIC_LIB_CHUNKS_H
#define TUNIC_LIB_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>

enum { CHUNK_ENTRIES = 1024, CHUNKS = 1024, CHUNKS_FDS = CHUNK_ENTRIES * CHUNKS };

struct chunks {
	size_t size; /* of an entry */
	void *_Atomic chunk[CHUNKS];
};

#define CHUNKS_OF(type)              \
	{                            \
		.size = sizeof(type) \
	}

/* The entry of `fd`, zero when it is new. NULL: there is none yet and `make` is false, no memory, or fd >= 2^20. */
void *chunks_entry(struct chunks *chunks, int fd, bool make);

/* The first descriptor from `fd` on that has an entry. -1: there is none. */
int chunks_next(struct chunks *chunks, int fd);

/* Calls `visit` for every entry that there is. */
void chunks_each(struct chunks *chunks, void (*visit)(void *entry));

#endif
