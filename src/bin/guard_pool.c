/* SPDX-License-Identifier: MIT */
/*
 * The names of the run, as the supervisor shares them: memory that has no path.
 *
 * A program may write into it what it likes, but not change its size: who reads a file that another cuts
 * short is killed, and that would be the supervisor.
 *
 * It has to reach programs that come later. By /proc/SUPERVISOR/fd nobody could open it, since the
 * supervisor is not dumpable; an inherited descriptor is closed by daemons and by Python's subprocess. So
 * the guard gives a descriptor to whoever asks (core/guard_sign.h), once for each program that starts,
 * for the price of a trapped call. That serves programs that have changed user, root or mounts, too, and
 * those with an emptied environment, which a file that is named there does not. When the last process
 * that has it has ended it is gone.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bin/guard_memory.h"
#include "bin/guard_pool.h"

static bool memory_size(int fd, size_t size)
{
	return ftruncate(fd, (off_t)size) == 0 &&
	       fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

int guard_pool_open(struct pool *out, uint32_t slots)
{
	const size_t size = pool_bytes(slots);
	int fd = guard_memory_make("tunic names", MFD_ALLOW_SEALING);
	void *map = MAP_FAILED;

	*out = pool_over(NULL, 0);
	if (fd >= 0 && memory_size(fd, size))
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED) {
		*out = pool_over(map, slots);
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}
