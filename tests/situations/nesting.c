/* SPDX-License-Identifier: MIT */
/* An opening socket registered more than once: by duplicates, in several epolls, in nested ones. */
#include "epolling.h"

/* ---- duplicates ---------------------------------------------------------------------------------- */

static void duplicate_registered(void)
{
	int ep = epoll_new(), fd = unconnected(), other = dup(fd);

	add(ep, other, EPOLLOUT | EPOLLET, THIS);
	add(ep, fd, EPOLLIN | EPOLLOUT, THAT);
	show_wait("unconnected", ep, 0);
	begin(fd);
	show_wait_answered(ep);
	show_open("the duplicate", other, ECHOES);
}

/* A registration lives as long as the socket does, not the number it was made by. */
static void registered_number_closed(void)
{
	int ep = epoll_new(), fd = unconnected(), other = dup(fd);

	add(ep, fd, EPOLLOUT, THIS);
	begin(fd);
	close(fd);
	show_wait_answered(ep);
	show_open("the duplicate", other, ECHOES);
	close(other);
	show_wait("closed", ep, A_WHILE);
}

static void epoll_duplicated(void)
{
	int ep = epoll_new(), fd = unconnected(), other = dup(ep);

	add(ep, fd, EPOLLOUT | EPOLLET, THIS);
	show_wait("unconnected", ep, 0);
	begin(fd);
	close(ep);
	show_wait_answered(other);
}

static void one_of_two_closed(void)
{
	int one = epoll_new(), two = epoll_new(), fd = unconnected();

	add(one, fd, EPOLLOUT, THIS);
	add(two, fd, EPOLLOUT | EPOLLET, THAT);
	show_wait("unconnected", two, 0);
	begin(fd);
	close(one);
	show_wait_answered(two);
}

static void two_epolls(void)
{
	int one = epoll_new(), two = epoll_new(), fd = unconnected();

	add(one, fd, EPOLLIN | EPOLLOUT, THIS);
	begin(fd);
	add(two, fd, EPOLLOUT | EPOLLET, THAT);
	show_wait_until_held("until held", two, 1);
	show_wait("the other", one, A_WHILE);
	answer(1);
	show_wait("answered", one, PATIENCE);
	show_wait("the other", two, PATIENCE);
	show_wait("and again", two, A_WHILE);
	show_wait("and again", one, A_WHILE);
}

/* ---- nested --------------------------------------------------------------------------------------- */

static void nested(uint32_t inner_mode, uint32_t outer_mode)
{
	int inner = epoll_new(), outer = epoll_new(), fd = unconnected();

	add(inner, fd, EPOLLIN | EPOLLOUT | inner_mode, THIS);
	add(outer, inner, EPOLLIN | outer_mode, THAT);
	show_wait("unconnected", outer, 0);
	show_wait("unconnected, inner", inner, 0);
	begin(fd);
	show_wait_until_held("until held", outer, 1);
	show_wait("inner", inner, 0);
	answer(1);
	show_wait("answered", outer, PATIENCE);
	show_wait("inner", inner, 0);
	show_wait("and again", outer, A_WHILE);
	show_wait("inner", inner, 0);
}

static void nested_level(void)
{
	nested(0, 0);
}

static void nested_edge(void)
{
	nested(EPOLLET, EPOLLET);
}

static void nested_edge_in_level(void)
{
	nested(EPOLLET, 0);
}

static void nested_in_poll(void)
{
	int ep = epoll_new(), fd = opening(ECHOES);

	add(ep, fd, EPOLLIN | EPOLLOUT, THIS);
	show_poll("at once", ep, POLLIN, 0);
	show_until_held("until held", ep, 1);
	show_poll("opening", ep, POLLIN, A_WHILE);
	answer(1);
	show_poll("answered", ep, POLLIN, PATIENCE);
	show_wait("inner", ep, 0);
}

static const struct situation situations[] = {
	{"duplicate-registered", duplicate_registered},
	{"registered-number-closed", registered_number_closed},
	{"epoll-duplicated", epoll_duplicated},
	{"one-of-two-closed", one_of_two_closed},
	{"two-epolls", two_epolls},
	{"nested-level", nested_level},
	{"nested-edge", nested_edge},
	{"nested-edge-in-level", nested_edge_in_level},
	{"nested-in-poll", nested_in_poll},
};

SITUATIONS_MAIN(situations)
