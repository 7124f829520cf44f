/* SPDX-License-Identifier: MIT */
/* One conversation with the proxy on one descriptor: a state machine that never blocks. */
#ifndef TUNIC_LIB_CONNECTION_H
#define TUNIC_LIB_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "proto/socks_client.h"
#include "proto/step.h"

/* Why a connection failed, for the one line that says it. */
enum connection_failure {
	CONNECTION_FINE,
	CONNECTION_UNREACHED,   /* the proxy itself could not be reached */
	CONNECTION_TALK,        /* the conversation failed: see socks.failure */
	CONNECTION_DEADLINE,    /* nobody answered in time */
	CONNECTION_INTERRUPTED, /* by a signal handler without SA_RESTART */
};

enum connection_phase {
	CONNECTION_REACHING,
	CONNECTION_TALKING,
	CONNECTION_OPEN,
	CONNECTION_BROKEN
};

/* Plain memory; the descriptor stays the caller's. */
struct connection {
	int fd;
	struct sockaddr_storage proxy;
	socklen_t proxy_len;
	enum connection_phase phase;
	short events;       /* what the next step waits for: POLLIN or POLLOUT */
	bool interruptible; /* may a signal handler end connection_finish? The caller's to set */
	struct socks_client socks;
	enum connection_failure failure;
	int error; /* the errno of the failure */
};

/*
 * Begins: connects `fd` to the proxy (a blocking descriptor blocks here, for as long as its
 * SO_SNDTIMEO) and takes the first steps. `socks` has been started. Returns the outcome so far.
 */
enum step connection_start(struct connection *connection, int fd, const struct sockaddr *proxy,
	socklen_t proxy_len, const struct socks_client *socks);

/* Goes as far as is possible without waiting; call when `events` is there, or at any time. */
enum step connection_step(struct connection *connection);

/* Steps until done or failed, waiting at most until `deadline` (connection_now). */
enum step connection_finish(struct connection *connection, uint64_t deadline);

/* Milliseconds of the monotonic clock. */
uint64_t connection_now(void);

#endif
