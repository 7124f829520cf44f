/* SPDX-License-Identifier: MIT */
/* What the kernel has to say of a stream socket, and the way back to an unconnected one. */
#include "lib/socket.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "lib/real.h"

bool socket_is_blocking(int fd)
{
	return (real.fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

bool socket_is_connected(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	return real.getpeername(fd, (struct sockaddr *)&peer, &len) == 0;
}

int socket_error(int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;

	real.getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error;
}

uint64_t socket_patience(int fd, int option, struct timeval *out)
{
	socklen_t len = sizeof(*out);

	if (real.getsockopt(fd, SOL_SOCKET, option, out, &len) != 0)
		return 0;
	return (uint64_t)out->tv_sec * 1000 + (uint64_t)out->tv_usec / 1000;
}

int socket_disconnect(int fd)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	return real.connect(fd, &unspecified, sizeof(unspecified));
}
