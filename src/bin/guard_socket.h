/* SPDX-License-Identifier: MIT */
/* What a duplicate of somebody's socket tells, and what may be done to it without waiting. */
#ifndef TUNIC_BIN_GUARD_SOCKET_H
#define TUNIC_BIN_GUARD_SOCKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "core/options.h"

struct socket_facts {
	int domain, type, protocol;
	uint64_t cookie; /* no other socket ever has the same; 0: see socket_cookie */
};

/* Returns 0 or an errno: ENOTSOCK where it is none. */
int socket_facts(int fd, struct socket_facts *out);

/* The cookie of `fd`, which has these facts: asked for late, since as a rule nobody needs it. */
uint64_t socket_cookie(int fd, const struct socket_facts *facts);

/* The integer of a socket option; -1 where there is none. */
int socket_option(int fd, int level, int name);

/* The local address; ADDR_NONE where it cannot be read. */
struct addr socket_bound(int fd);

bool socket_is_blocking(int fd);

/*
 * connect(2) that does not wait whatever the socket's mode, which is the same afterwards. Returns 0
 * or an errno. `blocking` is told what the mode is, where it is not NULL.
 */
int socket_connect(int fd, const struct sockaddr *to, socklen_t len, bool *blocking);

/* Unconnected again, and without an error that it would tell. */
void socket_disconnect(int fd);

/* Leads the socket to this machine itself, and not to a network device? Unbinds it where it can. */
bool socket_leaves_device(int fd);

/* Can this socket of `domain` be connected to the TCP proxy? It is made ready for an IPv4 one. */
bool socket_reaches(int fd, int domain, const struct proxy *proxy);

#endif
