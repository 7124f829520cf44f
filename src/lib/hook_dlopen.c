/* SPDX-License-Identifier: MIT */
/*
 * Hooks: loading modules where they would find libc's functions before ours.
 *
 * With RTLD_DEEPBIND a module's own dependencies, libc among them, come before everything that the
 * program was started with, us included. PHP loads its extensions so. They are loaded without it: then
 * a module that has functions of the program's names may find the program's, as on other systems.
 * dlmopen gives a module a libc of its own, where we are not, and is refused.
 *
 * The real functions look at their return address, to search the paths that the caller's file
 * names. Hence we have to leave them by a jump, and leave nothing of ours on the stack.
 */
#include <dlfcn.h>

#include "lib/library.h"
#include "lib/real.h"

#ifdef __clang__
#define LEAVES_BY_JUMP
#define JUMP __attribute__((musttail)) return
#else
#define LEAVES_BY_JUMP __attribute__((optimize("O2")))
#define JUMP return
#endif

EXPORTED LEAVES_BY_JUMP void *dlopen(const char *path, int mode)
{
	library_ready();
	JUMP real.dlopen(path, mode & ~RTLD_DEEPBIND);
}

EXPORTED LEAVES_BY_JUMP void *dlmopen(Lmid_t namespace, const char *path, int mode)
{
	library_ready();
	if (namespace == LM_ID_BASE)
		JUMP real.dlmopen(namespace, path, mode & ~RTLD_DEEPBIND);
	refuse(REFUSAL_NAMESPACE, path);
	/* dlerror has to have something to say: that there is no such mode. */
	return real.dlopen(path, 0);
}
