/* SPDX-License-Identifier: MIT */
/* Advancing the tunnels that are being opened, from whichever call of the program comes by. */
#ifndef TUNIC_LIB_PROGRESS_H
#define TUNIC_LIB_PROGRESS_H

#include <stdbool.h>

#include "lib/fd_table.h"
#include "lib/opening.h"

enum progress_published {
	PROGRESS_PUBLISHED,
	PROGRESS_NO_ROOM,
	PROGRESS_BEFORE, /* another thread has been quicker: one is opening behind `fd` already */
};

/*
 * Makes the connection prepared in `connection` known to all threads as the opening behind `fd`, and
 * takes the program's epoll registrations in hand. `tunnel` is recorded.
 */
enum progress_published progress_publish(int fd, const struct tunnelled *tunnel,
	const struct connection *connection, const struct socks_target *target, uint64_t deadline);

/* connect(2) to the proxy came back with this errno, or 0. Returns what state the opening is in now. */
enum opening_state progress_begun(int fd, int error);

/*
 * Takes the steps that are possible now on the tunnel behind `fd`. *events, if not NULL, is what the
 * next one waits for. OPENING_OVER also where nothing is opening behind it.
 */
enum opening_state progress_step(int fd, short *events);

/* The same for an opening whose descriptor is not at hand. */
enum opening_state progress_step_opening(struct opening *opening);

/* Milliseconds: the longest that anybody waits in one piece while something opens. */
enum { PROGRESS_SLICE = 20 };

enum progress_goal {
	PROGRESS_MAY_WRITE, /* over, or optimistic */
	PROGRESS_ANSWERED,  /* over */
};

/*
 * Steps until the goal is reached or it has failed. Any other state:
 * `deadline` (connection_now) has come or a handler interrupts;
 * errno is ETIMEDOUT or EINTR.
 */
enum opening_state progress_wait(int fd, uint64_t deadline, enum progress_goal goal);

/* The errno of a failed opening, given once. 0: it has none. */
int progress_failure(int fd);

/* An option that is aside (aside.h) while a tunnel opens on `fd`. False: the kernel has it. */
bool progress_get_aside(int fd, int level, int name, int *value);
bool progress_set_aside(int fd, int level, int name, const void *value, socklen_t len);

/* Drops the opening: what comes next on this socket is the program's affair. */
void progress_abandon(int fd);

/* `fd` is about to be closed. */
void progress_closing(int fd);

/* Gives up the openings of sockets that are gone without our having seen it, or are over their time. */
void progress_sweep(void);

/* A step for each opening of this process. True: one of them at least has got further. */
bool progress_step_all(void);

/* Reads have become possible that nobody sees: from now on no opening of this process is optimistic. */
void progress_cautiously(void);

/* Finishes every opening that a program started next would find among its descriptors. */
void progress_finish_inherited(void);

#endif
