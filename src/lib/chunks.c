/* SPDX-License-Identifier: MIT */
/* Chunks of a thousand entries, made when first asked for; of two threads that make one, one loses. */
#include "lib/chunks.h"

#include <errno.h>
#include <sys/mman.h>

void *chunks_make(const struct chunks *chunks, void *_Atomic *place)
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
