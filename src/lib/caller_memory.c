/* SPDX-License-Identifier: MIT */
/*
 * sigprocmask(2) reads its set of eight bytes before it looks at the command, and does nothing but
 * fail when that is none: EFAULT or EINVAL tells whether the bytes can be read.
 */
#include "lib/caller_memory.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "lib/real.h"

enum { SET = 8, PAGE = 4096 };

/* Looks at the eight aligned bytes around one: they never lie on two pages. */
static bool byte_readable(uintptr_t byte)
{
	const long set = (long)(byte & ~(uintptr_t)(SET - 1));

	/* A set at NULL is none, and no error. */
	return set != 0 &&
	       (real.syscall(SYS_rt_sigprocmask, -1L, set, 0L, (long)SET) != -1 || errno != EFAULT);
}

bool caller_memory_readable(const void *memory, size_t n)
{
	const uintptr_t first = (uintptr_t)memory, last = first + n - 1;
	const int saved = errno;
	bool readable = byte_readable(first);

	for (uintptr_t page = first / PAGE + 1; readable && page <= last / PAGE; page++)
		readable = byte_readable(page * PAGE);
	errno = saved;
	return readable;
}
