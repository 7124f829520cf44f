/* SPDX-License-Identifier: MIT */
/* What a guarded process may ask the guard: questions that the kernel answers otherwise. */
#ifndef TUNIC_CORE_GUARD_SIGN_H
#define TUNIC_CORE_GUARD_SIGN_H

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
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

/*
 * The library's connects to an IPv4 proxy carry the address in registers, too: those of a fourth to sixth
 * argument, which connect has not. The supervisor gets them with the notice, and is spared a look into the
 * caller's memory, the dearest part of its work. It judges what it finds there as it would judge the memory,
 * so nobody gains anything by saying so. They hold the descriptor and the pointer as well: what one connect
 * has left in registers is not for the next.
 */
enum { GUARD_SIGN_ARGUMENTS = 6 };
#define GUARD_SIGN_WORD 0x74756e6963270000ULL /* and the port, as it is in the address */

/* Completes connect's three arguments. False: the address is none that fits. */
static inline bool guard_sign_write(unsigned long long arguments[static GUARD_SIGN_ARGUMENTS],
	int fd, const struct sockaddr *to, socklen_t len)
{
	struct sockaddr_in sin;

	if (sizeof(void *) < sizeof(uint64_t) || to->sa_family != AF_INET || len != sizeof(sin))
		return false;
	memcpy(&sin, to, sizeof(sin));
	arguments[0] = (unsigned)fd;
	arguments[1] = (uintptr_t)to;
	arguments[2] = len;
	arguments[3] = GUARD_SIGN_WORD | sin.sin_port;
	arguments[4] = (uint64_t)sin.sin_addr.s_addr << 32 | (unsigned)fd;
	arguments[5] = (uintptr_t)to;
	return true;
}

/* False: these are not the library's, and the address is where the second says. */
static inline bool guard_sign_read(
	const unsigned long long arguments[static GUARD_SIGN_ARGUMENTS], struct sockaddr_in *out)
{
	if ((arguments[3] & ~0xffffULL) != GUARD_SIGN_WORD || arguments[5] != arguments[1] ||
		(uint32_t)arguments[4] != (uint32_t)arguments[0] ||
		(uint32_t)arguments[2] != sizeof(*out))
		return false;
	*out = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = (in_port_t)(arguments[3] & 0xffff),
		.sin_addr.s_addr = (in_addr_t)(arguments[4] >> 32),
	};
	return true;
}

#endif
