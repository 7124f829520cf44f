/* SPDX-License-Identifier: MIT */
/* The supervisor's one loop: descriptors, and what is done when something happens on them. */
#ifndef TUNIC_BIN_GUARD_LOOP_H
#define TUNIC_BIN_GUARD_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

/* Lies in the structure of whoever waits. `fd` stays its owner's. */
struct watch {
	int fd;
	uint32_t events; /* what is waited for now; 0: nothing */
	void (*ready)(struct watch *watch, uint32_t events);
};

/* False: errno is set. */
bool loop_open(void);

/*
 * Waits for `events` (EPOLLIN, ...) from now on; 0 for none. The descriptors of callers outlive our
 * duplicates, and with them what was registered, so this has to be 0 before a descriptor is closed
 * or a watch is freed. False: errno is set.
 */
bool loop_watch(struct watch *watch, uint32_t events);

/* Waits for at most `timeout` milliseconds (-1: any time), and does what there is to do. */
void loop_turn(int timeout);

/* Milliseconds of the monotonic clock. */
uint64_t loop_now(void);

#endif
