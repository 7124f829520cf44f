/* SPDX-License-Identifier: MIT */
/* Threads that sleep, in epoll_wait above all, from before another thread's connect. */
#include "epolling.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/select.h>

/* Threads that wait in an epoll; `woken` counts those who have come back. */
struct sleeper {
	pthread_t thread;
	int ep;
	void (*wait)(struct sleeper *sleeper); /* epoll_wait if NULL */
	struct epoll_event event;
};

static sem_t woken;
static atomic_int woken_count;

static void *sleeper_wait(void *argument)
{
	struct sleeper *sleeper = argument;

	if (sleeper->wait != NULL) {
		sleeper->wait(sleeper);
	} else {
		must(epoll_wait(sleeper->ep, &sleeper->event, 1, PATIENCE) == 1, "epoll_wait");
		show_event("woken", &sleeper->event);
	}
	woken_count++;
	sem_post(&woken);
	return NULL;
}

/* They get a while to fall asleep: that they do makes the test a hard one, not another one. */
static void sleepers_start(struct sleeper *sleepers, int n, int ep)
{
	sem_init(&woken, 0, 0);
	for (int i = 0; i < n; i++) {
		sleepers[i].ep = ep;
		pthread_create(&sleepers[i].thread, NULL, sleeper_wait, &sleepers[i]);
	}
	usleep(A_WHILE * 1000);
}

/* The first is woken by the answer; the others sleep on until something else comes for each. */
static void sleepers_end(struct sleeper *sleepers, int n, int ep)
{
	struct pollfd pollfd = {.fd = control, .events = POLLIN};
	const int happening = eventfd(1, 0);

	tell_when_held(1);
	must(poll(&pollfd, 1, PATIENCE) == 1, "nobody drives the connection");
	take_told();
	printf("%d woken before the answer\n", woken_count);
	answer(1);
	sem_wait(&woken);
	usleep(A_WHILE * 1000);
	printf("%d woken by the answer\n", woken_count);
	for (int i = 1; i < n; i++) {
		add(ep, happening, EPOLLIN | EPOLLONESHOT, TOLD);
		sem_wait(&woken);
		epoll_ctl(ep, EPOLL_CTL_DEL, happening, NULL);
	}
	for (int i = 0; i < n; i++)
		pthread_join(sleepers[i].thread, NULL);
}

/* Registered before the connect, by edges: a socket that is not connected is always ready. */
static void asleep_before(int n)
{
	int ep = epoll_new(), fd = unconnected();
	struct sleeper sleepers[4] = {0};

	add(ep, fd, EPOLLOUT | EPOLLET, THIS);
	show_wait("unconnected", ep, 0);
	sleepers_start(sleepers, n, ep);
	begin(fd);
	sleepers_end(sleepers, n, ep);
	show_wait("and again", ep, A_WHILE);
	show_open("then", fd, ECHOES);
}

static void one_asleep_before(void)
{
	asleep_before(1);
}

static void two_asleep_before(void)
{
	asleep_before(2);
}

/* Asleep before the connect, and registered after it by the thread that connects. */
static void asleep_and_added(uint32_t mode)
{
	int ep = epoll_new(), fd = unconnected();
	struct sleeper sleepers[1] = {0};

	sleepers_start(sleepers, 1, ep);
	begin(fd);
	add(ep, fd, EPOLLIN | EPOLLOUT | mode, THIS);
	sleepers_end(sleepers, 1, ep);
	show_wait("and again", ep, A_WHILE);
	show_open("then", fd, ECHOES);
}

static void asleep_level(void)
{
	asleep_and_added(0);
}

static void asleep_edge(void)
{
	asleep_and_added(EPOLLET);
}

static void asleep_one_shot(void)
{
	asleep_and_added(EPOLLONESHOT);
}

static void asleep_exclusive(void)
{
	asleep_and_added(EPOLLEXCLUSIVE);
}

/* Disarmed before the connect, armed after it, while the other thread sleeps. */
static void asleep_disarmed(void)
{
	int ep = epoll_new(), fd = unconnected();
	struct sleeper sleepers[1] = {0};

	add(ep, fd, EPOLLOUT | EPOLLONESHOT, THAT);
	show_wait("unconnected", ep, 0);
	sleepers_start(sleepers, 1, ep);
	begin(fd);
	show("EPOLL_CTL_MOD", registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLONESHOT, THIS));
	sleepers_end(sleepers, 1, ep);
	show_wait("and again", ep, A_WHILE);
}

/* One thread in poll for it, another in epoll. */
static void asleep_in_both(void)
{
	int ep = epoll_new(), fd = unconnected();
	struct sleeper sleepers[1] = {0};

	add(ep, fd, EPOLLOUT | EPOLLET, THIS);
	show_wait("unconnected", ep, 0);
	sleepers_start(sleepers, 1, ep);
	begin(fd);
	show_until_held("poll", fd, 1);
	printf("%d woken before the answer\n", woken_count);
	answer(1);
	sem_wait(&woken);
	show_poll("poll", fd, POLLOUT, PATIENCE);
	pthread_join(sleepers[0].thread, NULL);
	show_wait("and again", ep, A_WHILE);
}

/* ---- asleep elsewhere than in the epoll itself ---------------------------------------------------- */

static void wait_in_poll(struct sleeper *sleeper)
{
	show_poll("poll, woken", sleeper->ep, POLLIN | POLLOUT, PATIENCE);
}

static void wait_in_select(struct sleeper *sleeper)
{
	fd_set readable;

	FD_ZERO(&readable);
	FD_SET(sleeper->ep, &readable);
	show_value("select, woken", select(sleeper->ep + 1, &readable, NULL, NULL, NULL));
}

static void wait_in_recv(struct sleeper *sleeper)
{
	char bytes[8] = "";

	show_value("recv, woken", recv(sleeper->ep, bytes, 6, MSG_WAITALL));
}

/* What sleeps is asleep on the epoll, in which nothing is yet. */
static void asleep_around(void (*wait)(struct sleeper *sleeper))
{
	int ep = epoll_new(), fd = unconnected();
	struct sleeper sleepers[1] = {{.wait = wait}};

	sleepers_start(sleepers, 1, ep);
	begin(fd);
	add(ep, fd, EPOLLIN | EPOLLOUT, THIS);
	sleepers_end(sleepers, 1, ep);
	show_wait("inner", ep, 0);
	show_open("then", fd, ECHOES);
}

static void asleep_in_poll_of_epoll(void)
{
	asleep_around(wait_in_poll);
}

static void asleep_in_select_of_epoll(void)
{
	asleep_around(wait_in_select);
}

static void asleep_in_outer_epoll(void)
{
	int inner = epoll_new(), outer = epoll_new(), fd = unconnected();
	struct sleeper sleepers[1] = {0};

	add(outer, inner, EPOLLIN | EPOLLET, THAT);
	sleepers_start(sleepers, 1, outer);
	begin(fd);
	add(inner, fd, EPOLLIN | EPOLLOUT | EPOLLET, THIS);
	sleepers_end(sleepers, 1, outer);
	show_wait("inner", inner, 0);
	show_wait("and again", outer, A_WHILE);
}

/* All who poll the same socket are told. */
static void both_in_poll(void)
{
	int fd = opening(ECHOES);
	struct sleeper sleepers[2] = {{.wait = wait_in_poll}, {.wait = wait_in_poll}};

	sleepers_start(sleepers, 2, fd);
	until_held(fd, 1);
	printf("%d woken before the answer\n", woken_count);
	answer(1);
	for (int i = 0; i < 2; i++)
		pthread_join(sleepers[i].thread, NULL);
	show_open("then", fd, ECHOES);
}

/* One reads and waits for the first bytes, another polls for the connection. */
static void asleep_in_recv(void)
{
	int fd = opening(GREETS);
	struct sleeper sleepers[1] = {{.wait = wait_in_recv}};

	fcntl(fd, F_SETFL, 0);
	sleepers_start(sleepers, 1, fd);
	show_until_held("poll", fd, 1);
	printf("%d woken before the answer\n", woken_count);
	answer(1);
	sem_wait(&woken);
	pthread_join(sleepers[0].thread, NULL);
	show_poll("poll", fd, POLLIN | POLLOUT, PATIENCE);
	show_open("then", fd, GREETS);
}

static const struct situation situations[] = {
	{"one-asleep-before", one_asleep_before},
	{"two-asleep-before", two_asleep_before},
	{"asleep-level", asleep_level},
	{"asleep-edge", asleep_edge},
	{"asleep-one-shot", asleep_one_shot},
	{"asleep-exclusive", asleep_exclusive},
	{"asleep-disarmed", asleep_disarmed},
	{"asleep-in-both", asleep_in_both},
	{"asleep-in-poll-of-epoll", asleep_in_poll_of_epoll},
	{"asleep-in-select-of-epoll", asleep_in_select_of_epoll},
	{"asleep-in-outer-epoll", asleep_in_outer_epoll},
	{"both-in-poll", both_in_poll},
	{"asleep-in-recv", asleep_in_recv},
};

SITUATIONS_MAIN(situations)
