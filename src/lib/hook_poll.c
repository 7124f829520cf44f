/* SPDX-License-Identifier: MIT */
/* Hooks: poll and ppoll. */
/* With it libc's headers define these functions inline, and clang then exports none of ours. */
#undef _FORTIFY_SOURCE

#include <errno.h>

#include "lib/deadline.h"
#include "lib/library.h"
#include "lib/opening.h"
#include "lib/readiness.h"
#include "lib/real.h"

/*
 * The real call has come back. A thread that was in it already when another began to connect has to
 * look at what it got: it may be of that connection, and then the wait goes on for what is left.
 */
static int went(int result, struct pollfd *fds, nfds_t n, const struct deadline *until,
	const sigset_t *mask)
{
	struct timespec left;

	if (result <= 0 || !opening_going_on() || !readiness_poll_concerned(fds, n))
		return result;
	return readiness_poll(fds, n, deadline_piece(until, NULL, &left), mask);
}

EXPORTED int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec time;
	struct deadline until;

	library_ready();
	if (opening_going_on())
		return readiness_poll(fds, n, deadline_time(timeout, &time), NULL);
	until = deadline_roughly(deadline_time(timeout, &time));
	return went(real.poll(fds, n, timeout), fds, n, &until, NULL);
}
EXPORT_ALIAS(__poll, poll);

EXPORTED int ppoll(
	struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	struct deadline until;

	library_ready();
	if (opening_going_on())
		return readiness_poll(fds, n, timeout, mask);
	until = deadline_roughly(timeout);
	return went(real.ppoll(fds, n, timeout, mask), fds, n, &until, mask);
}

#ifdef __GLIBC__
/* What programs that are built with _FORTIFY_SOURCE call; the real ones end the program. */
EXPORTED int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size)
{
	library_ready();
	return size / sizeof(*fds) < n ? real.__poll_chk(fds, n, timeout, size)
				       : poll(fds, n, timeout);
}

EXPORTED int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
	const sigset_t *mask, size_t size)
{
	library_ready();
	return size / sizeof(*fds) < n ? real.__ppoll_chk(fds, n, timeout, mask, size)
				       : ppoll(fds, n, timeout, mask);
}
#endif
