/* SPDX-License-Identifier: MIT */
/* The guard's seccomp filter: the table guard.def as a program for the kernel. */
#ifndef TUNIC_BIN_GUARD_FILTER_H
#define TUNIC_BIN_GUARD_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

struct guard_filter_choice {
	bool jail;     /* the supervisor has datagram sockets to give; else they are refused */
	bool landlock; /* Landlock keeps the program from the memory of processes outside */
	bool pretend_undumpable; /* prctl(PR_SET_DUMPABLE, 0) says 0 and does nothing */
	bool seal; /* the program has a network of its own: of the rest only connect is asked */
};

/*
 * Builds the filter for this machine, with that of the 32-bit programs that it can run. The
 * instructions are the caller's to free(3). False with errno: nothing was built; EOPNOTSUPP means
 * that there is no filter for this machine.
 *
 * The filter may answer SECCOMP_RET_USER_NOTIF: it has to be loaded with a listener.
 */
bool guard_filter_build(const struct guard_filter_choice *choice, struct sock_fprog *out);

/* The same for the machine `arch`, an AUDIT_ARCH_ value, whatever this one is. */
bool guard_filter_build_for(
	uint32_t arch, const struct guard_filter_choice *choice, struct sock_fprog *out);

#endif
