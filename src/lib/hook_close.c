/* SPDX-License-Identifier: MIT */
/*
 * Hooks: the ends of descriptors. Nothing would be wrong without them, since all that is known of a
 * descriptor is bound to its socket; but an opening that has lost its last one would be looked for in vain
 * until its time is over, and a registration made under a number that is gone can not be changed any more.
 */
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/hook_close.h"
#include "lib/interest.h"
#include "lib/library.h"
#include "lib/opening.h"
#include "lib/progress.h"
#include "lib/real.h"

void closing(int fd)
{
	const bool noted = interest_registered(fd);
	const bool opening = opening_any() && opening_at(fd) != NULL;

	if ((!noted && !opening) || !library_is_ours())
		return;
	if (opening)
		progress_closing(fd);
	if (noted)
		interest_forget(fd);
}

static void closing_range(unsigned first, unsigned last)
{
	int fd = first > INT_MAX ? -1 : interest_next((int)first);

	for (; fd >= 0 && (unsigned)fd <= last; fd = interest_next(fd + 1))
		closing(fd);
	for (struct opening *o = opening_any() ? opening_next(NULL) : NULL; o != NULL;
		o = opening_next(o))
		if ((unsigned)o->fd >= first && (unsigned)o->fd <= last)
			closing(o->fd);
}

EXPORTED int close(int fd)
{
	library_ready();
	closing(fd);
	return real.close(fd);
}
EXPORT_ALIAS(__close, close);

EXPORTED int close_range(unsigned first, unsigned last, int flags)
{
	library_ready();
	if (flags == 0)
		closing_range(first, last);
	return (int)real.syscall(SYS_close_range, first, last, flags);
}

#ifdef __GLIBC__
EXPORTED void closefrom(int first)
{
	library_ready();
	closing_range(first < 0 ? 0 : (unsigned)first, INT_MAX);
	real.closefrom(first);
}
#endif
