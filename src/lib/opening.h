/* SPDX-License-Identifier: MIT */
/* The tunnels that are being opened, in memory that a process shares with those that it forks. */
#ifndef TUNIC_LIB_OPENING_H
#define TUNIC_LIB_OPENING_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/aside.h"
#include "lib/connection.h"
#include "lib/interest.h"

enum opening_state {
	OPENING_OVER,     /* open: nothing is left to do, and the place is free */
	OPENING_GOING_ON, /* the program has to wait */
	OPENING_OPTIMISTIC, /* it may write, and what comes first when it reads is the proxy's answer */
	OPENING_STANDS, /* open, but for an epoll of another process that has our registration yet */
	OPENING_LATE, /* past its deadline; who found that has not its socket, who has will give it up */
	OPENING_FAILED, /* it has to be told `connection.error`, once */
	OPENING_TOLD, /* and has been; the next connect(2) says ECONNABORTED, the one after begins */
};

enum { OPENINGS_MAX = 16384, OPENING_WATCHES = 8 };

/* A registration with an epoll that belongs to the program and that we have in our hands. */
struct watch {
	struct interest wanted; /* what the program asked for */
	bool used;
	bool armed; /* the kernel has ours in its place, whose data is opening_mark's */
};

struct opening {
	_Atomic uint64_t cookie; /* of the socket; 0: this place is free */
	_Atomic unsigned state;  /* enum opening_state */
	atomic_bool duplicated;  /* its socket has more than one descriptor, or had */
	_Atomic unsigned got;    /* changes whenever the conversation gets further */
	_Atomic short events;    /* what its next step waits for: POLLIN or POLLOUT */
	uint32_t next_free;      /* place of the next free one; 0: there is none */
	int fd;             /* where the socket was last seen, in the process that saw it last */
	pid_t owner;        /* the process that called connect */
	bool shared;        /* a fork has given it to another process, too */
	struct aside aside; /* the program's options, as it set them */
	uint64_t deadline;  /* connection_now */
	struct connection connection;
	struct socks_target target; /* for the line that says why it failed */
	struct watch watches[OPENING_WATCHES];
};

/* How many openings are in which state: what the hooks look at before anything else. */
struct opening_counts {
	atomic_uint going_on; /* unfinished: readiness has to be translated */
	atomic_uint others;   /* the other states but OPENING_OVER */
};

extern struct opening_counts *_Atomic opening_counts;

/* Is a tunnel under way anywhere? Two relaxed loads: the fast path of poll, select and epoll. */
static inline bool opening_going_on(void)
{
	return atomic_load_explicit(
		       &atomic_load_explicit(&opening_counts, memory_order_relaxed)->going_on,
		       memory_order_relaxed) != 0;
}

/* Is there any at all? The fast path of whatever reads or writes. */
static inline bool opening_any(void)
{
	struct opening_counts *counts = atomic_load_explicit(&opening_counts, memory_order_relaxed);

	return atomic_load_explicit(&counts->going_on, memory_order_relaxed) +
		       atomic_load_explicit(&counts->others, memory_order_relaxed) !=
	       0;
}

/*
 * May another thread begin to open one, or a process that this one shares its openings with since a
 * fork? A signal handler of this thread may as well, but that ends the wait that it is in.
 */
bool opening_may_begin_elsewhere(void);

/* Has the proxy still to answer? */
bool opening_is_under_way(enum opening_state state);

/* That, or OPENING_STANDS. */
bool opening_is_unfinished(enum opening_state state);

/* What a thread puts aside while it holds the lock. */
struct opening_hold {
	sigset_t signals;
	int cancelling;
};

/*
 * The one lock: over all that stands in an opening but its atomic fields. It is held for a few
 * calls that never wait, with all signals blocked, so that no handler can meet its own thread
 * in there; who dies with it leaves it to the next. False: there is no map yet, nothing is held.
 */
bool opening_lock(struct opening_hold *hold);
void opening_unlock(const struct opening_hold *hold);

/*
 * Under the lock: a free place, with all fields but `cookie` zero. Where there is none, those that
 * are late make room: hardly one is still somebody's. NULL: none is left.
 */
struct opening *opening_new(uint64_t cookie);

/* Under the lock: what state an opening has from now on. OPENING_OVER frees it. */
void opening_set(struct opening *opening, enum opening_state state);

/* The opening that is behind `fd`, as far as is known without asking the kernel. NULL: none. */
struct opening *opening_at(int fd);

/* Its socket has another descriptor from now on. NULL: it is no opening. */
void opening_duplicated(struct opening *opening);

/* Is a tunnel going on behind `fd`? *events: what its next step needs. Asks the kernel nothing. */
bool opening_hides(int fd, short *events);

/* May the program write to `fd` already, while the answer is still to come? Asks the kernel nothing. */
bool opening_is_optimistic(int fd);

/* May epoll registrations of `fd` be ours? Asks the kernel nothing. */
bool opening_is_held(int fd);

/* The number of a place, for struct tunnelled; 0 for NULL. */
uint32_t opening_place(const struct opening *opening);

/* The data with which our registrations stand in an epoll, one for each watch. */
uint64_t opening_mark(const struct watch *watch);

/* The opening that has a watch with this mark. NULL: it is data of the program's. */
struct opening *opening_of_data(uint64_t data);

/* Under the lock: is `fd` the socket of this opening, and is that still under way? */
bool opening_holds(const struct opening *opening, int fd);

/* Goes through those that are in use: from NULL to NULL. */
struct opening *opening_next(const struct opening *opening);

/* Before a fork: what is there, and what others begin until it is done, belongs to both. */
void opening_before_fork(void);

/* The fork is done, or has failed: in the parent; in the child, which has no other threads. */
void opening_forked(void);
void opening_after_fork(void);

/* Makes the map, as opening_new would. False: there is no memory. */
bool opening_map_ready(void);

#endif
