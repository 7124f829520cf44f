/* SPDX-License-Identifier: MIT */
/*
 * The shared pool is a file that the tunic command makes and every process of the run maps.
 *
 * Who still uses it is told by a lock that nobody has to remember: flock(2) belongs to the open
 * file, which lives as long as a mapping of it, even when its descriptor is closed. So each process
 * takes a shared lock, maps, and closes; a forked child has the mapping and so the lock; exec, exit
 * and SIGKILL drop both. Whoever gets the exclusive lock knows that nobody is left, and removes the
 * file: the last process to exit, or the next tunic where that one was killed.
 */
#include "lib/pool_map.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static char shared_path[PATH_MAX]; /* "" where the pool is this process's own */

/* Only a file that nobody else could have made or read. */
static bool is_a_pool_of_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       (st.st_mode & 077) == 0 && st.st_nlink == 1 &&
	       st.st_size == (off_t)pool_size(POOL_SLOTS);
}

/* Maps the file behind `path`; MAP_FAILED where that is not to be had. */
static void *map_shared(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	void *map = MAP_FAILED;

	if (fd < 0)
		return MAP_FAILED;
	/* The time tells a tunic that looks for abandoned pools that this one is not. */
	if (is_a_pool_of_ours(fd) && flock(fd, LOCK_SH | LOCK_NB) == 0 && futimens(fd, NULL) == 0)
		map = mmap(NULL, pool_size(POOL_SLOTS), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return map;
}

static void *map_private(void)
{
	return mmap(NULL, pool_size(POOL_SLOTS), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

bool pool_map(struct pool *out)
{
	const char *path = getauxval(AT_SECURE) ? NULL : getenv("TUNIC_POOL");
	void *map = MAP_FAILED;

	if (path != NULL && path[0] == '/')
		map = map_shared(path);
	if (map == MAP_FAILED)
		map = map_private();
	else
		text_copy(shared_path, sizeof(shared_path), path);
	if (map == MAP_FAILED)
		return false;
	*out = pool_over(map, POOL_SLOTS);
	return true;
}

void pool_map_leave(const struct pool *pool)
{
	const int saved = errno;
	int fd;

	if (shared_path[0] == '\0')
		return;
	/* Other threads may still look names up: they find memory, though no more names. */
	if (mmap(pool->block, pool_size(POOL_SLOTS), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		return;
	fd = open(shared_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlink(shared_path);
	if (fd >= 0)
		close(fd);
	shared_path[0] = '\0';
	errno = saved;
}
