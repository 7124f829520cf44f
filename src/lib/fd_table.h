/* SPDX-License-Identifier: MIT */
/* What the program believes about its tunnelled sockets: from descriptor to target. */
#ifndef TUNIC_LIB_FD_TABLE_H
#define TUNIC_LIB_FD_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

/* What socket the program's descriptor is while the tunnel is open. */
enum carrier {
	CARRIER_OWN,           /* the one that it made */
	CARRIER_STAND_IN_TCP,  /* a TCP socket of the other family (stand_in.h) */
	CARRIER_STAND_IN_UNIX, /* a unix socket */
};

/* One tunnel, opening or open. */
struct tunnelled {
	struct endpoint target; /* as the program gave it to connect */
	int domain;             /* of the program's socket: AF_INET or AF_INET6 */
	enum carrier carrier;
	bool owed;        /* the program's next connect gets the 0 that the kernel would owe it */
	uint32_t opening; /* the place of its opening while there is one (opening.h), else 0 */
};

/* The socket's cookie (SO_COOKIE): no other socket has it as long as the system runs. 0: no socket. Keeps errno. */
uint64_t fd_table_cookie(int fd);

extern atomic_bool fd_table_used, fd_table_used_for_stand_in; /* for these two alone */

/* Has this process ever recorded a tunnel (a stand-in)? One relaxed load: the hooks' fast path. */
static inline bool fd_table_any(void)
{
	return atomic_load_explicit(&fd_table_used, memory_order_relaxed);
}

static inline bool fd_table_any_stand_in(void)
{
	return atomic_load_explicit(&fd_table_used_for_stand_in, memory_order_relaxed);
}

/*
 * Records that `fd` is this tunnel. The entry is bound to the socket's cookie (SO_COOKIE), so that
 * it cannot be mistaken for a later socket with the same number and nobody has to watch close. False:
 * it is not recorded (no memory, fd >= 2^20, or a signal handler does so under us); then getpeername shows the proxy.
 */
bool fd_table_record(int fd, const struct tunnelled *tunnel);

/* `to` is now a duplicate of `from`. */
void fd_table_duplicate(int from, int to);

/* In a forked child: gives up what other threads of the parent were writing when it forked. */
void fd_table_after_fork(void);

/* What was last recorded under this number and for which socket. Asks the kernel nothing: it may be over. */
bool fd_table_peek(int fd, uint64_t *cookie, struct tunnelled *out);

/* Another descriptor than `fd` (-1: any) that is recorded for this socket, and still is it. -1: there is none. */
int fd_table_other(int fd, uint64_t cookie);

/* The first such descriptor from `fd` on. -1: there is none. */
int fd_table_next(int fd, uint64_t cookie);

/* Nothing is known of `fd` any more. */
void fd_table_forget(int fd);

/* The tunnel behind `fd`, also where it became its duplicate unseen. False: it is none of ours. */
bool fd_table_find(int fd, struct tunnelled *out);

#endif
