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
	CONNECTION_UNREACHED, /* the proxy itself could not be reached */
	CONNECTION_TALK,      /* the conversation failed: see socks.failure */
	CONNECTION_DEADLINE,  /* nobody answered in time */
};

enum connection_phase {
	CONNECTION_STARTING, /* connect(2) has not come back yet: nothing can be done */
	CONNECTION_REACHING, /* the proxy has not taken a byte yet */
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
	short events; /* what the next step waits for: POLLIN or POLLOUT */
	bool hasty;   /* what the program says may follow before the answer */
	bool ours; /* nobody else's socket, and it blocks: a step may wait, and read all that there is */
	struct socks_client socks;
	enum connection_failure failure;
	int error; /* the errno of the failure */
};

/* A connection to this proxy that is STARTING on `fd`. `socks` has been started. */
void connection_prepare(struct connection *connection, int fd, const struct sockaddr *proxy,
	socklen_t proxy_len, const struct socks_client *socks);

/*
 * connect(2) to the proxy came back with this errno, or 0. Takes the first steps; EINPROGRESS and
 * EINTR go on. Returns the outcome so far.
 */
enum step connection_begun(struct connection *connection, int error);

/*
 * connect(2) to the proxy, of a socket that is not connected yet: 0, or the errno. A blocking descriptor blocks, for as
 * long as its SO_SNDTIMEO.
 */
int connection_reach(const struct connection *connection);

/* Goes as far as is possible without waiting; call when `events` is there, or at any time. */
enum step connection_step(struct connection *connection);

/* Nobody waits any longer: failed with ETIMEDOUT. */
enum step connection_give_up(struct connection *connection);

/*
 * Steps until done or failed. GOING_ON: `deadline` (connection_now) has come, or a signal handler
 * interrupts (connection_interrupted); errno is ETIMEDOUT or EINTR.
 */
enum step connection_finish(struct connection *connection, uint64_t deadline);

/*
 * A wait has ended with EINTR: does connect(2), or read(2), end with it, too? poll is interrupted by every
 * handler, these only by those without SA_RESTART. Which one it was nobody tells; so they are
 * where the program has any such. Keeps errno.
 */
bool connection_interrupted(void);

/* Milliseconds of the monotonic clock. */
uint64_t connection_now(void);

#endif
