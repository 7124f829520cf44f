/* SPDX-License-Identifier: MIT */
/* Connections on which the program has spoken, or would read, before the proxy has answered. */
#include "early.h"

#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/time.h>

static void blocking(void)
{
	int fd = connection(ECHOES);

	speak(fd);
	answer_when_held();
	show_word_back(fd);
	show_open("then", fd, ECHOES);
	show("connect again", connect_to(fd, &(struct place){0}));
}

static void not_waiting(void)
{
	const struct place place = far_place(ECHOES);
	int fd = connection_not_waiting(ECHOES);

	speak(fd);
	answer_when_held();
	show_word_back(fd);
	show("connect again", connect_to(fd, &place));
	show("and again", connect_to(fd, &place));
	show_open("then", fd, ECHOES);
}

/* A program that asks epoll alone when it may write. */
static void by_epoll(void)
{
	const struct place place = far_place(ECHOES);
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u64 = 77}, got;
	int ep = epoll_create1(0), fd = stream(&place, SOCK_NONBLOCK);

	allow();
	show("connect", connect_to(fd, &place));
	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	show_value("epoll_wait", epoll_wait(ep, &got, 1, PATIENCE));
	show_events("connected", got.events);
	printf("data %d\n", (int)got.data.u64);
	speak(fd);
	answer_when_held();
	show_word_back(fd);
}

/* ---- nothing is there to be read before the server's own bytes --------------------------------------- */

static void look_by_poll(const char *what, int fd)
{
	show_poll(what, fd, POLLIN | POLLRDHUP, A_WHILE);
}

static void look_by_select(const char *what, int fd)
{
	fd_set readable;

	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	show_value(what, select(fd + 1, &readable, NULL, NULL, &(struct timeval){.tv_usec = 9000}));
}

static void look_by_ioctl(const char *what, int fd)
{
	int waiting = -1;

	usleep(A_WHILE * 1000);
	show(what, ioctl(fd, FIONREAD, &waiting));
	printf("waiting to be read: %d\n", waiting);
}

static void look_by_recv(const char *what, int fd)
{
	show(what, recv(fd, (char[4]){0}, 4, 0));
	show(what, recv(fd, (char[4]){0}, 4, MSG_PEEK));
}

/* An epoll of the program's that knows the socket. */
static int looking_epoll;

static void look_by_epoll(const char *what, int fd)
{
	struct epoll_event got = {0};

	(void)fd;
	if (epoll_wait(looking_epoll, &got, 1, A_WHILE) != 1)
		got.events = 0;
	show_events(what, got.events);
}

static void nothing_to_read(void (*look)(const char *what, int fd), uint32_t events)
{
	struct epoll_event event = {.events = events};
	int fd = connection_not_waiting(ECHOES);

	looking_epoll = epoll_create1(0);
	must(epoll_ctl(looking_epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	look("before the answer", fd);
	answer_when_held();
	look("after it", fd);
	look("and again", fd);
	speak(fd);
	show_poll("its echo", fd, POLLIN, PATIENCE);
	look("then", fd);
}

static void nothing_by_poll(void)
{
	nothing_to_read(look_by_poll, 0);
}

static void nothing_by_select(void)
{
	nothing_to_read(look_by_select, 0);
}

static void nothing_by_ioctl(void)
{
	nothing_to_read(look_by_ioctl, 0);
}

static void nothing_by_recv(void)
{
	nothing_to_read(look_by_recv, 0);
}

static void nothing_by_epoll(void)
{
	nothing_to_read(look_by_epoll, EPOLLIN | EPOLLRDHUP);
}

static void nothing_by_epoll_once(void)
{
	nothing_to_read(look_by_epoll, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
}

static void nothing_by_epoll_edge(void)
{
	nothing_to_read(look_by_epoll, EPOLLIN | EPOLLRDHUP | EPOLLET);
}

/* Who has looked in vain, and has taken off a part of the answer so, is woken by one byte behind the rest. */
static void nothing_after_recv(void)
{
	int fd = connection_not_waiting(ECHOES);
	char byte = 'x';

	usleep(A_WHILE * 1000);
	look_by_recv("before the answer", fd);
	answer_when_held();
	look_by_poll("after it", fd);
	must(send(fd, &byte, 1, 0) == 1, "send");
	show_poll("its echo", fd, POLLIN, PATIENCE);
	show_value("recv", recv(fd, &byte, 1, 0));
	show_open("then", fd, ECHOES);
}

/* And who has waited for it as long as SO_RCVTIMEO allows. */
static void nothing_after_time(void)
{
	const struct timeval timeout = {.tv_usec = A_WHILE * 1000};
	int fd = connection(ECHOES);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	show("recv", recv(fd, (char[4]){0}, 4, 0));
	answer_when_held();
	look_by_poll("after it", fd);
	speak(fd);
	show_poll("its echo", fd, POLLIN, PATIENCE);
	show_word_back(fd);
}

/* ---- the server speaks first -------------------------------------------------------------------------- */

/* What the server says comes whole and ends there; each event is for bytes that are there. */
static void show_said(enum far_port port, ssize_t expected)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};
	int ep = epoll_create1(0), fd = connection_not_waiting(port);
	ssize_t said = 0, n;
	char bytes[4096];

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	answer_when_held();
	while (said < expected) {
		const ssize_t before = said;

		must(epoll_wait(ep, &event, 1, PATIENCE) == 1, "nothing comes");
		while ((n = read(fd, bytes, sizeof(bytes))) > 0)
			said += n;
		must(n < 0 && errno == EAGAIN, "read");
		if (said == before)
			printf("woken for nothing\n");
	}
	printf("said: %zd\n", said);
	show_open("then", fd, port);
}

static void one_byte(void)
{
	show_said(SAYS_A_BYTE, 1);
}

static void a_line(void)
{
	show_said(GREETS, 6);
}

static void much(void)
{
	show_said(SAYS_MUCH, 100000);
}

static void greeted_and_left(void)
{
	char bytes[8] = "";
	int fd = connection(GREETS_AND_CLOSES);

	answer_when_held();
	printf("greeting: %d\n", read_whole(fd, bytes, 6));
	show_poll("then", fd, POLLIN | POLLRDHUP, PATIENCE);
	show_value("recv", recv(fd, bytes, sizeof(bytes), 0));
	show_error("then", fd);
}

/*
 * ---- others wait, or end it
 * ------------------------------------------------------------------------------
 */

static void *wait_for_word(void *fd)
{
	char bytes[WORD + 1] = "";

	printf("recv: %zd\n", recv(*(int *)fd, bytes, WORD, MSG_WAITALL));
	printf("%s\n", bytes);
	return NULL;
}

/* A thread waits to read before the program has said anything. */
static void reader_waits(void)
{
	int fd = connection(ECHOES);
	pthread_t reader;

	must(pthread_create(&reader, NULL, wait_for_word, &fd) == 0, "pthread_create");
	usleep(A_WHILE * 1000);
	/* Without a word before the reader's: they come in any order. */
	must(send(fd, word, WORD, MSG_NOSIGNAL) == WORD, "send");
	answer_when_held();
	pthread_join(reader, NULL);
	show_open("then", fd, ECHOES);
}

static void closed(void)
{
	int fd = connection(ECHOES), again;

	speak(fd);
	show("close", close(fd));
	answer_when_held();
	again = connection(ECHOES);
	printf("the same number: %d\n", again == fd);
	speak(again);
	answer_when_held();
	show_word_back(again);
	show_open("then", again, ECHOES);
}

/* The end of what it says is behind what it has said, and both reach the server. */
static void shut_down(void)
{
	const struct place place = far_place(LATE_ECHOES);
	int fd = stream(&place, 0);

	show("connect", connect_to(fd, &place));
	speak(fd);
	show("shutdown", shutdown(fd, SHUT_WR));
	show_word_back(fd);
	show_value("recv", recv(fd, (char[4]){0}, 4, 0));
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
}

/* Nobody answers: who waited for that would wait for ever. */
static void shut_down_for_good(void)
{
	int fd = connection(ECHOES);

	speak(fd);
	show("shutdown", shutdown(fd, SHUT_RDWR));
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
}

static void duplicated_before(void)
{
	const struct place place = far_place(ECHOES);
	int fd = stream(&place, 0), other = dup(fd);

	allow();
	show("connect", connect_to(fd, &place));
	close(fd);
	speak(other);
	answer_when_held();
	show_word_back(other);
	show_open("then", other, ECHOES);
}

static const struct situation situations[] = {
	{"blocking", blocking},
	{"not-waiting", not_waiting},
	{"by-epoll", by_epoll},
	{"nothing-by-poll", nothing_by_poll},
	{"nothing-by-select", nothing_by_select},
	{"nothing-by-ioctl", nothing_by_ioctl},
	{"nothing-by-recv", nothing_by_recv},
	{"nothing-by-epoll", nothing_by_epoll},
	{"nothing-by-epoll-once", nothing_by_epoll_once},
	{"nothing-by-epoll-edge", nothing_by_epoll_edge},
	{"nothing-after-recv", nothing_after_recv},
	{"nothing-after-time", nothing_after_time},
	{"one-byte", one_byte},
	{"a-line", a_line},
	{"much", much},
	{"greeted-and-left", greeted_and_left},
	{"reader-waits", reader_waits},
	{"closed", closed},
	{"shut-down", shut_down},
	{"shut-down-for-good", shut_down_for_good},
	{"duplicated-before", duplicated_before},
};

SITUATIONS_MAIN(situations)
