/* SPDX-License-Identifier: MIT */
/*
 * Measures one subject in this process, as it was started: bare, or with a library preloaded.
 *
 *	bench [-t MILLISECONDS] [-p PORT] [-l LIBRARY] [-a] SUBJECT [ARGUMENTS...]
 *
 * Prints the nanoseconds of one operation: the quickest sixteenth of many short batches, since what
 * disturbs a batch only ever makes it longer. The subjects are the rows of a table below.
 *
 * A subject may tell a figure of its own instead of its time.
 *
 * What goes far away goes there through the wrapper that this process was started with. A bare
 * process gets the port of a socks_sink --tor with -p, and then speaks SOCKS itself. The hot
 * subjects have such a connection open beside the descriptors that they use. -l is preloaded into
 * the programs that `start` starts, which the arguments name. -a: connect is called in assembly, so that
 * no library sees it.
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
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* TEST-NET-2: nobody's, so that every tool tunnels it. */
static const char far_address[] = "198.51.100.7";

enum { MANY_MAX = 10000, IDLE = 1000, PATIENCE = 30000 /* milliseconds */ };
enum { PROCESSES = 4, EACH = 100, KILOBYTE = 1000 /* is told as so many nanoseconds */ };
enum { FAR_PORT = 80, NAMES = 4000, SAMPLES_MAX = 1 << 16, READ_SIZE = 1 << 16, READS = 64 };

/* The conversation that a client with credentials has. In one turn Tor leaves 05 02 out. */
static const uint8_t greeting[] = {5, 1, 2};
static const uint8_t login[] = {1, 4, 'u', 's', 'e', 'r', 4, 'p', 'a', 's', 's'};
static const uint8_t request[] = {5, 1, 0, 1, 198, 51, 100, 7, 0, FAR_PORT};
static const uint8_t question[] = "\5\360\0\3\17www.example.com\0"; /* and its own NUL */
enum { CHOICE_LEN = 2, LOGIN_REPLY_LEN = 2, REPLY_LEN = 10 };

static in_port_t proxy_port;
static bool in_assembly;
static char **command;
static char **command_environment;

static int pair[2];
static int polled;
static int tunnel;
static uint64_t told;      /* the figure of a subject that measures itself, in nanoseconds */
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

static long connect_in_assembly(long fd, const void *to, long len)
{
#if defined(__x86_64__)
	long result = SYS_connect;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(fd), "S"(to), "d"(len)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long number __asm__("x8") = SYS_connect, result __asm__("x0") = fd;
	register const void *second __asm__("x1") = to;
	register long third __asm__("x2") = len;

	__asm__ volatile("svc 0" : "+r"(result) : "r"(number), "r"(second), "r"(third) : "memory");
	return result;
#else
	(void)fd, (void)to, (void)len;
	return -ENOSYS;
#endif
}

static int reach(int fd, const char *address, in_port_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	long result;

	inet_pton(AF_INET, address, &to.sin_addr);
	if (!in_assembly)
		return connect(fd, (const struct sockaddr *)&to, sizeof(to));
	result = connect_in_assembly(fd, &to, sizeof(to));
	if (result < 0)
		errno = (int)-result;
	return result < 0 ? -1 : 0;
}

static int connected(const char *address, in_port_t port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (receive_buffer > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
	must(fd >= 0 && reach(fd, address, port) == 0, "connect");
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

static void turn_put(int fd, const uint8_t *last, size_t n)
{
	uint8_t turn[sizeof(greeting) + sizeof(login) + 64];

	memcpy(turn, greeting, sizeof(greeting));
	memcpy(turn + sizeof(greeting), login, sizeof(login));
	memcpy(turn + sizeof(greeting) + sizeof(login), last, n);
	put(fd, turn, sizeof(greeting) + sizeof(login) + n);
}

static int one_turn_open(const uint8_t *last, size_t n)
{
	int fd = connected("127.0.0.1", proxy_port);

	turn_put(fd, last, n);
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

/* ---- the guard -------------------------------------------------------------------------------- */

/* Some processes connect as fast as they can. The figure is the time of one of all these connections. */
static void run_rate(void)
{
	const uint64_t start = now();
	int status;

	for (int i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		for (int j = 0; j < EACH; j++)
			end(far_open());
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++)
		must(wait(&status) > 0 && status == 0, "a process");
	told = (now() - start) / (PROCESSES * EACH);
}

/* How large the supervisor is, which is the parent of this process, when it has had something to do. */
static void run_supervisor(void)
{
	char path[64], line[256];
	unsigned long kilobytes = 0;
	FILE *file;

	run_rate();
	snprintf(path, sizeof(path), "/proc/%d/status", (int)getppid());
	file = fopen(path, "r");
	must(file != NULL, path);
	while (kilobytes == 0 && fgets(line, sizeof(line), file))
		sscanf(line, "VmRSS: %lu", &kilobytes);
	fclose(file);
	told = kilobytes * KILOBYTE;
}

/* ---- many connections in one thread ---------------------------------------------------------- */

static void raise_descriptors(void)
{
	struct rlimit limit;

	must(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
	polled = epoll_create1(EPOLL_CLOEXEC);
}

/* A connection that does not block, and that epoll watches. Loopback takes what is said at once. */
static int far_begin(void)
{
	const int whole = LOGIN_REPLY_LEN + REPLY_LEN;
	struct epoll_event event = {.events = proxy_port ? EPOLLIN : EPOLLOUT};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	uint64_t start = now();
	int result =
		proxy_port ? reach(fd, "127.0.0.1", proxy_port) : reach(fd, far_address, FAR_PORT);

	must(fd >= 0 && (result == 0 || errno == EINPROGRESS), "connect");
	start = now() - start;
	told = start > told ? start : told;
	if (proxy_port) {
		setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &whole, sizeof(whole));
		turn_put(fd, request, sizeof(request));
	}
	event.data.fd = fd;
	must(epoll_ctl(polled, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	return fd;
}

static void far_finish(int fd)
{
	socklen_t len = sizeof(errno);

	must(epoll_ctl(polled, EPOLL_CTL_DEL, fd, NULL) == 0, "epoll_ctl");
	if (proxy_port)
		take(fd, LOGIN_REPLY_LEN + REPLY_LEN);
	else
		must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &errno, &len) == 0 && errno == 0,
			"connect");
}

/* Opens so many, where they are answered; then closes them. */
static void many(int count, bool answered)
{
	static int fds[MANY_MAX];
	struct epoll_event events[64];
	int ready;

	for (int i = 0; i < count; i++)
		fds[i] = far_begin();
	for (int left = answered ? count : 0; left > 0; left -= ready) {
		ready = epoll_wait(polled, events, 64, PATIENCE);
		must(ready > 0, "epoll_wait");
		for (int i = 0; i < ready; i++)
			far_finish(events[i].data.fd);
	}
	if (!answered)
		must(epoll_wait(polled, events, 64, 0) == 0, "epoll_wait");
	for (int i = 0; i < count; i++)
		end(fds[i]);
}

static void run_longest(void)
{
	told = 0;
	many(1000, true);
}

static void run_8(void)
{
	many(8, true);
	told = 0;
}

static void run_50(void)
{
	many(50, true);
	told = 0;
}

static void run_1000(void)
{
	many(1000, true);
	told = 0;
}

static void run_10000(void)
{
	many(10000, false);
	told = 0;
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

/* ---- a page ---------------------------------------------------------------------------------- */

/* The arguments are the host's name and its port. */
static void run_first_byte(void)
{
	static const char page[] = "GET /first HTTP/1.0\r\n\r\n";
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(getaddrinfo(command[0], command[1], &hints, &list) == 0, command[0]);
	must(fd >= 0 && connect(fd, list->ai_addr, list->ai_addrlen) == 0, "connect");
	freeaddrinfo(list);
	put(fd, page, sizeof(page) - 1);
	take(fd, 1);
	end(fd);
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
	tunnel = far_open();
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

static void prepare_watched(void)
{
	struct epoll_event event = {.events = EPOLLIN};

	prepare_ready();
	must(epoll_ctl(polled, EPOLL_CTL_ADD, tunnel, &event) == 0, "epoll_ctl");
}

/* One descriptor is ready, one connection opens, and nothing happens on all the others. */
static void prepare_pending(void)
{
	struct epoll_event event = {.events = EPOLLIN};

	raise_descriptors();
	for (int i = 0; i <= IDLE; i++) {
		must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
		must(epoll_ctl(polled, EPOLL_CTL_ADD, pair[1], &event) == 0, "epoll_ctl");
	}
	put(pair[0], "x", 1);
	far_begin();
	told = 0;
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

static void run_epoll_mod(void)
{
	struct epoll_event event = {.events = EPOLLIN};

	must(epoll_ctl(polled, EPOLL_CTL_MOD, tunnel, &event) == 0, "epoll_ctl");
}

static void run_epoll_add(void)
{
	struct epoll_event event = {.events = EPOLLIN};

	must(epoll_ctl(polled, EPOLL_CTL_DEL, tunnel, NULL) == 0, "epoll_ctl");
	must(epoll_ctl(polled, EPOLL_CTL_ADD, tunnel, &event) == 0, "epoll_ctl");
}

static void run_select(void)
{
	struct timeval none = {0};
	fd_set ready;

	FD_ZERO(&ready);
	FD_SET(pair[1], &ready);
	must(select(pair[1] + 1, &ready, NULL, NULL, &none) == 1, "select");
}

static void run_write(void)
{
	char byte = 'x';

	must(write(pair[0], &byte, 1) == 1, "write");
	must(read(pair[1], &byte, 1) == 1, "read");
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
	int arguments; /* at least */
} subjects[] = {
	{"start", NULL, run_start, 1, 1},
	{"exec", NULL, run_exec, 1, 1},
	{"connect", NULL, run_connect, 1, 0},
	{"rate", NULL, run_rate, 1, 0},
	{"supervisor", NULL, run_supervisor, 1, 0},
	{"at-once-8", raise_descriptors, run_8, 1, 0},
	{"at-once-50", raise_descriptors, run_50, 1, 0},
	{"at-once-1000", raise_descriptors, run_1000, 1, 0},
	{"longest", raise_descriptors, run_longest, 1, 0},
	{"begun-10000", raise_descriptors, run_10000, 1, 0},
	{"stepwise", NULL, run_stepwise, 1, 0},
	{"numeric", NULL, run_numeric, 32, 0},
	{"hosts", NULL, run_hosts, 4, 0},
	{"distinct", NULL, run_distinct, 1, 0},
	{"repeated", NULL, run_repeated, 32, 0},
	{"fake", NULL, run_distinct, 32, 0},
	{"first-byte", NULL, run_first_byte, 1, 2},
	{"bulk", NULL, run_bulk, 1, 0},
	{"getppid", NULL, run_getppid, 128, 0},
	{"dup", prepare_pair, run_dup, 128, 0},
	{"poll", prepare_ready, run_poll, 128, 0},
	{"epoll", prepare_ready, run_epoll, 128, 0},
	{"epoll-pending", prepare_pending, run_epoll, 128, 0},
	{"epoll-mod", prepare_watched, run_epoll_mod, 128, 0},
	{"epoll-add", prepare_watched, run_epoll_add, 128, 0},
	{"select", prepare_ready, run_select, 128, 0},
	{"write", prepare_pair, run_write, 128, 0},
	{"send", prepare_pair, run_send, 128, 0},
	{"sendmsg", prepare_pair, run_sendmsg, 128, 0},
	{NULL, NULL, NULL, 0, 0},
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
		samples[n++] = (double)(told > 0 ? told : now() - start) / subject->batch;
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
	while ((option = getopt(argc, argv, "+t:p:l:a")) != -1) {
		if (option == '?')
			return 2;
		in_assembly |= option == 'a';
		if (option == 't')
			duration = strtoull(optarg, NULL, 10);
		if (option == 'p')
			proxy_port = (in_port_t)strtoul(optarg, NULL, 10);
		if (option == 'l')
			preload(optarg);
	}
	subject = subject_named(argv[optind]);
	command = argv + optind + 1;
	if (subject->arguments > argc - optind - 1) {
		fprintf(stderr, "bench: %s what?\n", subject->name);
		return 2;
	}
	if (subject->prepare)
		subject->prepare();
	printf("%.1f\n", measure(subject, duration * 1000000));
	return 0;
}
