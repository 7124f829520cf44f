/* SPDX-License-Identifier: MIT */
/* What the program has asked epolls to tell it about its descriptors: epoll(7)'s interest lists. */
#ifndef TUNIC_LIB_INTEREST_H
#define TUNIC_LIB_INTEREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

/* One registration. */
struct interest {
	int epoll, fd;
	uint32_t events;
	uint64_t data;
};

/* epoll_ctl(epoll, op, fd, event) has gone well. Takes no lock; costs no system call. */
void interest_note(int epoll, int op, int fd, const struct epoll_event *event);

/* `to` is now a duplicate of `from`. */
void interest_duplicate(int from, int to);

/* `fd` is about to be closed. */
void interest_forget(int fd);

/* The first descriptor from `fd` on of which something is noted. -1: there is none. */
int interest_next(int fd);

/* Is `fd` registered, as far as is noted, or has it been used as an epoll? No system call. */
bool interest_registered(int fd);

/* May it have duplicates? True also when they are closed, until interest_alone is called. */
bool interest_duplicated(int fd);
void interest_alone(int fd);

/*
 * Fills `out` with the registrations of the socket behind `fd`, under this number and those of its
 * duplicates, at most `max`. Asks the kernel (/proc/self/fdinfo) where the notes may not tell all.
 * Returns how many there are.
 */
size_t interest_of(int fd, struct interest *out, size_t max);

/* The same from the kernel alone, in whichever epolls that this process can name now. */
size_t interest_of_kernel(int fd, struct interest *out, size_t max);

/* Has an epoll ever been registered with an epoll? One relaxed load. */
bool interest_nested_ever(void);

/* An epoll that is registered with `outer` under this data, and with *how it is. -1: there is none. */
int interest_nested(int outer, uint64_t data, struct interest *how);

/* May there be more to know of `fd` than its note says: has it been duplicated, or registered twice? */
bool interest_unsure(int fd);

/* Has `fd` been used as an epoll? */
bool interest_is_epoll(int fd);

/* It is about to be. */
void interest_epoll(int fd);

/* In a forked child: gives up what other threads of the parent were writing when it forked. */
void interest_after_fork(void);

#endif
