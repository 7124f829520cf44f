/* SPDX-License-Identifier: MIT */
/* poll, select and their kin, over sockets that are opening and others beside them. */
#include "situation.h"

#include <signal.h>
#include <sys/select.h>
#include <time.h>

enum { MANY = 1000, HIGH = 1500 };

static void nothing(int number)
{
	(void)number;
}

/* A signal that comes after a while, and interrupts. */
static void interrupt_later(void)
{
	const struct sigaction action = {.sa_handler = nothing};
	const struct itimerspec due = {.it_value.tv_nsec = A_WHILE * 1000000};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	timer_t timer;

	sigaction(SIGUSR1, &action, NULL);
	must(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0, "timer_create");
	timer_settime(timer, 0, &due, NULL);
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Signals stay out while nobody waits with a mask that lets them in. */
static sigset_t block(int number)
{
	sigset_t blocked, before;

	sigemptyset(&blocked);
	sigaddset(&blocked, number);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	return before;
}

/* A timeout runs its time when nothing comes, and no longer call hides behind it. */
static void time_runs_out(void)
{
	int fd = opening(ECHOES);
	const long start = milliseconds();
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
	const struct timespec timeout = {.tv_nsec = A_WHILE * 1000000};

	show_value("poll", poll(&pollfd, 1, A_WHILE));
	show_events("revents", (uint32_t)pollfd.revents);
	printf("not too early: %d\n", milliseconds() - start >= A_WHILE);
	pollfd.revents = 77;
	show_value("ppoll", ppoll(&pollfd, 1, &timeout, NULL));
	show_events("revents", (uint32_t)pollfd.revents);
	printf("not too early: %d\n", milliseconds() - start >= 2 * A_WHILE);
	printf("the timeout is unchanged: %d\n", timeout.tv_nsec == A_WHILE * 1000000);
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
}

static void show_select(const char *what, int fd, struct timeval *timeout)
{
	fd_set readable, writable, exceptional;

	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	writable = exceptional = readable;
	show_value(what, select(fd + 1, &readable, &writable, &exceptional, timeout));
	printf("readable %d, writable %d, exceptional %d\n", FD_ISSET(fd, &readable) != 0,
		FD_ISSET(fd, &writable) != 0, FD_ISSET(fd, &exceptional) != 0);
}

/* Linux leaves in the timeout what is left of it. */
static void by_select(void)
{
	struct timeval timeout = {.tv_usec = A_WHILE * 1000}, none = {0};
	int fd = opening(ECHOES);

	show_select("at once", fd, &none);
	show_select("until time is over", fd, &timeout);
	printf("left: %ld %ld\n", (long)timeout.tv_sec, (long)timeout.tv_usec);
	until_held(fd, 1);
	answer(1);
	timeout.tv_sec = PATIENCE / 1000;
	show_select("answered", fd, &timeout);
	printf("some is left: %d\n", timeout.tv_sec > 0 && timeout.tv_sec < PATIENCE / 1000);
	show_select("without timeout", fd, NULL);
	show_open("answered", fd, ECHOES);
}

static void by_pselect(void)
{
	const struct timespec timeout = {.tv_sec = PATIENCE / 1000}, brief = {.tv_nsec = A_WHILE};
	int fd = opening(ECHOES);
	fd_set writable;

	FD_ZERO(&writable);
	FD_SET(fd, &writable);
	show_value("until time is over", pselect(fd + 1, NULL, &writable, NULL, &brief, NULL));
	printf("writable %d\n", FD_ISSET(fd, &writable) != 0);
	answer(1);
	FD_SET(fd, &writable);
	show_value("answered", pselect(fd + 1, NULL, &writable, NULL, &timeout, NULL));
	printf("writable %d\n", FD_ISSET(fd, &writable) != 0);
	printf("the timeout is unchanged: %d\n", timeout.tv_sec == PATIENCE / 1000);
}

/* A handler ends the wait with EINTR; with SA_RESTART too. */
static void interrupted(void)
{
	const struct sigaction restarting = {.sa_handler = nothing, .sa_flags = SA_RESTART};
	int fd = opening(ECHOES);
	fd_set writable;

	interrupt_later();
	show_poll("poll", fd, POLLOUT, PATIENCE);
	interrupt_later();
	sigaction(SIGUSR1, &restarting, NULL);
	show_poll("poll, restarting", fd, POLLOUT, PATIENCE);
	interrupt_later();
	FD_ZERO(&writable);
	FD_SET(fd, &writable);
	show("select", select(fd + 1, NULL, &writable, NULL, NULL));
	printf("the set is as it was: %d\n", FD_ISSET(fd, &writable) != 0);
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
}

/* What the mask keeps out does not interrupt; what it lets in does, and only while it waits. */
static void masked(void)
{
	int fd = opening(ECHOES);
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
	const struct timespec brief = {.tv_nsec = 4 * A_WHILE * 1000000},
			      patient = {.tv_sec = PATIENCE / 1000};
	sigset_t none, usr1;

	sigemptyset(&none);
	usr1 = none;
	sigaddset(&usr1, SIGUSR1);
	block(SIGUSR1);
	interrupt_later();
	show_value("ppoll that keeps it out", ppoll(&pollfd, 1, &brief, &usr1));
	show_value("ppoll that lets it in", ppoll(&pollfd, 1, &patient, &none));
	interrupt_later();
	show_value("pselect that lets it in", pselect(0, NULL, NULL, NULL, &patient, &none));
	interrupt_later();
	answer(1);
	show_value("answered, kept out", ppoll(&pollfd, 1, &patient, &usr1));
	show_events("revents", (uint32_t)pollfd.revents);
}

/* Others in the same set are not held up, and nobody's entry is touched but revents. */
static void among_others(void)
{
	int fd = opening(ECHOES), ends[2];
	struct pollfd pollfds[6];

	must(pipe(ends) == 0 && write(ends[1], "x", 1) == 1, "pipe");
	pollfds[0] = (struct pollfd){.fd = -1, .events = POLLOUT, .revents = 77};
	pollfds[1] = (struct pollfd){.fd = fd, .events = POLLOUT, .revents = 77};
	pollfds[2] = (struct pollfd){.fd = ends[0], .events = POLLIN};
	pollfds[3] = (struct pollfd){.fd = 999, .events = POLLIN};
	pollfds[4] = (struct pollfd){.fd = fd, .events = POLLIN | POLLOUT};
	pollfds[5] = (struct pollfd){.fd = fd, .events = 0};
	for (int i = 0; i < 2; i++) {
		show_value("poll", poll(pollfds, 6, PATIENCE));
		for (size_t n = 0; n < 6; n++)
			show_events("entry", (uint32_t)pollfds[n].revents);
		printf("unchanged: %d %d\n", pollfds[1].fd == fd, pollfds[1].events == POLLOUT);
		if (i == 1)
			break;
		answer(1);
		show_poll("answered", fd, POLLOUT, PATIENCE);
	}
}

static void among_others_in_select(void)
{
	int fd = opening(ECHOES), closed = dup(fd), ends[2];
	fd_set readable, writable;

	must(pipe(ends) == 0 && write(ends[1], "x", 1) == 1, "pipe");
	FD_ZERO(&readable);
	FD_ZERO(&writable);
	FD_SET(ends[0], &readable);
	FD_SET(fd, &readable);
	FD_SET(fd, &writable);
	show_value("select", select(ends[1] + 1, &readable, &writable, NULL, NULL));
	printf("pipe %d, opening %d %d\n", FD_ISSET(ends[0], &readable) != 0,
		FD_ISSET(fd, &readable) != 0, FD_ISSET(fd, &writable) != 0);
	close(closed);
	FD_SET(closed, &readable);
	FD_SET(fd, &writable);
	show("with one that is closed", select(ends[1] + 1, &readable, &writable, NULL, NULL));
	show("with a wrong number", select(-1, &readable, &writable, NULL, NULL));
	show("with a wrong timeout",
		select(fd + 1, NULL, &writable, NULL, &(struct timeval){.tv_sec = -1}));
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
}

/* Programs that know how give select a set of their own, larger than fd_set. */
static void high_numbers(void)
{
	int fd = opening(ECHOES), low = opening(ECHOES);
	unsigned long writable[(HIGH + 64) / (8 * sizeof(long))] = {0};
	const size_t word = HIGH / (8 * sizeof(long)), bit = HIGH % (8 * sizeof(long));

	descriptors_raise();
	must(dup2(fd, HIGH) == HIGH && close(fd) == 0, "dup2");
	writable[word] = 1UL << bit;
	writable[0] = 1UL << low;
	show_value("select", select(HIGH + 1, NULL, (fd_set *)(void *)writable, NULL,
				     &(struct timeval){.tv_usec = A_WHILE}));
	printf("writable %d %d\n", writable[word] != 0, writable[0] != 0);
	until_held(HIGH, 1);
	answer(1);
	writable[word] = 1UL << bit;
	show_value("answered", select(HIGH + 1, NULL, (fd_set *)(void *)writable, NULL, NULL));
	printf("writable %d %d\n", writable[word] == 1UL << bit, writable[0] != 0);
	show_open("answered", HIGH, ECHOES);
}

/* How many are open, when none shows before all may. */
static int open_all(struct pollfd *pollfds, int n)
{
	int open = 0;

	while (open < n && poll(pollfds, (nfds_t)n, PATIENCE) > 0) {
		for (int i = 0; i < n; i++) {
			if (pollfds[i].fd < 0 || pollfds[i].revents == 0)
				continue;
			if (pollfds[i].revents == POLLOUT && error_of(pollfds[i].fd) == 0)
				open++;
			pollfds[i].fd = ~pollfds[i].fd;
		}
	}
	return open;
}

/* The server answers none before all have come: who opens one after the other never gets anywhere. */
static void many(void)
{
	struct pollfd pollfds[MANY + 1];
	int shown, echoing = 0;

	descriptors_raise();
	for (int i = 0; i < MANY; i++)
		pollfds[i] = (struct pollfd){.fd = opening(ECHOES), .events = POLLOUT};
	pollfds[MANY] = (struct pollfd){.fd = control, .events = POLLIN};
	tell_when_held(MANY);
	shown = poll(pollfds, MANY + 1, PATIENCE);
	printf("shown before all have come: %d, %s\n", shown - 1,
		pollfds[MANY].revents == POLLIN ? "all have come" : "not all have come");
	take_told();
	answer(MANY);
	printf("open: %d\n", open_all(pollfds, MANY));
	for (int i = 0; i < MANY; i++)
		echoing += echoes(~pollfds[i].fd);
	printf("echo: %d\n", echoing);
}

/* The names that a program gets when it is compiled with care. */
extern int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
extern int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
	const sigset_t *mask, size_t size);

static void by_checked_names(void)
{
	int fd = opening(ECHOES);
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
	const struct timespec brief = {.tv_nsec = A_WHILE};

	show_value("__poll_chk", __poll_chk(&pollfd, 1, 0, sizeof(pollfd)));
	show_value("__ppoll_chk", __ppoll_chk(&pollfd, 1, &brief, NULL, sizeof(pollfd)));
	until_held(fd, 1);
	show_value("__poll_chk", __poll_chk(&pollfd, 1, 0, sizeof(pollfd)));
	answer(1);
	show_value("answered", __poll_chk(&pollfd, 1, PATIENCE, sizeof(pollfd)));
	show_value("answered", __ppoll_chk(&pollfd, 1, NULL, NULL, sizeof(pollfd)));
	show_events("revents", (uint32_t)pollfd.revents);
}

/* Any descriptor of the socket tells the same. */
static void by_duplicate(void)
{
	int fd = opening(ECHOES), other = dup(fd), third = fcntl(fd, F_DUPFD_CLOEXEC, 100), fourth;

	show_until_held("a duplicate", other, 1);
	show_peer("a duplicate", other, &(struct place){0});
	fourth = dup3(third, 200, O_CLOEXEC);
	show_poll("dup3", fourth, POLLOUT, A_WHILE);
	show_poll("fcntl", third, POLLOUT, A_WHILE);
	close(fd);
	close(third);
	answer(1);
	show_poll("answered", other, POLLOUT, PATIENCE);
	show_open("a duplicate", other, ECHOES);
	show_open("dup3", fourth, ECHOES);
}

/* "All descriptors" is what getdtablesize says, and that may be far beyond the end of the set. */
static void all_numbers(void)
{
	const int all = 1 << 30;
	struct timeval brief = {.tv_usec = A_WHILE * 1000};
	int ends[2], fd;
	fd_set readable, writable;

	must(pipe(ends) == 0 && write(ends[1], "x", 1) == 1, "pipe");
	FD_ZERO(&readable);
	FD_SET(ends[0], &readable);
	show_value("select", select(all, &readable, NULL, NULL, NULL));
	show_value("pselect", pselect(all, &readable, NULL, NULL, NULL, NULL));
	fd = opening(ECHOES);
	until_held(fd, 1);
	FD_ZERO(&writable);
	FD_SET(fd, &writable);
	show_value("opening", select(all, NULL, &writable, NULL, &brief));
	answer(1);
	FD_SET(fd, &writable);
	show_value("answered", select(all, NULL, &writable, NULL, NULL));
	show_open("answered", fd, ECHOES);
}

/* Asked for reading under one number and for writing under another, in one call that sees the answer come. */
static void by_two_numbers(void)
{
	int fd = opening(ECHOES), other = dup(fd);
	struct pollfd pollfds[] = {{.fd = fd, .events = POLLOUT}, {.fd = other, .events = POLLIN},
		{.fd = fd, .events = POLLIN}};

	answer(1);
	show_value("poll", poll(pollfds, 3, PATIENCE));
	for (size_t i = 0; i < 3; i++)
		show_events("entry", (uint32_t)pollfds[i].revents);
	show_open("answered", other, ECHOES);
}

static void by_two_numbers_in_select(void)
{
	int fd = opening(ECHOES), other = dup(fd);
	fd_set readable, writable;

	FD_ZERO(&readable);
	FD_SET(other, &readable);
	FD_ZERO(&writable);
	FD_SET(fd, &writable);
	answer(1);
	show_value("select", select(other + 1, &readable, &writable, NULL, NULL));
	printf("readable %d, writable %d\n", FD_ISSET(other, &readable) != 0,
		FD_ISSET(fd, &writable) != 0);
	show_open("answered", other, ECHOES);
}

/* Not known to the compiler, who would warn. */
static struct pollfd *volatile no_memory;

/* What is wrong stays wrong. */
static void misused(void)
{
	int fd = opening(ECHOES);
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};

	until_held(fd, 1);
	show("poll no memory", poll(no_memory, 1, 0));
	show("ppoll with a wrong timeout",
		ppoll(&pollfd, 1, &(struct timespec){.tv_nsec = -1}, NULL));
	show_value("poll none", poll(NULL, 0, 0));
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
}

static const struct situation situations[] = {
	{"time-runs-out", time_runs_out},
	{"by-select", by_select},
	{"by-pselect", by_pselect},
	{"interrupted", interrupted},
	{"masked", masked},
	{"among-others", among_others},
	{"among-others-in-select", among_others_in_select},
	{"high-numbers", high_numbers},
	{"many", many},
	{"by-checked-names", by_checked_names},
	{"by-duplicate", by_duplicate},
	{"all-numbers", all_numbers},
	{"by-two-numbers", by_two_numbers},
	{"by-two-numbers-in-select", by_two_numbers_in_select},
	{"misused", misused},
};

SITUATIONS_MAIN(situations)
