/* SPDX-License-Identifier: MIT */
/* Hooks: epoll_ctl and the four names of epoll_wait. */
#include <errno.h>
#include <sys/epoll.h>

#include "lib/deadline.h"
#include "lib/interest.h"
#include "lib/library.h"
#include "lib/opening.h"
#include "lib/readiness.h"
#include "lib/real.h"

EXPORTED int epoll_ctl(int epoll, int op, int fd, struct epoll_event *event)
{
	int result;

	library_ready();
	if (opening_is_held(fd))
		result = readiness_control(epoll, op, fd, event);
	else
		result = real.epoll_ctl(epoll, op, fd, event);
	if (result != 0)
		return result;
	interest_note(epoll, op, fd, event);
	/* Another thread may have begun to connect in between, and not have found the note. */
	atomic_thread_fence(memory_order_seq_cst);
	if (op == EPOLL_CTL_ADD && opening_is_held(fd))
		readiness_adopt(epoll, fd);
	return result;
}

/* A thread that was in the real call already when another began to connect: see hook_poll.c. */
static int went(int result, int epoll, struct epoll_event *events, int max,
	const struct deadline *until, const sigset_t *mask)
{
	struct timespec left;

	if (result <= 0 || !readiness_epoll_concerned(events, result))
		return result;
	return readiness_epoll_rest(
		epoll, events, result, max, deadline_piece(until, NULL, &left), mask);
}

EXPORTED int epoll_wait(int epoll, struct epoll_event *events, int max, int timeout)
{
	struct timespec time;
	struct deadline until;

	library_ready();
	if (opening_going_on())
		return readiness_epoll(epoll, events, max, deadline_time(timeout, &time), NULL);
	until = deadline_roughly(deadline_time(timeout, &time));
	return went(real.epoll_wait(epoll, events, max, timeout), epoll, events, max, &until, NULL);
}

EXPORTED int epoll_pwait(
	int epoll, struct epoll_event *events, int max, int timeout, const sigset_t *mask)
{
	struct timespec time;
	struct deadline until;

	library_ready();
	if (opening_going_on())
		return readiness_epoll(epoll, events, max, deadline_time(timeout, &time), mask);
	until = deadline_roughly(deadline_time(timeout, &time));
	return went(real.epoll_pwait(epoll, events, max, timeout, mask), epoll, events, max, &until,
		mask);
}

#ifdef __GLIBC__
EXPORTED int epoll_pwait2(int epoll, struct epoll_event *events, int max,
	const struct timespec *timeout, const sigset_t *mask)
{
	struct deadline until;

	library_ready();
	if (opening_going_on())
		return readiness_epoll(epoll, events, max, timeout, mask);
	until = deadline_roughly(timeout);
	return went(real.epoll_pwait2(epoll, events, max, timeout, mask), epoll, events, max,
		&until, mask);
}
#else
/* syscall(2) alone leads here. */
int epoll_pwait2(int epoll, struct epoll_event *events, int max, const struct timespec *timeout,
	const sigset_t *mask)
{
	return readiness_epoll(epoll, events, max, timeout, mask);
}
#endif
