/* SPDX-License-Identifier: MIT */
/* What the kernel has to say of a stream socket, and the way back to an unconnected one. */
#ifndef TUNIC_LIB_SOCKET_H
#define TUNIC_LIB_SOCKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>

/* Does it wait where it has to (no O_NONBLOCK)? */
bool socket_is_blocking(int fd);

bool socket_is_connected(int fd);

/* The error that it has (SO_ERROR), which it then has no more. 0: none. */
int socket_error(int fd);

/*
 * How long it waits: SO_RCVTIMEO or SO_SNDTIMEO, in `out` as the kernel has it and, returned, in
 * milliseconds. 0: for ever.
 */
uint64_t socket_patience(int fd, int option, struct timeval *out);

/* connect(2) to nowhere (AF_UNSPEC) ends its connection, and what is becoming one. Returns what that does. */
int socket_disconnect(int fd);

#endif
