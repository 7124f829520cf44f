/* SPDX-License-Identifier: MIT */
/*
 * A SOCKS5 proxy with nothing behind it, so that what is measured or tested is the client.
 *
 *	socks_sink [--echo | --source[=BYTES]] [--delay=MS] [--tor] [--port=PORT | --unix=PATH]
 *
 * Every request is granted at once. After CONNECT every byte comes back (--echo, the default), or
 * zeros come without end or up to BYTES (--source). RESOLVE tells 198.51.100.99, RESOLVE_PTR
 * sink.example, and both then close. --delay is how late the reply to a request comes, as if there
 * were a circuit to build; --tor keeps the method's answer back where Tor does, and resolves an address
 * to itself, as Tor does.
 *
 * It listens on 127.0.0.1, says "port N" (or "unix PATH") on standard output when it is ready, and
 * ends on SIGTERM or with its parent. One thread, one epoll, level-triggered. Nothing of a client
 * is read while something for it waits to be sent, so a slow reader holds itself back.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "proto/socks_server.h"

enum { DESCRIPTORS_MAX = 65536, ECHO_MAX = 16384, EVENTS_MAX = 64 };

enum phase {
	TALKING, /* until the request is known */
	HOLDING, /* --delay: the reply waits until it is due */
	OPEN,
	CLOSING, /* the last bytes are on their way */
};

struct client {
	int fd;
	enum phase phase;
	uint32_t interest; /* what epoll watches fd for */
	struct socks_server socks;
	TAILQ_ENTRY(client) place; /* among those that are held */
	uint64_t due;              /* nanoseconds of the monotonic clock */
	uint64_t zeros;            /* still to be sent */
	size_t len, sent;
	uint8_t bytes[ECHO_MAX]; /* bytes[sent..len) go back to the client */
};

static struct {
	bool source, tor;
	uint64_t zeros;
	unsigned long delay; /* milliseconds */
	in_port_t port;
	const char *path; /* NULL: TCP */
} options = {.zeros = UINT64_MAX};

static struct client *clients[DESCRIPTORS_MAX];
static int epoll;

/* All are held for the same time, so the first of them is always due first, and one timer does. */
static TAILQ_HEAD(held_clients, client) held = TAILQ_HEAD_INITIALIZER(held);
static int timer;

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "socks_sink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void watch(int operation, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	if (epoll_ctl(epoll, operation, fd, &event) < 0)
		die("epoll_ctl");
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Sets the timer to when the first is due; to never, if there is none. */
static void timer_set(void)
{
	const struct client *first = TAILQ_FIRST(&held);
	const uint64_t due = first ? first->due : 0;
	const struct itimerspec at = {.it_value = {.tv_sec = (time_t)(due / 1000000000),
					      .tv_nsec = (long)(due % 1000000000)}};

	timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void client_release(struct client *client)
{
	const bool first = client == TAILQ_FIRST(&held);

	TAILQ_REMOVE(&held, client, place);
	client->phase = CLOSING;
	if (first)
		timer_set();
}

static void client_drop(struct client *client)
{
	if (client->phase == HOLDING)
		client_release(client);
	clients[client->fd] = NULL;
	close(client->fd);
	free(client);
}

static void client_answer(struct client *client)
{
	struct socks_target address = {.addr = {.family = ADDR_V4, .bytes = {198, 51, 100, 99}}};
	const struct socks_target name = {.name = "sink.example"};
	struct socks_server *socks = &client->socks;

	client->phase = CLOSING;
	switch (socks->command) {
	case SOCKS_COMMAND_CONNECT:
		socks_server_reply(socks, SOCKS_REPLY_SUCCEEDED, NULL);
		client->phase = OPEN;
		client->zeros = options.source ? options.zeros : 0;
		break;
	case SOCKS_COMMAND_RESOLVE:
		if (options.tor)
			addr_parse(&address.addr, socks->target.name);
		socks_server_reply(socks, SOCKS_REPLY_SUCCEEDED, &address);
		break;
	case SOCKS_COMMAND_RESOLVE_PTR:
		socks_server_reply(socks, SOCKS_REPLY_SUCCEEDED, &name);
		break;
	default:
		socks_server_reply(socks, SOCKS_REPLY_COMMAND_UNSUPPORTED, NULL);
	}
}

static void client_hold(struct client *client)
{
	client->phase = HOLDING;
	client->due = now() + options.delay * 1000000;
	TAILQ_INSERT_TAIL(&held, client, place);
	if (client == TAILQ_FIRST(&held))
		timer_set();
}

/*
 * Tor answers a greeting and a login that came together with the login's answer alone, and where
 * the request that came with them is wrong, with that error alone.
 */
static void talk_like_tor(struct socks_server *socks, enum step step)
{
	static const uint8_t both[] = {SOCKS_VERSION, SOCKS_METHOD_PASSWORD, SOCKS_AUTH_VERSION, 0};
	const uint8_t *out;
	size_t n;

	out = socks_server_emit(socks, &n);
	if (n < sizeof(both) || memcmp(out, both, sizeof(both)) != 0)
		return;
	socks_server_sent(socks, step == STEP_FAILED && n > sizeof(both) ? sizeof(both) : 2);
}

/* Takes a piece of the conversation; what is left of it after the request is the client's data. */
static void client_talk(struct client *client, const uint8_t *bytes, size_t n)
{
	struct socks_server *socks = &client->socks;
	enum step step = STEP_GOING_ON;

	while (n > 0 && step == STEP_GOING_ON) {
		size_t want = socks_server_want(socks), take = want < n ? want : n;

		step = socks_server_feed(socks, bytes, take);
		bytes += take;
		n -= take;
	}
	if (options.tor)
		talk_like_tor(socks, step);
	if (step == STEP_FAILED)
		client->phase = CLOSING;
	if (step != STEP_DONE)
		return;
	if (!options.source) {
		memcpy(client->bytes, bytes, n);
		client->len = n;
	}
	if (options.delay > 0)
		client_hold(client);
	else
		client_answer(client);
}

/* False: the client is gone. */
static bool client_receive(struct client *client)
{
	uint8_t bytes[ECHO_MAX];
	ssize_t n = recv(client->fd, bytes, sizeof(bytes), 0);

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	if (client->phase == TALKING) {
		client_talk(client, bytes, (size_t)n);
	} else if (!options.source) {
		memcpy(client->bytes, bytes, (size_t)n);
		client->len = (size_t)n;
		client->sent = 0;
	}
	return true;
}

/* What there is to send now: first the conversation, then data. */
static const uint8_t *client_out(const struct client *client, size_t *n)
{
	static const uint8_t zeros[1 << 18];
	const uint8_t *out = socks_server_emit(&client->socks, n);

	if (*n > 0 || client->phase != OPEN)
		return out;
	if (client->zeros > 0) {
		*n = client->zeros < sizeof(zeros) ? (size_t)client->zeros : sizeof(zeros);
		return zeros;
	}
	*n = client->len - client->sent;
	return client->bytes + client->sent;
}

static void client_sent(struct client *client, size_t n)
{
	size_t talk;

	socks_server_emit(&client->socks, &talk);
	if (talk > 0) {
		socks_server_sent(&client->socks, n);
	} else if (client->zeros > 0) {
		client->zeros -= n;
		if (client->zeros == 0)
			shutdown(client->fd, SHUT_WR);
	} else {
		client->sent += n;
	}
}

/* Sends what the socket takes. False: the client is gone. */
static bool client_send(struct client *client)
{
	const uint8_t *out;
	size_t n;

	while (out = client_out(client, &n), n > 0) {
		ssize_t sent = send(client->fd, out, n, MSG_NOSIGNAL);

		if (sent < 0)
			return errno == EAGAIN || errno == EINTR;
		client_sent(client, (size_t)sent);
		if ((size_t)sent < n)
			break;
	}
	return client->phase != CLOSING || n > 0;
}

static void client_watch(struct client *client)
{
	uint32_t interest = client->phase == HOLDING ? 0 : EPOLLIN;
	size_t n;

	client_out(client, &n);
	/* A source still has to see that its client is gone. */
	if (n > 0)
		interest = options.source ? EPOLLIN | EPOLLOUT : EPOLLOUT;
	if (interest != client->interest)
		watch(EPOLL_CTL_MOD, client->fd, interest);
	client->interest = interest;
}

static void client_serve(struct client *client, uint32_t events)
{
	bool alive = true;

	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		alive = client_receive(client);
	if (alive && client_send(client))
		client_watch(client);
	else
		client_drop(client);
}

static void held_serve(void)
{
	const uint64_t time = now();
	struct client *client;

	while ((client = TAILQ_FIRST(&held)) != NULL && client->due <= time) {
		client_release(client);
		client_answer(client);
		client_serve(client, 0);
	}
}

static void client_accept(int listener)
{
	const int on = 1;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct client *client;

	if (fd < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED))
		return;
	if (fd < 0 || fd >= DESCRIPTORS_MAX || (client = malloc(sizeof(*client))) == NULL)
		die("accept");
	/* On a unix socket this fails, and is not needed. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	client->fd = fd;
	client->phase = TALKING;
	client->interest = EPOLLIN;
	client->zeros = 0;
	client->len = client->sent = 0;
	socks_server_start(&client->socks, true, true);
	clients[fd] = client;
	watch(EPOLL_CTL_ADD, fd, EPOLLIN);
}

_Noreturn static void serve(int listener)
{
	struct epoll_event events[EVENTS_MAX];

	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd == listener)
				client_accept(listener);
			else if (fd == timer)
				held_serve();
			else if (clients[fd] != NULL)
				client_serve(clients[fd], events[i].events);
		}
	}
}

static void listener_bind(int fd, const void *address, socklen_t len)
{
	if (fd < 0 || bind(fd, address, len) < 0 || listen(fd, SOMAXCONN) < 0)
		die("cannot listen");
}

static int listener_tcp(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(options.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	listener_bind(fd, &address, len);
	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		die("getsockname");
	printf("port %d\n", ntohs(address.sin_port));
	return fd;
}

static int listener_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (!text_copy(address.sun_path, sizeof(address.sun_path), path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	listener_bind(fd, &address, sizeof(address));
	printf("unix %s\n", path);
	return fd;
}

static unsigned long number_of(const char *text, unsigned long max)
{
	unsigned long value;

	if (!text_parse_number(&value, text, max)) {
		errno = EINVAL;
		die(text);
	}
	return value;
}

static void options_read(int argc, char **argv)
{
	static const struct option rows[] = {
		{"echo", no_argument, NULL, 'e'},
		{"source", optional_argument, NULL, 's'},
		{"delay", required_argument, NULL, 'd'},
		{"tor", no_argument, NULL, 't'},
		{"port", required_argument, NULL, 'p'},
		{"unix", required_argument, NULL, 'u'},
		{NULL, 0, NULL, 0},
	};
	int row;

	while ((row = getopt_long(argc, argv, "", rows, NULL)) != -1) {
		if (row == '?')
			exit(2);
		options.source = row == 's' || (row != 'e' && options.source);
		options.tor |= row == 't';
		if (row == 's' && optarg)
			options.zeros = number_of(optarg, ULONG_MAX);
		if (row == 'd')
			options.delay = number_of(optarg, 3600000);
		if (row == 'p')
			options.port = (in_port_t)number_of(optarg, 65535);
		if (row == 'u')
			options.path = optarg;
	}
	if (optind < argc) {
		fprintf(stderr, "socks_sink: what is '%s'?\n", argv[optind]);
		exit(2);
	}
}

static void descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		die("getrlimit");
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	int listener;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	options_read(argc, argv);
	descriptors_raise();
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		die("epoll_create1");
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer < 0)
		die("timerfd_create");
	watch(EPOLL_CTL_ADD, timer, EPOLLIN);
	listener = options.path ? listener_unix(options.path) : listener_tcp();
	watch(EPOLL_CTL_ADD, listener, EPOLLIN);
	if (fflush(stdout) != 0)
		die("standard output");
	serve(listener);
}
