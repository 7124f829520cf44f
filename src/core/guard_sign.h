/* SPDX-License-Identifier: MIT */
/* What a guarded process may ask the guard: questions that the kernel answers otherwise. */
#ifndef TUNIC_CORE_GUARD_SIGN_H
#define TUNIC_CORE_GUARD_SIGN_H

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

/*
 * connect(-1, this address) fails with EBADF where nobody traps the call. The guard's supervisor says
 * EALREADY; or EINPROGRESS, where datagram sockets come from the jail, so that they may be used; or
 * EISCONN, where the whole program is in there. A variable in the environment would be lost where that
 * is emptied, and could be set by anybody.
 */
static const struct sockaddr guard_sign = {.sa_family = AF_UNSPEC, .sa_data = "tunic's guard"};
enum {
	GUARD_SIGN_FD = -1,
	GUARD_SIGN_ERROR = EALREADY,
	GUARD_SIGN_JAIL = EINPROGRESS,
	GUARD_SIGN_SEAL = EISCONN
};

/* Do datagram sockets lead nowhere, by this answer? */
static inline bool guard_sign_has_jail(int error)
{
	return error == GUARD_SIGN_JAIL || error == GUARD_SIGN_SEAL;
}

static inline bool guard_sign_is_guard(int error)
{
	return error == GUARD_SIGN_ERROR || guard_sign_has_jail(error);
}

/*
 * Asked so, it gives the asker a descriptor of the run's names, close-on-exec, as the result of the
 * call. No path leads to them, so nobody else finds them, and who has closed all descriptors, emptied
 * the environment or is in another root does.
 */
static const struct sockaddr guard_sign_names = {
	.sa_family = AF_UNSPEC, .sa_data = "tunic's names"};

#endif
