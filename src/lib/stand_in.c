/* SPDX-License-Identifier: MIT */
/* A stand-in behaves like the TCP socket that the program made, as far as socket calls show. */
#include "lib/stand_in.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "lib/real.h"

static void carry_options(int own, int fd)
{
	static const int names[] = {SO_RCVTIMEO, SO_SNDTIMEO, SO_LINGER, SO_RCVLOWAT, SO_KEEPALIVE};
	char value[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		socklen_t len = sizeof(value);

		if (real.getsockopt(fd, SOL_SOCKET, names[i], value, &len) == 0)
			real.setsockopt(own, SOL_SOCKET, names[i], value, len);
	}
}

int stand_in_place(int own, int fd)
{
	int status = real.fcntl(fd, F_GETFL), flags = real.fcntl(fd, F_GETFD);

	if (status < 0 || flags < 0)
		return -1;
	carry_options(own, fd);
	if (real.fcntl(own, F_SETFL, status) < 0)
		return -1;
	return real.dup3(own, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0) < 0 ? -1 : 0;
}

void stand_in_close(int own)
{
	int saved = errno;

	close(own);
	errno = saved;
}

bool stand_in_find(int fd, struct tunnelled *out)
{
	return fd_table_any_stand_in() && fd_table_find(fd, out) && out->stand_in;
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

bool stand_in_getsockopt(const struct tunnelled *tunnel, int level, int name, void *value,
	socklen_t *len, int *result)
{
	struct tcp_info info = {.tcpi_state = TCP_ESTABLISHED};

	*result = 0;
	if (level == SOL_SOCKET && name == SO_DOMAIN) {
		give_int(tunnel->domain, value, len);
	} else if (level == SOL_SOCKET && name == SO_PROTOCOL) {
		give_int(IPPROTO_TCP, value, len);
	} else if (level == IPPROTO_TCP && name == TCP_INFO) {
		if (*len > sizeof(info))
			*len = sizeof(info);
		memcpy(value, &info, *len);
	} else if (level == IPPROTO_TCP || level == IPPROTO_IP || level == IPPROTO_IPV6) {
		give_int(0, value, len);
	} else {
		return false;
	}
	return true;
}
