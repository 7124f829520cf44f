/* SPDX-License-Identifier: MIT */
/* Sockets that are kept connecting for as long as we like, and are then open, or are not. */
#ifndef TUNIC_BIN_GUARD_PARK_H
#define TUNIC_BIN_GUARD_PARK_H

#include <stdbool.h>

/*
 * Begins to connect a caller's socket of `domain` to nowhere. Returns EINPROGRESS, or what else the
 * kernel said: 0 and EISCONN where the socket was open already.
 */
int park_begin(int fd, int domain);

/*
 * Opens the parked socket: returns a socket of ours on its way to the other end of it, which it
 * reaches as soon as it is writable. -1: errno is set.
 */
int park_open(int fd);

/* Ends the wait: the parked socket becomes ready, with an error in it (ECONNRESET). */
void park_fail(int fd);

#endif
