/* SPDX-License-Identifier: MIT */
/* How long a wait of the program still lasts, when it is waited in several pieces. */
#ifndef TUNIC_LIB_DEADLINE_H
#define TUNIC_LIB_DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* Forever, or until a moment of the monotonic clock. */
struct deadline {
	bool never;
	struct timespec end;
};

/* A timeout of poll(2) or epoll_wait(2). NULL: for ever. */
static inline struct timespec *deadline_time(int milliseconds, struct timespec *out)
{
	if (milliseconds < 0)
		return NULL;
	*out = (struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000L};
	return out;
}

/* So long after what this clock says now, and `more` nanoseconds, less than a second. */
static inline struct deadline deadline_after(
	clockid_t clock, const struct timespec *timeout, long more)
{
	struct deadline deadline = {.never = false};

	clock_gettime(clock, &deadline.end);
	deadline.end.tv_sec += timeout->tv_sec;
	deadline.end.tv_nsec += timeout->tv_nsec + more;
	while (deadline.end.tv_nsec >= 1000000000) {
		deadline.end.tv_sec++;
		deadline.end.tv_nsec -= 1000000000;
	}
	return deadline;
}

static inline struct deadline deadline_in(const struct timespec *timeout)
{
	if (timeout == NULL)
		return (struct deadline){.never = true};
	return deadline_after(CLOCK_MONOTONIC, timeout, 0);
}

/*
 * The same for a wait that is nearly always over in one piece, by the clock that costs nearly nothing
 * (CLOCK_MONOTONIC_COARSE). It is behind by up to a tick, so that is added: late is allowed, early is not.
 */
static inline struct deadline deadline_roughly(const struct timespec *timeout)
{
	const long tick = 10 * 1000 * 1000;

	if (timeout == NULL || (timeout->tv_sec == 0 && timeout->tv_nsec == 0))
		return (struct deadline){.never = timeout == NULL};
	return deadline_after(CLOCK_MONOTONIC_COARSE, timeout, tick);
}

/* What is left, not below zero. Only for one that is not never. */
static inline struct timespec deadline_left(const struct deadline *deadline)
{
	struct timespec now, left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left.tv_sec = deadline->end.tv_sec - now.tv_sec;
	left.tv_nsec = deadline->end.tv_nsec - now.tv_nsec;
	if (left.tv_nsec < 0) {
		left.tv_sec--;
		left.tv_nsec += 1000000000;
	}
	if (left.tv_sec < 0)
		left.tv_sec = left.tv_nsec = 0;
	return left;
}

static inline bool deadline_is_over(const struct deadline *deadline)
{
	struct timespec left;

	if (deadline->never)
		return false;
	left = deadline_left(deadline);
	return left.tv_sec == 0 && left.tv_nsec == 0;
}

/* What to wait next: what is left, but no more than `most` where that is not NULL. NULL: for ever. */
static inline const struct timespec *deadline_piece(
	const struct deadline *deadline, const struct timespec *most, struct timespec *out)
{
	if (deadline->never)
		return most;
	*out = deadline_left(deadline);
	if (most != NULL && (out->tv_sec > most->tv_sec ||
				    (out->tv_sec == most->tv_sec && out->tv_nsec > most->tv_nsec)))
		return most;
	return out;
}

#endif
