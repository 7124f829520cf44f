/* SPDX-License-Identifier: MIT */
/*
 * To allocate a whole file is slow: for the pool, a third of what the start of a program may take. So most of
 * it stays a hole, and who writes there asks for the page before (Linux 5.14).
 */
#include "target/room.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static int allocate(int fd, size_t length)
{
	int error;

	do
		error = posix_fallocate(fd, 0, (off_t)length);
	while (error == EINTR);
	return error;
}

bool room_make(int fd, size_t length, size_t now)
{
	/* Of no bytes at all it fails only if the kernel does not know it. */
	const bool later = madvise(NULL, 0, MADV_POPULATE_WRITE) == 0;

	if (ftruncate(fd, (off_t)length) != 0)
		return false;
	errno = allocate(fd, later ? now : length);
	return errno == 0;
}

bool room_for(void *at, size_t n)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const size_t before = (uintptr_t)at % page;
	const int saved = errno;
	const bool there = madvise((char *)at - before, before + n, MADV_POPULATE_WRITE) == 0 ||
			   errno == EINVAL;

	errno = saved;
	return there;
}
