/* SPDX-License-Identifier: MIT */
/* Results of connects that the caller has not heard, because a signal was quicker. */
#include "bin/guard_lost.h"

enum { ROOM = 1024 };

/*
 * A place is taken by the next socket that has the same one. A result that goes so is one that the
 * socket tells itself as a rule: EISCONN where it is open.
 */
static struct {
	uint64_t cookie; /* 0: empty; the kernel begins at 1 */
	int error;
} kept[ROOM];
static unsigned count;

void lost_keep(uint64_t cookie, int error)
{
	count += kept[cookie % ROOM].cookie == 0;
	kept[cookie % ROOM].cookie = cookie;
	kept[cookie % ROOM].error = error;
}

bool lost_any(void)
{
	return count > 0;
}

bool lost_take(uint64_t cookie, int *error)
{
	if (cookie == 0 || kept[cookie % ROOM].cookie != cookie)
		return false;
	kept[cookie % ROOM].cookie = 0;
	count--;
	*error = kept[cookie % ROOM].error;
	return true;
}
