/* SPDX-License-Identifier: MIT */
/* Sockets of ours in the place of the caller's, where descriptors cannot be duplicated. */
#ifndef TUNIC_BIN_GUARD_SWAP_H
#define TUNIC_BIN_GUARD_SWAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bin/guard_socket.h"

/* May this process duplicate no descriptors, as in containers that refuse pidfd_getfd(2)? */
bool swap_is_needed(void);

/*
 * What /proc tells of the caller's socket; its cookie is the number of its inode. Returns 0 or the errno
 * that the kernel would give.
 */
int swap_facts(pid_t caller, int number, struct socket_facts *out);

/* The same of a socket of ours. */
uint64_t swap_cookie(int fd);

/* A socket of the same kind and mode as the caller's. -1: errno is set. */
int swap_make(pid_t caller, int number, const struct socket_facts *facts);

/* Puts a copy of `fd` in the place of the caller's descriptor. False: the caller is gone. */
bool swap_in(int listener, uint64_t id, pid_t caller, int number, int fd);

/* What the sockets cannot be asked for: connected by us; or bound, and may listen. */
enum swap_mark { SWAP_OPEN = 1, SWAP_LISTENS };

void swap_mark(uint64_t cookie, enum swap_mark mark);
bool swap_is_marked(uint64_t cookie, enum swap_mark mark);

#endif
