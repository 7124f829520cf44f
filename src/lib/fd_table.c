/* SPDX-License-Identifier: MIT */
/* A two-level array of sequenced entries, indexed by descriptor, in maps of our own, without a lock. */
#include "lib/fd_table.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/chunks.h"
#include "lib/real.h"
#include "lib/sequenced.h"

/* The key is the socket's cookie; the kernel's cookies begin at 1. */
struct entry {
	struct sequenced place;
	_Atomic uint64_t tunnel[SEQUENCED_WORDS(struct tunnelled)];
};

static struct chunks entries = CHUNKS_OF(struct entry);
atomic_bool fd_table_used, fd_table_used_for_stand_in;

uint64_t fd_table_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	int saved = errno;

	if (real.getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) != 0)
		cookie = 0;
	errno = saved;
	return cookie;
}

static struct entry *entry_at(int fd, bool make)
{
	return chunks_entry(&entries, fd, make);
}

static bool entry_read(struct entry *entry, uint64_t cookie, struct tunnelled *out)
{
	return sequenced_read(&entry->place, entry->tunnel, cookie, out, sizeof(*out));
}

bool fd_table_record(int fd, const struct tunnelled *tunnel)
{
	struct entry *entry = entry_at(fd, true);
	uint64_t cookie = fd_table_cookie(fd);

	if (entry == NULL || cookie == 0 ||
		!sequenced_write(&entry->place, entry->tunnel, cookie, tunnel, sizeof(*tunnel)))
		return false;
	atomic_store_explicit(&fd_table_used, true, memory_order_relaxed);
	if (tunnel->carrier != CARRIER_OWN)
		atomic_store_explicit(&fd_table_used_for_stand_in, true, memory_order_relaxed);
	return true;
}

/* By itself, or each dup of whatever would make room for a tunnel on its stack. */
__attribute__((noinline)) static void duplicate(struct entry *entry, int to)
{
	struct tunnelled tunnel;

	if (entry_read(entry, fd_table_cookie(to), &tunnel))
		fd_table_record(to, &tunnel);
}

/* Nearly every duplicate is of something else; that costs it no system call. */
void fd_table_duplicate(int from, int to)
{
	struct entry *entry = entry_at(from, false);

	if (entry != NULL && atomic_load_explicit(&entry->place.key, memory_order_relaxed) != 0)
		duplicate(entry, to);
}

static void after_fork(void *entry)
{
	sequenced_after_fork(&((struct entry *)entry)->place);
}

void fd_table_after_fork(void)
{
	chunks_each(&entries, after_fork);
}

bool fd_table_peek(int fd, uint64_t *cookie, struct tunnelled *out)
{
	struct entry *entry = entry_at(fd, false);

	*cookie = entry ? atomic_load_explicit(&entry->place.key, memory_order_acquire) : 0;
	return *cookie != 0 && entry_read(entry, *cookie, out);
}

int fd_table_next(int fd, uint64_t cookie)
{
	for (fd = chunks_next(&entries, fd); fd >= 0; fd = chunks_next(&entries, fd + 1))
		if (atomic_load(&entry_at(fd, false)->place.key) == cookie &&
			fd_table_cookie(fd) == cookie)
			return fd;
	return -1;
}

int fd_table_other(int fd, uint64_t cookie)
{
	const int first = fd_table_next(0, cookie);

	return first == fd ? fd_table_next(fd + 1, cookie) : first;
}

void fd_table_forget(int fd)
{
	static const struct tunnelled nothing;
	struct entry *entry = entry_at(fd, false);

	if (entry != NULL)
		sequenced_write(&entry->place, entry->tunnel, 0, &nothing, sizeof(nothing));
}

static bool find_by_cookie(uint64_t cookie, struct tunnelled *out)
{
	for (int fd = chunks_next(&entries, 0); fd >= 0; fd = chunks_next(&entries, fd + 1))
		if (entry_read(entry_at(fd, false), cookie, out))
			return true;
	return false;
}

bool fd_table_find(int fd, struct tunnelled *out)
{
	struct entry *entry = entry_at(fd, false);
	uint64_t cookie = fd_table_any() ? fd_table_cookie(fd) : 0;

	if (cookie == 0)
		return false;
	return (entry != NULL && entry_read(entry, cookie, out)) || find_by_cookie(cookie, out);
}
