/* SPDX-License-Identifier: MIT */
/* Hooks: select and pselect. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/deadline.h"
#include "lib/library.h"
#include "lib/opening.h"
#include "lib/readiness.h"
#include "lib/real.h"

/* How many descriptors this process has room for now. 0: nobody tells. */
static int room(void)
{
	const int saved = errno, file = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
	char bytes[4096];
	ssize_t n = file < 0 ? -1 : real.read(file, bytes, sizeof(bytes) - 1);
	const char *line;

	if (file >= 0)
		real.close(file);
	bytes[n > 0 ? n : 0] = '\0';
	line = strstr(bytes, "\nFDSize:");
	errno = saved;
	return line ? atoi(line + strlen("\nFDSize:")) : 0;
}

/*
 * How many the kernel looks at: never more than it has room for. Programs that mean "all of them" say
 * getdtablesize(), which may be a thousand million, over sets that end long before.
 */
static int looked_at(int n)
{
	const int most = n > FD_SETSIZE ? room() : 0;

	return most > 0 && most < n ? most : n;
}

/* The sets as they were given: the real call overwrites them, and the wait may have to go on. */
struct given {
	size_t size;
	fd_set *set[3];
	unsigned char *copy[3];
};

/* How many bytes of each set the call looks at. */
static size_t size_of(int n)
{
	return n < 0 ? 0 : ((size_t)n + 63) / 64 * 8;
}

static struct given take(
	size_t size, fd_set *readers, fd_set *writers, fd_set *excepted, unsigned char *memory)
{
	struct given given = {.size = size, .set = {readers, writers, excepted}};

	for (size_t i = 0; i < 3; i++) {
		given.copy[i] = memory + i * size;
		if (given.set[i] != NULL)
			memcpy(given.copy[i], given.set[i], size);
	}
	return given;
}

/* A thread that was in the real call already when another began to connect: see hook_poll.c. */
static int went(int result, int n, const struct given *given, const struct deadline *until,
	struct timespec *left, const sigset_t *mask)
{
	if (result <= 0 || !opening_going_on())
		return result;
	for (int i = 0; i < 3; i++)
		if (given->set[i] != NULL)
			memcpy(given->set[i], given->copy[i], given->size);
	if (left != NULL)
		*left = deadline_left(until);
	return readiness_select(n, given->set[0], given->set[1], given->set[2], left, mask);
}

static void give_time(struct timeval *timeout, const struct timespec *left)
{
	timeout->tv_sec = left->tv_sec;
	timeout->tv_usec = left->tv_nsec / 1000;
}

/* Times that the kernel refuses (EINVAL) it shall see itself. */
static bool is_time(const struct timeval *timeout)
{
	return timeout == NULL || (timeout->tv_sec >= 0 && timeout->tv_usec >= 0);
}

EXPORTED int select(int n, fd_set *restrict readers, fd_set *restrict writers,
	fd_set *restrict excepted, struct timeval *restrict timeout)
{
	const bool ready = library_ready() && n >= 0 && is_time(timeout);
	const bool going_on = opening_going_on();
	struct timespec time = {0}, *left = timeout ? &time : NULL;
	struct deadline until;
	struct given given;
	int result;

	if (!ready || (!going_on && !opening_may_begin_elsewhere()))
		return real.select(n, readers, writers, excepted, timeout);
	n = looked_at(n);
	if (timeout != NULL)
		time = (struct timespec){timeout->tv_sec + timeout->tv_usec / 1000000,
			timeout->tv_usec % 1000000 * 1000};
	if (!going_on) {
		given = take(size_of(n), readers, writers, excepted,
			__builtin_alloca(3 * size_of(n) + 1));
		until = deadline_roughly(left);
		result = real.select(n, readers, writers, excepted, timeout);
		if (result <= 0 || !opening_going_on())
			return result;
		result = went(result, n, &given, &until, left, NULL);
	} else {
		result = readiness_select(n, readers, writers, excepted, left, NULL);
	}
	if (timeout != NULL)
		give_time(timeout, left);
	return result;
}
EXPORT_ALIAS(__select, select);

EXPORTED int pselect(int n, fd_set *restrict readers, fd_set *restrict writers,
	fd_set *restrict excepted, const struct timespec *restrict timeout,
	const sigset_t *restrict mask)
{
	struct timespec time = timeout ? *timeout : (struct timespec){0};
	struct timespec *left = timeout ? &time : NULL;
	struct deadline until;
	struct given given;

	if (!library_ready() || n < 0 || (!opening_going_on() && !opening_may_begin_elsewhere()))
		return real.pselect(n, readers, writers, excepted, timeout, mask);
	n = looked_at(n);
	if (opening_going_on())
		return readiness_select(n, readers, writers, excepted, left, mask);
	given = take(size_of(n), readers, writers, excepted, __builtin_alloca(3 * size_of(n) + 1));
	until = deadline_roughly(left);
	return went(real.pselect(n, readers, writers, excepted, timeout, mask), n, &given, &until,
		left, mask);
}
