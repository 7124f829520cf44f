/* SPDX-License-Identifier: MIT */
/*
 * Hooks: the ends of a process that run no destructors, for programs (dash is one) that always end so.
 *
 * Only the process that was set up leaves the pool here: in a vfork child this memory, and the
 * mapping with it, is the parent's.
 */
#include <stdlib.h>
#include <unistd.h>

#include "lib/library.h"
#include "lib/pool_map.h"
#include "lib/real.h"

static void leave(void)
{
	if (library_ready() && library_is_ours())
		pool_map_leave(&library.pool);
}

EXPORTED _Noreturn void _exit(int status)
{
	leave();
	real._exit(status);
	__builtin_unreachable();
}

EXPORTED _Noreturn void _Exit(int status)
{
	leave();
	real._Exit(status);
	__builtin_unreachable();
}
