/* SPDX-License-Identifier: MIT */
/* Snippets: waiting. */
#include "snippet.h"

static void show_begun(int fd)
{
	int error = -1;
	socklen_t len = sizeof(error);

	show("asked", getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	printf("error %d\n", error);
	show_echo("then", fd);
	close(fd);
}

static const struct timespec ten_seconds = {.tv_sec = 10}, no_time, no_such_time = {.tv_nsec = -1};

static void show_events(const char *what, int result, const struct pollfd *pollfd)
{
	show_value(what, result);
	printf("events %x\n", (unsigned)pollfd->revents);
}

/* A wait until the connection is open, and one that is over at once. */
#define SHOW_POLL(wait, look)                                      \
	struct pollfd pollfd = {.fd = begun(), .events = POLLOUT}; \
                                                                   \
	show_events("open", wait, &pollfd);                        \
	pollfd.events = POLLIN;                                    \
	show_events("nothing to read", look, &pollfd);             \
	show_begun(pollfd.fd);                                     \
	show_events("closed", wait, &pollfd)

SNIPPET(poll, SAFE)
{
	SHOW_POLL(call(&pollfd, 1, 10000), call(&pollfd, 1, 0));
}

SNIPPET(ppoll, SAFE)
{
	SHOW_POLL(call(&pollfd, 1, &ten_seconds, NULL), call(&pollfd, 1, &no_time, NULL));
	show("no such time", call(&pollfd, 1, &no_such_time, NULL));
}

static fd_set *set_of(fd_set *set, int fd)
{
	FD_ZERO(set);
	FD_SET(fd, set);
	return set;
}

#define SHOW_SELECT(wait, look)                                               \
	int fd = begun();                                                     \
	fd_set set;                                                           \
                                                                              \
	set_of(&set, fd);                                                     \
	show_value("open", wait);                                             \
	printf("%s\n", FD_ISSET(fd, &set) ? "in the set" : "not in the set"); \
	show_value("nothing to read", look);                                  \
	printf("%s\n", FD_ISSET(fd, &set) ? "in the set" : "not in the set"); \
	show_begun(fd);                                                       \
	set_of(&set, fd);                                                     \
	show("closed", wait)

SNIPPET(select, SAFE)
{
	struct timeval time = {.tv_sec = 10}, none = {0}, no_such = {.tv_sec = -1};

	SHOW_SELECT(call(fd + 1, NULL, &set, NULL, &time), call(fd + 1, &set, NULL, NULL, &none));
	show("no such time", call(0, NULL, NULL, NULL, &no_such));
	show("no such set", call(-1, NULL, NULL, NULL, &none));
}

SNIPPET(pselect, SAFE)
{
	SHOW_SELECT(call(fd + 1, NULL, &set, NULL, &ten_seconds, NULL),
		call(fd + 1, &set, NULL, NULL, &no_time, NULL));
	show("no such time", call(0, NULL, NULL, NULL, &no_such_time, NULL));
	show("no such set", call(-1, NULL, NULL, NULL, &no_time, NULL));
}

static struct epoll_event event_of(uint32_t events)
{
	return (struct epoll_event){.events = events, .data.u32 = 77};
}

static void show_event(const char *what, int result, const struct epoll_event *event)
{
	show_value(what, result);
	if (result > 0)
		printf("events %x, data %u\n", event->events, event->data.u32);
}

SNIPPET(epoll_ctl, SAFE)
{
	struct epoll_event event = event_of(EPOLLIN), told;
	int epoll = epoll_create1(EPOLL_CLOEXEC), fd = begun();

	show("added", call(epoll, EPOLL_CTL_ADD, fd, &event));
	show("twice", call(epoll, EPOLL_CTL_ADD, fd, &event));
	event.events = EPOLLOUT;
	show("changed", call(epoll, EPOLL_CTL_MOD, fd, &event));
	show_event("open", epoll_wait(epoll, &told, 1, 10000), &told);
	show("taken away", call(epoll, EPOLL_CTL_DEL, fd, NULL));
	show("twice", call(epoll, EPOLL_CTL_DEL, fd, NULL));
	show("unknown", call(epoll, EPOLL_CTL_MOD, fd, &event));
	show_begun(fd);
	show("closed", call(epoll, EPOLL_CTL_ADD, fd, &event));
	close(epoll);
}

#define SHOW_EPOLL(wait, look)                                   \
	struct epoll_event event = event_of(EPOLLOUT | EPOLLET); \
	int epoll = epoll_create1(EPOLL_CLOEXEC), fd = begun();  \
                                                                 \
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);             \
	event = event_of(0);                                     \
	show_event("open", wait, &event);                        \
	show_value("nothing new", look);                         \
	show_begun(fd);                                          \
	close(epoll);                                            \
	show("closed", wait)

SNIPPET(epoll_wait, SAFE)
{
	SHOW_EPOLL(call(epoll, &event, 1, 10000), call(epoll, &event, 1, 0));
}

SNIPPET(epoll_pwait, SAFE)
{
	SHOW_EPOLL(call(epoll, &event, 1, 10000, NULL), call(epoll, &event, 1, 0, NULL));
}

#ifdef __GLIBC__
SNIPPET(__poll_chk, SAFE)
{
	SHOW_POLL(call(&pollfd, 1, 10000, sizeof(pollfd)), call(&pollfd, 1, 0, sizeof(pollfd)));
}

SNIPPET(__ppoll_chk, SAFE)
{
	SHOW_POLL(call(&pollfd, 1, &ten_seconds, NULL, sizeof(pollfd)),
		call(&pollfd, 1, &no_time, NULL, sizeof(pollfd)));
}

SNIPPET(epoll_pwait2, SAFE)
{
	SHOW_EPOLL(
		call(epoll, &event, 1, &ten_seconds, NULL), call(epoll, &event, 1, &no_time, NULL));
}
#endif
