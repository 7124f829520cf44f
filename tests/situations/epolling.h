/* SPDX-License-Identifier: MIT */
/*
 * For situations with epoll: registering, and words for what a wait shows. What epoll says of a socket before
 * its connect (OUT HUP) is the kernel's, and is taken away first.
 */
#ifndef TUNIC_TESTS_SITUATIONS_EPOLLING_H
#define TUNIC_TESTS_SITUATIONS_EPOLLING_H

#include "situation.h"

/* Any 64 bits are the program's data, also those that look like a pointer, or like nothing. */
#define THIS 0x7ffdfeedbeefcafeULL
#define THAT 0ULL
#define TOLD UINT64_MAX

enum { EVENTS_MAX = 16 };

static inline int registered(int ep, int operation, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = {.events = events, .data.u64 = data};

	return epoll_ctl(ep, operation, fd, &event);
}

static inline void add(int ep, int fd, uint32_t events, uint64_t data)
{
	must(registered(ep, EPOLL_CTL_ADD, fd, events, data) == 0, "EPOLL_CTL_ADD");
}

static inline int epoll_new(void)
{
	int ep = epoll_create1(EPOLL_CLOEXEC);

	must(ep >= 0, "epoll_create1");
	return ep;
}

static inline const char *data_text(uint64_t data)
{
	return data == THIS   ? "this"
	       : data == THAT ? "that"
	       : data == TOLD ? "told"
			      : "another's data";
}

static inline int by_data(const void *a, const void *b)
{
	const struct epoll_event *one = a, *two = b;

	return one->data.u64 < two->data.u64 ? -1 : one->data.u64 > two->data.u64;
}

static inline void show_event(const char *what, const struct epoll_event *event)
{
	char text[64];

	printf("%s: %s,%s\n", what, data_text(event->data.u64), events_text(event->events, text));
}

/* What a wait shows, in an order that does not depend on who was quicker. */
static inline void show_wait(const char *what, int ep, int timeout)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(ep, events, EVENTS_MAX, timeout);
	char text[64];

	if (n < 0) {
		show(what, -1);
		return;
	}
	qsort(events, (size_t)n, sizeof(events[0]), by_data);
	printf("%s:%s", what, n == 0 ? " none" : "");
	for (int i = 0; i < n; i++)
		printf(" %s,%s;", data_text(events[i].data.u64),
			events_text(events[i].events, text));
	printf("\n");
}

/* What it shows until `count` connects have reached the server, which has not answered yet. */
static inline void show_wait_until_held(const char *what, int ep, int count)
{
	add(ep, control, EPOLLIN, TOLD);
	tell_when_held(count);
	show_wait(what, ep, PATIENCE);
	take_told();
	must(epoll_ctl(ep, EPOLL_CTL_DEL, control, NULL) == 0, "EPOLL_CTL_DEL");
}

/* What it shows before one connect is answered, then, and when that has been shown. */
static inline void show_wait_answered(int ep)
{
	show_wait_until_held("until held", ep, 1);
	answer(1);
	show_wait("answered", ep, PATIENCE);
	show_wait("and again", ep, A_WHILE);
}

static inline int unconnected(void)
{
	const struct place place = far_place(ECHOES);

	return stream(&place, SOCK_NONBLOCK);
}

static inline void begin(int fd)
{
	const struct place place = far_place(ECHOES);

	show("connect", connect_to(fd, &place));
}

#endif
