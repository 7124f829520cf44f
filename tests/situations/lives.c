/* SPDX-License-Identifier: MIT */
/* Connections that open while the process execs, hands descriptors on, or closes them. */
#include "situation.h"

#include <spawn.h>

enum { INHERITED = 50 };

extern char **environ;

static char *program;

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
	show_answered(fd, ECHOES);
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
	show_answered(fd, ECHOES);
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
	show_answered(low, ECHOES);
}

static const struct situation situations[] = {
	{"spawned-meanwhile", spawned_meanwhile},
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
