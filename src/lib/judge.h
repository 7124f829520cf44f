/* SPDX-License-Identifier: MIT */
/* What kind of socket a descriptor is, for the hooks that judge by it. */
#ifndef TUNIC_LIB_JUDGE_H
#define TUNIC_LIB_JUDGE_H

#include <stdbool.h>
#include <sys/socket.h>

#include "core/policy.h"

enum socket_kind {
	SOCKET_OTHER, /* no socket, or of a family that never leaves the machine: not our business
		       */
	SOCKET_UNIX,
	SOCKET_STREAM,    /* TCP over IPv4 or IPv6 */
	SOCKET_DATAGRAM,  /* UDP */
	SOCKET_FORBIDDEN, /* one that socket() would have refused: inherited, or received */
};

/* Asks the kernel. `domain` gets AF_INET, AF_INET6, … or AF_UNSPEC where `fd` is no socket. */
enum socket_kind socket_kind(int fd, int *domain);

/* The local address of an IP socket. False: it has none that can be read. */
bool socket_bound(int fd, struct addr *addr);

/* Judges an AF_UNIX address: the local name services are refused. */
struct judgement judge_unix(const struct sockaddr *sa, socklen_t len);

#endif
