/* SPDX-License-Identifier: MIT */
/* A two-level array of sequenced entries, indexed by descriptor, in maps of our own, without a lock. */
#include "lib/fd_table.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "lib/real.h"
#include "lib/sequenced.h"

enum { CHUNK_ENTRIES = 1024, CHUNKS = 1024 };

/* The key is the socket's cookie; the kernel's cookies begin at 1. */
struct entry {
	struct sequenced place;
	_Atomic uint64_t tunnel[SEQUENCED_WORDS(struct tunnelled)];
};

static struct entry *_Atomic chunks[CHUNKS];
static atomic_bool any, any_stand_in;

bool fd_table_any(void)
{
	return atomic_load_explicit(&any, memory_order_relaxed);
}

bool fd_table_any_stand_in(void)
{
	return atomic_load_explicit(&any_stand_in, memory_order_relaxed);
}

static uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	int saved = errno;

	if (real.getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) != 0)
		cookie = 0;
	errno = saved;
	return cookie;
}

static struct entry *new_chunk(struct entry *_Atomic *place)
{
	const size_t size = sizeof(struct entry) * CHUNK_ENTRIES;
	struct entry *expected = NULL;
	int saved = errno;
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	errno = saved;
	if (map == MAP_FAILED)
		return NULL;
	if (atomic_compare_exchange_strong(place, &expected, (struct entry *)map))
		return map;
	munmap(map, size);
	return expected;
}

static struct entry *entry_at(int fd, bool make)
{
	struct entry *chunk;

	if (fd < 0 || fd >= CHUNKS * CHUNK_ENTRIES)
		return NULL;
	chunk = atomic_load_explicit(&chunks[fd / CHUNK_ENTRIES], memory_order_acquire);
	if (chunk == NULL && make)
		chunk = new_chunk(&chunks[fd / CHUNK_ENTRIES]);
	return chunk ? &chunk[fd % CHUNK_ENTRIES] : NULL;
}

static bool entry_read(struct entry *entry, uint64_t cookie, struct tunnelled *out)
{
	return sequenced_read(&entry->place, entry->tunnel, cookie, out, sizeof(*out));
}

void fd_table_record(int fd, const struct tunnelled *tunnel)
{
	struct entry *entry = entry_at(fd, true);
	uint64_t cookie = cookie_of(fd);

	if (entry == NULL || cookie == 0)
		return;
	sequenced_write(&entry->place, entry->tunnel, cookie, tunnel, sizeof(*tunnel));
	atomic_store_explicit(&any, true, memory_order_relaxed);
	if (tunnel->carrier != CARRIER_OWN)
		atomic_store_explicit(&any_stand_in, true, memory_order_relaxed);
}

void fd_table_duplicate(int from, int to)
{
	struct entry *entry = entry_at(from, false);
	struct tunnelled tunnel;

	/* Nearly every duplicate is of something else; that costs it no system call. */
	if (entry == NULL || atomic_load_explicit(&entry->place.key, memory_order_relaxed) == 0)
		return;
	if (entry_read(entry, cookie_of(to), &tunnel))
		fd_table_record(to, &tunnel);
}

void fd_table_after_fork(void)
{
	for (int i = 0; i < CHUNKS; i++) {
		struct entry *chunk = atomic_load_explicit(&chunks[i], memory_order_relaxed);

		for (int j = 0; chunk != NULL && j < CHUNK_ENTRIES; j++)
			sequenced_after_fork(&chunk[j].place);
	}
}

static bool find_by_cookie(uint64_t cookie, struct tunnelled *out)
{
	for (int i = 0; i < CHUNKS; i++) {
		struct entry *chunk = atomic_load_explicit(&chunks[i], memory_order_acquire);

		for (int j = 0; chunk != NULL && j < CHUNK_ENTRIES; j++)
			if (entry_read(&chunk[j], cookie, out))
				return true;
	}
	return false;
}

bool fd_table_find(int fd, struct tunnelled *out)
{
	struct entry *entry = entry_at(fd, false);
	uint64_t cookie = fd_table_any() ? cookie_of(fd) : 0;

	if (cookie == 0)
		return false;
	return (entry != NULL && entry_read(entry, cookie, out)) || find_by_cookie(cookie, out);
}
