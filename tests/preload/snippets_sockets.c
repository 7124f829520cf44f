/* SPDX-License-Identifier: MIT */
/* Snippets: sockets, and the numbers under which they are open. */
#include "snippet.h"

#include <sys/syscall.h>

static int listener(void)
{
	struct place place = place_of("127.0.0.1", "0");
	int fd = stream(&place, 0);

	show("bind", bind(fd, &place.sa, place.len));
	show("listen", listen(fd, 4));
	return fd;
}

static int connected_to_listener(int fd)
{
	struct place place = {.len = sizeof(place.storage)};

	getsockname(fd, &place.sa, &place.len);
	return connected(&place);
}

SNIPPET(socket, SAFE)
{
	int fd = call(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), type = 0;
	socklen_t len = sizeof(type);

	show("made", fd);
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len);
	printf("type %d\n", type);
	close(fd);
	show("no such family", call(99, SOCK_STREAM, 0));
}

SNIPPET(socketpair, SAFE)
{
	int fds[2] = {-1, -1};
	char byte = 0;

	show("made", call(AF_UNIX, SOCK_STREAM, 0, fds));
	show_value("written", write(fds[0], "x", 1));
	show_value("read", read(fds[1], &byte, 1));
	close(fds[0]);
	close(fds[1]);
	show("of the internet", call(AF_INET, SOCK_STREAM, 0, fds));
}

SNIPPET(connect, SAFE)
{
	const struct place place = echo_place();
	int fd = stream(&place, 0);

	show("connected", call(fd, &place.sa, place.len));
	show_echo("then", fd);
	show("again", call(fd, &place.sa, place.len));
	close(fd);
	show("closed", call(fd, &place.sa, place.len));
}

SNIPPET(getpeername, SAFE)
{
	const struct place place = echo_place();
	struct place peer = {.len = sizeof(peer.storage)};
	int fd = connected(&place);
	char text[64];

	show("got", call(fd, &peer.sa, &peer.len));
	printf("%s, %s port\n", place_text(&peer, text),
		place_port(&peer) == place_port(&place) ? "the right" : "another");
	close(fd);
	show("closed", call(fd, &peer.sa, &peer.len));
}

SNIPPET(getsockname, SAFE)
{
	struct place own = {.len = sizeof(own.storage)};
	int fd = echo_connected();
	char text[64];

	show("got", call(fd, &own.sa, &own.len));
	printf("%s\n", place_text(&own, text));
	close(fd);
}

SNIPPET(getsockopt, SAFE)
{
	int fd = echo_connected(), value = -1;
	socklen_t len = sizeof(value);

	show("got", call(fd, SOL_SOCKET, SO_ERROR, &value, &len));
	printf("error %d, length %u\n", value, len);
	show("no such option", call(fd, SOL_SOCKET, 9999, &value, &len));
	close(fd);
}

SNIPPET(setsockopt, SAFE)
{
	const int on = 1;
	int fd = echo_connected();

	show("set", call(fd, IPPROTO_TCP, 1, &on, sizeof(on)));
	show("no such option", call(fd, SOL_SOCKET, 9999, &on, sizeof(on)));
	show_echo("then", fd);
	close(fd);
}

SNIPPET(bind, SAFE)
{
	const struct place place = place_of("127.0.0.1", "0");
	int fd = stream(&place, 0);

	show("bound", call(fd, &place.sa, place.len));
	show("again", call(fd, &place.sa, place.len));
	close(fd);
}

SNIPPET(listen, SAFE)
{
	const struct place place = place_of("127.0.0.1", "0");
	int fd = stream(&place, 0), client;

	bind(fd, &place.sa, place.len);
	show("listens", call(fd, 4));
	client = connected_to_listener(fd);
	close(client);
	close(fd);
	show("closed", call(fd, 4));
}

SNIPPET(accept, SAFE)
{
	struct place peer = {.len = sizeof(peer.storage)};
	int fd = listener(), client = connected_to_listener(fd), server;
	char text[64];

	server = call(fd, &peer.sa, &peer.len);
	show("accepted", server);
	printf("from %s\n", place_text(&peer, text));
	close(client);
	close(server);
	close(fd);
	show("closed", call(fd, NULL, NULL));
}

SNIPPET(accept4, SAFE)
{
	int fd = listener(), client = connected_to_listener(fd), server;

	server = call(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	show("accepted", server);
	printf("closed by exec: %d\n", fcntl(server, F_GETFD));
	close(client);
	close(server);
	close(fd);
	show("closed", call(fd, NULL, NULL, SOCK_CLOEXEC));
}

enum { OTHER_FD = 200 };

static void show_duplicate(int fd, int duplicate)
{
	const struct place place = echo_place();

	show("duplicate", duplicate);
	close(fd);
	show_peer("its peer", duplicate, &place);
	show_echo("then", duplicate);
	close(duplicate);
}

SNIPPET(dup, SAFE)
{
	int fd = echo_connected();

	show_duplicate(fd, call(fd));
	show("closed", call(fd));
}

SNIPPET(dup2, SAFE)
{
	int fd = echo_connected();

	show_duplicate(fd, call(fd, OTHER_FD));
	show("closed", call(fd, OTHER_FD));
}

SNIPPET(dup3, SAFE)
{
	int fd = echo_connected();

	show_duplicate(fd, call(fd, OTHER_FD, O_CLOEXEC));
	show("no such flag", call(0, OTHER_FD, 1));
}

static void duplicate_by(__typeof__(fcntl) *call)
{
	int fd = echo_connected();

	show_value("flags", call(fd, F_GETFD));
	show("set", call(fd, F_SETFD, FD_CLOEXEC));
	show_value("flags", call(fd, F_GETFD));
	show_duplicate(fd, call(fd, F_DUPFD, OTHER_FD));
	show("no such command", call(0, 9999));
}

SNIPPET(fcntl, SAFE)
{
	duplicate_by(call);
}

SNIPPET(close, SAFE)
{
	int fd = echo_connected();

	show("closed", call(fd));
	show("flags", fcntl(fd, F_GETFD));
	show("again", call(fd));
	show("one that is being connected", call(begun()));
}

#ifdef __GLIBC__
SNIPPET(fcntl64, SAFE)
{
	duplicate_by(call);
}

static void show_two(void)
{
	show("the first", fcntl(OTHER_FD, F_GETFD));
	show("the second", fcntl(OTHER_FD + 1, F_GETFD));
}

SNIPPET(close_range, SAFE)
{
	int fd = begun();

	dup2(fd, OTHER_FD);
	dup2(fd, OTHER_FD + 1);
	show("closed by exec", call(OTHER_FD, OTHER_FD + 1, CLOSE_RANGE_CLOEXEC));
	show_two();
	show("closed", call(OTHER_FD, OTHER_FD + 1, 0));
	show_two();
	show("from last to first", call(OTHER_FD + 1, OTHER_FD, 0));
	close(fd);
}

SNIPPET(closefrom, SAFE)
{
	int fd = begun();

	dup2(fd, OTHER_FD);
	dup2(fd, OTHER_FD + 1);
	call(OTHER_FD);
	show_two();
	close(fd);
}

SNIPPET(pidfd_getfd, SAFE)
{
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0), fd = call(pidfd, 1, 0);

	show("got", fd);
	close(fd);
	show("no such", call(pidfd, 9999, 0));
	close(pidfd);
}
#endif
