/* SPDX-License-Identifier: MIT */
/* An array indexed by descriptor that grows in maps of our own, without a lock: never moved, never freed. */
#ifndef TUNIC_LIB_CHUNKS_H
#define TUNIC_LIB_CHUNKS_H

#include <stdatomic.h>
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

/* For chunks_entry alone: the chunk at `place`, made by us or by another thread. NULL: no memory. */
void *chunks_make(const struct chunks *chunks, void *_Atomic *place);

/*
 * The entry of `fd`, zero when it is new. NULL: there is none yet and `make` is false, no memory,
 * or fd >= 2^20. Inline, since close and dup of whatever descriptor look here.
 */
static inline void *chunks_entry(struct chunks *chunks, int fd, bool make)
{
	void *_Atomic *place;
	char *chunk;

	if (fd < 0 || fd >= CHUNKS_FDS)
		return NULL;
	place = &chunks->chunk[fd / CHUNK_ENTRIES];
	chunk = atomic_load_explicit(place, memory_order_acquire);
	if (chunk == NULL && make)
		chunk = chunks_make(chunks, place);
	return chunk ? chunk + (size_t)(fd % CHUNK_ENTRIES) * chunks->size : NULL;
}

/* The first descriptor from `fd` on that has an entry. -1: there is none. */
int chunks_next(struct chunks *chunks, int fd);

/* Calls `visit` for every entry that there is. */
void chunks_each(struct chunks *chunks, void (*visit)(void *entry));

#endif
