/* SPDX-License-Identifier: MIT */
/* What a duplicate of somebody's socket tells, and what may be done to it without waiting. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>

#include "bin/guard_socket.h"

int socket_option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(fd, level, name, &value, &len) == 0 ? value : -1;
}

int socket_facts(int fd, struct socket_facts *out)
{
	out->domain = socket_option(fd, SOL_SOCKET, SO_DOMAIN);
	if (out->domain < 0)
		return errno == ENOTSOCK ? ENOTSOCK : EACCES;
	out->type = socket_option(fd, SOL_SOCKET, SO_TYPE);
	out->protocol = socket_option(fd, SOL_SOCKET, SO_PROTOCOL);
	out->cookie = 0;
	return 0;
}

uint64_t socket_cookie(int fd, const struct socket_facts *facts)
{
	uint64_t cookie = facts->cookie;
	socklen_t len = sizeof(cookie);

	if (cookie == 0)
		getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len);
	return cookie;
}

struct addr socket_bound(int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	struct endpoint endpoint = {.addr = {.family = ADDR_NONE}};

	if (getsockname(fd, (struct sockaddr *)&sa, &len) == 0)
		endpoint_from_sockaddr(&endpoint, (const struct sockaddr *)&sa, len);
	addr_unmap(&endpoint.addr);
	return endpoint.addr;
}

bool socket_is_blocking(int fd)
{
	return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

static int try_connect(int fd, const struct sockaddr *to, socklen_t len)
{
	return connect(fd, to, len) == 0 ? 0 : errno;
}

/*
 * The mode belongs to the open file, which is the program's as well as ours. Its thread waits for us
 * meanwhile; another one that uses the socket at this very moment may see it non-blocking.
 */
int socket_connect(int fd, const struct sockaddr *to, socklen_t len, bool *blocking)
{
	const int flags = fcntl(fd, F_GETFL);
	int error, outcome;

	if (blocking)
		*blocking = (flags & O_NONBLOCK) == 0;
	if (flags & O_NONBLOCK)
		return try_connect(fd, to, len);
	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	error = try_connect(fd, to, len);
	/* Somebody on this machine has answered by now. */
	if (error == EINPROGRESS && (outcome = try_connect(fd, to, len)) != EALREADY)
		error = outcome;
	fcntl(fd, F_SETFL, flags);
	return error;
}

void socket_disconnect(int fd)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	connect(fd, &unspecified, sizeof(unspecified));
	socket_option(fd, SOL_SOCKET, SO_ERROR);
}

bool socket_leaves_device(int fd)
{
	char device[IFNAMSIZ];
	socklen_t len = sizeof(device);

	if (getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &len) < 0)
		return errno == ENOPROTOOPT;
	return len == 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0) == 0;
}

/* An address of its own ties a socket to that family: an IPv6 one may be bound to a mapped one. */
static bool is_bound_to_another_family(int fd, enum addr_family family)
{
	const struct addr own = socket_bound(fd);

	return own.family != ADDR_NONE && own.family != family &&
	       !(own.family == ADDR_V6 && addr_is_unspecified(&own));
}

/* IPV6_V6ONLY keeps a socket from mapped addresses; it can only be cleared before a bind. */
static bool takes_mapped(int fd)
{
	const int off = 0;

	return socket_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0 ||
	       setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) == 0;
}

bool socket_reaches(int fd, int domain, const struct proxy *proxy)
{
	const enum addr_family family = proxy->tcp.addr.family;

	if (proxy->path[0] || !socket_leaves_device(fd))
		return false;
	if (domain == AF_INET)
		return family == ADDR_V4;
	return !is_bound_to_another_family(fd, family) && (family == ADDR_V6 || takes_mapped(fd));
}
