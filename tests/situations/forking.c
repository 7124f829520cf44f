/* SPDX-License-Identifier: MIT */
/* Connections that open while the process forks. */
#include "epolling.h"

#include <signal.h>
#include <sys/syscall.h>

/* Milliseconds: longer than what failing.bats sets for a proxy that says nothing. */
enum { MANY = 50, TOO_LONG = 3000 };

/* Polls all of them until each is open or has failed; how many are open. */
static int open_all(const int *fds, int n)
{
	struct pollfd pollfds[MANY];
	int left = n, open = 0;

	for (int i = 0; i < n; i++)
		pollfds[i] = (struct pollfd){.fd = fds[i], .events = POLLOUT};
	while (left > 0 && poll(pollfds, (nfds_t)n, PATIENCE) > 0) {
		for (int i = 0; i < n; i++) {
			if (pollfds[i].fd < 0 || pollfds[i].revents == 0)
				continue;
			open += pollfds[i].revents == POLLOUT && error_of(fds[i]) == 0;
			pollfds[i].fd = -1;
			left--;
		}
	}
	return open;
}

/* Each process uses every second connection: both at once would mix their streams, bare as well. */
static int echo_every_second(const int *fds, int first)
{
	int good = 0;

	for (int i = first; i < MANY; i += 2)
		good += echoes(fds[i]);
	return good;
}

static int peers_right(const int *fds)
{
	const struct place place = far_place(ECHOES);
	int right = 0;

	for (int i = 0; i < MANY; i++) {
		struct place peer = {.len = sizeof(peer.storage)};

		right += getpeername(fds[i], &peer.sa, &peer.len) == 0 &&
			 place_port(&peer) == place_port(&place);
	}
	return right;
}

static void see_all(const char *who, const int *fds, int first)
{
	int open = open_all(fds, MANY), good = echo_every_second(fds, first);

	printf("%s: %d open, %d echo, %d with the right peer\n", who, open, good, peers_right(fds));
}

/* Parent and child both wait for the same fifty. */
static void forked(void)
{
	int fds[MANY], ends[2];
	pid_t child;

	must(pipe(ends) == 0, "pipe");
	for (int i = 0; i < MANY; i++)
		fds[i] = opening(ECHOES);
	answer(MANY);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		see_all("child", fds, 1);
		exit(0);
	}
	see_all("parent", fds, 0);
	show_child("child", child);
	close(ends[1]);
	for (char byte; read(ends[0], &byte, 1) == 1;)
		putchar(byte);
}

static bool opens_by_poll(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};

	return poll(&pollfd, 1, PATIENCE) == 1 && pollfd.revents == POLLOUT;
}

static bool opens_by_epoll(int fd)
{
	struct epoll_event event = {0};
	int ep = epoll_new();

	add(ep, fd, EPOLLOUT, THIS);
	return epoll_wait(ep, &event, 1, PATIENCE) == 1 && event.events == EPOLLOUT;
}

/* What either begins after the fork is its own; the other, who waits in vain meanwhile, leaves it alone. */
static void begun_after_fork(bool (*opens)(int fd), int in_vain)
{
	pid_t child;
	int fd;

	show_poll("before", opening(ECHOES_AT_ONCE), POLLOUT, PATIENCE);
	child = fork();
	fd = opening(ECHOES);
	if (child == 0)
		_exit(opens(fd) && error_of(fd) == 0 && echoes(fd) ? 0 : 1);
	until_held(fd, 2);
	show_poll("parent", fd, POLLOUT, in_vain);
	answer(2);
	printf("answered: %s\n", opens(fd) ? "open" : "not open");
	show_open("answered", fd, ECHOES);
	show_child("child", child);
}

static void forked_before(void)
{
	begun_after_fork(opens_by_poll, A_WHILE);
}

/* epoll knows a connection by its socket alone. Long enough for each to look for those that are gone. */
static void forked_before_epoll(void)
{
	begun_after_fork(opens_by_epoll, 10 * A_WHILE);
}

/* The child says nothing, closes its copies and goes. */
static void forked_and_closed(void)
{
	int fd = opening(ECHOES);
	pid_t child = fork();

	if (child == 0) {
		close(fd);
		_exit(0);
	}
	show_child("child", child);
	show_until_held("until held", fd, 1);
	show_answered(fd, ECHOES);
}

/* No handler hears of this fork. The child's connection is a connection like any other. */
static void forked_past_libc(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);

	if (child == 0) {
		int fd = opening(ECHOES);

		until_held(fd, 1);
		show("send", send(fd, "x", 1, 0));
		show_answered(fd, ECHOES);
		exit(0);
	}
	show_child("child", child);
}

/* What such a child closes is still open in its parent. */
static void forked_past_libc_and_closed(void)
{
	int fd = opening(ECHOES);
	pid_t child = (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);

	if (child == 0) {
		close(fd);
		syscall(SYS_exit_group, 0);
	}
	show_child("child", child);
	show_until_held("until held", fd, 1);
	show_answered(fd, ECHOES);
}

/* The parent has gone over to something else, the child goes on with the connection. */
static void left_to_a_child(void)
{
	int fd = opening(ECHOES);
	pid_t child = fork();

	if (child == 0) {
		show_until_held("child", fd, 1);
		answer(1);
		show_poll("child", fd, POLLOUT, PATIENCE);
		show_open("child", fd, ECHOES);
		exit(0);
	}
	close(fd);
	show_child("child", child);
}

/* The same child, which does not look before the time is over and its parent has given up. */
static void left_to_a_child_too_long(void)
{
	int fd = opening(REFUSES), ends[2];
	pid_t child;

	must(pipe(ends) == 0, "pipe");
	until_held(fd, 1);
	if (!silent)
		answer(1);
	child = fork();
	if (child == 0) {
		must(read(ends[0], (char[1]){0}, 1) == 1, "the parent has gone");
		show("send", send(fd, "x", 1, MSG_NOSIGNAL));
		show("send again", send(fd, "x", 1, MSG_NOSIGNAL));
		exit(0);
	}
	close(fd);
	poll(NULL, 0, TOO_LONG);
	must(write(ends[1], "", 1) == 1, "write");
	show_child("child", child);
}

/* A child is killed while it waits. */
static void killed_child(void)
{
	int fd = opening(ECHOES);
	pid_t child = fork();

	if (child == 0) {
		show_poll("child", fd, POLLOUT, PATIENCE);
		_exit(1);
	}
	until_held(fd, 1);
	usleep(A_WHILE * 1000);
	kill(child, SIGKILL);
	show_child("child", child);
	show_answered(fd, ECHOES);
}

/* epoll lives in both, too, on one set of registrations. */
static void forked_with_epoll(void)
{
	struct epoll_event event = {0};
	int ep = epoll_new(), fd = opening(ECHOES);
	pid_t child;

	add(ep, fd, EPOLLOUT, THIS);
	child = fork();
	if (child == 0) {
		bool right = epoll_wait(ep, &event, 1, PATIENCE) == 1 && event.data.u64 == THIS &&
			     event.events == EPOLLOUT && error_of(fd) == 0;

		_exit(right ? 0 : 1);
	}
	until_held(fd, 1);
	answer(1);
	show_wait("parent", ep, PATIENCE);
	show_child("child", child);
	show_open("then", fd, ECHOES);
}

/* The child has closed its epoll, and takes all the steps. */
static void step_in_child(int ep, int fd)
{
	pid_t child = fork();

	if (child == 0) {
		close(ep);
		until_held(fd, 1);
		answer(1);
		show_poll("child", fd, POLLOUT, PATIENCE);
		_exit(0);
	}
	show_child("child", child);
}

/* In the parent's it is told of nevertheless. */
static void stepped_without_epoll(enum far_port port, uint32_t events)
{
	int ep = epoll_new(), fd = opening(port);

	add(ep, fd, events, THIS);
	step_in_child(ep, fd);
	show_wait("parent", ep, PATIENCE);
	if (port == REFUSES)
		show_error("then", fd);
	else
		show_open("then", fd, port);
	show_wait("then", ep, events & EPOLLET ? A_WHILE : 0);
}

static void forked_without_epoll(void)
{
	stepped_without_epoll(ECHOES, EPOLLOUT);
}

static void forked_without_epoll_edge(void)
{
	stepped_without_epoll(ECHOES, EPOLLOUT | EPOLLET);
}

static void forked_without_epoll_refused(void)
{
	stepped_without_epoll(REFUSES, EPOLLOUT | EPOLLONESHOT);
}

/* What the parent does first there is to ask for something else. */
static void forked_without_epoll_changed(void)
{
	int ep = epoll_new(), fd = opening(ECHOES);

	add(ep, fd, EPOLLIN, THIS);
	step_in_child(ep, fd);
	show("epoll_ctl", registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT, THAT));
	show_wait("parent", ep, PATIENCE);
	show_wait("and again", ep, PATIENCE);
	show("epoll_ctl", epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL));
	show_open("then", fd, ECHOES);
	show_wait("then", ep, A_WHILE);
}

/* A child of vfork runs in our memory, and closes what is not its own. */
static void vforked_and_closed(void)
{
	int fd = opening(ECHOES), other = opening(ECHOES);
	pid_t child = vfork();

	if (child == 0) {
		for (int i = 3; i < 100; i++)
			close(i);
		_exit(0);
	}
	show_child("child", child);
	show_until_held("until held", fd, 1);
	answer(2);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_open("answered", fd, ECHOES);
	show_poll("answered", other, POLLOUT, PATIENCE);
	show_open("answered", other, ECHOES);
}

/* Both wait. Whoever asks first takes the error; the other one, too, has a connection that is none. */
static void refused_in_both(bool child_asks)
{
	const short all = POLLIN | POLLOUT | POLLRDHUP;
	int fd = opening(REFUSES);
	pid_t child;

	until_held(fd, 1);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		show_poll("child", fd, all, PATIENCE);
		if (child_asks)
			show_error("child", fd);
		exit(0);
	}
	answer(1);
	show_child("child", child);
	show_poll("parent", fd, all, PATIENCE);
	show_error("parent", fd);
	show_error("once", fd);
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
	show_value("recv", recv(fd, (char[4]){0}, 4, 0));
}

static void refused_after_fork(void)
{
	refused_in_both(true);
}

static void refused_for_both(void)
{
	refused_in_both(false);
}

static const struct situation situations[] = {
	{"forked", forked},
	{"forked-before", forked_before},
	{"forked-before-epoll", forked_before_epoll},
	{"forked-and-closed", forked_and_closed},
	{"forked-past-libc", forked_past_libc},
	{"forked-past-libc-and-closed", forked_past_libc_and_closed},
	{"left-to-a-child", left_to_a_child},
	{"left-to-a-child-too-long", left_to_a_child_too_long},
	{"killed-child", killed_child},
	{"forked-with-epoll", forked_with_epoll},
	{"forked-without-epoll", forked_without_epoll},
	{"forked-without-epoll-edge", forked_without_epoll_edge},
	{"forked-without-epoll-refused", forked_without_epoll_refused},
	{"forked-without-epoll-changed", forked_without_epoll_changed},
	{"vforked-and-closed", vforked_and_closed},
	{"refused-after-fork", refused_after_fork},
	{"refused-for-both", refused_for_both},
};

SITUATIONS_MAIN(situations)
