/* SPDX-License-Identifier: MIT */
/* Hooks: being connected to. Loopback only, unless the settings allow more. */
#include <errno.h>

#include "lib/judge.h"
#include "lib/library.h"
#include "lib/real.h"

/* At EPERM or EACCES Ruby's resolver draws another port by lot, and so on for ever. */
static int refuse_datagram_bind(void)
{
	refuse(REFUSAL_DATAGRAM, NULL);
	errno = EADDRNOTAVAIL;
	return -1;
}

/*
 * A bind sends nothing and many clients do one before connect, so a stream socket may have it; what
 * would answer strangers is listen.
 */
EXPORTED int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	const bool ready = library_ready();
	int domain;

	switch (socket_kind(fd, &domain)) {
	case SOCKET_OTHER:
	case SOCKET_UNIX:
		return real.bind(fd, addr, len);
	case SOCKET_STREAM:
		return ready ? real.bind(fd, addr, len) : refuse_all();
	case SOCKET_DATAGRAM:
		return refuse_datagram_bind();
	case SOCKET_FORBIDDEN:
	default:
		return refuse(REFUSAL_PROTOCOL, NULL);
	}
}

/* May this socket be connected to? Sockets that are no IP sockets may. On refusal errno is set. */
static bool may_serve(int fd)
{
	const bool ready = library_ready();
	char text[ADDR_TEXT_MAX];
	struct addr bound;
	struct judgement judgement;
	int domain;

	switch (socket_kind(fd, &domain)) {
	case SOCKET_OTHER:
	case SOCKET_UNIX:
		return true;
	case SOCKET_STREAM:
		if (socket_bound(fd, &bound))
			break;
		return denied(REFUSAL_INBOUND, NULL);
	case SOCKET_DATAGRAM: /* the kernel says what it thinks of that */
		return true;
	case SOCKET_FORBIDDEN:
	default:
		return denied(REFUSAL_PROTOCOL, NULL);
	}
	if (!ready)
		return denied(REFUSAL_SETTINGS, NULL);
	judgement = policy_inbound(library.settings, &bound);
	return judgement.verdict != VERDICT_REFUSE ||
	       denied(judgement.refusal, addr_format(&bound, text));
}

EXPORTED int listen(int fd, int backlog)
{
	return may_serve(fd) ? real.listen(fd, backlog) : -1;
}

EXPORTED int accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	return may_serve(fd) ? real.accept(fd, addr, len) : -1;
}

EXPORTED int accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict len, int flags)
{
	return may_serve(fd) ? real.accept4(fd, addr, len, flags) : -1;
}
