/* SPDX-License-Identifier: MIT */
/* A stand-in behaves like the TCP socket that the program made, as far as socket calls show. */
#include "lib/stand_in.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "lib/interest.h"
#include "lib/real.h"
#include "lib/socket.h"

static const struct {
	int level, name;
} carried[] = {
	{SOL_SOCKET, SO_REUSEADDR},
	{SOL_SOCKET, SO_RCVTIMEO},
	{SOL_SOCKET, SO_SNDTIMEO},
	{SOL_SOCKET, SO_LINGER},
	{SOL_SOCKET, SO_RCVLOWAT},
	{SOL_SOCKET, SO_KEEPALIVE},
	{SOL_SOCKET, SO_OOBINLINE},
	{SOL_SOCKET, SO_PRIORITY},
	{IPPROTO_TCP, TCP_NODELAY},
	{IPPROTO_TCP, TCP_KEEPIDLE},
	{IPPROTO_TCP, TCP_KEEPINTVL},
	{IPPROTO_TCP, TCP_KEEPCNT},
	{IPPROTO_TCP, TCP_USER_TIMEOUT},
	{IPPROTO_TCP, TCP_QUICKACK},
};

/* An option that one of the two sockets does not know is none to carry. */
static void carry_options(int own, int fd)
{
	char value[64];

	for (size_t i = 0; i < sizeof(carried) / sizeof(carried[0]); i++) {
		const int level = carried[i].level, name = carried[i].name;
		socklen_t len = sizeof(value);

		if (real.getsockopt(fd, level, name, value, &len) == 0)
			real.setsockopt(own, level, name, value, len);
	}
}

/* What is registered of the old socket goes with it, unless it has duplicates, which then keep it. */
int stand_in_place(int own, int fd, struct stand_in_registrations *lost)
{
	int status = real.fcntl(fd, F_GETFL), flags = real.fcntl(fd, F_GETFD);
	size_t n;

	lost->n = 0;
	if (status < 0 || flags < 0)
		return -1;
	carry_options(own, fd);
	if (real.fcntl(own, F_SETFL, status) < 0)
		return -1;
	n = interest_of(fd, lost->of, STAND_IN_REGISTRATIONS_MAX);
	if (real.dup3(own, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (lost->of[i].fd == fd)
			lost->of[lost->n++] = lost->of[i];
	return 0;
}

bool stand_in_would_replace_a_used_one(int fd)
{
	socklen_t len = sizeof(int);
	int listening = 0;

	return socket_is_connected(fd) ||
	       (real.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 &&
		       listening != 0);
}

static void register_again(const struct interest *interest)
{
	struct epoll_event event = {.events = interest->events, .data.u64 = interest->data};

	real.epoll_ctl(interest->epoll, EPOLL_CTL_ADD, interest->fd, &event);
}

int stand_in_undo(int fd, const struct tunnelled *tunnel)
{
	struct stand_in_registrations lost = {.n = 0};
	int own = real.socket(tunnel->domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int result = own < 0 ? -1 : stand_in_place(own, fd, &lost);

	for (size_t i = 0; i < lost.n; i++)
		register_again(&lost.of[i]);
	if (own >= 0)
		stand_in_close(own);
	return result;
}

void stand_in_refuse(int fd, int domain)
{
	struct endpoint nobody = {.port = 0};
	struct sockaddr_storage address;
	socklen_t len;
	int flags;

	addr_parse(&nobody.addr, domain == AF_INET ? "127.0.0.1" : "::1");
	len = endpoint_to_sockaddr(&nobody, domain, &address);
	/* A connect that waits would take the error itself, and leave none in the socket. */
	flags = real.fcntl(fd, F_GETFL);
	real.fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	real.connect(fd, (const struct sockaddr *)&address, len);
	real.fcntl(fd, F_SETFL, flags);
}

void stand_in_close(int own)
{
	int saved = errno;

	real.close(own);
	errno = saved;
}

bool stand_in_find(int fd, struct tunnelled *out)
{
	return fd_table_any_stand_in() && fd_table_find(fd, out) && out->carrier != CARRIER_OWN;
}

int stand_in_give(const struct endpoint *ep, int domain, struct sockaddr *addr, socklen_t *len)
{
	struct sockaddr_storage full;
	socklen_t full_len = endpoint_to_sockaddr(ep, domain, &full);

	if (addr != NULL)
		memcpy(addr, &full, full_len < *len ? full_len : *len);
	*len = full_len;
	return 0;
}

int stand_in_name(const struct tunnelled *tunnel, struct sockaddr *addr, socklen_t *len)
{
	struct endpoint here = {.port = 0};

	addr_parse(&here.addr, tunnel->domain == AF_INET ? "127.0.0.1" : "::1");
	return stand_in_give(&here, tunnel->domain, addr, len);
}

static void give_int(int number, void *value, socklen_t *len)
{
	if (*len > sizeof(number))
		*len = sizeof(number);
	memcpy(value, &number, *len);
}

bool stand_in_swallows(const struct tunnelled *tunnel, int level)
{
	if (level == IPPROTO_TCP)
		return tunnel->carrier == CARRIER_STAND_IN_UNIX;
	return level == IPPROTO_IP || level == IPPROTO_IPV6;
}

bool stand_in_getsockopt(
	const struct tunnelled *tunnel, int level, int name, void *value, socklen_t *len)
{
	struct tcp_info info = {.tcpi_state = TCP_ESTABLISHED};

	if (level == SOL_SOCKET && name == SO_DOMAIN) {
		give_int(tunnel->domain, value, len);
	} else if (level == SOL_SOCKET && name == SO_PROTOCOL) {
		give_int(IPPROTO_TCP, value, len);
	} else if (!stand_in_swallows(tunnel, level)) {
		return false;
	} else if (level == IPPROTO_TCP && name == TCP_INFO) {
		if (*len > sizeof(info))
			*len = sizeof(info);
		memcpy(value, &info, *len);
	} else {
		give_int(0, value, len);
	}
	return true;
}
