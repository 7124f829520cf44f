/* SPDX-License-Identifier: MIT */
/* What a program may do with the data of a socket whose tunnel is still opening. */
#ifndef TUNIC_LIB_GATE_H
#define TUNIC_LIB_GATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "lib/libc.h"
#include "lib/library.h"
#include "lib/opening.h"

enum gate {
	GATE_READ,
	GATE_WRITE,
	GATE_WHOLE, /* what would show the proxy's bytes: waits for the end, whatever the mode */
};

/* The slow path of gate_open. */
bool gate_wait(int fd, enum gate gate, int flags);

/*
 * Before a call that reads or writes: may it? A blocking descriptor waits here for the tunnel, as
 * the kernel's own would for its connection; one that does not block, or a call with MSG_DONTWAIT
 * in `flags`, gets EAGAIN; who comes after a failure gets its errno, once. False: errno is set. Two
 * relaxed loads where nothing is opening.
 */
static inline bool gate_open(int fd, enum gate gate, int flags)
{
	library_ready();
	return !opening_any() || gate_wait(fd, gate, flags);
}

/* For preadv2 and pwritev2: other flags, and a stream has no offsets (ESPIPE, without a wait). */
static inline bool gate_open_at(int fd, enum gate gate, int64_t offset, int flags)
{
	return offset != -1 || gate_open(fd, gate, flags & RWF_NOWAIT ? MSG_DONTWAIT : 0);
}

/* Waits for the tunnel on `fd`, if one is opening there. Keeps errno. */
void gate_whole(int fd);

#endif
