/* SPDX-License-Identifier: MIT */
/* Putting a connected socket of another family in the place of the program's. */
#ifndef TUNIC_LIB_STAND_IN_H
#define TUNIC_LIB_STAND_IN_H

#include <stdbool.h>
#include <sys/socket.h>

#include "lib/fd_table.h"
#include "lib/interest.h"

enum { STAND_IN_REGISTRATIONS_MAX = 8 };

/* What epolls knew of a socket that is no longer behind its descriptor. */
struct stand_in_registrations {
	size_t n;
	struct interest of[STAND_IN_REGISTRATIONS_MAX];
};

/*
 * Makes descriptor `fd` the socket `own`, with the file status flags, close-on-exec and the socket
 * options that have a meaning on both. Its registrations with epoll are left to the caller, in
 * `lost`. Earlier duplicates of `fd` stay with the old socket. Returns 0, or -1 with errno and `fd`
 * unchanged.
 */
int stand_in_place(int own, int fd, struct stand_in_registrations *lost);

/* Is the socket in use already, so that it would be lost if another took its place? */
bool stand_in_would_replace_a_used_one(int fd);

/* connect(AF_UNSPEC) on a stand-in: a fresh socket as the program made it takes its place. */
int stand_in_undo(int fd, const struct tunnelled *tunnel);

/*
 * Leaves a fresh socket of `domain` as the kernel leaves one that was refused, if it does not block: nobody
 * can listen on port 0 of this machine.
 */
void stand_in_refuse(int fd, int domain);

/* Closes a descriptor of ours and keeps errno. */
void stand_in_close(int own);

/* Is `fd` a stand-in? One relaxed load where there has never been one. */
bool stand_in_find(int fd, struct tunnelled *out);

/* getsockname on a stand-in: its family's loopback address with port 0, as getsockname(2) gives it.
 */
int stand_in_name(const struct tunnelled *tunnel, struct sockaddr *addr, socklen_t *len);

/*
 * getsockopt on a stand-in, where it has to answer as the program's socket would: true, and the
 * value is given. False: the kernel may answer.
 */
bool stand_in_getsockopt(
	const struct tunnelled *tunnel, int level, int name, void *value, socklen_t *len);

/* Is setsockopt at this level without meaning on the stand-in, and so to be taken in silence? */
bool stand_in_swallows(const struct tunnelled *tunnel, int level);

/* Gives an endpoint to a caller as getpeername(2) does: cut to *len, *len becomes the full length.
 */
int stand_in_give(const struct endpoint *ep, int domain, struct sockaddr *addr, socklen_t *len);

#endif
