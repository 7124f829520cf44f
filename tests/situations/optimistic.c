/* SPDX-License-Identifier: MIT */
/*
 * With "early", for optimistic = yes: no connect is answered before the program's bytes are on their way behind it;
 * whoever waits for the answer to send them comes to no end. Without, for the bare system, the answer is allowed before
 * connect. What is seen is the same, but for a refusal, which comes too late for connect to tell.
 */
#include "situation.h"

#include <aio.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>

static char word[] = "early";
enum { WORD = sizeof(word) - 1 };

static void allow(void)
{
	if (!early)
		answer(1);
}

/* The request is with the proxy, and the program's bytes are under way: now the answer may come. */
static void answer_when_held(void)
{
	static int held;

	if (!early)
		return;
	tell_when_held(++held);
	take_told();
	answer(1);
}

static int connection(enum far_port port)
{
	const struct place place = far_place(port);
	int fd = stream(&place, 0);

	allow();
	show("connect", connect_to(fd, &place));
	return fd;
}

static int connection_not_waiting(enum far_port port)
{
	const struct place place = far_place(port);
	int fd = stream(&place, SOCK_NONBLOCK);

	allow();
	show("connect", connect_to(fd, &place));
	show_poll("connected", fd, POLLOUT, PATIENCE);
	show_error("connected", fd);
	return fd;
}

static void speak(int fd)
{
	show_value("send", send(fd, word, WORD, MSG_NOSIGNAL));
}

/* The word comes back once, and nothing but it. */
static void show_word_back(int fd)
{
	char bytes[WORD + 1] = "";

	printf("read: %d\n", read_whole(fd, bytes, WORD));
	printf("%s\n", bytes);
}

static void blocking(void)
{
	int fd = connection(ECHOES);

	speak(fd);
	answer_when_held();
	show_word_back(fd);
	show_open("then", fd, ECHOES);
	show("connect again", connect_to(fd, &(struct place){0}));
}

static void not_waiting(void)
{
	const struct place place = far_place(ECHOES);
	int fd = connection_not_waiting(ECHOES);

	speak(fd);
	answer_when_held();
	show_word_back(fd);
	show("connect again", connect_to(fd, &place));
	show("and again", connect_to(fd, &place));
	show_open("then", fd, ECHOES);
}

/* A program that asks epoll alone when it may write. */
static void by_epoll(void)
{
	const struct place place = far_place(ECHOES);
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u64 = 77}, got;
	int ep = epoll_create1(0), fd = stream(&place, SOCK_NONBLOCK);

	allow();
	show("connect", connect_to(fd, &place));
	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	show_value("epoll_wait", epoll_wait(ep, &got, 1, PATIENCE));
	show_events("connected", got.events);
	printf("data %d\n", (int)got.data.u64);
	speak(fd);
	answer_when_held();
	show_word_back(fd);
}

/* ---- whichever call writes first, or reads first ------------------------------------------------------ */

static struct iovec iovec_of(char *bytes, size_t n)
{
	return (struct iovec){.iov_base = bytes, .iov_len = n};
}

static ssize_t with_writev(int fd)
{
	struct iovec parts[] = {iovec_of(word, 2), iovec_of(word + 2, WORD - 2)};

	return writev(fd, parts, 2);
}

static ssize_t with_sendmsg(int fd)
{
	struct iovec whole = iovec_of(word, WORD);

	return sendmsg(fd, &(struct msghdr){.msg_iov = &whole, .msg_iovlen = 1}, 0);
}

static ssize_t with_sendmmsg(int fd)
{
	struct iovec parts[] = {iovec_of(word, 2), iovec_of(word + 2, WORD - 2)};
	struct mmsghdr messages[] = {{.msg_hdr = {.msg_iov = &parts[0], .msg_iovlen = 1}},
		{.msg_hdr = {.msg_iov = &parts[1], .msg_iovlen = 1}}};

	return sendmmsg(fd, messages, 2, 0) == 2 ? WORD : -1;
}

static ssize_t with_write(int fd)
{
	return write(fd, word, WORD);
}

static ssize_t with_sendto(int fd)
{
	return sendto(fd, word, WORD, 0, NULL, 0);
}

static ssize_t with_sendfile(int fd)
{
	int file = memfd_create("word", 0);

	must(pwrite(file, word, WORD, 0) == WORD, "pwrite");
	return sendfile(fd, file, NULL, WORD);
}

static ssize_t with_pwritev2(int fd)
{
	struct iovec whole = iovec_of(word, WORD);

	return pwritev2(fd, &whole, 1, -1, 0);
}

static ssize_t with_dprintf(int fd)
{
	return dprintf(fd, "%s", word);
}

static ssize_t with_splice(int fd)
{
	int ends[2];

	must(pipe(ends) == 0 && write(ends[1], word, WORD) == WORD, "pipe");
	return splice(ends[0], NULL, fd, NULL, WORD, 0);
}

static void written(void)
{
	static const struct {
		const char *name;
		ssize_t (*put)(int fd);
	} ways[] = {{"write", with_write}, {"writev", with_writev}, {"sendto", with_sendto},
		{"sendmsg", with_sendmsg}, {"sendmmsg", with_sendmmsg}, {"sendfile", with_sendfile},
		{"splice", with_splice}, {"pwritev2", with_pwritev2}, {"dprintf", with_dprintf}};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int fd = connection(ECHOES);

		show_value(ways[i].name, ways[i].put(fd));
		answer_when_held();
		show_word_back(fd);
		show_echo(ways[i].name, fd);
		close(fd);
	}
}

static ssize_t from_read(int fd, char *bytes, size_t n)
{
	return read(fd, bytes, n);
}

static ssize_t from_readv(int fd, char *bytes, size_t n)
{
	struct iovec parts[] = {iovec_of(bytes, 1), iovec_of(bytes + 1, n - 1)};

	return readv(fd, parts, 2);
}

static ssize_t from_recv(int fd, char *bytes, size_t n)
{
	return recv(fd, bytes, n, MSG_WAITALL);
}

static ssize_t from_peek(int fd, char *bytes, size_t n)
{
	ssize_t seen = recv(fd, bytes, n, MSG_PEEK | MSG_WAITALL);

	printf("seen: %zd %.*s\n", seen, (int)n, bytes);
	return recv(fd, bytes, n, 0);
}

static ssize_t from_recvfrom(int fd, char *bytes, size_t n)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);

	return recvfrom(fd, bytes, n, 0, (struct sockaddr *)&from, &len);
}

static ssize_t from_recvmsg(int fd, char *bytes, size_t n)
{
	struct iovec whole = iovec_of(bytes, n);

	return recvmsg(fd, &(struct msghdr){.msg_iov = &whole, .msg_iovlen = 1}, 0);
}

static ssize_t from_recvmmsg(int fd, char *bytes, size_t n)
{
	struct iovec whole = iovec_of(bytes, n);
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &whole, .msg_iovlen = 1}};

	return recvmmsg(fd, &message, 1, 0, NULL) == 1 ? (ssize_t)message.msg_len : -1;
}

static ssize_t from_splice(int fd, char *bytes, size_t n)
{
	int ends[2];

	must(pipe(ends) == 0, "pipe");
	show_value("splice", splice(fd, NULL, ends[1], NULL, n, 0));
	return read(ends[0], bytes, n);
}

static ssize_t from_stdio(int fd, char *bytes, size_t n)
{
	return (ssize_t)fread(bytes, 1, n, fdopen(dup(fd), "r"));
}

static ssize_t from_preadv2(int fd, char *bytes, size_t n)
{
	struct iovec whole = iovec_of(bytes, n);

	return preadv2(fd, &whole, 1, -1, 0);
}

static ssize_t from_aio(int fd, char *bytes, size_t n)
{
	struct aiocb request = {.aio_fildes = fd, .aio_buf = bytes, .aio_nbytes = n};
	const struct aiocb *list[] = {&request};

	show("aio_read", aio_read(&request));
	aio_suspend(list, 1, &(struct timespec){.tv_sec = PATIENCE / 1000});
	return aio_error(&request) == 0 ? aio_return(&request) : -1;
}

static ssize_t from_duplicate(int fd, char *bytes, size_t n)
{
	return read(dup(fd), bytes, n);
}

static ssize_t from_child(int fd, char *bytes, size_t n)
{
	int ends[2], status;
	pid_t child;

	must(pipe(ends) == 0, "pipe");
	child = fork();
	if (child == 0)
		_exit(read(fd, bytes, n) == (ssize_t)n && write(ends[1], bytes, n) == (ssize_t)n
				? 0
				: 1);
	must(waitpid(child, &status, 0) == child && status == 0, "the child");
	return read(ends[0], bytes, n);
}

/* A stream of stdio from before connect: nobody sees it read, so its connect has to wait for the answer. */
static void streamed_before(void)
{
	const struct place place = far_place(ECHOES);
	int fd = stream(&place, 0);
	FILE *file = fdopen(dup(fd), "r+");
	char line[16] = "";

	answer(1);
	show("connect", connect_to(fd, &place));
	show("fputs", fputs("a line\n", file));
	show("fflush", fflush(file));
	printf("fgets: %s", fgets(line, sizeof(line), file) ? line : "nothing\n");
	show_echo("then", fd);
}

static void read_first(void)
{
	static const struct {
		const char *name;
		ssize_t (*take)(int fd, char *bytes, size_t n);
	} ways[] = {{"read", from_read}, {"readv", from_readv}, {"recv", from_recv},
		{"recv, only to look", from_peek}, {"recvfrom", from_recvfrom},
		{"recvmsg", from_recvmsg}, {"recvmmsg", from_recvmmsg}, {"splice", from_splice},
		{"stdio", from_stdio}, {"preadv2", from_preadv2}, {"aio", from_aio},
		{"a duplicate", from_duplicate}, {"a child", from_child}};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int fd = connection(ECHOES);
		char bytes[WORD + 1] = "";

		speak(fd);
		answer_when_held();
		show_value(ways[i].name, ways[i].take(fd, bytes, WORD));
		printf("%s\n", bytes);
		show_echo(ways[i].name, fd);
		close(fd);
	}
}

/* ---- nothing is there to be read before the server's own bytes --------------------------------------- */

static void look_by_poll(const char *what, int fd)
{
	show_poll(what, fd, POLLIN | POLLRDHUP, A_WHILE);
}

static void look_by_select(const char *what, int fd)
{
	fd_set readable;

	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	show_value(what, select(fd + 1, &readable, NULL, NULL, &(struct timeval){.tv_usec = 9000}));
}

static void look_by_ioctl(const char *what, int fd)
{
	int waiting = -1;

	usleep(A_WHILE * 1000);
	show(what, ioctl(fd, FIONREAD, &waiting));
	printf("waiting to be read: %d\n", waiting);
}

static void look_by_recv(const char *what, int fd)
{
	show(what, recv(fd, (char[4]){0}, 4, 0));
	show(what, recv(fd, (char[4]){0}, 4, MSG_PEEK));
}

/* An epoll of the program's that knows the socket. */
static int looking_epoll;

static void look_by_epoll(const char *what, int fd)
{
	struct epoll_event got = {0};

	(void)fd;
	if (epoll_wait(looking_epoll, &got, 1, A_WHILE) != 1)
		got.events = 0;
	show_events(what, got.events);
}

static void nothing_to_read(void (*look)(const char *what, int fd), uint32_t events)
{
	struct epoll_event event = {.events = events};
	int fd = connection_not_waiting(ECHOES);

	looking_epoll = epoll_create1(0);
	must(epoll_ctl(looking_epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	look("before the answer", fd);
	answer_when_held();
	look("after it", fd);
	look("and again", fd);
	speak(fd);
	show_poll("its echo", fd, POLLIN, PATIENCE);
	look("then", fd);
}

static void nothing_by_poll(void)
{
	nothing_to_read(look_by_poll, 0);
}

static void nothing_by_select(void)
{
	nothing_to_read(look_by_select, 0);
}

static void nothing_by_ioctl(void)
{
	nothing_to_read(look_by_ioctl, 0);
}

static void nothing_by_recv(void)
{
	nothing_to_read(look_by_recv, 0);
}

static void nothing_by_epoll(void)
{
	nothing_to_read(look_by_epoll, EPOLLIN | EPOLLRDHUP);
}

static void nothing_by_epoll_once(void)
{
	nothing_to_read(look_by_epoll, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
}

static void nothing_by_epoll_edge(void)
{
	nothing_to_read(look_by_epoll, EPOLLIN | EPOLLRDHUP | EPOLLET);
}

/* Who has looked in vain, and has taken off a part of the answer so, is woken by one byte behind the rest. */
static void nothing_after_recv(void)
{
	int fd = connection_not_waiting(ECHOES);
	char byte = 'x';

	usleep(A_WHILE * 1000);
	look_by_recv("before the answer", fd);
	answer_when_held();
	look_by_poll("after it", fd);
	must(send(fd, &byte, 1, 0) == 1, "send");
	show_poll("its echo", fd, POLLIN, PATIENCE);
	show_value("recv", recv(fd, &byte, 1, 0));
	show_open("then", fd, ECHOES);
}

/* And who has waited for it as long as SO_RCVTIMEO allows. */
static void nothing_after_time(void)
{
	const struct timeval timeout = {.tv_usec = A_WHILE * 1000};
	int fd = connection(ECHOES);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	show("recv", recv(fd, (char[4]){0}, 4, 0));
	answer_when_held();
	look_by_poll("after it", fd);
	speak(fd);
	show_poll("its echo", fd, POLLIN, PATIENCE);
	show_word_back(fd);
}

/* ---- the server speaks first -------------------------------------------------------------------------- */

/* What the server says comes whole and ends there; each event is for bytes that are there. */
static void show_said(enum far_port port, ssize_t expected)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};
	int ep = epoll_create1(0), fd = connection_not_waiting(port);
	ssize_t said = 0, n;
	char bytes[4096];

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	answer_when_held();
	while (said < expected) {
		const ssize_t before = said;

		must(epoll_wait(ep, &event, 1, PATIENCE) == 1, "nothing comes");
		while ((n = read(fd, bytes, sizeof(bytes))) > 0)
			said += n;
		must(n < 0 && errno == EAGAIN, "read");
		if (said == before)
			printf("woken for nothing\n");
	}
	printf("said: %zd\n", said);
	show_open("then", fd, port);
}

static void one_byte(void)
{
	show_said(SAYS_A_BYTE, 1);
}

static void a_line(void)
{
	show_said(GREETS, 6);
}

static void much(void)
{
	show_said(SAYS_MUCH, 100000);
}

static void greeted_and_left(void)
{
	char bytes[8] = "";
	int fd = connection(GREETS_AND_CLOSES);

	answer_when_held();
	printf("greeting: %d\n", read_whole(fd, bytes, 6));
	show_poll("then", fd, POLLIN | POLLRDHUP, PATIENCE);
	show_value("recv", recv(fd, bytes, sizeof(bytes), 0));
	show_error("then", fd);
}

/* ---- others wait, or end it ------------------------------------------------------------------------------ */

static void *wait_for_word(void *fd)
{
	char bytes[WORD + 1] = "";

	printf("recv: %zd\n", recv(*(int *)fd, bytes, WORD, MSG_WAITALL));
	printf("%s\n", bytes);
	return NULL;
}

/* A thread waits to read before the program has said anything. */
static void reader_waits(void)
{
	int fd = connection(ECHOES);
	pthread_t reader;

	must(pthread_create(&reader, NULL, wait_for_word, &fd) == 0, "pthread_create");
	usleep(A_WHILE * 1000);
	/* Without a word before the reader's: they come in any order. */
	must(send(fd, word, WORD, MSG_NOSIGNAL) == WORD, "send");
	answer_when_held();
	pthread_join(reader, NULL);
	show_open("then", fd, ECHOES);
}

static void closed(void)
{
	int fd = connection(ECHOES), again;

	speak(fd);
	show("close", close(fd));
	answer_when_held();
	again = connection(ECHOES);
	printf("the same number: %d\n", again == fd);
	speak(again);
	answer_when_held();
	show_word_back(again);
	show_open("then", again, ECHOES);
}

/* The end of what it says is behind what it has said, and both reach the server. */
static void shut_down(void)
{
	const struct place place = far_place(LATE_ECHOES);
	int fd = stream(&place, 0);

	show("connect", connect_to(fd, &place));
	speak(fd);
	show("shutdown", shutdown(fd, SHUT_WR));
	show_word_back(fd);
	show_value("recv", recv(fd, (char[4]){0}, 4, 0));
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
}

/* Nobody answers: who waited for that would wait for ever. */
static void shut_down_for_good(void)
{
	int fd = connection(ECHOES);

	speak(fd);
	show("shutdown", shutdown(fd, SHUT_RDWR));
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
}

static void duplicated_before(void)
{
	const struct place place = far_place(ECHOES);
	int fd = stream(&place, 0), other = dup(fd);

	allow();
	show("connect", connect_to(fd, &place));
	close(fd);
	speak(other);
	answer_when_held();
	show_word_back(other);
	show_open("then", other, ECHOES);
}

/* ---- refused ----------------------------------------------------------------------------------------------- */

/*
 * A connection that is refused with the program's bytes behind its request. Bare, it is one that was in progress, and
 * blocks by now: there is no other whose refusal is told after connect.
 */
static int refused(enum far_port port)
{
	const struct place place = far_place(port);
	int fd = stream(&place, early ? 0 : SOCK_NONBLOCK), result = connect_to(fd, &place);

	must(early ? result == 0 : errno == EINPROGRESS, "connect");
	must(!early || send(fd, word, WORD, 0) == WORD, "send");
	fcntl(fd, F_SETFL, 0);
	return fd;
}

static int refused_now(void)
{
	int fd = refused(REFUSES);

	allow();
	answer_when_held();
	return fd;
}

static void show_told_and_over(int fd)
{
	const struct place place = far_place(ECHOES_AT_ONCE);

	show_error("then", fd);
	show_poll("then", fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	show_state("then", fd);
	show_value("then recv", recv(fd, (char[4]){0}, 4, 0));
	show("then send", send(fd, "x", 1, MSG_NOSIGNAL));
	show("connect", connect_to(fd, &place));
	show("and again", connect_to(fd, &place));
	show_open("connected", fd, ECHOES_AT_ONCE);
}

static void refused_by_recv(void)
{
	int fd = refused_now();

	show("recv", recv(fd, (char[4]){0}, 4, 0));
	show_told_and_over(fd);
}

static void refused_by_read(void)
{
	int fd = refused_now();

	show("read", read(fd, (char[4]){0}, 4));
	show_told_and_over(fd);
}

static void refused_by_send(void)
{
	int fd = refused_now();

	show_poll("refused", fd, POLLIN, PATIENCE);
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
	show_told_and_over(fd);
}

static void refused_by_poll(void)
{
	int fd = refused_now();

	show_poll("refused", fd, POLLIN | POLLRDHUP, PATIENCE);
	show_error("refused", fd);
	show_told_and_over(fd);
}

static void refused_by_select(void)
{
	int fd = refused_now();
	fd_set readable;

	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	show_value("select", select(fd + 1, &readable, NULL, NULL, NULL));
	show_error("refused", fd);
	show_told_and_over(fd);
}

static void refused_by_epoll(uint32_t manner)
{
	struct epoll_event event = {.events = EPOLLIN | manner}, got = {0};
	int ep = epoll_create1(0), fd = refused(REFUSES);

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
	allow();
	answer_when_held();
	show_value("epoll_wait", epoll_wait(ep, &got, 1, PATIENCE));
	show_events("refused", got.events);
	show_error("refused", fd);
	show_told_and_over(fd);
}

static void refused_by_epoll_level(void)
{
	refused_by_epoll(0);
}

static void refused_by_epoll_edge(void)
{
	refused_by_epoll(EPOLLET);
}

static void refused_by_epoll_once(void)
{
	refused_by_epoll(EPOLLONESHOT);
}

static void refused_while_waiting(void)
{
	int fd = refused(LATE_REFUSES);

	show("recv", recv(fd, (char[4]){0}, 4, 0));
	show_told_and_over(fd);
}

static const struct situation situations[] = {
	{"blocking", blocking},
	{"not-waiting", not_waiting},
	{"by-epoll", by_epoll},
	{"written", written},
	{"read-first", read_first},
	{"streamed-before", streamed_before},
	{"nothing-by-poll", nothing_by_poll},
	{"nothing-by-select", nothing_by_select},
	{"nothing-by-ioctl", nothing_by_ioctl},
	{"nothing-by-recv", nothing_by_recv},
	{"nothing-by-epoll", nothing_by_epoll},
	{"nothing-by-epoll-once", nothing_by_epoll_once},
	{"nothing-by-epoll-edge", nothing_by_epoll_edge},
	{"nothing-after-recv", nothing_after_recv},
	{"nothing-after-time", nothing_after_time},
	{"one-byte", one_byte},
	{"a-line", a_line},
	{"much", much},
	{"greeted-and-left", greeted_and_left},
	{"reader-waits", reader_waits},
	{"closed", closed},
	{"shut-down", shut_down},
	{"shut-down-for-good", shut_down_for_good},
	{"duplicated-before", duplicated_before},
	{"refused-by-recv", refused_by_recv},
	{"refused-by-read", refused_by_read},
	{"refused-by-send", refused_by_send},
	{"refused-by-poll", refused_by_poll},
	{"refused-by-select", refused_by_select},
	{"refused-by-epoll", refused_by_epoll_level},
	{"refused-by-epoll-edge", refused_by_epoll_edge},
	{"refused-by-epoll-once", refused_by_epoll_once},
	{"refused-while-waiting", refused_while_waiting},
};

SITUATIONS_MAIN(situations)
