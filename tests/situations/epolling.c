/* SPDX-License-Identifier: MIT */
/* One epoll over opening sockets: registered before connect, meanwhile and after; in every mode. */
#include "epolling.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>

enum { MANY = 1000 };

/* ---- registered when -------------------------------------------------------------------------- */

static void level(void)
{
	int ep = epoll_new(), fd = opening(ECHOES);

	add(ep, fd, EPOLLIN | EPOLLOUT, THIS);
	show_wait("at once", ep, 0);
	show_wait_answered(ep);
	show_open("answered", fd, ECHOES);
}

static void level_before(void)
{
	int ep = epoll_new(), fd = unconnected();

	add(ep, fd, EPOLLIN | EPOLLOUT, THIS);
	show_wait("unconnected", ep, 0);
	begin(fd);
	show_wait_answered(ep);
	show_open("answered", fd, ECHOES);
}

static void edge_before(void)
{
	int ep = epoll_new(), fd = unconnected();

	add(ep, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, THIS);
	show_wait("unconnected", ep, 0);
	show_wait("and again", ep, 0);
	begin(fd);
	show_wait_answered(ep);
	show_open("answered", fd, ECHOES);
}

static void edge_meanwhile(void)
{
	int ep = epoll_new(), fd = opening(ECHOES);

	until_held(fd, 1);
	add(ep, fd, EPOLLIN | EPOLLOUT | EPOLLET, THIS);
	show_wait("at once", ep, A_WHILE);
	answer(1);
	show_wait("answered", ep, PATIENCE);
	show_wait("and again", ep, A_WHILE);
	show("send", send(fd, "x", 1, 0));
	show_wait("its echo", ep, PATIENCE);
}

static void edge_after(void)
{
	int ep = epoll_new(), fd = opening(ECHOES);

	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	add(ep, fd, EPOLLIN | EPOLLOUT | EPOLLET, THIS);
	show_wait("added", ep, PATIENCE);
	show_wait("and again", ep, A_WHILE);
}

/* Only reading is waited for: the connection's coming is then no event, a greeting is one. */
static void for_reading(void)
{
	int ep = epoll_new(), fd = unconnected();

	add(ep, fd, EPOLLIN | EPOLLET, THIS);
	show_wait("unconnected", ep, 0);
	begin(fd);
	show_wait_until_held("until held", ep, 1);
	answer(1);
	show_wait("answered", ep, 4 * A_WHILE);
	show("send", send(fd, "x", 1, 0));
	show_wait("its echo", ep, PATIENCE);
}

static void greeted(void)
{
	int ep = epoll_new(), fd = opening(GREETS);

	add(ep, fd, EPOLLIN, THIS);
	show_wait_until_held("until held", ep, 1);
	answer(1);
	show_wait("answered", ep, PATIENCE);
	printf("greeting: %d\n", read_whole(fd, (char[6]){0}, 6));
	show_wait("and again", ep, A_WHILE);
}

/* The connection and its greeting, both come before anybody looks, are one edge. */
static void greeted_by_an_edge(void)
{
	int ep = epoll_new(), fd = unconnected();
	const struct place place = far_place(GREETS);

	add(ep, fd, EPOLLIN | EPOLLOUT | EPOLLET, THIS);
	show_wait("unconnected", ep, 0);
	show("connect", connect_to(fd, &place));
	show_wait_until_held("until held", ep, 1);
	answer(1);
	show_poll("answered", fd, POLLIN, PATIENCE);
	show_wait("answered", ep, PATIENCE);
	show_wait("and again", ep, A_WHILE);
	printf("greeting: %d\n", read_whole(fd, (char[6]){0}, 6));
	show_wait("and again", ep, A_WHILE);
}

/* ---- one-shot and exclusive -------------------------------------------------------------------- */

static void one_shot(void)
{
	int ep = epoll_new(), fd = opening(ECHOES);

	add(ep, fd, EPOLLOUT | EPOLLONESHOT, THIS);
	show_wait_answered(ep);
	show("EPOLL_CTL_MOD", registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLONESHOT, THAT));
	show_wait("armed again", ep, PATIENCE);
	show_wait("and again", ep, A_WHILE);
}

/* It has fired before connect, and stays silent until it is armed again. */
static void one_shot_disarmed(void)
{
	int ep = epoll_new(), fd = unconnected();

	add(ep, fd, EPOLLOUT | EPOLLONESHOT, THIS);
	show_wait("unconnected", ep, 0);
	begin(fd);
	show_wait("disarmed", ep, A_WHILE);
	until_held(fd, 1);
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_wait("disarmed", ep, A_WHILE);
	show("EPOLL_CTL_MOD", registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLONESHOT, THAT));
	show_wait("armed again", ep, PATIENCE);
	show_wait("and again", ep, A_WHILE);
}

/* Nobody polls it but this epoll, in which it is disarmed: somebody else's wait must not hang on that. */
static void one_shot_armed_meanwhile(void)
{
	int ep = epoll_new(), fd = unconnected();

	add(ep, fd, EPOLLOUT | EPOLLONESHOT, THIS);
	show_wait("unconnected", ep, 0);
	begin(fd);
	show("EPOLL_CTL_MOD",
		registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLET | EPOLLONESHOT, THAT));
	show_wait_answered(ep);
}

static void exclusive_before(void)
{
	int ep = epoll_new(), fd = unconnected();

	add(ep, fd, EPOLLOUT | EPOLLEXCLUSIVE | EPOLLET, THIS);
	show_wait("unconnected", ep, 0);
	begin(fd);
	show_wait_answered(ep);
	show("EPOLL_CTL_MOD", registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT, THAT));
}

static void exclusive_meanwhile(void)
{
	int ep = epoll_new(), fd = opening(ECHOES);

	add(ep, fd, EPOLLOUT | EPOLLEXCLUSIVE, THIS);
	show("EPOLL_CTL_MOD", registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT, THAT));
	show_wait_answered(ep);
}

/* ---- changed meanwhile ------------------------------------------------------------------------- */

static void modified(void)
{
	int ep = epoll_new(), fd = unconnected();

	add(ep, fd, EPOLLIN | EPOLLET, THIS);
	show_wait("unconnected", ep, 0);
	begin(fd);
	show("EPOLL_CTL_MOD", registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLET, THAT));
	show_wait_until_held("until held", ep, 1);
	show("EPOLL_CTL_MOD", registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLIN, THIS));
	show_wait("modified", ep, A_WHILE);
	answer(1);
	show_wait("answered", ep, PATIENCE);
}

/* An epoll has several numbers, when it has been duplicated, and takes each for itself. */
static void modified_by_duplicate(void)
{
	int ep = epoll_new(), other = dup(ep), fd = unconnected();

	add(ep, fd, EPOLLIN | EPOLLET, THIS);
	show_wait("unconnected", ep, 0);
	begin(fd);
	show("EPOLL_CTL_MOD", registered(other, EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLET, THAT));
	show("EPOLL_CTL_ADD", registered(other, EPOLL_CTL_ADD, fd, EPOLLOUT, THIS));
	show_wait_until_held("until held", ep, 1);
	answer(1);
	show_wait("answered", ep, PATIENCE);
	show("EPOLL_CTL_DEL", registered(other, EPOLL_CTL_DEL, fd, 0, 0));
	show_wait("deleted", ep, A_WHILE);
}

/* Gone, and there again; errors as ever. */
static void deleted(void)
{
	int ep = epoll_new(), fd = unconnected();

	add(ep, fd, EPOLLOUT, THIS);
	begin(fd);
	show("EPOLL_CTL_ADD", registered(ep, EPOLL_CTL_ADD, fd, EPOLLOUT, THAT));
	show("EPOLL_CTL_DEL", epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL));
	show("EPOLL_CTL_DEL", epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL));
	show("EPOLL_CTL_MOD", registered(ep, EPOLL_CTL_MOD, fd, EPOLLOUT, THAT));
	until_held(fd, 1);
	show_wait("deleted", ep, A_WHILE);
	show("EPOLL_CTL_ADD", registered(ep, EPOLL_CTL_ADD, fd, EPOLLOUT, THAT));
	show_wait("added", ep, A_WHILE);
	answer(1);
	show_wait("answered", ep, PATIENCE);
	show("EPOLL_CTL_DEL", epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL));
	show_wait("deleted", ep, A_WHILE);
	show_open("deleted", fd, ECHOES);
}

/* Deleted while it opened, and never registered again: nobody tells of it, and it is open in the end. */
static void deleted_for_good(void)
{
	int ep = epoll_new(), fd = unconnected();

	add(ep, fd, EPOLLOUT | EPOLLET, THIS);
	begin(fd);
	show_wait_until_held("until held", ep, 1);
	show("EPOLL_CTL_DEL", epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL));
	answer(1);
	show_wait("deleted", ep, A_WHILE);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_wait("deleted", ep, A_WHILE);
	show_open("deleted", fd, ECHOES);
}

/* Closed while it opens; its number is then somebody else's, who is not to be taken for it. */
static void closed_and_reused(void)
{
	int ep = epoll_new(), fd = unconnected(), ends[2];

	add(ep, fd, EPOLLIN | EPOLLOUT, THIS);
	begin(fd);
	show_wait_until_held("until held", ep, 1);
	close(fd);
	show_wait("closed", ep, A_WHILE);
	must(pipe(ends) == 0, "pipe");
	printf("the same number: %d\n", ends[0] == fd);
	add(ep, ends[0], EPOLLIN, THAT);
	show_wait("a pipe", ep, A_WHILE);
	must(write(ends[1], "x", 1) == 1, "write");
	show_wait("a pipe", ep, PATIENCE);
}

/* ---- timeouts, signals, many ------------------------------------------------------------------ */

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void time_runs_out(void)
{
	int ep = epoll_new(), fd = opening(ECHOES);
	const struct timespec brief = {.tv_nsec = A_WHILE * 1000000};
	const long start = milliseconds();
	struct epoll_event event;

	add(ep, fd, EPOLLIN | EPOLLOUT, THIS);
	show_value("epoll_wait", epoll_wait(ep, &event, 1, A_WHILE));
	printf("not too early: %d\n", milliseconds() - start >= A_WHILE);
	show_value("epoll_pwait", epoll_pwait(ep, &event, 1, A_WHILE, NULL));
	printf("not too early: %d\n", milliseconds() - start >= 2 * A_WHILE);
	show_value("epoll_pwait2", epoll_pwait2(ep, &event, 1, &brief, NULL));
	printf("not too early: %d\n", milliseconds() - start >= 3 * A_WHILE);
	until_held(fd, 1);
	answer(1);
	show_value("epoll_pwait2", epoll_pwait2(ep, &event, 1, NULL, NULL));
	show_event("it", &event);
	show_value("epoll_pwait", epoll_pwait(ep, &event, 1, -1, NULL));
	show_event("it", &event);
}

static void nothing(int number)
{
	(void)number;
}

static void interrupt_later(void)
{
	const struct sigaction action = {.sa_handler = nothing, .sa_flags = SA_RESTART};
	const struct itimerspec due = {.it_value.tv_nsec = A_WHILE * 1000000};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	timer_t timer;

	sigaction(SIGUSR1, &action, NULL);
	must(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0, "timer_create");
	timer_settime(timer, 0, &due, NULL);
}

/* A handler ends every wait, unless the mask keeps it out. */
static void interrupted(void)
{
	int ep = epoll_new(), fd = opening(ECHOES);
	const struct timespec patient = {.tv_sec = PATIENCE / 1000};
	struct epoll_event event;
	sigset_t none, usr1;

	sigemptyset(&none);
	usr1 = none;
	sigaddset(&usr1, SIGUSR1);
	add(ep, fd, EPOLLIN | EPOLLOUT, THIS);
	interrupt_later();
	show_wait("epoll_wait", ep, PATIENCE);
	interrupt_later();
	show_value("kept out", epoll_pwait(ep, &event, 1, 4 * A_WHILE, &usr1));
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	interrupt_later();
	show_value("let in", epoll_pwait(ep, &event, 1, PATIENCE, &none));
	interrupt_later();
	show_value("let in", epoll_pwait2(ep, &event, 1, &patient, &none));
	until_held(fd, 1);
	answer(1);
	show_wait("answered", ep, PATIENCE);
}

/* Others in the same epoll are told of at once, one at a time where there is room for one. */
static void among_others(void)
{
	int ep = epoll_new(), fd = opening(ECHOES), one = eventfd(1, 0), two = eventfd(1, 0);
	struct epoll_event events[2];
	uint64_t seen = 0;

	add(ep, fd, EPOLLIN | EPOLLOUT, THIS);
	add(ep, one, EPOLLIN, THAT);
	add(ep, two, EPOLLIN, TOLD);
	for (int i = 0; i < 8; i++) {
		must(epoll_wait(ep, events, 1, PATIENCE) == 1, "epoll_wait");
		seen |= 1U << (events[0].data.u64 == THAT) << 2 * (events[0].data.u64 == TOLD);
		must(events[0].data.u64 != THIS, "an event of the opening one");
	}
	printf("each in its turn: %d\n", seen == 6);
	show_wait("all", ep, PATIENCE);
	until_held(fd, 1);
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show_wait("all", ep, PATIENCE);
}

/* Who asks for one event, and does not wait, gets it, however many connections are on their way before it. */
static void behind_others(void)
{
	int ep = epoll_new(), one = eventfd(1, 0);
	struct epoll_event event;

	for (int i = 0; i < 20; i++)
		add(ep, opening(ECHOES), EPOLLOUT, THIS);
	usleep(A_WHILE * 1000);
	add(ep, one, EPOLLIN, THAT);
	show_value("epoll_wait", epoll_wait(ep, &event, 1, 0));
	show_event("told", &event);
}

/* Not known to the compiler, who would warn. */
static struct epoll_event *volatile no_memory;
static volatile int negative = -1;

static void misused(void)
{
	int ep = epoll_new(), fd = opening(ECHOES), file = open("/dev/null", O_RDWR);
	struct epoll_event event = {.events = EPOLLOUT};

	show("a file", registered(ep, EPOLL_CTL_ADD, file, EPOLLOUT, THIS));
	show("itself", registered(ep, EPOLL_CTL_ADD, ep, EPOLLOUT, THIS));
	show("in a socket", registered(fd, EPOLL_CTL_ADD, ep, EPOLLOUT, THIS));
	show("no such operation", registered(ep, 77, fd, EPOLLOUT, THIS));
	show("no such epoll", epoll_ctl(-1, EPOLL_CTL_ADD, fd, &event));
	show("no such descriptor", epoll_ctl(ep, EPOLL_CTL_ADD, 999, &event));
	show("no event", epoll_ctl(ep, EPOLL_CTL_ADD, fd, NULL));
	add(ep, fd, EPOLLOUT, THIS);
	show("no room", epoll_wait(ep, &event, 0, 0));
	show("negative room", epoll_wait(ep, &event, negative, 0));
	show("no memory", epoll_wait(ep, no_memory, 1, 0));
	show("no epoll", epoll_wait(fd, &event, 1, 0));
	answer(1);
	show_wait("answered", ep, PATIENCE);
	show("no memory", epoll_wait(ep, no_memory, 1, 0));
}

/* The server answers none before all have come. Each event has its own data, and each comes once. */
static void many(void)
{
	static int fds[MANY], came[MANY];
	struct epoll_event event;
	int ep = epoll_new(), right = 0, echoing = 0;

	descriptors_raise();
	for (int i = 0; i < MANY; i++) {
		const struct place place = far_place(ECHOES);

		fds[i] = stream(&place, SOCK_NONBLOCK);
		if (i % 2)
			connect_to(fds[i], &place);
		add(ep, fds[i], EPOLLIN | EPOLLOUT | EPOLLET, (uint64_t)i);
		if (i % 2 == 0) {
			epoll_wait(ep, &event, 1, 0);
			connect_to(fds[i], &place);
		}
	}
	show_wait_until_held("until held", ep, MANY);
	answer(MANY);
	for (int i = 0; i < MANY && epoll_wait(ep, &event, 1, PATIENCE) == 1; i++)
		came[event.data.u64 % MANY] += event.events == EPOLLOUT;
	for (int i = 0; i < MANY; i++) {
		right += came[i] == 1;
		echoing += echoes(fds[i]);
	}
	printf("told once: %d, echo: %d\n", right, echoing);
}

static const struct situation situations[] = {
	{"level", level},
	{"level-before", level_before},
	{"edge-before", edge_before},
	{"edge-meanwhile", edge_meanwhile},
	{"edge-after", edge_after},
	{"for-reading", for_reading},
	{"greeted", greeted},
	{"greeted-by-an-edge", greeted_by_an_edge},
	{"one-shot", one_shot},
	{"one-shot-disarmed", one_shot_disarmed},
	{"one-shot-armed-meanwhile", one_shot_armed_meanwhile},
	{"exclusive-before", exclusive_before},
	{"exclusive-meanwhile", exclusive_meanwhile},
	{"modified", modified},
	{"modified-by-duplicate", modified_by_duplicate},
	{"deleted", deleted},
	{"deleted-for-good", deleted_for_good},
	{"closed-and-reused", closed_and_reused},
	{"time-runs-out", time_runs_out},
	{"interrupted", interrupted},
	{"among-others", among_others},
	{"behind-others", behind_others},
	{"misused", misused},
	{"many", many},
};

SITUATIONS_MAIN(situations)
