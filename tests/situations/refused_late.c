/* SPDX-License-Identifier: MIT */
/* A refusal that comes when the program's bytes are under way, by whichever call it learns of it. */
#include "early.h"

#include <sys/select.h>

/*
 * A connection that is refused with the program's bytes behind its request. Bare, it is one that
 * was in progress, and blocks by now: there is no other whose refusal is told after connect.
 */
static int refused(enum far_port port)
{
	const struct place place = far_place(port);
	int fd = stream(&place, early ? 0 : SOCK_NONBLOCK), result = connect_to(fd, &place);

	must(early ? result == 0 : errno == EINPROGRESS, "connect");
	must(!early || send(fd, word, WORD, 0) == WORD, "send");
	fcntl(fd, F_SETFL, 0);
	return fd;
}

static int refused_now(void)
{
	int fd = refused(REFUSES);

	allow();
	answer_when_held();
	return fd;
}

static void show_told_and_over(int fd)
{
	show_error("then", fd);
	show_poll("then", fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	show_state("then", fd);
	show_value("then recv", recv(fd, (char[4]){0}, 4, 0));
	show("then send", send(fd, "x", 1, MSG_NOSIGNAL));
	show_connect_anew(fd);
}

static void refused_by_recv(void)
{
	int fd = refused_now();

	show("recv", recv(fd, (char[4]){0}, 4, 0));
	show_told_and_over(fd);
}

static void refused_by_read(void)
{
	int fd = refused_now();

	show("read", read(fd, (char[4]){0}, 4));
	show_told_and_over(fd);
}

static void refused_by_send(void)
{
	int fd = refused_now();

	show_poll("refused", fd, POLLIN, PATIENCE);
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
	show_told_and_over(fd);
}

static void refused_by_poll(void)
{
	int fd = refused_now();

	show_poll("refused", fd, POLLIN | POLLRDHUP, PATIENCE);
	show_error("refused", fd);
	show_told_and_over(fd);
}

static void refused_by_select(void)
{
	int fd = refused_now();
	fd_set readable;

	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	show_value("select", select(fd + 1, &readable, NULL, NULL, NULL));
	show_error("refused", fd);
	show_told_and_over(fd);
}

static void refused_by_epoll(uint32_t manner)
{
	struct epoll_event event = {.events = EPOLLIN | manner}, got = {0};
	int ep = epoll_create1(0), fd = refused(REFUSES);

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	allow();
	answer_when_held();
	show_value("epoll_wait", epoll_wait(ep, &got, 1, PATIENCE));
	show_events("refused", got.events);
	show_error("refused", fd);
	show_told_and_over(fd);
}

static void refused_by_epoll_level(void)
{
	refused_by_epoll(0);
}

static void refused_by_epoll_edge(void)
{
	refused_by_epoll(EPOLLET);
}

static void refused_by_epoll_once(void)
{
	refused_by_epoll(EPOLLONESHOT);
}

static void refused_while_waiting(void)
{
	int fd = refused(LATE_REFUSES);

	show("recv", recv(fd, (char[4]){0}, 4, 0));
	show_told_and_over(fd);
}

static const struct situation situations[] = {
	{"refused-by-recv", refused_by_recv},
	{"refused-by-read", refused_by_read},
	{"refused-by-send", refused_by_send},
	{"refused-by-poll", refused_by_poll},
	{"refused-by-select", refused_by_select},
	{"refused-by-epoll", refused_by_epoll_level},
	{"refused-by-epoll-edge", refused_by_epoll_edge},
	{"refused-by-epoll-once", refused_by_epoll_once},
	{"refused-while-waiting", refused_while_waiting},
};

SITUATIONS_MAIN(situations)
