/* SPDX-License-Identifier: MIT */
/* Reaching somebody, the proxy as a rule, and a conversation with it, on one socket. */
#ifndef TUNIC_BIN_GUARD_TALK_H
#define TUNIC_BIN_GUARD_TALK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "bin/guard_loop.h"
#include "proto/socks_client.h"

struct talk;

/* Called once: 0 (the other side has agreed) or an errno. The talk is then out of all lists. */
typedef void talk_done(struct talk *talk, int error);

/* Lies in the structure of whoever talks, zeroed at first. The descriptor stays its owner's. */
struct talk {
	struct watch watch; /* first: the loop gives us this */
	struct talk *next;
	bool reached;
	bool direct; /* to be reached is all: nothing is said */
	struct sockaddr_storage to;
	socklen_t to_len;
	uint64_t deadline; /* loop_now */
	struct socks_target target;
	struct socks_client socks; /* its results, once done */
	talk_done *done;
};

/*
 * Prepares the conversation of `command` about `target`, with the credentials that isolation asks for.
 * `process` is whose connection it is. False: that cannot be said in SOCKS.
 */
bool talk_prepare(struct talk *talk, enum socks_command command, const struct socks_target *target,
	pid_t process);

/* The family of a socket of our own for the proxy: AF_UNIX, AF_INET or AF_INET6. */
int talk_domain(void);

/* Sets out for the proxy, on a socket of `domain` that can reach it. May call `done` at once. */
void talk_to_proxy(struct talk *talk, int fd, int domain);

/* Sets out for talk->to, to which nothing will be said. */
void talk_direct(struct talk *talk, int fd);

/* Ends it without calling `done`. */
void talk_drop(struct talk *talk);

/* Are there any that go on? */
bool talk_any(void);

/* Ends those whose time is over. */
void talk_tick(void);

#endif
