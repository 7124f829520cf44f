/* SPDX-License-Identifier: MIT */
/* The thread whose call is trapped: its memory, its descriptors, its signals. */
#ifndef TUNIC_BIN_GUARD_CALLER_H
#define TUNIC_BIN_GUARD_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Copies `len` bytes of the caller's memory. Returns 0 or an errno: EFAULT where the caller's
 * pointer is bad, EACCES where the kernel does not let us look. What is in it may change the moment
 * after: only the copy may be judged and used.
 */
int caller_read(pid_t caller, uint64_t address, void *buf, size_t len);

/*
 * A duplicate of the caller's descriptor `number`, close-on-exec. -1: errno says why; EBADF where
 * the caller has no such descriptor.
 */
int caller_descriptor(pid_t caller, int number);

/*
 * Has a signal come for the caller that would end its call, were it in the kernel: one with a
 * handler, or one that stops it?
 */
bool caller_is_signalled(pid_t caller);

bool caller_is_there(pid_t caller);

/* The process that the thread belongs to; 0: it is gone. */
pid_t caller_process(pid_t caller);

#endif
