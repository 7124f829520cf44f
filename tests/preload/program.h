/* SPDX-License-Identifier: MIT */
/*
 * What the programs of this folder share. Each is about one subject and prints what it sees in words that
 * are the same in every run: names instead of numbers, no ports, no descriptors that depend on who
 * started it.
 */
#ifndef TUNIC_TESTS_PRELOAD_PROGRAM_H
#define TUNIC_TESTS_PRELOAD_PROGRAM_H

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An address as connect takes it. */
struct place {
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_storage storage;
	};
	socklen_t len;
};

static inline struct place place_of(const char *host, const char *port)
{
	struct place place = {.len = sizeof(place.v4)};

	if (inet_pton(AF_INET, host, &place.v4.sin_addr) == 1) {
		place.v4.sin_family = AF_INET;
		place.v4.sin_port = htons((in_port_t)atoi(port));
	} else if (inet_pton(AF_INET6, host, &place.v6.sin6_addr) == 1) {
		place.v6.sin6_family = AF_INET6;
		place.v6.sin6_port = htons((in_port_t)atoi(port));
		place.len = sizeof(place.v6);
	} else {
		fprintf(stderr, "%s is no address\n", host);
		exit(2);
	}
	return place;
}

/* The place that the first two arguments name; ends the program where there are fewer than `least`. */
static inline struct place place_of_arguments(int argc, char **argv, int least)
{
	if (argc <= least) {
		fprintf(stderr, "%s: HOST PORT and %d arguments in all\n", argv[0], least);
		exit(2);
	}
	return place_of(argv[1], argv[2]);
}

/*
 * The version that libc began with on each machine: of names that it keeps for programs linked long ago
 * the linker finds no other.
 */
#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__i386__)
#define OLDEST "GLIBC_2.2"
#else
#define OLDEST "GLIBC_2.17"
#endif

#ifndef __GLIBC__
#define strerrorname_np(error) strerror(error)
#endif

static inline const char *errno_name(int error)
{
	const char *name = strerrorname_np(error);

	return error == 0 ? "0" : name ? name : "?";
}

/* "WHAT: ok", or "WHAT: -1 ENAME"; results above zero are not shown. Returns the result. */
static inline long show(const char *what, long result)
{
	const int error = errno;

	if (result < 0)
		printf("%s: -1 %s\n", what, errno_name(error));
	else
		printf("%s: ok\n", what);
	return result;
}

/* The same for calls that give a number worth seeing. */
static inline long show_value(const char *what, long result)
{
	if (result < 0)
		return show(what, result);
	printf("%s: %ld\n", what, result);
	return result;
}

static inline int stream(const struct place *place, int flags)
{
	return socket(place->sa.sa_family, SOCK_STREAM | flags, 0);
}

static inline int connect_to(int fd, const struct place *place)
{
	return connect(fd, &place->sa, place->len);
}

/* Connects also where connect does not wait: 0 when the connection is there, else the errno. */
static inline int connect_and_wait(int fd, const struct place *place)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int error = 0, ready;

	if (connect_to(fd, place) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	while ((ready = poll(&pollfd, 1, 10000)) < 0 && errno == EINTR)
		;
	if (ready != 1)
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? error : errno;
}

/* A connected stream socket, or the end of the program. */
static inline int connected(const struct place *place)
{
	int fd = stream(place, 0);

	if (fd < 0 || connect_to(fd, place) != 0) {
		printf("no connection: %s\n", errno_name(errno));
		exit(1);
	}
	return fd;
}

/* Reads n bytes however they come; false: they did not come within ten seconds. */
static inline bool read_whole(int fd, char *bytes, size_t n)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};

	while (n > 0) {
		ssize_t got;

		if (poll(&pollfd, 1, 10000) != 1)
			return false;
		got = recv(fd, bytes, n, 0);
		if (got <= 0)
			return false;
		bytes += got;
		n -= (size_t)got;
	}
	return true;
}

/* Does what is sent come back? */
static inline bool echoes(int fd)
{
	static const char sent[] = "to and fro";
	char came[sizeof(sent)];

	return send(fd, sent, sizeof(sent), MSG_NOSIGNAL) == sizeof(sent) &&
	       read_whole(fd, came, sizeof(came)) && memcmp(sent, came, sizeof(sent)) == 0;
}

static inline void show_echo(const char *what, int fd)
{
	printf("%s: %s\n", what, echoes(fd) ? "echo" : "no echo");
}

static inline const char *place_text(const struct place *place, char out[static 64])
{
	char host[INET6_ADDRSTRLEN] = "";

	switch (place->sa.sa_family) {
	case AF_INET:
		inet_ntop(AF_INET, &place->v4.sin_addr, host, sizeof(host));
		break;
	case AF_INET6:
		inet_ntop(AF_INET6, &place->v6.sin6_addr, host, sizeof(host));
		break;
	default:
		snprintf(host, sizeof(host), "family %d", place->sa.sa_family);
	}
	snprintf(out, 64, "%s", host);
	return out;
}

static inline in_port_t place_port(const struct place *place)
{
	return ntohs(place->sa.sa_family == AF_INET6 ? place->v6.sin6_port : place->v4.sin_port);
}

/* Who is at the other end? The port is compared, not printed: it differs from run to run. */
static inline void show_peer(const char *what, int fd, const struct place *expected)
{
	struct place peer = {.len = sizeof(peer.storage)};
	char text[64];

	if (getpeername(fd, &peer.sa, &peer.len) != 0) {
		show(what, -1);
		return;
	}
	printf("%s: %s, %s port, length %u\n", what, place_text(&peer, text),
		place_port(&peer) == place_port(expected) ? "the right" : "another", peer.len);
}

static inline int descriptors_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (dir != NULL && readdir(dir) != NULL)
		count++;
	if (dir != NULL)
		closedir(dir);
	return count - 3; /* ".", ".." and the folder itself */
}

#endif
