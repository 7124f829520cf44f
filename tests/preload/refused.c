/* SPDX-License-Identifier: MIT */
/*
 * refused KIND [HOST PORT | PATH]: does three times what belongs to a kind of refused things, and prints
 * each errno. KIND is a symbol of refusals.def.
 */
#include "program.h"

#include <netdb.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/un.h>

static int fd_of(int domain, int type, int protocol)
{
	return socket(domain, type, protocol);
}

static int raw(void)
{
	return fd_of(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int family(void)
{
	return fd_of(AF_PACKET, SOCK_DGRAM, 0);
}

static int protocol(void)
{
	return fd_of(AF_INET, SOCK_STREAM, 262); /* IPPROTO_MPTCP */
}

static int datagram(const struct place *place)
{
	int fd = fd_of(place->sa.sa_family, SOCK_DGRAM, 0);
	struct iovec iov = {(char[1]){'x'}, 1};
	struct mmsghdr message = {.msg_hdr = {.msg_name = (void *)(uintptr_t)&place->sa,
					  .msg_namelen = place->len,
					  .msg_iov = &iov,
					  .msg_iovlen = 1}};
	struct sockaddr any = place->sa;

	show("a connect of it", connect_to(fd, place));
	show("a bind of it", bind(fd, &place->sa, place->len));
	show("a sendto", sendto(fd, "x", 1, 0, &place->sa, place->len));
	show("a sendmsg", sendmsg(fd, &message.msg_hdr, 0));
	show("a sendmmsg", sendmmsg(fd, &message, 1, 0));
	show("a system call's sendto",
		syscall(SYS_sendto, fd, "x", 1, 0, (const void *)&place->sa, place->len));
	any.sa_family = AF_UNSPEC;
	return (int)sendto(fd, "x", 1, 0, &any, sizeof(any));
}

static int multicast(void)
{
	const struct ip_mreq group = {.imr_multiaddr.s_addr = htonl(0xe0000101)};
	int fd = fd_of(AF_INET, SOCK_DGRAM, 0);

	return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group));
}

static int connecting(const struct place *place)
{
	int fd = stream(place, 0);

	show("a system call's connect",
		syscall(SYS_connect, fd, (const void *)&place->sa, place->len));
	return connect_to(fd, place);
}

static int resolver(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	memcpy(sun.sun_path, path, strlen(path) + 1);
	return connect(fd_of(AF_UNIX, SOCK_STREAM, 0), (const struct sockaddr *)&sun, sizeof(sun));
}

static int inbound(const struct place *place)
{
	int fd = stream(place, 0);

	show("bind", bind(fd, &place->sa, place->len));
	return listen(fd, 1);
}

static int fast_open(const struct place *place)
{
	int fd = stream(place, 0);

	return (int)sendto(fd, "x", 1, MSG_FASTOPEN, &place->sa, place->len);
}

static int name_local(const char *name)
{
	struct addrinfo *list;

	errno = getaddrinfo(name, NULL, NULL, &list) == EAI_NONAME ? ENOENT : EINVAL;
	return -1;
}

static int io_uring(void)
{
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static int attempt(const char *kind, const struct place *place, const char *text)
{
	static const struct {
		const char *kind;
		int (*with_nothing)(void);
		int (*with_place)(const struct place *);
		int (*with_text)(const char *);
	} attempts[] = {
		{"RAW", raw, NULL, NULL},
		{"FAMILY", family, NULL, NULL},
		{"PROTOCOL", protocol, NULL, NULL},
		{"DATAGRAM", NULL, datagram, NULL},
		{"MULTICAST", multicast, NULL, NULL},
		{"CONNECT", NULL, connecting, NULL},
		{"RESOLVER", NULL, NULL, resolver},
		{"INBOUND", NULL, inbound, NULL},
		{"FAST_OPEN", NULL, fast_open, NULL},
		{"NAME_LOCAL", NULL, NULL, name_local},
		{"IO_URING", io_uring, NULL, NULL},
	};

	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		if (strcmp(attempts[i].kind, kind) != 0)
			continue;
		if (attempts[i].with_place)
			return attempts[i].with_place(place);
		return attempts[i].with_text ? attempts[i].with_text(text)
					     : attempts[i].with_nothing();
	}
	fprintf(stderr, "%s is no kind\n", kind);
	exit(2);
}

int main(int argc, char **argv)
{
	struct place place = {.len = 0};

	if (argc > 3)
		place = place_of(argv[2], argv[3]);
	for (int i = 0; i < 3; i++)
		show(argv[1], attempt(argv[1], &place, argc > 2 ? argv[2] : NULL));
	return 0;
}
