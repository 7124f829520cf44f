/* SPDX-License-Identifier: MIT */
/* Chunks of a thousand entries, made when first asked for; of two threads that make one, one loses. */
#include "lib/chunks.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>

static void *chunk_make(struct chunks *chunks, void *_Atomic *place)
{
	const size_t size = chunks->size * CHUNK_ENTRIES;
	void *expected = NULL;
	int saved = errno;
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	errno = saved;
	if (map == MAP_FAILED)
		return NULL;
	if (atomic_compare_exchange_strong(place, &expected, map))
		return map;
	munmap(map, size);
	return expected;
}

void *chunks_entry(struct chunks *chunks, int fd, bool make)
{
	char *chunk;

	if (fd < 0 || fd >= CHUNKS_FDS)
		return NULL;
	chunk = atomic_load_explicit(&chunks->chunk[fd / CHUNK_ENTRIES], memory_order_acquire);
	if (chunk == NULL && make)
		chunk = chunk_make(chunks, &chunks->chunk[fd / CHUNK_ENTRIES]);
	return chunk ? chunk + (size_t)(fd % CHUNK_ENTRIES) * chunks->size : NULL;
}

int chunks_next(struct chunks *chunks, int fd)
{
	while (fd < CHUNKS_FDS && chunks_entry(chunks, fd, false) == NULL)
		fd = (fd / CHUNK_ENTRIES + 1) * CHUNK_ENTRIES;
	return fd < CHUNKS_FDS ? fd : -1;
}

void chunks_each(struct chunks *chunks, void (*visit)(void *entry))
{
	for (int i = 0; i < CHUNKS; i++) {
		char *chunk = atomic_load_explicit(&chunks->chunk[i], memory_order_acquire);

		for (size_t j = 0; chunk != NULL && j < CHUNK_ENTRIES; j++)
			visit(chunk + j * chunks->size);
	}
}
