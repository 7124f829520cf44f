/* SPDX-License-Identifier: MIT */
/*
 * While a tunnel is opening, the program's epolls must not see its socket: it is connected to the
 * proxy, writable, and what can be read there is the proxy's. But a thread that sleeps in epoll_wait
 * has to wake when there is something for *us* to do. So each registration is changed in the kernel:
 * it waits for what the conversation needs (POLLOUT or POLLIN), and its data is the mark of our
 * struct watch (opening_mark), which tells epoll_wait's hook that this event is none of the program's.
 *
 * Ours are edge-triggered: if the program closes the number under which one stands it can never be
 * changed again, and a level-triggered one would wake the program for ever. They wait for one
 * direction at a time, or an epoll within an epoll would always look ready.
 *
 * Where the program may write before the answer, ours are the program's in all but the data: what
 * they tell of writing is passed on, what they tell of reading makes us look for the answer.
 *
 * One that has fired and fires once only (EPOLLONESHOT) is left alone until the program asks again.
 */
#include "lib/watch.h"

#include <errno.h>
#include <poll.h>

#include "lib/fd_table.h"
#include "lib/real.h"

/* What in `events` is not an event. */
static const uint32_t manner = EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET;

/* What tells of the proxy's answer, or of its end, as long as the answer has not been taken. */
static const uint32_t of_reading = EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;

static int control(int epoll, int op, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = {.events = events, .data.u64 = data};

	return real.epoll_ctl(epoll, op, fd, &event);
}

/* EPOLL_CTL_MOD does not take EPOLLEXCLUSIVE, neither to nor from. */
static int change(
	const struct watch *watch, const struct interest *at, uint32_t events, uint64_t data)
{
	if (!(watch->wanted.events & EPOLLEXCLUSIVE))
		return control(at->epoll, EPOLL_CTL_MOD, at->fd, events, data);
	if (control(at->epoll, EPOLL_CTL_DEL, at->fd, 0, 0) != 0)
		return -1;
	return control(at->epoll, EPOLL_CTL_ADD, at->fd, events, data);
}

/*
 * Changes a registration wherever it is: under its numbers, or, where one of them is closed by now,
 * under those that the kernel tells. `before` is the data that it has there now.
 */
static bool change_anywhere(struct opening *opening, struct watch *watch, uint64_t before,
	uint32_t events, uint64_t data)
{
	struct interest found[OPENING_WATCHES];
	size_t n;

	if ((watch->wanted.fd == opening->fd ||
		    fd_table_cookie(watch->wanted.fd) == opening->cookie) &&
		change(watch, &watch->wanted, events, data) == 0)
		return true;
	n = interest_of_kernel(opening->fd, found, OPENING_WATCHES);
	for (size_t i = 0; i < n; i++)
		if (found[i].data == before && change(watch, &found[i], events, data) == 0) {
			watch->wanted.epoll = found[i].epoll;
			watch->wanted.fd = found[i].fd;
			return true;
		}
	return false;
}

static uint64_t mark_of(const struct watch *watch)
{
	return opening_mark(watch);
}

/* One who may write already waits for its own events, which watch_tell then sifts. */
static uint32_t needed(const struct opening *opening, const struct watch *watch)
{
	const short events = opening->connection.events;

	if (atomic_load(&opening->state) == OPENING_OPTIMISTIC)
		return watch->wanted.events;
	return (uint32_t)EPOLLET | (events & POLLOUT ? EPOLLOUT : 0U) |
	       (events & POLLIN ? EPOLLIN : 0U);
}

static void arm(struct opening *opening, struct watch *watch)
{
	const uint64_t mark = mark_of(watch);
	const uint64_t before = watch->armed ? mark : watch->wanted.data;

	if ((watch->wanted.events & ~manner) == 0)
		return;
	if (change_anywhere(opening, watch, before,
		    needed(opening, watch) | (watch->wanted.events & EPOLLWAKEUP), mark))
		watch->armed = true;
	else if (!opening->shared)
		watch->armed = false;
	watch->used = watch->armed || opening->shared;
}

static struct watch *watch_find(struct opening *opening, int epoll, int fd)
{
	for (int i = 0; i < OPENING_WATCHES; i++) {
		struct watch *watch = &opening->watches[i];

		if (watch->used && watch->wanted.epoll == epoll && watch->wanted.fd == fd)
			return watch;
	}
	return NULL;
}

/* The same by another number of the epoll: the data in it tells whose registration that is. */
static struct watch *watch_found(struct opening *opening, int epoll, int fd)
{
	struct interest found[OPENING_WATCHES];
	const size_t n = interest_of_kernel(fd, found, OPENING_WATCHES);

	for (size_t i = 0; i < n; i++)
		for (int j = 0; j < OPENING_WATCHES; j++)
			if (found[i].epoll == epoll && found[i].fd == fd &&
				found[i].data == mark_of(&opening->watches[j]))
				return &opening->watches[j];
	return NULL;
}

static struct watch *watch_free(struct opening *opening)
{
	for (int i = 0; i < OPENING_WATCHES; i++)
		if (!opening->watches[i].used)
			return &opening->watches[i];
	return NULL;
}

void watch_adopt(struct opening *opening, const struct interest *interest)
{
	struct watch *watch = watch_free(opening);
	const int saved = errno;

	if (watch == NULL || opening_of_data(interest->data) != NULL ||
		watch_find(opening, interest->epoll, interest->fd) != NULL)
		return;
	*watch = (struct watch){.wanted = *interest, .used = true};
	arm(opening, watch);
	errno = saved;
}

void watch_begin(struct opening *opening, int fd)
{
	struct interest found[OPENING_WATCHES];
	const size_t n = interest_of(fd, found, OPENING_WATCHES);

	for (size_t i = 0; i < n; i++)
		watch_adopt(opening, &found[i]);
}

void watch_arm(struct opening *opening)
{
	const int saved = errno;

	for (int i = 0; i < OPENING_WATCHES; i++)
		if (opening->watches[i].armed)
			arm(opening, &opening->watches[i]);
	errno = saved;
}

bool watch_restore(struct opening *opening)
{
	const int saved = errno;
	bool whole = true;

	for (int i = 0; i < OPENING_WATCHES; i++) {
		struct watch *watch = &opening->watches[i];

		if (watch->armed &&
			!change_anywhere(opening, watch, mark_of(watch), watch->wanted.events,
				watch->wanted.data) &&
			opening->shared)
			whole = false;
		else
			watch->used = watch->armed = false;
	}
	errno = saved;
	return whole;
}

/* The watch that has this mark. NULL: it is one no more. */
static struct watch *watch_of_mark(struct opening *opening, uint64_t mark)
{
	for (int i = 0; i < OPENING_WATCHES; i++)
		if (opening->watches[i].armed && mark_of(&opening->watches[i]) == mark)
			return &opening->watches[i];
	return NULL;
}

bool watch_tell(struct opening *opening, struct epoll_event *event)
{
	struct watch *watch = watch_of_mark(opening, event->data.u64);
	const int saved = errno;
	uint32_t told;

	if (watch == NULL || atomic_load(&opening->state) != OPENING_OPTIMISTIC)
		return false;
	told = event->events & watch->wanted.events & ~of_reading;
	if (told == 0) {
		if (watch->wanted.events & EPOLLONESHOT)
			arm(opening, watch);
		errno = saved;
		return false;
	}
	watch->armed = !(watch->wanted.events & EPOLLONESHOT);
	*event = (struct epoll_event){.events = told, .data.u64 = watch->wanted.data};
	return true;
}

static int add(struct opening *opening, int epoll, int fd, const struct epoll_event *event)
{
	struct watch *watch = watch_free(opening);
	int result;

	/* Nobody registers one socket with so many; the program sees what it would see of the proxy. */
	if (watch == NULL) {
		errno = ENOSPC;
		return -1;
	}
	/* The kernel says what is wrong with the program's own event, if anything is. */
	result = control(epoll, EPOLL_CTL_ADD, fd, event->events & manner, mark_of(watch));
	if (result != 0)
		return result;
	*watch = (struct watch){
		.wanted = {.epoll = epoll,
			.fd = fd,
			.events = event->events,
			.data = event->data.u64},
		.used = true,
		.armed = true,
	};
	arm(opening, watch);
	return 0;
}

/* A program asks again, also for what has fired and was left alone. */
static int modify(struct opening *opening, struct watch *watch, const struct epoll_event *event)
{
	if ((event->events | watch->wanted.events) & EPOLLEXCLUSIVE) {
		errno = EINVAL;
		return -1;
	}
	watch->wanted.events = event->events;
	watch->wanted.data = event->data.u64;
	if (!watch->armed && control(watch->wanted.epoll, EPOLL_CTL_MOD, watch->wanted.fd,
				     needed(opening, watch), mark_of(watch)) != 0)
		return -1;
	watch->armed = true;
	arm(opening, watch);
	return 0;
}

int watch_control(
	struct opening *opening, int epoll, int op, int fd, const struct epoll_event *event)
{
	struct watch *watch = watch_find(opening, epoll, fd);
	struct epoll_event ours;

	if (watch == NULL && interest_unsure(epoll)) {
		interest_epoll(epoll);
		watch = watch_found(opening, epoll, fd);
	}
	/* Where one is known that is not armed, the kernel says whether it is there. */
	if (op == EPOLL_CTL_ADD && (watch == NULL || !watch->armed))
		return add(opening, epoll, fd, event);
	if (op == EPOLL_CTL_MOD && watch != NULL)
		return modify(opening, watch, event);
	ours = event ? *event : (struct epoll_event){0};
	if (real.epoll_ctl(epoll, op, fd, &ours) != 0)
		return -1;
	if (op == EPOLL_CTL_DEL && watch != NULL)
		watch->used = watch->armed = false;
	return 0;
}

void watch_move(struct opening *opening, int from, int to)
{
	const int saved = errno;

	for (int i = 0; i < OPENING_WATCHES; i++) {
		struct watch *watch = &opening->watches[i];

		if (!watch->armed || watch->wanted.fd != from ||
			control(watch->wanted.epoll, EPOLL_CTL_DEL, from, 0, 0) != 0)
			continue;
		watch->wanted.fd = to;
		control(watch->wanted.epoll, EPOLL_CTL_ADD, to, needed(opening, watch),
			mark_of(watch));
	}
	errno = saved;
}
