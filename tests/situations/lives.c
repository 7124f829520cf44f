/* SPDX-License-Identifier: MIT */
/* Connections that open while the process forks, execs, hands descriptors on, or closes them. */
#include "situation.h"

#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Milliseconds: longer than what failing.bats sets for a proxy that says nothing. */
enum { MANY = 50, INHERITED = 50, TOO_LONG = 3000 };

extern char **environ;

static char *program;

/* Waits for a child and tells how it ended. */
static void show_child(const char *what, pid_t child)
{
	int status = -1;

	must(waitpid(child, &status, 0) == child, "waitpid");
	printf("%s: status %d, signal %d\n", what, WEXITSTATUS(status), WTERMSIG(status));
}

/* ---- fork ----------------------------------------------------------------------------------------- */

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

static bool opens_by_epoll(int fd)
{
	struct epoll_event event = {.events = EPOLLOUT};
	int epoll = epoll_create1(0);

	must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	return epoll_wait(epoll, &event, 1, PATIENCE) == 1 && event.events == EPOLLOUT;
}

/* What either begins after the fork is its own; the other, who waits in vain meanwhile, leaves it alone. */
static void forked_before(void)
{
	int fd = opening(ECHOES_AT_ONCE);
	pid_t child;

	show_poll("before", fd, POLLOUT, PATIENCE);
	child = fork();
	fd = opening(ECHOES);
	if (child == 0) {
		struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
		bool open = poll(&pollfd, 1, PATIENCE) == 1 && pollfd.revents == POLLOUT;

		_exit(open && error_of(fd) == 0 && echoes(fd) ? 0 : 1);
	}
	until_held(fd, 2);
	show_poll("parent", fd, POLLOUT, A_WHILE);
	answer(2);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_open("answered", fd, ECHOES);
	show_child("child", child);
}

/* The same by epoll, which knows a connection by its socket alone; long enough for each to look for those that are gone. */
static void forked_before_epoll(void)
{
	pid_t child;
	int fd;

	show_poll("before", opening(ECHOES_AT_ONCE), POLLOUT, PATIENCE);
	child = fork();
	fd = opening(ECHOES);
	if (child == 0)
		_exit(opens_by_epoll(fd) && error_of(fd) == 0 && echoes(fd) ? 0 : 1);
	until_held(fd, 2);
	show_poll("parent", fd, POLLOUT, 10 * A_WHILE);
	answer(2);
	printf("answered: %s\n", opens_by_epoll(fd) ? "open" : "not open");
	show_open("answered", fd, ECHOES);
	show_child("child", child);
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
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_open("answered", fd, ECHOES);
}

/* No handler hears of this fork. The child's connection is a connection like any other. */
static void forked_past_libc(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);

	if (child == 0) {
		int fd = opening(ECHOES);

		until_held(fd, 1);
		show("send", send(fd, "x", 1, 0));
		answer(1);
		show_poll("answered", fd, POLLOUT, PATIENCE);
		show_open("answered", fd, ECHOES);
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
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_open("answered", fd, ECHOES);
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
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_open("answered", fd, ECHOES);
}

/* epoll lives in both, too, on one set of registrations. */
static void forked_with_epoll(void)
{
	struct epoll_event event = {.events = EPOLLOUT, .data.u64 = 77};
	int ep = epoll_create1(0), fd = opening(ECHOES);
	pid_t child;

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	child = fork();
	event.data.u64 = 0;
	if (child == 0) {
		bool right = epoll_wait(ep, &event, 1, PATIENCE) == 1 && event.data.u64 == 77 &&
			     event.events == EPOLLOUT && error_of(fd) == 0;

		_exit(right ? 0 : 1);
	}
	until_held(fd, 1);
	answer(1);
	show_value("epoll_wait", epoll_wait(ep, &event, 1, PATIENCE));
	printf("data %d\n", (int)event.data.u64);
	show_events("events", event.events);
	show_child("child", child);
	show_open("then", fd, ECHOES);
}

/* The child has closed its epoll, and takes all the steps; in the parent's it is told of nevertheless. */
static void stepped_without_epoll(enum far_port port, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u64 = 77};
	int ep = epoll_create1(0), fd = opening(port);
	pid_t child;

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	child = fork();
	if (child == 0) {
		close(ep);
		until_held(fd, 1);
		answer(1);
		show_poll("child", fd, POLLOUT, PATIENCE);
		_exit(0);
	}
	show_child("child", child);
	event.data.u64 = 0;
	show_value("epoll_wait", epoll_wait(ep, &event, 1, PATIENCE));
	show_events("parent", event.events);
	printf("data %d\n", (int)event.data.u64);
	if (port == REFUSES)
		show_error("then", fd);
	else
		show_open("then", fd, port);
	show_value("epoll_wait", epoll_wait(ep, &event, 1, events & EPOLLET ? A_WHILE : 0));
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

/* The same; but what the parent does first there is to ask for something else. */
static void forked_without_epoll_changed(void)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = 77};
	int ep = epoll_create1(0), fd = opening(ECHOES);
	pid_t child;

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	child = fork();
	if (child == 0) {
		close(ep);
		until_held(fd, 1);
		answer(1);
		show_poll("child", fd, POLLOUT, PATIENCE);
		_exit(0);
	}
	show_child("child", child);
	event = (struct epoll_event){.events = EPOLLOUT, .data.u64 = 78};
	show("epoll_ctl", epoll_ctl(ep, EPOLL_CTL_MOD, fd, &event));
	for (int i = 0; i < 2; i++) {
		event.data.u64 = 0;
		show_value("epoll_wait", epoll_wait(ep, &event, 1, PATIENCE));
		printf("data %d\n", (int)event.data.u64);
	}
	show("epoll_ctl", epoll_ctl(ep, EPOLL_CTL_DEL, fd, &event));
	show_open("then", fd, ECHOES);
	show_value("epoll_wait", epoll_wait(ep, &event, 1, A_WHILE));
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

/* What a shell is started for meanwhile, with descriptors moved about in it. */
static void spawned_meanwhile(void)
{
	static char name[] = "sh", option[] = "-c", what[] = "exit 7";
	char *const arguments[] = {name, option, what, NULL};
	posix_spawn_file_actions_t actions;
	struct place place = far_place(ECHOES);
	int fd = stream(&place, SOCK_NONBLOCK | SOCK_CLOEXEC);
	pid_t child;

	show("connect", connect_to(fd, &place));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, 5);
	posix_spawn_file_actions_addclose(&actions, fd);
	posix_spawn_file_actions_addclose(&actions, 5);
	must(posix_spawn(&child, "/bin/sh", &actions, NULL, arguments, environ) == 0,
		"posix_spawn");
	show_child("sh", child);
	printf("system: %d\n", WEXITSTATUS(system("exit 9")));
	show_until_held("until held", fd, 1);
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_open("answered", fd, ECHOES);
}

/* Whoever waits takes the error; the other one, too, has a connection that is none. */
static void refused_after_fork(void)
{
	const short all = POLLIN | POLLOUT | POLLRDHUP;
	int fd = opening(REFUSES);
	pid_t child;

	until_held(fd, 1);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		show_poll("child", fd, all, PATIENCE);
		show_error("child", fd);
		exit(0);
	}
	answer(1);
	show_child("child", child);
	show_poll("parent", fd, all, PATIENCE);
	show_error("parent", fd);
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
	show_value("recv", recv(fd, (char[4]){0}, 4, 0));
}

/* The same, but it is the other one that asks. */
static void refused_for_both(void)
{
	const short all = POLLIN | POLLOUT | POLLRDHUP;
	int fd = opening(REFUSES);
	pid_t child;

	until_held(fd, 1);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		show_poll("child", fd, all, PATIENCE);
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

/* ---- exec ------------------------------------------------------------------------------------------ */

/* The program that it has become: what it inherited opens, and is the program's from its first byte. */
static void inherited(void)
{
	show_poll("inherited", INHERITED, POLLIN, PATIENCE);
	show_error("inherited", INHERITED);
	printf("greeting: %d\n", read_whole(INHERITED, (char[6]){0}, 6));
	show_echo("inherited", INHERITED);
	printf("flags: %d\n", fcntl(INHERITED, F_GETFL) == (O_RDWR | O_NONBLOCK));
}

static void become(const char *situation)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", dup(control));
	fflush(stdout);
	execl(program, program, situation, number, (char *)NULL);
	must(false, "exec");
}

/* The answer may come before exec or after it: it is allowed before, since somebody has to read it. */
static void handed_to_exec(void)
{
	int fd = opening(GREETS);

	must(dup2(fd, INHERITED) == INHERITED, "dup2");
	answer(1);
	become("inherited");
}

static void handed_to_a_child_by_exec(void)
{
	int fd = opening(GREETS);
	pid_t child;

	must(dup2(fd, INHERITED) == INHERITED, "dup2");
	answer(1);
	child = fork();
	if (child == 0)
		become("inherited");
	close(fd);
	close(INHERITED);
	show_child("child", child);
}

/* Sockets of many languages close on exec, and what is made standard input of one does not. */
static void handed_by_duplicate(void)
{
	const struct place place = far_place(GREETS);
	int fd = stream(&place, SOCK_NONBLOCK | SOCK_CLOEXEC);

	show("connect", connect_to(fd, &place));
	must(dup2(fd, INHERITED) == INHERITED, "dup2");
	answer(1);
	become("inherited");
}

/* What spawns with pipes and sockets as standard input and output has them by file actions. */
static void handed_by_spawn(void)
{
	char situation[] = "inherited", number[16];
	char *const arguments[] = {program, situation, number, NULL};
	const struct place place = far_place(GREETS);
	int fd = stream(&place, SOCK_NONBLOCK | SOCK_CLOEXEC);
	posix_spawn_file_actions_t actions;
	pid_t child;

	show("connect", connect_to(fd, &place));
	snprintf(number, sizeof(number), "%d", dup(control));
	answer(1);
	posix_spawn_file_actions_init(&actions);
	must(posix_spawn_file_actions_adddup2(&actions, fd, INHERITED) == 0, "adddup2");
	fflush(stdout);
	must(posix_spawn(&child, program, &actions, NULL, arguments, environ) == 0, "posix_spawn");
	posix_spawn_file_actions_destroy(&actions);
	close(fd);
	show_child("child", child);
}

/* The program that it has become has not been given it. */
static void not_inherited(void)
{
	show("the descriptor", fcntl(INHERITED, F_GETFL));
}

static void kept_from_exec(void)
{
	int fd = opening(ECHOES);

	must(dup3(fd, INHERITED, O_CLOEXEC) == INHERITED, "dup3");
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	become("not-inherited");
}

/* An exec that fails changes nothing. */
static void exec_that_fails(void)
{
	int fd = opening(ECHOES);

	fcntl(fd, F_SETFD, FD_CLOEXEC);
	show("execl", execl("/nonexistent", "nonexistent", (char *)NULL));
	show_until_held("until held", fd, 1);
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_open("answered", fd, ECHOES);
}

/* ---- handed to another process ----------------------------------------------------------------------- */

static ssize_t hand_on(int to, int fd)
{
	char byte = 'x', room[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iovec = {&byte, 1};
	struct msghdr message = {.msg_iov = &iovec,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(to, &message, 0);
}

static int take_over(int from)
{
	char byte, room[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iovec = {&byte, 1};
	struct msghdr message = {.msg_iov = &iovec,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room)};
	struct cmsghdr *header;
	int fd = -1;

	must(recvmsg(from, &message, 0) == 1, "recvmsg");
	header = CMSG_FIRSTHDR(&message);
	if (header != NULL)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* The one who gets it has to find the server's first byte, not the proxy's. */
static void handed_on(void)
{
	int pair[2], fd;
	ssize_t sent;
	pid_t child;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
	child = fork();
	if (child == 0) {
		fd = take_over(pair[1]);
		show_poll("child", fd, POLLIN, PATIENCE);
		show_error("child", fd);
		printf("greeting: %d\n", read_whole(fd, (char[6]){0}, 6));
		show_echo("child", fd);
		exit(0);
	}
	fd = opening(GREETS);
	answer(1);
	sent = hand_on(pair[0], fd);
	close(fd);
	show_child("child", child);
	show("sendmsg", sent);
}

/* Handed to oneself: a new number for the same socket. */
static void handed_to_itself(void)
{
	int pair[2], fd, other;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
	fd = opening(GREETS);
	answer(1);
	show("sendmsg", hand_on(pair[0], fd));
	close(fd);
	other = take_over(pair[1]);
	show_poll("answered", other, POLLIN, PATIENCE);
	printf("greeting: %d\n", read_whole(other, (char[6]){0}, 6));
	show_open("answered", other, GREETS);
}

/* ---- closed ---------------------------------------------------------------------------------------- */

/* Another file is put in its place. */
static void replaced(void)
{
	int fd = opening(ECHOES), ends[2];
	struct pollfd pollfds[2];

	must(pipe(ends) == 0, "pipe");
	until_held(fd, 1);
	must(dup2(ends[0], fd) == fd, "dup2");
	show_poll("a pipe", fd, POLLIN, A_WHILE);
	must(write(ends[1], "x", 1) == 1, "write");
	pollfds[0] = (struct pollfd){.fd = fd, .events = POLLIN};
	pollfds[1] = (struct pollfd){.fd = ends[0], .events = POLLIN};
	show_value("poll", poll(pollfds, 2, PATIENCE));
	show_value("read", read(fd, (char[4]){0}, 4));
	show("SO_ERROR of a pipe",
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &(int){0}, &(socklen_t){4}));
}

/* Its number goes to a new connect at once. */
static void closed_and_connected_anew(void)
{
	int fd = -1, first = opening(ECHOES);

	until_held(first, 1);
	for (int i = 0; i < 20; i++) {
		close(i == 0 ? first : fd);
		fd = opening(ECHOES);
		must(fd == first, "another number");
	}
	answer(21);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_open("answered", fd, ECHOES);
}

static void closed_by_range(void)
{
	int fd = opening(ECHOES), low = dup(fd);

	until_held(fd, 1);
	must(dup2(fd, 300) == 300, "dup2");
	show("close_range", close_range(300, 400, 0));
	closefrom(301);
	show_poll("closed", 300, POLLIN, 0);
	answer(1);
	show_poll("answered", low, POLLOUT, PATIENCE);
	show_open("answered", low, ECHOES);
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
	{"spawned-meanwhile", spawned_meanwhile},
	{"refused-after-fork", refused_after_fork},
	{"refused-for-both", refused_for_both},
	{"handed-to-exec", handed_to_exec},
	{"handed-by-duplicate", handed_by_duplicate},
	{"handed-by-spawn", handed_by_spawn},
	{"handed-to-a-child-by-exec", handed_to_a_child_by_exec},
	{"kept-from-exec", kept_from_exec},
	{"exec-that-fails", exec_that_fails},
	{"handed-on", handed_on},
	{"handed-to-itself", handed_to_itself},
	{"replaced", replaced},
	{"closed-and-connected-anew", closed_and_connected_anew},
	{"closed-by-range", closed_by_range},
	/* What exec makes of some of them. */
	{"inherited", inherited},
	{"not-inherited", not_inherited},
};

int main(int argc, char **argv)
{
	program = argv[0];
	return situation_see(situations, sizeof(situations) / sizeof(situations[0]), argc, argv);
}
