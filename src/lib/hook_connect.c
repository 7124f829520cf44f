/* SPDX-License-Identifier: MIT */
/* Hooks: connect, and what getpeername and getsockname then tell. */
#include <errno.h>
#include <string.h>

#include "lib/caller_memory.h"
#include "lib/fd_table.h"
#include "lib/guarded.h"
#include "lib/handed_out.h"
#include "lib/judge.h"
#include "lib/library.h"
#include "lib/log.h"
#include "lib/lookup.h"
#include "lib/opening.h"
#include "lib/progress.h"
#include "lib/proxy.h"
#include "lib/real.h"
#include "lib/stand_in.h"
#include "lib/tunnel.h"

enum { PORT_DNS = 53 };

static int connect_unix(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct judgement judgement = judge_unix(addr, len);

	if (judgement.verdict == VERDICT_REFUSE)
		return refuse(judgement.refusal, NULL);
	return real.connect(fd, addr, len);
}

/* A tunnel is opening on the program's socket, or has failed to. */
static int connect_opening(
	int fd, const struct tunnelled *tunnel, const struct sockaddr *addr, socklen_t len)
{
	if (addr->sa_family != AF_UNSPEC && addr->sa_family != tunnel->domain) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (addr->sa_family != AF_UNSPEC)
		return tunnel_open_again(fd, tunnel);
	progress_abandon(fd);
	return tunnel->carrier == CARRIER_OWN ? real.connect(fd, addr, len)
					      : stand_in_undo(fd, tunnel);
}

static bool is_opening(int fd, struct tunnelled *tunnel)
{
	uint64_t cookie;

	return opening_any() && opening_at(fd) != NULL && library_is_ours() &&
	       fd_table_peek(fd, &cookie, tunnel) && fd_table_cookie(fd) == cookie;
}

/* The program's socket is connected already, though not by the socket that it made. */
static int connect_stand_in(int fd, const struct tunnelled *tunnel, const struct sockaddr *addr)
{
	if (addr->sa_family == AF_UNSPEC)
		return stand_in_undo(fd, tunnel);
	if (addr->sa_family == tunnel->domain && tunnel_pays(fd))
		return 0;
	errno = addr->sa_family == tunnel->domain ? EISCONN : EAFNOSUPPORT;
	return -1;
}

/*
 * An address that we have not handed out is one that the user typed, or one that the program has got
 * from a resolver past us. Nobody can tell which, so this is said only where it is asked for.
 */
static void warn_of_literal(const struct endpoint *ep)
{
	char where[ENDPOINT_TEXT_MAX];

	if (!library.settings->warn_literal || addr_is_loopback(&ep->addr) ||
		handed_out(&ep->addr) || !log_first(LOG_KIND_LITERAL))
		return;
	log_say(LOG_LEVEL_WARN, "connects to the address ", endpoint_format(ep, where),
		", which no look-up through tunic gave it; if it knows it from a name, that was "
		"looked up outside Tor",
		NULL);
}

static int connect_stream(int fd, int domain, const struct sockaddr *addr, socklen_t len)
{
	char where[ENDPOINT_TEXT_MAX];
	struct socks_target target;
	struct judgement judgement;
	struct endpoint ep;
	char name[NAME_BUF];
	bool named;

	/* AF_UNSPEC disconnects; the kernel itself refuses other families and short addresses. */
	if (addr->sa_family != domain || !endpoint_from_sockaddr(&ep, addr, len))
		return real.connect(fd, addr, len);
	/* The guard takes the place of name servers, and knows which these are. */
	if (ep.port == PORT_DNS && is_guarded())
		return real.connect(fd, addr, len);
	named = lookup_pool_name(&ep.addr, name);
	judgement = policy_connect(library.settings, &ep, named);
	if (judgement.verdict == VERDICT_THROUGH && !tunnel_leaves_device(fd))
		judgement = (struct judgement){VERDICT_REFUSE, REFUSAL_DEVICE};
	if (judgement.verdict == VERDICT_THROUGH)
		return real.connect(fd, addr, len);
	if (judgement.verdict == VERDICT_REFUSE)
		return refuse(judgement.refusal, endpoint_format(&ep, where));
	socks_target_addr(&target, &ep.addr, ep.port);
	if (named)
		socks_target_name(&target, name, ep.port);
	else
		warn_of_literal(&ep);
	return tunnel_open(fd, domain, &ep, &target);
}

static int connect_judged(int fd, const struct sockaddr *addr, socklen_t len)
{
	const bool ready = library_ready();
	struct sockaddr_storage copy = {.ss_family = AF_UNSPEC};
	const struct sockaddr *sa = (const struct sockaddr *)&copy;
	struct tunnelled tunnel;
	int domain;

	/* These the kernel refuses (EFAULT, EINVAL). */
	if (addr == NULL || len < sizeof(addr->sa_family) || len > sizeof(copy))
		return real.connect(fd, addr, len);
	/* Another thread may change the caller's memory: what is judged has to be what is used. */
	if (!caller_memory_readable(addr, len))
		return real.connect(fd, NULL, len);
	memcpy(&copy, addr, len);
	if (is_opening(fd, &tunnel))
		return connect_opening(fd, &tunnel, sa, len);
	if (stand_in_find(fd, &tunnel))
		return connect_stand_in(fd, &tunnel, sa);
	switch (socket_kind(fd, &domain)) {
	case SOCKET_OTHER:
		return real.connect(fd, sa, len);
	case SOCKET_UNIX:
		return connect_unix(fd, sa, len);
	case SOCKET_STREAM:
		return ready ? connect_stream(fd, domain, sa, len) : refuse_all();
	case SOCKET_DATAGRAM:
		if (sa->sa_family == AF_UNSPEC)
			return real.connect(fd, sa, len);
		return refuse(REFUSAL_DATAGRAM, NULL);
	case SOCKET_FORBIDDEN:
	default:
		return refuse(REFUSAL_PROTOCOL, NULL);
	}
}

EXPORTED int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	const int saved = errno, result = connect_judged(fd, addr, len);

	if (result == 0)
		errno = saved;
	return result;
}
EXPORT_ALIAS(__connect, connect);

/*
 * Tells the target in the place of the peer. The kernel writes first: it is the one to say EFAULT
 * where the caller's memory cannot be written.
 */
static int give_target(
	int fd, const struct tunnelled *tunnel, struct sockaddr *addr, socklen_t *len)
{
	socklen_t room, written;

	if (!caller_memory_readable(len, sizeof(*len)))
		return real.getpeername(fd, addr, len);
	room = *len;
	written = room;
	if (real.getpeername(fd, addr, &written) != 0)
		return -1;
	*len = room;
	return stand_in_give(&tunnel->target, tunnel->domain, addr, len);
}

static bool is_not_open_yet(int fd)
{
	const enum opening_state state = progress_step(fd, NULL);

	return state == OPENING_GOING_ON || state == OPENING_FAILED || state == OPENING_TOLD;
}

EXPORTED int getpeername(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	struct sockaddr_storage peer;
	socklen_t peer_len = sizeof(peer);
	struct tunnelled tunnel;

	if (!library_ready() || !fd_table_any() || addr == NULL || len == NULL)
		return real.getpeername(fd, addr, len);
	if (opening_any() && is_not_open_yet(fd)) {
		errno = ENOTCONN;
		return -1;
	}
	if (real.getpeername(fd, (struct sockaddr *)&peer, &peer_len) != 0)
		return -1;
	/* A socket whose peer is not the proxy is none of ours: no need to search. */
	if ((peer.ss_family == AF_UNIX || proxy_is_at((const struct sockaddr *)&peer, peer_len)) &&
		fd_table_find(fd, &tunnel))
		return give_target(fd, &tunnel, addr, len);
	return real.getpeername(fd, addr, len);
}

EXPORTED int getsockname(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	struct tunnelled tunnel;

	if (library_ready() && addr != NULL && len != NULL && stand_in_find(fd, &tunnel))
		return stand_in_name(&tunnel, addr, len);
	return real.getsockname(fd, addr, len);
}
