/* SPDX-License-Identifier: MIT */
/*
 * modes HOST PORT: flags and options set before connect are there after it, in each blocking mode, and
 * options set after it are there too.
 */
#include "program.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/time.h>

static const struct option {
	const char *name;
	int level, number, value;
} options[] = {
	{"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, 1},
	{"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1},
	{"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, 1},
	{"SO_PRIORITY", SOL_SOCKET, SO_PRIORITY, 3},
	{"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, 1},
	{"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, 77},
	{"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT, 5000},
};
enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

static int option(int fd, int level, int number)
{
	socklen_t len = sizeof(int);
	int value = -1;

	return getsockopt(fd, level, number, &value, &len) == 0 ? value : -errno;
}

static void show_timeout(const char *what, int fd, int number)
{
	struct timeval timeout = {0};
	socklen_t len = sizeof(timeout);

	getsockopt(fd, SOL_SOCKET, number, &timeout, &len);
	printf("%s: %ld s %ld us\n", what, (long)timeout.tv_sec, (long)timeout.tv_usec);
}

static void show_socket(int fd)
{
	struct linger linger = {0};
	socklen_t len = sizeof(linger);
	int flags = fcntl(fd, F_GETFL);

	printf("O_NONBLOCK %d, O_RDWR %d, FD_CLOEXEC %d\n", (flags & O_NONBLOCK) != 0,
		(flags & O_ACCMODE) == O_RDWR, fcntl(fd, F_GETFD) & FD_CLOEXEC);
	for (size_t i = 0; i < OPTIONS; i++)
		printf("%s: %d\n", options[i].name,
			option(fd, options[i].level, options[i].number));
	show_timeout("SO_RCVTIMEO", fd, SO_RCVTIMEO);
	show_timeout("SO_SNDTIMEO", fd, SO_SNDTIMEO);
	getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len);
	printf("SO_LINGER: %d %d\n", linger.l_onoff, linger.l_linger);
	printf("SO_DOMAIN: %d\n", option(fd, SOL_SOCKET, SO_DOMAIN));
	printf("SO_TYPE: %d\n", option(fd, SOL_SOCKET, SO_TYPE));
	printf("SO_PROTOCOL: %d\n", option(fd, SOL_SOCKET, SO_PROTOCOL));
	printf("SO_ERROR: %d\n", option(fd, SOL_SOCKET, SO_ERROR));
	printf("SO_ACCEPTCONN: %d\n", option(fd, SOL_SOCKET, SO_ACCEPTCONN));
}

static void show_state(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);
	int result = getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len);

	printf("TCP_INFO: %d, state %d\n", result, info.tcpi_state);
}

static void set_options(int fd)
{
	const struct linger linger = {1, 5};

	for (size_t i = 0; i < OPTIONS; i++)
		setsockopt(fd, options[i].level, options[i].number, &options[i].value, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static void set_timeouts(int fd, long receive, long send)
{
	const struct timeval r = {.tv_sec = receive, .tv_usec = 250000}, s = {.tv_sec = send};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &r, sizeof(r));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &s, sizeof(s));
}

static void one(const char *what, const struct place *place, int flags, bool options_first)
{
	int fd = stream(place, flags);

	printf("-- %s\n", what);
	if (options_first)
		set_options(fd);
	set_timeouts(fd, options_first ? 7 : 0, options_first ? 3000 : 0);
	printf("connect: %s\n", errno_name(connect_and_wait(fd, place)));
	show_echo("then", fd);
	if (!options_first)
		set_options(fd);
	show_socket(fd);
	show_state(fd);
	close(fd);
}

/* Bytes wanted before a read wakes up are no reason for a connection to wait. */
static void low_water(const struct place *place)
{
	int fd = stream(place, 0), lowat = 100;

	setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &lowat, sizeof(lowat));
	printf("-- SO_RCVLOWAT\nconnect: %s\n", errno_name(connect_and_wait(fd, place)));
	printf("SO_RCVLOWAT: %d\n", option(fd, SOL_SOCKET, SO_RCVLOWAT));
	close(fd);
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 2);

	one("blocking", &place, 0, true);
	one("blocking, options after", &place, 0, false);
	one("close-on-exec", &place, SOCK_CLOEXEC, true);
	one("non-blocking", &place, SOCK_NONBLOCK, true);
	one("both, options after", &place, SOCK_NONBLOCK | SOCK_CLOEXEC, false);
	low_water(&place);
	return 0;
}
