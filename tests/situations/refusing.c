/* SPDX-License-Identifier: MIT */
/*
 * A connect that is refused, by whichever call a program learns of it, and what the socket is good for then.
 * The kernel tells the error once, to whoever asks first.
 */
#include "situation.h"

#include <signal.h>
#include <sys/select.h>

/* With "silent" as an argument nobody refuses: whoever has a deadline then meets it. */
static void refuse(void)
{
	if (!silent)
		answer(1);
}

static int refused(void)
{
	int fd = opening(REFUSES);

	show_until_held("until held", fd, 1);
	refuse();
	return fd;
}

/* What is left when the error has been told. */
static void show_left(int fd)
{
	const struct place place = far_place(ECHOES_AT_ONCE);

	show_error("then", fd);
	show_poll("then", fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	show_state("then", fd);
	show_peer("then", fd, &place);
	show("then send", send(fd, "x", 1, MSG_NOSIGNAL));
	show_value("then recv", recv(fd, (char[4]){0}, 4, 0));
	show_poll("in the end", fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	fcntl(fd, F_SETFL, 0);
	show_connect_anew(fd);
}

static void by_poll(void)
{
	int fd = refused();

	show_poll("refused", fd, POLLIN | POLLOUT | POLLRDHUP, PATIENCE);
	show_poll("and again", fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	show_poll("asked for nothing", fd, 0, 0);
	show_error("refused", fd);
	show_left(fd);
}

static void by_poll_for_nothing(void)
{
	int fd = refused();

	show_poll("refused", fd, 0, PATIENCE);
	show_error("refused", fd);
	show_left(fd);
}

static void by_select(void)
{
	int fd = refused();
	fd_set readable, writable, exceptional;

	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	writable = exceptional = readable;
	show_value("select", select(fd + 1, &readable, &writable, &exceptional,
				     &(struct timeval){.tv_sec = PATIENCE / 1000}));
	printf("readable %d, writable %d, exceptional %d\n", FD_ISSET(fd, &readable) != 0,
		FD_ISSET(fd, &writable) != 0, FD_ISSET(fd, &exceptional) != 0);
	show_error("refused", fd);
	show_left(fd);
}

static void by_epoll(void)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET}, got = {0};
	int ep = epoll_create1(0), fd = refused();

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	show_value("epoll_wait", epoll_wait(ep, &got, 1, PATIENCE));
	show_events("refused", got.events);
	show_error("refused", fd);
	show_value("epoll_wait", epoll_wait(ep, &got, 1, A_WHILE));
	show_left(fd);
}

/* Who sends without looking hears it from send. */
static void by_send(void)
{
	int fd = refused();

	show_poll("refused", fd, POLLOUT, PATIENCE);
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
	show("and again", send(fd, "x", 1, MSG_NOSIGNAL));
	show_left(fd);
}

static void by_write(void)
{
	int fd = refused();

	signal(SIGPIPE, SIG_IGN);
	show_poll("refused", fd, POLLOUT, PATIENCE);
	show("write", write(fd, "x", 1));
	show("and again", write(fd, "x", 1));
	show_left(fd);
}

static void by_recv(void)
{
	int fd = refused();

	show_poll("refused", fd, POLLIN, PATIENCE);
	show("recv", recv(fd, (char[4]){0}, 4, 0));
	show_value("and again", recv(fd, (char[4]){0}, 4, 0));
	show_left(fd);
}

static void by_read(void)
{
	int fd = refused();

	show_poll("refused", fd, POLLIN, PATIENCE);
	show("read", read(fd, (char[4]){0}, 4));
	show_value("and again", read(fd, (char[4]){0}, 4));
	show_left(fd);
}

static void by_connect(void)
{
	const struct place place = far_place(REFUSES);
	int fd = refused();

	show_poll("refused", fd, POLLOUT, PATIENCE);
	show("connect", connect_to(fd, &place));
	show_left(fd);
}

/* A blocking read waits for the connection's fate. */
static void by_blocking_recv(void)
{
	int fd = refused();

	fcntl(fd, F_SETFL, 0);
	show("recv", recv(fd, (char[4]){0}, 4, 0));
	show_left(fd);
}

static void by_blocking_send(void)
{
	int fd = refused();

	fcntl(fd, F_SETFL, 0);
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
	show_left(fd);
}

static void at_once(void)
{
	const struct place place = far_place(REFUSES_AT_ONCE);
	int fd = stream(&place, SOCK_NONBLOCK);

	show("connect", connect_to(fd, &place));
	show_poll("refused", fd, POLLIN | POLLOUT, PATIENCE);
	show_error("refused", fd);
	show_left(fd);
}

static void blocking(void)
{
	const struct place place = far_place(REFUSES);
	int fd = stream(&place, 0);

	refuse();
	show("connect", connect_to(fd, &place));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	show_left(fd);
}

/* Refused, refused, open: one descriptor. */
static void again(void)
{
	const struct place refusing = far_place(REFUSES), echoing = far_place(ECHOES);
	int fd = stream(&refusing, SOCK_NONBLOCK);

	for (int i = 0; i < 3; i++) {
		show("connect", connect_to(fd, &refusing));
		until_held(fd, i + 1);
		refuse();
		show_poll("refused", fd, POLLIN | POLLOUT, PATIENCE);
		show_error("refused", fd);
		show("connect", connect_to(fd, &refusing));
	}
	show("connect", connect_to(fd, &echoing));
	show_until_held("until held", fd, 4);
	answer(1);
	show_poll("answered", fd, POLLIN | POLLOUT, PATIENCE);
	show_open("answered", fd, ECHOES);
}

/* On another descriptor of the same socket. */
static void by_duplicate(void)
{
	int fd = refused(), other = dup(fd);

	show_poll("refused", other, POLLIN | POLLOUT, PATIENCE);
	show_error("by the duplicate", other);
	show_error("by the first", fd);
	close(fd);
	show_left(other);
}

static const struct situation situations[] = {
	{"by-poll", by_poll},
	{"by-poll-for-nothing", by_poll_for_nothing},
	{"by-select", by_select},
	{"by-epoll", by_epoll},
	{"by-send", by_send},
	{"by-write", by_write},
	{"by-recv", by_recv},
	{"by-read", by_read},
	{"by-connect", by_connect},
	{"by-blocking-recv", by_blocking_recv},
	{"by-blocking-send", by_blocking_send},
	{"by-duplicate", by_duplicate},
	{"at-once", at_once},
	{"blocking", blocking},
	{"again", again},
};

SITUATIONS_MAIN(situations)
