/* SPDX-License-Identifier: MIT */
/*
 * A client that knows nothing of tunic: built static, for another libc, or with a raw connect, it is one
 * that the library cannot be in.
 *
 *	client connect ADDRESS PORT [COUNT]      one after the other
 *	client nonblocking ADDRESS PORT COUNT [late] at once, by an edge-triggered epoll that knows them before,
 *	                                         or after
 *	client timer ADDRESS PORT COUNT [restart] under a timer of 0.7 ms, with or without SA_RESTART
 *	client thread ADDRESS PORT               by a thread that shares no descriptors with the others
 *	client leaderless ADDRESS PORT           by a thread when the first one has ended
 *	client undumpable ADDRESS PORT           by a process that wants nobody to look into it
 *	client name NAME PORT                    by getaddrinfo
 *	client listen ADDRESS                    on a free port
 *	client datagram ADDRESS PORT             sends one and tells what comes back
 *	client race PORT COUNT                   connects to this machine, while another thread exchanges
 *	                                         the descriptor and the address for those of a unix socket
 *
 * A connection counts where "hello" comes back on it. Prints "N of COUNT", then the errnos there were.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { ERRNOS = 134, EXCHANGED = 50, WAIT = 10000 /* milliseconds */ };

static unsigned good, seen[ERRNOS];

static void note(int error)
{
	seen[error < ERRNOS ? error : 0]++;
}

#ifdef RAW
/* Not even the syscall function of libc. */
static int go_connect(int fd, const struct sockaddr *to, socklen_t len)
{
#ifdef __aarch64__
	register long number __asm__("x8") = SYS_connect;
	register long result __asm__("x0") = fd;
	register const struct sockaddr *address __asm__("x1") = to;
	register unsigned long size __asm__("x2") = len;

	__asm__ volatile("svc #0" : "+r"(result) : "r"(number), "r"(address), "r"(size) : "memory");
#else
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(SYS_connect), "D"((long)fd), "S"(to), "d"((unsigned long)len)
			 : "rcx", "r11", "memory");
#endif
	if (result >= 0)
		return 0;
	errno = (int)-result;
	return -1;
}
#else
static int go_connect(int fd, const struct sockaddr *to, socklen_t len)
{
	return connect(fd, to, len);
}
#endif

static socklen_t address_of(struct sockaddr_storage *out, const char *address, const char *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((in_port_t)atoi(port))};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = in.sin_port};

	if (inet_pton(AF_INET, address, &in.sin_addr) == 1) {
		memcpy(out, &in, sizeof(in));
		return sizeof(in);
	}
	inet_pton(AF_INET6, address, &in6.sin6_addr);
	memcpy(out, &in6, sizeof(in6));
	return sizeof(in6);
}

/* Signals may interrupt both. */
static bool echoes(int fd)
{
	char back[5] = "";
	size_t got = 0;
	ssize_t n;

	while ((n = write(fd, "hello", sizeof(back))) < 0 && errno == EINTR)
		;
	while (n >= 0 && got < sizeof(back)) {
		n = read(fd, back + got, sizeof(back) - got);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		got += n > 0 ? (size_t)n : 0;
		n = 0;
	}
	if (got == sizeof(back) && memcmp(back, "hello", sizeof(back)) == 0)
		return true;
	note(n < 0 ? errno : EPROTO);
	return false;
}

static void talk(const char *address, const char *port)
{
	struct sockaddr_storage to;
	const socklen_t len = address_of(&to, address, port);
	int fd = socket(to.ss_family, SOCK_STREAM, 0), result;

	while ((result = go_connect(fd, (const struct sockaddr *)&to, len)) < 0 && errno == EINTR)
		note(EINTR);
	if (result < 0)
		note(errno);
	else
		good += echoes(fd);
	close(fd);
}

static void talk_often(const char *address, const char *port, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		talk(address, port);
}

static void set_out(int epoll, const struct sockaddr *to, socklen_t len, bool late)
{
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct epoll_event event = {.events = EPOLLOUT | EPOLLET, .data.fd = fd};

	if (!late)
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	if (go_connect(fd, to, len) < 0)
		note(errno);
	if (late)
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* A socket that has never been connected says EPOLLHUP; that is not what we wait for. */
static bool arrive(const struct epoll_event *event)
{
	const int fd = event->data.fd;
	socklen_t len = sizeof(int);
	int error = 0;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error == 0 && (event->events & EPOLLHUP))
		return false;
	if (error != 0)
		note(error);
	fcntl(fd, F_SETFL, 0);
	good += error == 0 && echoes(fd);
	close(fd);
	return true;
}

static void talk_at_once(const char *address, const char *port, unsigned count, bool late)
{
	struct sockaddr_storage to;
	const socklen_t len = address_of(&to, address, port);
	const int epoll = epoll_create1(0);
	struct epoll_event event;

	for (unsigned i = 0; i < count; i++)
		set_out(epoll, (const struct sockaddr *)&to, len, late);
	for (unsigned left = count; left > 0 && epoll_wait(epoll, &event, 1, WAIT) == 1;)
		left -= arrive(&event);
}

/* ---- callers that are not as others */

static char **words;

static void report(unsigned count);

static void *talk_unshared(void *nothing)
{
	if (unshare(CLONE_FILES) < 0)
		note(errno);
	else
		talk(words[2], words[3]);
	return nothing;
}

/* The descriptor's number means nothing to the other threads. */
static void talk_by_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, talk_unshared, NULL);
	pthread_join(thread, NULL);
}

static void talk_undumpable(const char *address, const char *port)
{
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		note(errno);
	talk(address, port);
}

static void *talk_alone(void *leader)
{
	pthread_join(*(pthread_t *)leader, NULL);
	talk(words[2], words[3]);
	report(1);
	exit(0);
}

_Noreturn static void talk_without_leader(void)
{
	static pthread_t self;
	pthread_t thread;

	self = pthread_self();
	pthread_create(&thread, NULL, talk_alone, &self);
	pthread_exit(NULL);
}

static void tick(int number)
{
	(void)number;
}

static void timer_begin(bool restart)
{
	const struct sigaction action = {.sa_handler = tick, .sa_flags = restart ? SA_RESTART : 0};
	const struct itimerval often = {{0, 700}, {0, 700}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void talk_by_name(const char *name, const char *port)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	char address[INET6_ADDRSTRLEN];
	struct addrinfo *list;

	if (getaddrinfo(name, port, &hints, &list) != 0) {
		puts("no such name");
		return;
	}
	getnameinfo(
		list->ai_addr, list->ai_addrlen, address, sizeof(address), NULL, 0, NI_NUMERICHOST);
	talk(address, port);
}

static void serve(const char *address)
{
	struct sockaddr_storage at;
	const socklen_t len = address_of(&at, address, "0");
	int fd = socket(at.ss_family, SOCK_STREAM, 0);

	if (bind(fd, (const struct sockaddr *)&at, len) < 0 || listen(fd, 1) < 0)
		note(errno);
	else
		good++;
}

static void send_one(const char *address, const char *port)
{
	struct sockaddr_storage to;
	const socklen_t len = address_of(&to, address, port);
	int fd = socket(to.ss_family, SOCK_DGRAM, 0);
	char back[8];

	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, len) < 0 ||
		send(fd, "hello", 5, 0) < 0 || recv(fd, back, sizeof(back), 0) < 0)
		note(errno);
	else
		good++;
}

static struct sockaddr_storage exchanged, tcp_address, unix_address;
static volatile bool over;

static void *exchange(void *nothing)
{
	int other = socket(AF_UNIX, SOCK_STREAM, 0);

	while (!over) {
		int tcp = socket(AF_INET, SOCK_STREAM, 0);

		dup2(other, EXCHANGED);
		exchanged = unix_address;
		dup2(tcp, EXCHANGED);
		exchanged = tcp_address;
		close(tcp);
	}
	return nothing;
}

static void race(const char *port, unsigned count)
{
	struct sockaddr_un nowhere = {.sun_family = AF_UNIX, .sun_path = "/nonexistent"};
	const socklen_t len = address_of(&tcp_address, "127.0.0.1", port);
	pthread_t thread;

	memcpy(&unix_address, &nowhere, sizeof(nowhere));
	pthread_create(&thread, NULL, exchange, NULL);
	for (unsigned i = 0; i < count; i++)
		good += connect(EXCHANGED, (const struct sockaddr *)&exchanged, len) == 0;
	over = true;
	pthread_join(thread, NULL);
}

static void report(unsigned count)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {{EINTR, "EINTR"}, {EACCES, "EACCES"}, {ECONNREFUSED, "ECONNREFUSED"},
		{ECONNRESET, "ECONNRESET"}, {EHOSTUNREACH, "EHOSTUNREACH"}, {ENOSYS, "ENOSYS"},
		{EPERM, "EPERM"}, {EINPROGRESS, "EINPROGRESS"}, {ENETUNREACH, "ENETUNREACH"},
		{EPROTO, "EPROTO"}, {ETIMEDOUT, "ETIMEDOUT"}};

	printf("%u of %u", good, count);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (seen[names[i].error])
			printf(" %s", names[i].name);
	putchar('\n');
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "", *port = argc > 3 ? argv[3] : "0";
	unsigned count = argc > 4 ? (unsigned)atoi(argv[4]) : 1;

	words = argv;
	if (strcmp(what, "timer") == 0)
		timer_begin(argc > 5);
	if (strcmp(what, "connect") == 0 || strcmp(what, "timer") == 0)
		talk_often(argv[2], port, count);
	else if (strcmp(what, "thread") == 0)
		talk_by_thread();
	else if (strcmp(what, "leaderless") == 0)
		talk_without_leader();
	else if (strcmp(what, "undumpable") == 0)
		talk_undumpable(argv[2], port);
	else if (strcmp(what, "nonblocking") == 0)
		talk_at_once(argv[2], port, count, argc > 5);
	else if (strcmp(what, "name") == 0)
		talk_by_name(argv[2], port);
	else if (strcmp(what, "listen") == 0)
		serve(argv[2]);
	else if (strcmp(what, "datagram") == 0)
		send_one(argv[2], port);
	else if (strcmp(what, "race") == 0)
		race(argv[2], count = (unsigned)atoi(port));
	else
		return 2;
	report(count);
	return 0;
}
