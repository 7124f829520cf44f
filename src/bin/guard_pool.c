/* SPDX-License-Identifier: MIT */
/*
 * The names of the run, as the supervisor shares them.
 *
 * The file is mapped as the shim does (src/lib/pool_map.c): a lock that lives as long as the mapping
 * tells who still uses it. A program that makes the file shorter than it is kills the supervisor, and
 * with it gets no connection any more.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/guard_pool.h"
#include "target/room.h"

static const char *path_of(void)
{
	const char *path = getenv("TUNIC_POOL");

	return path && path[0] == '/' ? path : NULL;
}

/* The slots of a file that nobody else could have made or read; 0: it is no such pool. */
static uint32_t slots_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & 077) != 0)
		return 0;
	return pool_slots((size_t)st.st_size);
}

void guard_pool_open(struct pool *out)
{
	const char *path = path_of();
	int fd = path ? open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY) : -1;
	const uint32_t slots = fd < 0 ? 0 : slots_of(fd);
	void *map = MAP_FAILED;

	*out = pool_over(NULL, 0);
	if (slots != 0 && flock(fd, LOCK_SH | LOCK_NB) == 0)
		map = mmap(NULL, pool_bytes(slots), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED)
		return;
	*out = pool_over(map, slots);
	out->room_for = room_for;
}

void guard_pool_leave(const struct pool *pool)
{
	int fd;

	if (!pool->block)
		return;
	munmap(pool->block, pool_bytes(pool->slots));
	fd = open(path_of(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlink(path_of());
}
