/* SPDX-License-Identifier: MIT */
/* A connect that is being carried out on somebody's behalf, until its caller has the answer. */
#ifndef TUNIC_BIN_GUARD_OPERATION_H
#define TUNIC_BIN_GUARD_OPERATION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "bin/guard_socket.h"
#include "proto/socks_client.h"

/* Whose call it is. */
struct call {
	uint64_t id;  /* 0: nobody waits now */
	pid_t caller; /* 0: nobody in particular */
	int number;   /* of the caller's descriptor */
};

/*
 * Connects the caller's socket to an address as it stands. `fd`, a duplicate of it, or where there
 * can be none the socket that will be in its place, is taken over; the call is answered now or later.
 */
void operation_direct(const struct call *call, int fd, const struct socket_facts *facts,
	const struct sockaddr *to, socklen_t len);

/* The same by way of the proxy. */
void operation_tunnel(const struct call *call, int fd, const struct socket_facts *facts,
	const struct socks_target *target);

/* The same to our own resolver. */
void operation_resolve(const struct call *call, int fd, const struct socket_facts *facts);

/*
 * The library's own connect to the proxy, under the seal: the caller's socket cannot reach it, so it is
 * joined to one of ours that is connected to it, and what is said there is the caller's. (Were such connects
 * left to us, as others are, the library's errors and names would be lost: a socket that does not wait can
 * only be told ECONNRESET.)
 */
void operation_proxy(const struct call *call, int fd, const struct socket_facts *facts);

/*
 * A call on a socket for which something is under way already: attaches it to that, or answers it.
 * False: nothing is.
 */
bool operation_join(const struct call *call, int fd, const struct socket_facts *facts);

/* Drops what is under way for a socket: it is being disconnected. */
void operation_forget(int fd, const struct socket_facts *facts);

/* Does anything wait? */
bool operation_any(void);

/* Looks after what waits: signals, callers that are gone. Returns how many there were. */
unsigned operation_tick(void);

#endif
