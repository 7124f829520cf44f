/* SPDX-License-Identifier: MIT */
/* What poll, select and epoll tell while tunnels open: what is true of the program's own. */
#ifndef TUNIC_LIB_READINESS_H
#define TUNIC_LIB_READINESS_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

/*
 * The three waits, each with the arguments and results of its system call. `timeout` NULL: for ever;
 * select's is what is left of it afterwards. `mask` NULL: the thread's own.
 */
int readiness_poll(
	struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask);
int readiness_select(int n, fd_set *readers, fd_set *writers, fd_set *excepted,
	struct timespec *timeout, const sigset_t *mask);
int readiness_epoll(int epoll, struct epoll_event *events, int max, const struct timespec *timeout,
	const sigset_t *mask);

/* Has a wait that began before there was any opening come back with something of one? */
bool readiness_poll_concerned(const struct pollfd *fds, nfds_t n);
bool readiness_epoll_concerned(const struct epoll_event *events, int n);

/* The same wait, after a first one has already told so many events. */
int readiness_epoll_rest(int epoll, struct epoll_event *events, int told, int max,
	const struct timespec *timeout, const sigset_t *mask);

/* The program has registered `fd` just when another thread began to open a tunnel on it. */
void readiness_adopt(int epoll, int fd);

/* epoll_ctl(2) on a descriptor behind which a tunnel is opening. */
int readiness_control(int epoll, int op, int fd, struct epoll_event *event);

#endif
