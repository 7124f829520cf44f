/* SPDX-License-Identifier: MIT */
/*
 * Measures one subject in this process, as it was started: bare, or with a library preloaded.
 *
 *	bench [-t MILLISECONDS] [-p PORT] [-l LIBRARY] SUBJECT [PROGRAM ARGUMENTS...]
 *
 * Prints the nanoseconds of one operation: the quickest sixteenth of many short batches, since what
 * disturbs a batch only ever makes it longer. The subjects are the rows of a table below.
 *
 * What goes far away goes there through the wrapper that this process was started with. A bare
 * process gets the port of a socks_sink --tor with -p, and then speaks SOCKS itself. The hot
 * subjects have such a connection open beside the descriptors that they use. -l is preloaded into
 * the programs that `start` starts.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* TEST-NET-2: nobody's, so that every tool tunnels it. */
static const char far_address[] = "198.51.100.7";

enum { FAR_PORT = 80, NAMES = 4000, SAMPLES_MAX = 1 << 16, READ_SIZE = 1 << 16, READS = 64 };

/* The conversation that a client with credentials has. In one turn Tor leaves 05 02 out. */
static const uint8_t greeting[] = {5, 1, 2};
static const uint8_t login[] = {1, 4, 'u', 's', 'e', 'r', 4, 'p', 'a', 's', 's'};
static const uint8_t request[] = {5, 1, 0, 1, 198, 51, 100, 7, 0, FAR_PORT};
static const uint8_t question[] = "\5\360\0\3\17www.example.com\0"; /* and its own NUL */
enum { CHOICE_LEN = 2, LOGIN_REPLY_LEN = 2, REPLY_LEN = 10 };

static in_port_t proxy_port;
static char **command;
static char **command_environment;

static int pair[2];
static int polled;
static int receive_buffer; /* 0: as the kernel likes */

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void must(bool good, const char *what)
{
	if (!good)
		die(what);
}

/* ---- connections ----------------------------------------------------------------------------- */

static int connected(const char *address, in_port_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (receive_buffer > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
	inet_pton(AF_INET, address, &to.sin_addr);
	must(fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0, "connect");
	return fd;
}

static void put(int fd, const void *bytes, size_t n)
{
	must(send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n, "send");
}

static void take(int fd, size_t n)
{
	uint8_t bytes[64];

	for (ssize_t got; n > 0; n -= (size_t)got) {
		got = recv(fd, bytes, n, 0);
		must(got > 0, "recv");
	}
}

/* With a reset: a bench must not fill the machine with sockets in TIME_WAIT. */
static void end(int fd)
{
	const struct linger reset = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static int stepwise_open(void)
{
	int fd = connected("127.0.0.1", proxy_port);

	put(fd, greeting, sizeof(greeting));
	take(fd, CHOICE_LEN);
	put(fd, login, sizeof(login));
	take(fd, LOGIN_REPLY_LEN);
	put(fd, request, sizeof(request));
	take(fd, REPLY_LEN);
	return fd;
}

static int one_turn_open(const uint8_t *last, size_t n)
{
	uint8_t turn[sizeof(greeting) + sizeof(login) + 64];
	int fd = connected("127.0.0.1", proxy_port);

	memcpy(turn, greeting, sizeof(greeting));
	memcpy(turn + sizeof(greeting), login, sizeof(login));
	memcpy(turn + sizeof(greeting) + sizeof(login), last, n);
	put(fd, turn, sizeof(greeting) + sizeof(login) + n);
	take(fd, LOGIN_REPLY_LEN + REPLY_LEN);
	return fd;
}

/* To the far address: through the tool that this process was started with, if any. */
static int far_open(void)
{
	if (proxy_port != 0)
		return one_turn_open(request, sizeof(request));
	return connected(far_address, FAR_PORT);
}

static void echo_once(int fd)
{
	put(fd, "x", 1);
	take(fd, 1);
	end(fd);
}

static void run_connect(void)
{
	echo_once(far_open());
}

static void run_stepwise(void)
{
	echo_once(stepwise_open());
}

/* ---- names ----------------------------------------------------------------------------------- */

static void look_up(const char *name)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list;
	int error = getaddrinfo(name, "80", &hints, &list);

	if (error != 0) {
		fprintf(stderr, "bench: %s: %s\n", name, gai_strerror(error));
		exit(1);
	}
	freeaddrinfo(list);
}

static void run_numeric(void)
{
	look_up(far_address);
}

static void run_hosts(void)
{
	look_up("localhost");
}

static void run_repeated(void)
{
	look_up("www.example.com");
}

/* Another name each time, as many as the pool of a run takes. */
static void run_distinct(void)
{
	static unsigned i;
	char name[32];

	if (proxy_port != 0) {
		end(one_turn_open(question, sizeof(question)));
		return;
	}
	snprintf(name, sizeof(name), "n%u.example.com", i++ % NAMES);
	look_up(name);
}

/* ---- bulk ------------------------------------------------------------------------------------ */

/*
 * A connection each time, since in an old one bytes would be waiting that cost nothing any more; a
 * small buffer, since it stays in the cache, and the speed of memory varies too much.
 */
static void run_bulk(void)
{
	static uint8_t bytes[READ_SIZE];
	int fd;

	receive_buffer = 2 * READ_SIZE;
	fd = far_open();
	for (int i = 0; i < READS; i++)
		must(recv(fd, bytes, sizeof(bytes), MSG_WAITALL) == sizeof(bytes), "recv");
	end(fd);
}

/* ---- hot calls, beside an open tunnel -------------------------------------------------------- */

static void prepare_pair(void)
{
	far_open();
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
}

static void prepare_ready(void)
{
	struct epoll_event event = {.events = EPOLLIN};

	prepare_pair();
	put(pair[0], "x", 1);
	polled = epoll_create1(EPOLL_CLOEXEC);
	must(epoll_ctl(polled, EPOLL_CTL_ADD, pair[1], &event) == 0, "epoll_ctl");
}

/* Nobody's business but the kernel's: what a filter costs all other calls. */
static void run_getppid(void)
{
	getppid();
}

static void run_dup(void)
{
	close(dup(pair[0]));
}

static void run_poll(void)
{
	struct pollfd ready = {.fd = pair[1], .events = POLLIN};

	must(poll(&ready, 1, 0) == 1, "poll");
}

static void run_epoll(void)
{
	struct epoll_event event;

	must(epoll_wait(polled, &event, 1, 0) == 1, "epoll_wait");
}

static void run_send(void)
{
	put(pair[0], "x", 1);
	take(pair[1], 1);
}

static void run_sendmsg(void)
{
	char byte = 'x';
	struct iovec vector = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};

	must(sendmsg(pair[0], &message, 0) == 1, "sendmsg");
	must(recvmsg(pair[1], &message, 0) == 1, "recvmsg");
}

/* ---- start-up -------------------------------------------------------------------------------- */

static void run_start(void)
{
	pid_t pid;
	int status;

	errno = posix_spawnp(&pid, command[0], NULL, NULL, command, command_environment);
	must(errno == 0, command[0]);
	must(waitpid(pid, &status, 0) == pid, "waitpid");
	if (status != 0) {
		fprintf(stderr, "bench: %s ended with wait status %#x\n", command[0], status);
		exit(1);
	}
}

/* What starting a program through another one costs by itself: the other one is this process. */
static void run_exec(void)
{
	execvp(command[0], command);
	die(command[0]);
}

/* A copy of the environment that preloads `library`. */
static void preload(char *library)
{
	size_t n = 0;

	while (environ[n])
		n++;
	command_environment = calloc(n + 2, sizeof(*command_environment));
	must(command_environment != NULL, "calloc");
	memcpy(command_environment, environ, n * sizeof(*environ));
	must(asprintf(&command_environment[n], "LD_PRELOAD=%s", library) > 0, "asprintf");
}

/* ---- measuring ------------------------------------------------------------------------------- */

/* A batch of `batch` operations is long enough for the clock and short enough to go undisturbed. */
static const struct subject {
	const char *name;
	void (*prepare)(void);
	void (*run)(void);
	unsigned batch;
} subjects[] = {
	{"start", NULL, run_start, 1},
	{"exec", NULL, run_exec, 1},
	{"connect", NULL, run_connect, 1},
	{"stepwise", NULL, run_stepwise, 1},
	{"numeric", NULL, run_numeric, 32},
	{"hosts", NULL, run_hosts, 4},
	{"distinct", NULL, run_distinct, 1},
	{"repeated", NULL, run_repeated, 32},
	{"fake", NULL, run_distinct, 32},
	{"bulk", NULL, run_bulk, 1},
	{"getppid", NULL, run_getppid, 128},
	{"dup", prepare_pair, run_dup, 128},
	{"poll", prepare_ready, run_poll, 128},
	{"epoll", prepare_ready, run_epoll, 128},
	{"send", prepare_pair, run_send, 128},
	{"sendmsg", prepare_pair, run_sendmsg, 128},
	{NULL, NULL, NULL, 0},
};

static int ascending(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double measure(const struct subject *subject, uint64_t duration)
{
	static double samples[SAMPLES_MAX];
	uint64_t start, end_at = now() + duration;
	size_t n = 0;

	for (unsigned i = 0; i < subject->batch; i++)
		subject->run();
	do {
		start = now();
		for (unsigned i = 0; i < subject->batch; i++)
			subject->run();
		samples[n++] = (double)(now() - start) / subject->batch;
	} while (start < end_at && n < SAMPLES_MAX);
	qsort(samples, n, sizeof(*samples), ascending);
	return samples[n / 16];
}

static const struct subject *subject_named(const char *name)
{
	const struct subject *subject = subjects;

	while (subject->name && (!name || strcmp(subject->name, name)))
		subject++;
	if (subject->name)
		return subject;
	fprintf(stderr, "bench: the subjects are:");
	for (subject = subjects; subject->name; subject++)
		fprintf(stderr, " %s", subject->name);
	fprintf(stderr, "\n");
	exit(2);
}

int main(int argc, char **argv)
{
	const struct subject *subject;
	uint64_t duration = 100;
	int option;

	command_environment = environ;
	while ((option = getopt(argc, argv, "+t:p:l:")) != -1) {
		if (option == '?')
			return 2;
		if (option == 't')
			duration = strtoull(optarg, NULL, 10);
		if (option == 'p')
			proxy_port = (in_port_t)strtoul(optarg, NULL, 10);
		if (option == 'l')
			preload(optarg);
	}
	subject = subject_named(argv[optind]);
	command = argv + optind + 1;
	if ((subject->run == run_start || subject->run == run_exec) && !command[0]) {
		fprintf(stderr, "bench: %s what?\n", subject->name);
		return 2;
	}
	if (subject->prepare)
		subject->prepare();
	printf("%.1f\n", measure(subject, duration * 1000000));
	return 0;
}
