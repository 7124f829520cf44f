/* SPDX-License-Identifier: MIT */
/* What kind of socket a descriptor is, for the hooks that judge by it. */
#ifndef TUNIC_LIB_JUDGE_H
#define TUNIC_LIB_JUDGE_H

#include <stdbool.h>
#include <sys/socket.h>

#include "core/policy.h"

enum socket_kind {
	/* No socket, or one whose bytes never leave the machine: not our business. */
	SOCKET_OTHER,
	SOCKET_UNIX,
	SOCKET_STREAM,    /* TCP over IPv4 or IPv6 */
	SOCKET_DATAGRAM,  /* UDP */
	SOCKET_FORBIDDEN, /* one that socket() would have refused: inherited, or received */
};

/* Asks the kernel. `domain` gets AF_INET, AF_INET6, … or AF_UNSPEC where `fd` is no socket. */
enum socket_kind socket_kind(int fd, int *domain);

/* The local address of an IP socket. False: it has none that can be read. */
bool socket_bound(int fd, struct addr *addr);

/*
 * May the program hold what is behind `fd`, which somebody else has opened (policy_held)? True for
 * all that is no socket. A refusal is said. Keeps errno.
 */
bool judge_held(int fd);

/*
 * Judges the descriptors that came with a message, which recvmsg(2) has filled in: those that the
 * program may not hold are closed and taken out, and msg_flags gets MSG_CTRUNC, with which the
 * kernel itself tells that descriptors were lost. Keeps errno.
 */
void judge_message(struct msghdr *message);

/* Judges an AF_UNIX address: the local name services are refused. */
struct judgement judge_unix(const struct sockaddr *sa, socklen_t len);

#endif
