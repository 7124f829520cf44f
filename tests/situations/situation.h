/* SPDX-License-Identifier: MIT */
/*
 * What the programs of this folder share. Each has a table of situations, and lives through the one that is
 * named:
 *
 *	PROGRAM SITUATION CONTROL [6 | silent | early]
 *
 * CONTROL is the unix socket of tests/servers/late.py, whose server answers no connect before the program
 * says so: what is seen before the answer and what after it does not depend on how quick anybody is. With
 * "6" the server is reached by IPv6; "silent" is for refusing.c, "early" for those with early.h.
 */
#ifndef TUNIC_TESTS_SITUATIONS_SITUATION_H
#define TUNIC_TESTS_SITUATIONS_SITUATION_H

#include "../preload/program.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <sys/wait.h>

/* The ports of the server; see tests/servers/late.py. */
enum far_port {
	REFUSES = 1,
	SAYS_A_BYTE = 3,
	SAYS_MUCH = 5,
	ECHOES = 7,
	GREETS_AND_CLOSES = 13,
	GREETS = 17,
	LATE_REFUSES = 101,
	LATE_ECHOES = 107,
	ECHOES_LATE = 107,
	REFUSES_AT_ONCE = 201,
	ECHOES_AT_ONCE = 207,
};

/* Milliseconds: longer than what comes takes, and how long to wait for what must not come. */
enum { PATIENCE = 20000, A_WHILE = 50 };

struct situation {
	const char *name;
	void (*see)(void);
};

static int control = -1;
static bool by_ipv6, silent, early;

static inline struct place far_place(enum far_port port)
{
	char text[8];

	snprintf(text, sizeof(text), "%d", port);
	return place_of(by_ipv6 ? "2001:db8::7" : "198.51.100.7", text);
}

/* Ends the program when something fails without which there is nothing to see. */
static inline void must(bool good, const char *what)
{
	if (good)
		return;
	printf("%s: %s\n", what, errno_name(errno));
	exit(3);
}

/* ---- the server's control ------------------------------------------------------------------ */

/* Lets the next `count` connects be answered. */
static inline void answer(int count)
{
	must(dprintf(control, "answer %d\n", count) > 0, "answer");
}

/* `control` becomes readable when `count` connects in all have reached the server; see take_told. */
static inline void tell_when_held(int count)
{
	must(dprintf(control, "held %d\n", count) > 0, "held");
}

static inline void take_told(void)
{
	char told[5];

	must(read_whole(control, told, sizeof(told)), "the control says nothing");
}

/*
 * The server may be slower to see us on the control than our first connect: hence the question. A number is a
 * descriptor that the program which has become this one had open.
 */
static inline void control_open(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (path[0] != '/') {
		control = atoi(path);
		return;
	}
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(connect(control, (struct sockaddr *)&address, sizeof(address)) == 0, "control");
	tell_when_held(0);
	take_told();
}

/* ---- words ----------------------------------------------------------------------------------- */

/* The bits of poll and of epoll are the same ones. */
static inline const char *events_text(uint32_t events, char out[static 64])
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {{POLLIN, " IN"}, {POLLPRI, " PRI"}, {POLLOUT, " OUT"}, {POLLERR, " ERR"},
		{POLLHUP, " HUP"}, {POLLNVAL, " NVAL"}, {POLLRDHUP, " RDHUP"}};
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (events & names[i].bit)
			len += (size_t)snprintf(out + len, 64 - len, "%s", names[i].name);
		events &= ~names[i].bit;
	}
	if (events != 0)
		snprintf(out + len, 64 - len, " %#x", events);
	return out[0] == '\0' ? " none" : out;
}

static inline void show_events(const char *what, uint32_t events)
{
	char text[64];

	printf("%s:%s\n", what, events_text(events, text));
}

static inline int error_of(int fd)
{
	socklen_t len = sizeof(int);
	int error = -1;

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? error : errno;
}

static inline void show_error(const char *what, int fd)
{
	printf("%s: SO_ERROR %s\n", what, errno_name(error_of(fd)));
}

/* The states of TCP that can be met here. */
static inline void show_state(const char *what, int fd)
{
	static const char *const names[] = {[TCP_ESTABLISHED] = "ESTABLISHED",
		[TCP_SYN_SENT] = "SYN_SENT",
		[TCP_CLOSE] = "CLOSE",
		[TCP_CLOSE_WAIT] = "CLOSE_WAIT"};
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);
	const char *name = NULL;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0) {
		show(what, -1);
		return;
	}
	if (info.tcpi_state < sizeof(names) / sizeof(names[0]))
		name = names[info.tcpi_state];
	printf("%s: %s\n", what, name ? name : "another state");
}

/* ---- what is done everywhere ----------------------------------------------------------------- */

/* As many descriptors as may be. */
static inline void descriptors_raise(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* A socket whose connect is under way. */
static inline int opening(enum far_port port)
{
	const struct place place = far_place(port);
	int fd = stream(&place, SOCK_NONBLOCK);

	must(fd >= 0, "socket");
	must(connect_to(fd, &place) != 0 && errno == EINPROGRESS, "connect is not in progress");
	return fd;
}

/* What poll shows of fd, when it has waited as long as it must. */
static inline void show_poll(const char *what, int fd, short events, int timeout)
{
	struct pollfd pollfd = {.fd = fd, .events = events};
	int result = poll(&pollfd, 1, timeout);

	if (result < 0)
		show(what, -1);
	else
		show_events(what, (uint32_t)pollfd.revents);
}

/* What becomes of fd until `count` connects have reached the server, which answers none of them. */
static inline void show_until_held(const char *what, int fd, int count)
{
	struct pollfd pollfds[] = {{.fd = control, .events = POLLIN},
		{.fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP}};

	tell_when_held(count);
	must(poll(pollfds, 2, PATIENCE) > 0, "nothing comes");
	show_events(what, (uint32_t)pollfds[1].revents);
	take_told();
}

/* The same without words. */
static inline void until_held(int fd, int count)
{
	struct pollfd pollfds[] = {
		{.fd = control, .events = POLLIN}, {.fd = fd, .events = POLLIN | POLLOUT}};

	tell_when_held(count);
	must(poll(pollfds, 2, PATIENCE) > 0, "nothing comes");
	take_told();
}

/* A connection that has to work. */
static inline void show_open(const char *what, int fd, enum far_port port)
{
	const struct place place = far_place(port);

	show_error(what, fd);
	show_state(what, fd);
	show_peer(what, fd, &place);
	show_echo(what, fd);
}

/* The next connect is answered, and so fd is open. */
static inline void show_answered(int fd, enum far_port port)
{
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_open("answered", fd, port);
}

/*
 * After a refusal that something else than connect has told, the next connect says that the last one is over,
 * and only the one after that begins anew.
 */
static inline void show_connect_anew(int fd)
{
	const struct place place = far_place(ECHOES_AT_ONCE);

	show("connect", connect_to(fd, &place));
	show("and again", connect_to(fd, &place));
	show_open("connected", fd, ECHOES_AT_ONCE);
}

/* Waits for a child and tells how it ended. */
static inline void show_child(const char *what, pid_t child)
{
	int status = -1;

	must(waitpid(child, &status, 0) == child, "waitpid");
	printf("%s: status %d, signal %d\n", what, WEXITSTATUS(status), WTERMSIG(status));
}

/* Who has to wait for a deadline in a loop uses up the processor till then. */
static inline void show_spin(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	if (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec > 0 ||
		usage.ru_utime.tv_usec + usage.ru_stime.tv_usec > 500000)
		printf("much of the processor's time was used\n");
}

/* Lives through the situation that the arguments name. */
static inline int situation_see(const struct situation *situations, size_t n, int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; argc > 2 && i < n; i++) {
		if (strcmp(situations[i].name, argv[1]) != 0)
			continue;
		by_ipv6 = argc > 3 && strcmp(argv[3], "6") == 0;
		silent = argc > 3 && strcmp(argv[3], "silent") == 0;
		early = argc > 3 && strcmp(argv[3], "early") == 0;
		control_open(argv[2]);
		situations[i].see();
		if (silent)
			show_spin();
		return 0;
	}
	fprintf(stderr, "%s: SITUATION CONTROL [6 | silent | early]\n", argv[0]);
	return 2;
}

#define SITUATIONS_MAIN(situations)                                                            \
	int main(int argc, char **argv)                                                        \
	{                                                                                      \
		return situation_see(                                                          \
			situations, sizeof(situations) / sizeof((situations)[0]), argc, argv); \
	}

#endif
