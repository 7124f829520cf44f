/* SPDX-License-Identifier: MIT */
/* The epoll registrations of a socket while its tunnel is opening: ours in the place of the program's. */
#ifndef TUNIC_LIB_WATCH_H
#define TUNIC_LIB_WATCH_H

#include "lib/opening.h"

/* All under the lock (opening_lock). `fd` is a descriptor of the opening's socket. They keep errno. */

/* Takes the registrations that the program has made before connect into our hands. */
void watch_begin(struct opening *opening, int fd);

/* The same for registrations that another thread was making meanwhile. */
void watch_adopt(struct opening *opening, const struct interest *interest);

/* Has them wait for what the connection now waits for (connection.events). */
void watch_arm(struct opening *opening);

/*
 * Gives them back as the program wants them. That wakes whoever waits, if it is true by now. False:
 * one is in an epoll that this process has not, but another one may have, since a fork.
 */
bool watch_restore(struct opening *opening);

/* epoll_ctl(2) of the program on `fd`. Returns 0, or -1 with errno. */
int watch_control(
	struct opening *opening, int epoll, int op, int fd, const struct epoll_event *event);

/*
 * An event of ours, of an optimistic opening: leaves in it what the program may be told, with the
 * program's data. False: nothing.
 */
bool watch_tell(struct opening *opening, struct epoll_event *event);

/* `from`, but not `to`, is about to be closed: what is registered under it moves to `to`. */
void watch_move(struct opening *opening, int from, int to);

#endif
