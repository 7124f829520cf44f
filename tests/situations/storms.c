/* SPDX-License-Identifier: MIT */
/*
 * Much at once: threads, signals, thousands of connects, numbers that change hands. What is counted
 * is the same in every run.
 */
#include "epolling.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>

enum {
	STORM_CONNECTS = 2000,
	STORM_PERIOD = 700, /* microseconds */
	SOAK_CONNECTS = 10000,
	SOAK_AT_ONCE = 100,
	THREADS = 4,
	SHARED = 500,
	RACES = 2000,
	PENDING = 10000,
	ROUNDS_OF_TWO = 200,
};

/* With a reset: many thousands must not fill the machine with sockets that wait for their last packets. */
static void end(int fd)
{
	const struct linger reset = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static int storm_epoll = -1, storm_fd = -1;

/* Waits in an epoll of its own until the connect is over; the errno that it ended with. */
static int opened_by_epoll(const struct place *place, int *fd)
{
	struct epoll_event event = {0};
	int ep = epoll_new(), result, error;

	storm_epoll = ep;
	*fd = stream(place, SOCK_NONBLOCK);
	error = connect_to(*fd, place) == 0 ? 0 : errno;
	if (error == EINPROGRESS) {
		add(ep, *fd, EPOLLOUT | EPOLLET, THIS);
		while (result = epoll_wait(ep, &event, 1, PATIENCE), result < 0 && errno == EINTR)
			continue;
		error = result == 1 && event.data.u64 == THIS ? error_of(*fd) : ETIMEDOUT;
	}
	close(ep);
	return error;
}

/* ---- signals ------------------------------------------------------------------------------------------ */

static struct place at_once;
static volatile sig_atomic_t storm_signals, storm_open, storm_wrong;

/* A handler that does what may be done in one, on sockets that whoever is interrupted may have in hand. */
static void in_the_storm(int number)
{
	struct epoll_event event = {.events = EPOLLOUT | EPOLLET, .data.u64 = THIS};
	struct pollfd pollfd = {.fd = storm_fd, .events = POLLOUT};
	const int saved = errno;
	int fd;

	(void)number;
	storm_signals++;
	poll(&pollfd, 1, 0);
	epoll_ctl(storm_epoll, EPOLL_CTL_MOD, storm_fd, &event);
	if (storm_signals % 16 == 0) {
		fd = stream(&at_once, SOCK_NONBLOCK);
		if (connect_and_wait(fd, &at_once) == 0)
			storm_open++;
		else
			storm_wrong = errno;
		close(fd);
	}
	errno = saved;
}

static void storm(bool on, int flags)
{
	const struct sigaction action = {.sa_handler = in_the_storm, .sa_flags = flags};
	const struct itimerval timer = {
		.it_interval.tv_usec = on * STORM_PERIOD, .it_value.tv_usec = on * STORM_PERIOD};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* One connect, by whichever call, with EINTR taken for what it is: come again. */
static bool opens_in_the_storm(int turn)
{
	struct pollfd pollfd;
	int error, result;

	if (turn % 2)
		error = opened_by_epoll(&at_once, &storm_fd);
	else {
		storm_fd = stream(&at_once, turn % 4 ? SOCK_NONBLOCK : 0);
		error = connect_to(storm_fd, &at_once) == 0 ? 0 : errno;
		pollfd = (struct pollfd){.fd = storm_fd, .events = POLLOUT};
		if (error == EINPROGRESS || error == EINTR) {
			while (result = poll(&pollfd, 1, PATIENCE), result < 0 && errno == EINTR)
				continue;
			error = result == 1 ? error_of(storm_fd) : ETIMEDOUT;
		}
	}
	end(storm_fd);
	return error == 0;
}

static void signals(int flags)
{
	int open = 0;

	at_once = far_place(ECHOES_AT_ONCE);
	storm(true, flags);
	for (int i = 0; i < STORM_CONNECTS || storm_signals < 64; i++)
		open += opens_in_the_storm(i) && i < STORM_CONNECTS;
	storm(false, flags);
	printf("%d of %d\n", open, STORM_CONNECTS);
	printf("in the handler: %d, %s\n", storm_open > 0, errno_name(storm_wrong));
}

static void signals_that_restart(void)
{
	signals(SA_RESTART);
}

static void signals_that_interrupt(void)
{
	signals(0);
}

/* ---- for long ------------------------------------------------------------------------------------------ */

/* In pages: what there is of memory, and what of that has been used. */
struct memory {
	long all, resident;
};

static struct memory memory_now(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	struct memory memory = {0};

	must(file != NULL && fscanf(file, "%ld %ld", &memory.all, &memory.resident) == 2, "statm");
	fclose(file);
	return memory;
}

/* Some that open, some that are refused, some that are closed before either. */
static int soak_once(void)
{
	const struct place place = far_place(ECHOES_AT_ONCE), refusing = far_place(REFUSES_AT_ONCE);
	struct epoll_event event;
	int fds[SOAK_AT_ONCE], ep = epoll_new(), over = 0;

	for (int i = 0; i < SOAK_AT_ONCE; i++) {
		const struct place *to = i % 10 == 1 ? &refusing : &place;

		fds[i] = stream(to, SOCK_NONBLOCK);
		connect_to(fds[i], to);
		add(ep, fds[i], EPOLLOUT | EPOLLET, (uint64_t)i);
		if (i % 10 == 2)
			end(fds[i]);
	}
	while (over < SOAK_AT_ONCE * 9 / 10 && epoll_wait(ep, &event, 1, PATIENCE) == 1)
		over++;
	for (int i = 0; i < SOAK_AT_ONCE; i++) {
		if (i % 10 != 2)
			end(fds[i]);
	}
	close(ep);
	return over;
}

static void soak(void)
{
	int descriptors = descriptors_open(), over = 0;
	struct memory before, after;

	for (int i = 0; i < 1000; i += SOAK_AT_ONCE)
		soak_once();
	before = memory_now();
	for (int i = 0; i < SOAK_CONNECTS; i += SOAK_AT_ONCE)
		over += soak_once();
	printf("over: %d\n", over);
	printf("descriptors more: %d\n", descriptors_open() - descriptors);
	after = memory_now();
	printf("pages more: %ld\n", after.all - before.all);
	/* A hundred bytes for each connect would be two hundred and fifty. */
	printf("many pages more in use: %d\n", after.resident - before.resident > 100);
}

/* As many at once as there may be descriptors; the server answers none before all have come. */
static void pending(void)
{
	static int fds[PENDING];
	struct epoll_event event;
	struct rlimit limit;
	int ep = epoll_new(), n = PENDING, open = 0, tries = 0;

	descriptors_raise();
	getrlimit(RLIMIT_NOFILE, &limit);
	must(limit.rlim_cur > PENDING + 100, "too few descriptors are allowed");
	for (int i = 0; i < n; i++) {
		fds[i] = opening(ECHOES);
		add(ep, fds[i], EPOLLOUT | EPOLLET, THIS);
	}
	add(ep, control, EPOLLIN | EPOLLET, TOLD);
	tell_when_held(n);
	while (epoll_wait(ep, &event, 1, PATIENCE) == 0 && tries++ < 3)
		continue;
	printf("until held: %s\n", data_text(event.data.u64));
	take_told();
	answer(n);
	while (open < n && epoll_wait(ep, &event, 1, PATIENCE) == 1)
		open += event.data.u64 == THIS && event.events == EPOLLOUT;
	printf("open: %d\n", open);
	for (int i = 0; i < n; i++)
		end(fds[i]);
}

/* ---- threads ------------------------------------------------------------------------------------------- */

static int shared_epoll, shared_fds[SHARED];
static atomic_int shared_seen[SHARED], shared_early, shared_over;

/* An event is early when its socket is not connected yet. */
static void *shared_wait(void *nothing)
{
	struct epoll_event event;

	while (shared_over < SHARED && epoll_wait(shared_epoll, &event, 1, A_WHILE) >= 0) {
		struct place peer = {.len = sizeof(peer.storage)};
		const uint64_t which = event.data.u64;

		if (which >= SHARED || event.events == 0)
			continue;
		shared_early += getpeername(shared_fds[which], &peer.sa, &peer.len) != 0;
		shared_seen[which]++;
		shared_over++;
		event.events = 0;
	}
	return nothing;
}

/* Four threads in one epoll, while a fifth connects. */
static void one_epoll(void)
{
	pthread_t threads[THREADS];
	int once = 0, echoing = 0;

	shared_epoll = epoll_new();
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, shared_wait, NULL);
	for (int i = 0; i < SHARED; i++) {
		shared_fds[i] = opening(LATE_ECHOES);
		add(shared_epoll, shared_fds[i], EPOLLOUT | EPOLLET, (uint64_t)i);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < SHARED; i++) {
		once += shared_seen[i] == 1;
		echoing += echoes(shared_fds[i]);
	}
	printf("told once: %d, early: %d, echo: %d\n", once, shared_early, echoing);
}

static atomic_int raced[THREADS];

/* Opens in its own slot what another thread closes at any time. */
static void *race(void *argument)
{
	const size_t own = (size_t)argument;

	for (int i = 0; i < RACES; i++) {
		struct pollfd pollfd = {.fd = stream(&at_once, SOCK_NONBLOCK), .events = POLLOUT};
		int other;

		connect_to(pollfd.fd, &at_once);
		other = atomic_exchange(&raced[(own + 1) % THREADS], pollfd.fd);
		poll(&pollfd, 1, i % 3);
		if (other > 0)
			end(other);
	}
	return NULL;
}

/* Threads that connect, and close each other's descriptors; afterwards all is as it was. */
static void closing_each_others(void)
{
	const int before = descriptors_open();
	pthread_t threads[THREADS];
	int fd;

	at_once = far_place(ECHOES_AT_ONCE);
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(
			&threads[i], NULL, race, (void *)i); /* NOLINT: a number, no address */
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		close(raced[i]);
	printf("descriptors more: %d\n", descriptors_open() - before);
	printf("connect: %s\n", errno_name(opened_by_epoll(&at_once, &fd)));
	show_open("then", fd, ECHOES_AT_ONCE);
}

/* ---- numbers ------------------------------------------------------------------------------------------- */

/* A pipe whose reading end has that number is ready when something is in it, and not before. */
static bool pipe_is_a_pipe(int number)
{
	struct pollfd pollfd = {.events = POLLIN | POLLOUT};
	int ends[2], before;
	bool good;

	must(pipe(ends) == 0, "pipe");
	pollfd.fd = ends[0];
	before = poll(&pollfd, 1, 0);
	must(write(ends[1], "x", 1) == 1, "write");
	good = ends[0] == number && before == 0 && poll(&pollfd, 1, PATIENCE) == 1 &&
	       pollfd.revents == POLLIN && read(ends[0], &(char){0}, 1) == 1;
	close(ends[0]);
	close(ends[1]);
	return good;
}

/* Closed where nobody sees it, and its number given to somebody else at once. */
static void closed_unseen(void)
{
	struct epoll_event event;
	int ep = epoll_new(), wrong = 0, good = 0;

	for (int i = 0; i < RACES; i++) {
		int fd = opening(LATE_ECHOES), other;

		add(ep, fd, EPOLLOUT | EPOLLET, THIS);
		if (i % 2)
			epoll_wait(ep, &event, 1, 0);
		syscall(SYS_close, fd);
		if (i % 4 == 0) {
			wrong += !pipe_is_a_pipe(fd);
			continue;
		}
		other = opening(ECHOES_AT_ONCE);
		wrong += other != fd;
		add(ep, other, EPOLLOUT | EPOLLET, THAT);
		good += epoll_wait(ep, &event, 1, PATIENCE) == 1 && event.data.u64 == THAT &&
			error_of(other) == 0;
		end(other);
	}
	printf("good: %d, wrong: %d\n", good, wrong);
	show_wait("left", ep, A_WHILE);
}

/* ---- two threads connect one socket ---------------------------------------------------------------- */

static pthread_barrier_t both;

static void *connect_one(void *argument)
{
	const struct place place = far_place(ECHOES);
	const int *fd = argument;
	bool begun;

	pthread_barrier_wait(&both);
	begun = connect_to(*fd, &place) == -1 && errno == EINPROGRESS;
	return begun ? argument : NULL;
}

/* One of them begins it; there are not two conversations on one socket. */
static void one_socket(void)
{
	const struct place place = far_place(ECHOES);
	pthread_t threads[2];
	int begun = 0, echoing = 0;

	pthread_barrier_init(&both, NULL, 2);
	for (int i = 0; i < ROUNDS_OF_TWO; i++) {
		int fd = stream(&place, SOCK_NONBLOCK);
		void *result;

		for (int n = 0; n < 2; n++)
			pthread_create(&threads[n], NULL, connect_one, &fd);
		for (int n = 0; n < 2; n++) {
			pthread_join(threads[n], &result);
			begun += result != NULL;
		}
		answer(1);
		must(poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, PATIENCE) == 1, "poll");
		echoing += echoes(fd);
		close(fd);
	}
	printf("begun once: %d, echo: %d\n", begun == ROUNDS_OF_TWO, echoing);
}

static const struct situation situations[] = {
	{"signals-that-restart", signals_that_restart},
	{"signals-that-interrupt", signals_that_interrupt},
	{"soak", soak},
	{"pending", pending},
	{"one-epoll", one_epoll},
	{"closing-each-others", closing_each_others},
	{"closed-unseen", closed_unseen},
	{"one-socket", one_socket},
};

SITUATIONS_MAIN(situations)
