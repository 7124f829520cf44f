/* SPDX-License-Identifier: MIT */
/* The supervisor's one loop: descriptors, and what is done when something happens on them. */
#include <stddef.h>
#include <time.h>

#include "bin/guard_loop.h"

enum { BATCH = 32 };

static int epoll = -1;

/* What epoll told last; a watch that ends meanwhile is struck off. */
static struct epoll_event batch[BATCH];
static int batch_at, batch_len;

bool loop_open(void)
{
	epoll = epoll_create1(EPOLL_CLOEXEC);
	return epoll >= 0;
}

static void batch_strike(const struct watch *watch)
{
	for (int i = batch_at; i < batch_len; i++)
		if (batch[i].data.ptr == watch)
			batch[i].data.ptr = NULL;
}

bool loop_watch(struct watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};
	int operation = EPOLL_CTL_MOD;

	if (events == watch->events)
		return true;
	if (events == 0)
		operation = EPOLL_CTL_DEL;
	else if (watch->events == 0)
		operation = EPOLL_CTL_ADD;
	if (events == 0)
		batch_strike(watch);
	watch->events = events;
	return epoll_ctl(epoll, operation, watch->fd, &event) == 0;
}

void loop_turn(int timeout)
{
	batch_len = epoll_wait(epoll, batch, BATCH, timeout);
	for (batch_at = 0; batch_at < batch_len;) {
		const struct epoll_event event = batch[batch_at++];
		struct watch *watch = event.data.ptr;

		if (watch)
			watch->ready(watch, event.events);
	}
	batch_len = 0;
}

uint64_t loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
