/* SPDX-License-Identifier: MIT */
/*
 * Sockets that are kept connecting for as long as we like, and are then open, or are not.
 *
 * A non-blocking connect has to return at once, and the socket has to become writable when Tor has
 * agreed, and not before. So the socket, whose number, options and epoll registrations are the
 * program's, is connected to a place that never answers: a listener of ours on loopback whose queue
 * is full, for which the kernel drops every SYN in silence. It stays in SYN_SENT, as any socket does
 * whose peer is far away.
 *
 * When Tor has agreed, another socket is bound to the listener's own address and connected to that of
 * the parked one. Each then receives the other's SYN where it waits for an answer to its own, which
 * TCP calls a simultaneous open, and both are open. What the program sends arrives at ours and is
 * relayed. No privilege is needed, and nothing of it leaves the machine.
 *
 * Under the seal all this is in the program's network, where every address is local. There the place has
 * the proxy's address, so that the program is told of the peer that it would have without the seal.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "bin/guard_kernel.h"
#include "bin/guard_park.h"
#include "bin/guard_run.h"
#include "bin/guard_socket.h"

#ifndef TCP_FASTOPEN_CONNECT
#define TCP_FASTOPEN_CONNECT 30
#endif

/* A place of one family. Its descriptors are open for as long as the supervisor lives. */
struct place {
	int listener; /* 0: not yet made */
	int filler;   /* the connection that fills its queue */
	struct sockaddr_storage at;
	socklen_t len;
};

static struct place place_v4, place_v6;

/* A socket in the program's network. */
static int socket_there(int domain, int flags)
{
	if (guard_run.seal)
		return jail_socket(&guard_run.jail, domain, SOCK_STREAM | flags, 0);
	return socket(domain, SOCK_STREAM | flags | SOCK_CLOEXEC, 0);
}

/* A socket that shares the address of the place. */
static int socket_at(const struct sockaddr *at, socklen_t len)
{
	const int on = 1;
	int fd = socket_there(at->sa_family, SOCK_NONBLOCK);

	if (fd < 0)
		return -1;
	/* The address of an IPv6 proxy is local there by its route alone. */
	if (guard_run.seal && at->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0 &&
		bind(fd, at, len) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool place_fill(struct place *place)
{
	struct sockaddr *at = (struct sockaddr *)&place->at;

	if (listen(place->listener, 0) < 0 || getsockname(place->listener, at, &place->len) < 0)
		return false;
	place->filler = socket_there(at->sa_family, 0);
	if (place->filler >= 0 && connect(place->filler, at, place->len) == 0)
		return true;
	if (place->filler >= 0)
		close(place->filler);
	return false;
}

static struct endpoint place_address(const char *loopback)
{
	const struct proxy *proxy = &guard_run.settings->proxy;
	struct endpoint at = {.port = 0};

	addr_parse(&at.addr, loopback);
	if (guard_run.seal && !proxy->path[0] && proxy->tcp.addr.family == at.addr.family)
		at = proxy->tcp;
	return at;
}

/* What keeps one from being made may pass, as a lack of descriptors does: the next call tries again. */
static bool place_make(struct place *place, const char *loopback)
{
	const struct endpoint at = place_address(loopback);
	const int domain = at.addr.family == ADDR_V4 ? AF_INET : AF_INET6;

	place->len = endpoint_to_sockaddr(&at, domain, &place->at);
	place->listener = socket_at((const struct sockaddr *)&place->at, place->len);
	if (place->listener >= 0 && place_fill(place))
		return true;
	if (place->listener >= 0)
		close(place->listener);
	place->listener = 0;
	return false;
}

static bool place_ready(struct place *place, const char *loopback)
{
	return place->listener > 0 || place_make(place, loopback);
}

/* The place for a socket: an IPv6 one may be bound to an IPv4 address, or there is no IPv6 here. */
static const struct place *place_for(int fd, int domain)
{
	if (domain == AF_INET6 && socket_bound(fd).family != ADDR_V4 &&
		place_ready(&place_v6, "::1"))
		return &place_v6;
	return place_ready(&place_v4, "127.0.0.1") ? &place_v4 : NULL;
}

static socklen_t address_in(const struct place *place, int domain, struct sockaddr_storage *out)
{
	struct endpoint endpoint;

	return endpoint_from_sockaddr(&endpoint, (const struct sockaddr *)&place->at, place->len)
		       ? endpoint_to_sockaddr(&endpoint, domain, out)
		       : 0;
}

int park_begin(int fd, int domain)
{
	const struct place *place = place_for(fd, domain);
	const int off = 0;
	struct sockaddr_storage at;
	socklen_t len;

	if (!place)
		return ENETUNREACH;
	/* It would say at once that it is open, and send its SYN with the first data. */
	setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &off, sizeof(off));
	if (!socket_leaves_device(fd))
		return ENETUNREACH;
	len = address_in(place, domain, &at);
	return socket_connect(fd, (const struct sockaddr *)&at, len, NULL);
}

/* The address of the parked socket as the one of ours has to write it. */
static bool own_address(int fd, struct endpoint *out)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0 ||
		!endpoint_from_sockaddr(out, (const struct sockaddr *)&at, len))
		return false;
	addr_unmap(&out->addr);
	return true;
}

int park_open(int fd)
{
	const struct place *place;
	struct sockaddr_storage to;
	struct endpoint parked;
	socklen_t len;
	int other;

	if (!own_address(fd, &parked))
		return -1;
	place = parked.addr.family == ADDR_V4 ? &place_v4 : &place_v6;
	other = socket_at((const struct sockaddr *)&place->at, place->len);
	if (other < 0)
		return -1;
	len = endpoint_to_sockaddr(&parked, place->at.ss_family, &to);
	if (connect(other, (const struct sockaddr *)&to, len) == 0 || errno == EINPROGRESS)
		return other;
	close(other);
	return -1;
}

void park_fail(int fd)
{
	shutdown(fd, SHUT_RDWR);
}
