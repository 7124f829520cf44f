/* SPDX-License-Identifier: MIT */
/*
 * A snippet for every row of hooks.def: it does what the symbol is for and prints what it saw. What
 * it calls comes as an argument, so that the same snippet serves every name of a function and every
 * way to get hold of it. A row without a snippet does not compile.
 *
 * SNIPPET(symbol, SAFE) is of a function that POSIX, or its nature as a system call, lets a signal
 * handler call; the others (UNSAFE) allocate or lock in libc's inside.
 *
 * With FRAME=constructor in the environment all of them run before main, wherever this is linked
 * into. ECHO names a port of 127.0.0.1 where what is sent comes back, LATE a module with
 * functions of libcurl's names (late.c).
 */
#include "snippets.h"

#include "program.h"

#include <aio.h>
#include <netdb.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/real.h"

extern char **environ;

/* ---- what the snippets share -------------------------------------------------------------------- */

static struct place echo_place(void)
{
	const char *port = getenv("ECHO");

	return place_of("127.0.0.1", port ? port : "0");
}

static int echo_connected(void)
{
	const struct place place = echo_place();

	return connected(&place);
}

/* The same with messages: what was sent comes back. */
static void show_sent(const char *what, int fd, long sent)
{
	char came[8] = "";

	show_value(what, sent);
	printf("came back: %s\n", read_whole(fd, came, 4) ? came : "nothing");
	close(fd);
}

static int listener(void)
{
	struct place place = place_of("127.0.0.1", "0");
	int fd = stream(&place, 0);

	show("bind", bind(fd, &place.sa, place.len));
	show("listen", listen(fd, 4));
	return fd;
}

static int connected_to_listener(int fd)
{
	struct place place = {.len = sizeof(place.storage)};

	getsockname(fd, &place.sa, &place.len);
	return connected(&place);
}

static void show_child(int status)
{
	if (WIFEXITED(status))
		printf("exit %d\n", WEXITSTATUS(status));
	else
		printf("signal %d\n", WTERMSIG(status));
}

/* Forks. True in the child. */
static bool in_child(void)
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		return true;
	waitpid(child, &status, 0);
	show_child(status);
	return false;
}

/* The end of a child whose exec came back. */
_Noreturn static void not_started(void)
{
	fprintf(stderr, "not started: %s\n", errno_name(errno));
	syscall(SYS_exit_group, 99);
	__builtin_unreachable();
}

static char *const echo_argv[] = {(char[]){"echo"}, (char[]){"started"}, NULL};

static void show_hostent(const struct hostent *entry)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (entry == NULL) {
		printf("none\n");
		return;
	}
	inet_ntop(entry->h_addrtype, entry->h_addr_list[0], text, sizeof(text));
	printf("%s %d %d %s %s\n", entry->h_name, entry->h_addrtype, entry->h_length, text,
		entry->h_addr_list[1] || entry->h_aliases[0] ? "and more" : "alone");
}

static struct in_addr public_addr(void)
{
	return (struct in_addr){htonl(0xc6336407)}; /* 198.51.100.7 */
}

static const char *const names[] = {"public.example", "none.example", "192.0.2.7"};
#define EACH_NAME(name) \
	for (const char *const *at = names, *name; at < names + 3 && (name = *at, true); at++)

/* ---- sockets ------------------------------------------------------------------------------------ */

enum { UNSAFE, SAFE };
#define SNIPPET(symbol, safety)               \
	enum { safety_of_##symbol = safety }; \
	static void try_##symbol(__typeof__(symbol) *call)

SNIPPET(socket, SAFE)
{
	int fd = call(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), type = 0;
	socklen_t len = sizeof(type);

	show("made", fd);
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len);
	printf("type %d\n", type);
	close(fd);
	show("no such family", call(99, SOCK_STREAM, 0));
}

SNIPPET(socketpair, SAFE)
{
	int fds[2] = {-1, -1};
	char byte = 0;

	show("made", call(AF_UNIX, SOCK_STREAM, 0, fds));
	show_value("written", write(fds[0], "x", 1));
	show_value("read", read(fds[1], &byte, 1));
	close(fds[0]);
	close(fds[1]);
	show("of the internet", call(AF_INET, SOCK_STREAM, 0, fds));
}

SNIPPET(connect, SAFE)
{
	const struct place place = echo_place();
	int fd = stream(&place, 0);

	show("connected", call(fd, &place.sa, place.len));
	show_echo("then", fd);
	show("again", call(fd, &place.sa, place.len));
	close(fd);
	show("closed", call(fd, &place.sa, place.len));
}

SNIPPET(getpeername, SAFE)
{
	const struct place place = echo_place();
	struct place peer = {.len = sizeof(peer.storage)};
	int fd = connected(&place);
	char text[64];

	show("got", call(fd, &peer.sa, &peer.len));
	printf("%s, %s port\n", place_text(&peer, text),
		place_port(&peer) == place_port(&place) ? "the right" : "another");
	close(fd);
	show("closed", call(fd, &peer.sa, &peer.len));
}

SNIPPET(getsockname, SAFE)
{
	struct place own = {.len = sizeof(own.storage)};
	int fd = echo_connected();
	char text[64];

	show("got", call(fd, &own.sa, &own.len));
	printf("%s\n", place_text(&own, text));
	close(fd);
}

SNIPPET(getsockopt, SAFE)
{
	int fd = echo_connected(), value = -1;
	socklen_t len = sizeof(value);

	show("got", call(fd, SOL_SOCKET, SO_ERROR, &value, &len));
	printf("error %d, length %u\n", value, len);
	show("no such option", call(fd, SOL_SOCKET, 9999, &value, &len));
	close(fd);
}

SNIPPET(setsockopt, SAFE)
{
	const int on = 1;
	int fd = echo_connected();

	show("set", call(fd, IPPROTO_TCP, 1, &on, sizeof(on)));
	show("no such option", call(fd, SOL_SOCKET, 9999, &on, sizeof(on)));
	show_echo("then", fd);
	close(fd);
}

SNIPPET(bind, SAFE)
{
	const struct place place = place_of("127.0.0.1", "0");
	int fd = stream(&place, 0);

	show("bound", call(fd, &place.sa, place.len));
	show("again", call(fd, &place.sa, place.len));
	close(fd);
}

SNIPPET(listen, SAFE)
{
	const struct place place = place_of("127.0.0.1", "0");
	int fd = stream(&place, 0), client;

	bind(fd, &place.sa, place.len);
	show("listens", call(fd, 4));
	client = connected_to_listener(fd);
	close(client);
	close(fd);
	show("closed", call(fd, 4));
}

SNIPPET(accept, SAFE)
{
	struct place peer = {.len = sizeof(peer.storage)};
	int fd = listener(), client = connected_to_listener(fd), server;
	char text[64];

	server = call(fd, &peer.sa, &peer.len);
	show("accepted", server);
	printf("from %s\n", place_text(&peer, text));
	close(client);
	close(server);
	close(fd);
	show("closed", call(fd, NULL, NULL));
}

SNIPPET(accept4, SAFE)
{
	int fd = listener(), client = connected_to_listener(fd), server;

	server = call(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	show("accepted", server);
	printf("closed by exec: %d\n", fcntl(server, F_GETFD));
	close(client);
	close(server);
	close(fd);
	show("closed", call(fd, NULL, NULL, SOCK_CLOEXEC));
}

/* ---- messages ----------------------------------------------------------------------------------- */

SNIPPET(sendto, SAFE)
{
	int fd = echo_connected();

	show_sent("sent", fd, call(fd, "sent", 4, 0, NULL, 0));
	show("closed", call(fd, "sent", 4, 0, NULL, 0));
}

static struct iovec text_iov(void)
{
	static char text[] = "sent";

	return (struct iovec){text, 4};
}

SNIPPET(sendmsg, SAFE)
{
	struct iovec iov = text_iov();
	const struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
	int fd = echo_connected();

	show_sent("sent", fd, call(fd, &message, 0));
	show("closed", call(fd, &message, 0));
}

SNIPPET(sendmmsg, SAFE)
{
	struct iovec iov = text_iov();
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}};
	int fd = echo_connected();

	show_sent("sent", fd, call(fd, &message, 1, 0));
	printf("of them %u bytes\n", message.msg_len);
	show("closed", call(fd, &message, 1, 0));
}

/* A message with a byte and a pipe's end; and where it is received. */
struct passed {
	struct mmsghdr message; /* for the receiver */
	struct iovec iov;
	int fds[2];
	char byte;
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
};

static void passed_reset(struct passed *passed)
{
	passed->iov = (struct iovec){&passed->byte, 1};
	passed->message.msg_hdr = (struct msghdr){.msg_iov = &passed->iov,
		.msg_iovlen = 1,
		.msg_control = &passed->control,
		.msg_controllen = sizeof(passed->control.bytes)};
}

static void passed_send(struct passed *passed)
{
	int ends[2] = {-1, -1};

	passed_reset(passed);
	socketpair(AF_UNIX, SOCK_STREAM, 0, passed->fds);
	if (pipe(ends) != 0)
		perror("pipe");
	passed->control.head.cmsg_len = CMSG_LEN(sizeof(int));
	passed->control.head.cmsg_level = SOL_SOCKET;
	passed->control.head.cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(&passed->control.head), &ends[1], sizeof(int));
	sendmsg(passed->fds[0], &passed->message.msg_hdr, 0);
	close(ends[0]);
	close(ends[1]);
	passed_reset(passed);
}

static void passed_end(struct passed *passed)
{
	struct cmsghdr *head = CMSG_FIRSTHDR(&passed->message.msg_hdr);
	int fd = -1;

	printf("flags %x\n", (unsigned)passed->message.msg_hdr.msg_flags);
	if (head != NULL)
		memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	show("descriptor", fcntl(fd, F_GETFD));
	close(fd);
	close(passed->fds[0]);
	close(passed->fds[1]);
}

SNIPPET(recvmsg, SAFE)
{
	struct passed passed;

	passed_send(&passed);
	show_value("received", call(passed.fds[1], &passed.message.msg_hdr, 0));
	passed_end(&passed);
	show("closed", call(passed.fds[1], &passed.message.msg_hdr, 0));
}

SNIPPET(recvmmsg, SAFE)
{
	struct passed passed;

	passed_send(&passed);
	show_value("received", call(passed.fds[1], &passed.message, 1, 0, NULL));
	passed_end(&passed);
	show("closed", call(passed.fds[1], &passed.message, 1, 0, NULL));
}

/* ---- reading and writing ------------------------------------------------------------------------ */

/* A connection from which four bytes can be read. */
static int echoed(void)
{
	int fd = echo_connected();
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};

	send(fd, "sent", 4, 0);
	poll(&pollfd, 1, 10000);
	return fd;
}

/* What came, and what is said of the descriptor when it is closed. */
#define SHOW_READ(bytes, ...)                  \
	int fd = echoed();                     \
                                               \
	show_value("read", call(__VA_ARGS__)); \
	printf("%.4s\n", bytes);               \
	close(fd);                             \
	show("closed", call(__VA_ARGS__))

SNIPPET(read, SAFE)
{
	char bytes[8] = "";
	SHOW_READ(bytes, fd, bytes, sizeof(bytes));
}

SNIPPET(readv, SAFE)
{
	char bytes[8] = "";
	const struct iovec parts[] = {{bytes, 1}, {bytes + 1, 7}};
	SHOW_READ(bytes, fd, parts, 2);
}

SNIPPET(recv, SAFE)
{
	char bytes[8] = "";
	SHOW_READ(bytes, fd, bytes, sizeof(bytes), MSG_PEEK);
}

SNIPPET(recvfrom, SAFE)
{
	char bytes[8] = "";
	SHOW_READ(bytes, fd, bytes, sizeof(bytes), MSG_DONTWAIT, NULL, NULL);
}

static void write_by(__typeof__(write) *call)
{
	int fd = echo_connected();

	show_sent("written", fd, call(fd, "sent", 4));
	show("closed", call(fd, "sent", 4));
}

SNIPPET(write, SAFE)
{
	write_by(call);
}

SNIPPET(writev, SAFE)
{
	const struct iovec iov = text_iov();
	int fd = echo_connected();

	show_sent("written", fd, call(fd, &iov, 1));
	show("closed", call(fd, &iov, 1));
}

SNIPPET(send, SAFE)
{
	int fd = echo_connected();

	show_sent("sent", fd, call(fd, "sent", 4, MSG_NOSIGNAL));
	show("closed", call(fd, "sent", 4, 0));
}

static int file_to_send(void)
{
	int file = memfd_create("sent", MFD_CLOEXEC);

	show_value("a file", pwrite(file, "is sent", 7, 0));
	return file;
}

SNIPPET(sendfile, SAFE)
{
	int file = file_to_send(), fd = echo_connected();
	off_t offset = 3;

	show_sent("sent", fd, call(fd, file, &offset, 4));
	printf("offset %ld\n", (long)offset);
	show("closed", call(fd, file, NULL, 4));
	close(file);
}

SNIPPET(splice, SAFE)
{
	int fd = echo_connected(), ends[2] = {-1, -1};

	if (pipe(ends) != 0)
		perror("pipe");
	show_value("into the pipe", write(ends[1], "sent", 4));
	show_sent("out of it", fd, call(ends[0], NULL, fd, NULL, 4, 0));
	show("closed", call(fd, NULL, ends[1], NULL, 4, 0));
	close(ends[0]);
	close(ends[1]);
}

SNIPPET(fdopen, UNSAFE)
{
	char line[16] = "";
	int fd = echo_connected();
	FILE *file = call(fd, "r+");

	printf("sent: %d\n", file ? fprintf(file, "a line\n") : -1);
	printf("came back: %s",
		file && fflush(file) == 0 && fgets(line, sizeof(line), file) ? line : "nothing\n");
	if (file != NULL)
		fclose(file);
	printf("closed: %s\n", call(fd, "r") ? "opened" : errno_name(errno));
}

SNIPPET(dprintf, UNSAFE)
{
	int fd = echo_connected();

	show_sent("sent", fd, call(fd, "%s%d", "sen", 7));
	show("closed", call(fd, "%s", "sent"));
}

__attribute__((format(printf, 3, 4))) static int print_by(
	__typeof__(vdprintf) *call, int fd, const char *format, ...)
{
	va_list more;
	int result;

	va_start(more, format);
	result = call(fd, format, more);
	va_end(more);
	return result;
}

SNIPPET(vdprintf, UNSAFE)
{
	int fd = echo_connected();

	show_sent("sent", fd, print_by(call, fd, "%s%d", "sen", 7));
	show("closed", print_by(call, fd, "%s", "sent"));
}

/* What libc does in a thread of its own, whether the offsets in a request are long or short. */
#define SHOW_ASYNCHRONOUS(error_of_it, return_of_it, request, started)        \
	show("started", started);                                             \
	for (int i = 0; i < 1000 && error_of_it(request) == EINPROGRESS; i++) \
		usleep(10000);                                                \
	printf("%s, ", errno_name(error_of_it(request)));                     \
	show_value("returned", return_of_it(request))

/* What a closed descriptor gets depends with musl on whether its thread has ended yet. */
#define SHOW_AIO_READ(of)                                                               \
	char bytes[8] = "";                                                             \
	struct aiocb##of request = {                                                    \
		.aio_fildes = echoed(), .aio_buf = bytes, .aio_nbytes = sizeof(bytes)}; \
                                                                                        \
	SHOW_ASYNCHRONOUS(aio_error##of, aio_return##of, &request, call(&request));     \
	printf("%.4s\n", bytes);                                                        \
	close(request.aio_fildes)

#define SHOW_AIO_WRITE(of)                                                          \
	char bytes[] = "sent";                                                      \
	struct aiocb##of request = {                                                \
		.aio_fildes = echo_connected(), .aio_buf = bytes, .aio_nbytes = 4}; \
                                                                                    \
	SHOW_ASYNCHRONOUS(aio_error##of, aio_return##of, &request, call(&request)); \
	show_sent("then", request.aio_fildes, 0)

/* Of a list with a failure libc may come back before its thread has done with it, in the first version above all. */
#define SHOW_AIO_LIST(of)                                           \
	char bytes[] = "sent";                                      \
	struct aiocb##of request = {.aio_fildes = echo_connected(), \
		.aio_buf = bytes,                                   \
		.aio_nbytes = 4,                                    \
		.aio_lio_opcode = LIO_WRITE};                       \
	struct aiocb##of *list[] = {NULL, &request};                \
                                                                    \
	show("done", call(LIO_WAIT, list, 2, NULL));                \
	show_sent("sent", request.aio_fildes, aio_return##of(&request))

SNIPPET(aio_read, UNSAFE)
{
	SHOW_AIO_READ();
}

SNIPPET(aio_write, UNSAFE)
{
	SHOW_AIO_WRITE();
}

SNIPPET(lio_listio, UNSAFE)
{
	SHOW_AIO_LIST();
}

SNIPPET(ioctl, SAFE)
{
	int fd = echoed(), count = -1, on = 1;

	show("asked", call(fd, FIONREAD, &count));
	printf("%d bytes\n", count);
	show("made non-blocking", call(fd, FIONBIO, &on));
	printf("flags: %s\n", fcntl(fd, F_GETFL) & O_NONBLOCK ? "non-blocking" : "blocking");
	show("no such request", call(fd, 0x7fff, &count));
	close(fd);
	show("closed", call(fd, FIONREAD, &count));
}

SNIPPET(shutdown, SAFE)
{
	char byte;
	int fd = echo_connected();

	show("shut", call(fd, SHUT_WR));
	show_value("then read", recv(fd, &byte, 1, 0));
	show("then write", send(fd, "x", 1, MSG_NOSIGNAL));
	close(fd);
	show("closed", call(fd, SHUT_WR));
}

/* ---- waiting ------------------------------------------------------------------------------------ */

/* A connection that is being made. */
static int begun(void)
{
	const struct place place = echo_place();
	int fd = stream(&place, SOCK_NONBLOCK);

	connect_to(fd, &place);
	return fd;
}

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

/* ---- descriptors -------------------------------------------------------------------------------- */

enum { OTHER_FD = 200 };

static void show_duplicate(int fd, int duplicate)
{
	const struct place place = echo_place();

	show("duplicate", duplicate);
	close(fd);
	show_peer("its peer", duplicate, &place);
	show_echo("then", duplicate);
	close(duplicate);
}

SNIPPET(dup, SAFE)
{
	int fd = echo_connected();

	show_duplicate(fd, call(fd));
	show("closed", call(fd));
}

SNIPPET(dup2, SAFE)
{
	int fd = echo_connected();

	show_duplicate(fd, call(fd, OTHER_FD));
	show("closed", call(fd, OTHER_FD));
}

SNIPPET(dup3, SAFE)
{
	int fd = echo_connected();

	show_duplicate(fd, call(fd, OTHER_FD, O_CLOEXEC));
	show("no such flag", call(0, OTHER_FD, 1));
}

static void duplicate_by(__typeof__(fcntl) *call)
{
	int fd = echo_connected();

	show_value("flags", call(fd, F_GETFD));
	show("set", call(fd, F_SETFD, FD_CLOEXEC));
	show_value("flags", call(fd, F_GETFD));
	show_duplicate(fd, call(fd, F_DUPFD, OTHER_FD));
	show("no such command", call(0, 9999));
}

SNIPPET(fcntl, SAFE)
{
	duplicate_by(call);
}

SNIPPET(close, SAFE)
{
	int fd = echo_connected();

	show("closed", call(fd));
	show("flags", fcntl(fd, F_GETFD));
	show("again", call(fd));
	show("one that is being connected", call(begun()));
}

/* ---- names -------------------------------------------------------------------------------------- */

static void show_list(int result, struct addrinfo *list)
{
	char host[INET6_ADDRSTRLEN];

	printf("%s\n", result == 0 ? "found" : gai_strerror(result));
	for (struct addrinfo *entry = result == 0 ? list : NULL; entry; entry = entry->ai_next) {
		getnameinfo(entry->ai_addr, entry->ai_addrlen, host, sizeof(host), NULL, 0,
			NI_NUMERICHOST);
		printf("%d/%d/%d %s %s\n", entry->ai_family, entry->ai_socktype, entry->ai_protocol,
			host, entry->ai_canonname ? entry->ai_canonname : "-");
	}
	if (result == 0)
		freeaddrinfo(list);
}

SNIPPET(getaddrinfo, UNSAFE)
{
	const struct addrinfo hints = {
		.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME};
	struct addrinfo *list = NULL;
	int result;

	EACH_NAME(name)
	{
		result = call(name, "80", &hints, &list);
		show_list(result, list);
	}
}

SNIPPET(getnameinfo, UNSAFE)
{
	const struct sockaddr_in sa = {
		.sin_family = AF_INET, .sin_port = htons(80), .sin_addr = public_addr()};
	char host[NI_MAXHOST] = "", service[NI_MAXSERV] = "";

	printf("%d", call((const struct sockaddr *)&sa, sizeof(sa), host, sizeof(host), service,
			     sizeof(service), NI_NUMERICSERV));
	printf(" %s %s\n", host, service);
	printf("too short: %d\n",
		call((const struct sockaddr *)&sa, 4, host, sizeof(host), NULL, 0, 0));
}

SNIPPET(gethostbyname, UNSAFE)
{
	EACH_NAME(name) show_hostent(call(name));
}
SNIPPET(gethostbyname2, UNSAFE)
{
	EACH_NAME(name) show_hostent(call(name, AF_INET));
}

static void show_entry(int error, const struct hostent *result, int herror)
{
	printf("%s, h_errno %d: ", errno_name(error), herror);
	show_hostent(result);
}

SNIPPET(gethostbyname_r, UNSAFE)
{
	struct hostent entry, *result = NULL;
	char buffer[8192];
	int herror = -7, error;

	EACH_NAME(name)
	{
		error = call(name, &entry, buffer, sizeof(buffer), &result, &herror);
		show_entry(error, result, herror);
	}
	error = call(names[0], &entry, buffer, 4, &result, &herror);
	show_entry(error, result, herror);
}

SNIPPET(gethostbyname2_r, UNSAFE)
{
	struct hostent entry, *result = NULL;
	char buffer[8192];
	int herror = -7, error;

	EACH_NAME(name)
	{
		error = call(name, AF_INET, &entry, buffer, sizeof(buffer), &result, &herror);
		show_entry(error, result, herror);
	}
}

SNIPPET(gethostbyaddr, UNSAFE)
{
	const struct in_addr addr = public_addr();

	show_hostent(call(&addr, sizeof(addr), AF_INET));
}

SNIPPET(gethostbyaddr_r, UNSAFE)
{
	const struct in_addr addr = public_addr();
	struct hostent entry, *result = NULL;
	char buffer[8192];
	int herror = -7, error;

	error = call(
		&addr, sizeof(addr), AF_INET, &entry, buffer, sizeof(buffer), &result, &herror);
	show_entry(error, result, herror);
}

/* The number of the message is another each time, so the counts of records are shown. */
static void show_answer(int n, const unsigned char *message)
{
	const int error = errno;

	printf("%d: ", n);
	if (n > 0)
		printf("rcode %d, answers %d\n", message[3] & 15, message[7]);
	else
		printf("h_errno %d, %s\n", h_errno, error == ETIMEDOUT ? "ETIMEDOUT" : "-");
}

static unsigned char answer[1024];

#define EACH_QUESTION(...)                                                      \
	EACH_NAME(name)                                                         \
	{                                                                       \
		show_answer(call(__VA_ARGS__, answer, sizeof(answer)), answer); \
	}

SNIPPET(res_query, UNSAFE){EACH_QUESTION(name, 1, 1)} SNIPPET(res_search, UNSAFE){
	EACH_QUESTION(name, 1, 1)} SNIPPET(res_querydomain, UNSAFE)
{
	show_answer(call("public", "example", 1, 1, answer, sizeof(answer)), answer);
	show_answer(call("none", "example", 1, 1, answer, sizeof(answer)), answer);
}

/* A question for the address of public.example. */
static const unsigned char question[] = "\1\2\1\0\0\1\0\0\0\0\0\0\6public\7example\0\0\1\0\1";
enum { QUESTION_LEN = sizeof(question) - 1 };

SNIPPET(res_send, UNSAFE)
{
	show_answer(call(question, QUESTION_LEN, answer, sizeof(answer)), answer);
}

/* ---- the system call, ends of a process --------------------------------------------------------- */

SNIPPET(syscall, SAFE)
{
	const struct place place = echo_place();
	long fd = call(SYS_socket, AF_INET, SOCK_STREAM, 0);

	show("a socket", fd);
	show("connected", call(SYS_connect, fd, &place.sa, (long)place.len));
	show_peer("peer", (int)fd, &place);
	show_echo("then", (int)fd);
	close((int)fd);
	printf("itself: %s\n", call(SYS_getpid) == getpid() ? "yes" : "no");
	show("no such call", call(9999));
}

#define ENDS(symbol)             \
	SNIPPET(symbol, SAFE)    \
	{                        \
		if (in_child())  \
			call(7); \
	}
ENDS(_exit)
ENDS(_Exit)

/* ---- other programs ----------------------------------------------------------------------------- */

#define STARTS(symbol, safety, ...)        \
	SNIPPET(symbol, safety)            \
	{                                  \
		if (in_child()) {          \
			call(__VA_ARGS__); \
			not_started();     \
		}                          \
	}
STARTS(execve, SAFE, "/bin/echo", echo_argv, environ)
STARTS(execv, SAFE, "/bin/echo", echo_argv)
STARTS(execvp, SAFE, "echo", echo_argv)
STARTS(execvpe, SAFE, "echo", echo_argv, environ)
STARTS(execl, SAFE, "/bin/echo", "echo", "started", (char *)NULL)
STARTS(execlp, SAFE, "echo", "echo", "started", (char *)NULL)
STARTS(execle, SAFE, "/bin/echo", "echo", "started", (char *)NULL, environ)
STARTS(fexecve, SAFE, open("/bin/echo", O_RDONLY | O_CLOEXEC), echo_argv, environ)

/* The child by its address: it is there when the call has been made. */
static void show_spawned(int error, const pid_t *child)
{
	int status = -1;

	printf("spawned: %s\n", errno_name(error));
	if (error == 0 && waitpid(*child, &status, 0) == *child)
		show_child(status);
}

SNIPPET(posix_spawn, UNSAFE)
{
	pid_t child = 0;

	fflush(stdout);
	show_spawned(call(&child, "/bin/echo", NULL, NULL, echo_argv, environ), &child);
	show_spawned(call(&child, "/no/such", NULL, NULL, echo_argv, environ), &child);
}

SNIPPET(posix_spawnp, UNSAFE)
{
	pid_t child = 0;

	fflush(stdout);
	show_spawned(call(&child, "echo", NULL, NULL, echo_argv, environ), &child);
	show_spawned(call(&child, "no-such", NULL, NULL, echo_argv, environ), &child);
}

SNIPPET(posix_spawn_file_actions_adddup2, UNSAFE)
{
	posix_spawn_file_actions_t actions;
	char said[8] = "";
	pid_t child = 0;
	int ends[2];

	if (pipe(ends) < 0)
		return;
	posix_spawn_file_actions_init(&actions);
	printf("added: %s\n", errno_name(call(&actions, ends[1], STDOUT_FILENO)));
	printf("added: %s\n", errno_name(call(&actions, -1, STDOUT_FILENO)));
	fflush(stdout);
	show_spawned(posix_spawn(&child, "/bin/echo", &actions, NULL, echo_argv, environ), &child);
	close(ends[1]);
	printf("said: %zd %s\n", read(ends[0], said, sizeof(said) - 1), said);
	close(ends[0]);
	posix_spawn_file_actions_destroy(&actions);
}

static void spawn_moved(posix_spawn_file_actions_t *actions)
{
	char *const argv[] = {(char[]){"pwd"}, NULL};
	pid_t child = 0;

	fflush(stdout);
	show_spawned(posix_spawn(&child, "/bin/pwd", actions, NULL, argv, environ), &child);
	posix_spawn_file_actions_destroy(actions);
}

SNIPPET(posix_spawn_file_actions_addchdir_np, UNSAFE)
{
	posix_spawn_file_actions_t actions;

	posix_spawn_file_actions_init(&actions);
	printf("added: %s\n", errno_name(call(&actions, "/etc")));
	spawn_moved(&actions);
}

SNIPPET(posix_spawn_file_actions_addfchdir_np, UNSAFE)
{
	posix_spawn_file_actions_t actions;
	int fd = open("/etc", O_RDONLY | O_DIRECTORY);

	posix_spawn_file_actions_init(&actions);
	printf("added: %s\n", errno_name(call(&actions, fd)));
	spawn_moved(&actions);
	close(fd);
}

SNIPPET(system, UNSAFE)
{
	fflush(stdout);
	show_child(call("echo started; exit 3"));
	printf("a shell: %s\n", call(NULL) ? "yes" : "no");
}

SNIPPET(popen, UNSAFE)
{
	char line[32] = "";
	FILE *file = call("echo started", "r");

	printf("%s", file && fgets(line, sizeof(line), file) ? line : "nothing\n");
	show_child(file ? pclose(file) : -1);
}

SNIPPET(wordexp, UNSAFE)
{
	wordexp_t words;
	int result = call("$(echo started twice) ~nobody-at-all", &words, 0);

	printf("%d\n", result);
	for (size_t i = 0; result == 0 && i < words.we_wordc; i++)
		printf("%s\n", words.we_wordv[i]);
	if (result == 0)
		wordfree(&words);
}

/* ---- the dynamic linker ------------------------------------------------------------------------- */

#ifdef __GLIBC__
#define LIBC "libc.so.6"
#else
#define LIBC "libc.so"
#endif

SNIPPET(dlopen, UNSAFE)
{
	void *handle = call(LIBC, RTLD_LAZY);

	printf("libc: %s\n", handle && dlsym(handle, "connect") ? "has it" : "not");
	printf("no such: %s\n", call("no-such.so", RTLD_NOW) ? "opened" : dlerror());
	dlclose(handle);
}

SNIPPET(dlsym, UNSAFE)
{
	void *handle = dlopen(LIBC, RTLD_LAZY);

	printf("all: %s\n", call(RTLD_DEFAULT, "connect") ? "found" : "not");
	printf("next: %s\n", call(RTLD_NEXT, "connect") ? "found" : "not");
	printf("libc: %s\n", call(handle, "connect") ? "found" : "not");
	printf("one that is not interposed: %s\n",
		call(handle, "getenv") == call(RTLD_NEXT, "getenv") ? "libc's" : "another");
	printf("no such: %s\n", call(handle, "no such") ? "found" : dlerror());
	dlclose(handle);
}

/* ---- what glibc has and others have not --------------------------------------------------------- */

#ifdef __GLIBC__
SNIPPET(fcntl64, SAFE)
{
	duplicate_by(call);
}

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

SNIPPET(__read_chk, SAFE)
{
	char bytes[8] = "";
	SHOW_READ(bytes, fd, bytes, 4, sizeof(bytes));
}

SNIPPET(__recv_chk, SAFE)
{
	char bytes[8] = "";
	SHOW_READ(bytes, fd, bytes, 4, sizeof(bytes), MSG_PEEK);
}

SNIPPET(__recvfrom_chk, SAFE)
{
	char bytes[8] = "";
	SHOW_READ(bytes, fd, bytes, 4, sizeof(bytes), 0, NULL, NULL);
}

SNIPPET(sendfile64, SAFE)
{
	int file = file_to_send(), fd = echo_connected();
	off64_t offset = 3;

	show_sent("sent", fd, call(fd, file, &offset, 4));
	printf("offset %ld\n", (long)offset);
	close(file);
}

SNIPPET(preadv2, SAFE)
{
	char bytes[8] = "";
	const struct iovec parts[] = {{bytes, 1}, {bytes + 1, 7}};
	SHOW_READ(bytes, fd, parts, 2, -1, 0);
}

SNIPPET(preadv64v2, SAFE)
{
	char bytes[8] = "";
	const struct iovec parts[] = {{bytes, 1}, {bytes + 1, 7}};
	SHOW_READ(bytes, fd, parts, 2, -1, RWF_NOWAIT);
}

SNIPPET(pwritev2, SAFE)
{
	const struct iovec iov = text_iov();
	int fd = echo_connected();

	show("at an offset", call(fd, &iov, 1, 7, 0));
	show_sent("written", fd, call(fd, &iov, 1, -1, 0));
	show("closed", call(fd, &iov, 1, -1, 0));
}

SNIPPET(pwritev64v2, SAFE)
{
	const struct iovec iov = text_iov();
	int fd = echo_connected();

	show_sent("written", fd, call(fd, &iov, 1, -1, 0));
	show("closed", call(fd, &iov, 1, -1, 0));
}

SNIPPET(__dprintf_chk, UNSAFE)
{
	int fd = echo_connected();

	show_sent("sent", fd, call(fd, 1, "%s%d", "sen", 7));
	show("closed", call(fd, 1, "%s", "sent"));
}

__attribute__((format(printf, 3, 4))) static int print_checked_by(
	__typeof__(__vdprintf_chk) *call, int fd, const char *format, ...)
{
	va_list more;
	int result;

	va_start(more, format);
	result = call(fd, 1, format, more);
	va_end(more);
	return result;
}

SNIPPET(__vdprintf_chk, UNSAFE)
{
	int fd = echo_connected();

	show_sent("sent", fd, print_checked_by(call, fd, "%s%d", "sen", 7));
	show("closed", print_checked_by(call, fd, "%s", "sent"));
}

SNIPPET(aio_read64, UNSAFE)
{
	SHOW_AIO_READ(64);
}

SNIPPET(aio_write64, UNSAFE)
{
	SHOW_AIO_WRITE(64);
}

SNIPPET(lio_listio64, UNSAFE)
{
	SHOW_AIO_LIST(64);
}

static void show_two(void)
{
	show("the first", fcntl(OTHER_FD, F_GETFD));
	show("the second", fcntl(OTHER_FD + 1, F_GETFD));
}

SNIPPET(close_range, SAFE)
{
	int fd = begun();

	dup2(fd, OTHER_FD);
	dup2(fd, OTHER_FD + 1);
	show("closed by exec", call(OTHER_FD, OTHER_FD + 1, CLOSE_RANGE_CLOEXEC));
	show_two();
	show("closed", call(OTHER_FD, OTHER_FD + 1, 0));
	show_two();
	show("from last to first", call(OTHER_FD + 1, OTHER_FD, 0));
	close(fd);
}

SNIPPET(closefrom, SAFE)
{
	int fd = begun();

	dup2(fd, OTHER_FD);
	dup2(fd, OTHER_FD + 1);
	call(OTHER_FD);
	show_two();
	close(fd);
}

SNIPPET(pidfd_getfd, SAFE)
{
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0), fd = call(pidfd, 1, 0);

	show("got", fd);
	close(fd);
	show("no such", call(pidfd, 9999, 0));
	close(pidfd);
}

SNIPPET(execveat, SAFE)
{
	if (in_child()) {
		call(AT_FDCWD, "/bin/echo", echo_argv, environ, 0);
		not_started();
	}
}

SNIPPET(getaddrinfo_a, UNSAFE)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct gaicb request = {.ar_name = names[0], .ar_request = &hints}, *list[] = {&request};

	printf("%d\n", call(GAI_WAIT, list, 1, NULL));
	show_list(gai_error(&request), request.ar_result);
}

static res_state own_state(void)
{
	static struct __res_state state;

	if (!(state.options & RES_INIT))
		res_ninit(&state);
	return &state;
}

SNIPPET(res_nquery, UNSAFE){EACH_QUESTION(own_state(), name, 1, 1)} SNIPPET(res_nsearch, UNSAFE){
	EACH_QUESTION(own_state(), name, 1, 1)} SNIPPET(res_nquerydomain, UNSAFE)
{
	show_answer(call(own_state(), "public", "example", 1, 1, answer, sizeof(answer)), answer);
}
SNIPPET(res_nsend, UNSAFE)
{
	show_answer(call(own_state(), question, QUESTION_LEN, answer, sizeof(answer)), answer);
}

enum { LOOPBACK_NET = 0x7f000000 };

static void show_net(const struct netent *net, int herror)
{
	if (net == NULL)
		printf("none, h_errno %d\n", herror);
	else
		printf("%s %d %x\n", net->n_name, net->n_addrtype, net->n_net);
}

SNIPPET(getnetbyname, UNSAFE)
{
	struct netent *net = call("loopback");

	show_net(net, h_errno);
	net = call("none");
	show_net(net, h_errno);
}
SNIPPET(getnetbyaddr, UNSAFE)
{
	struct netent *net = call(LOOPBACK_NET, AF_INET);

	show_net(net, h_errno);
	net = call(9, AF_INET);
	show_net(net, h_errno);
}
SNIPPET(getnetbyname_r, UNSAFE)
{
	struct netent entry, *result = NULL;
	char buffer[1024];
	int herror = -7;

	printf("%d ", call("loopback", &entry, buffer, sizeof(buffer), &result, &herror));
	show_net(result, herror);
}
SNIPPET(getnetbyaddr_r, UNSAFE)
{
	struct netent entry, *result = NULL;
	char buffer[1024];
	int herror = -7;

	printf("%d ",
		call(LOOPBACK_NET, AF_INET, &entry, buffer, sizeof(buffer), &result, &herror));
	show_net(result, herror);
}

SNIPPET(gethostid, UNSAFE)
{
	printf("%lx\n", (unsigned long)call());
}

SNIPPET(ruserok, UNSAFE)
{
	show("allowed", call("localhost", 1, "somebody", "root"));
}
SNIPPET(ruserok_af, UNSAFE)
{
	show("allowed", call("localhost", 1, "somebody", "root", AF_INET));
}
SNIPPET(iruserok, UNSAFE)
{
	show("allowed", call(public_addr().s_addr, 1, "somebody", "root"));
}
SNIPPET(iruserok_af, UNSAFE)
{
	const struct in_addr addr = public_addr();

	show("allowed", call(&addr, 1, "somebody", "root", AF_INET));
}

/* Nobody has the name; where libc finds nobody listening it tries for half a minute. */
static char remote_host[] = "none.example";
#define REMOTE(symbol, ...)                                  \
	SNIPPET(symbol, UNSAFE)                              \
	{                                                    \
		char *host = remote_host;                    \
		int second;                                  \
                                                             \
		show("connected", call(&host, __VA_ARGS__)); \
	}
REMOTE(rcmd, htons(514), "me", "me", "true", &second)
REMOTE(rcmd_af, htons(514), "me", "me", "true", &second, AF_INET)
REMOTE(rexec, htons(512), "me", "secret", "true", &second)
REMOTE(rexec_af, htons(512), "me", "secret", "true", &second, AF_INET)

SNIPPET(dlmopen, UNSAFE)
{
	void *handle = call(LM_ID_BASE, LIBC, RTLD_LAZY);

	printf("here: %s\n", handle ? "opened" : dlerror());
	dlclose(handle);
	handle = call(LM_ID_NEWLM, LIBC, RTLD_LAZY);
	printf("elsewhere: %s\n", handle ? "opened" : dlerror());
}

SNIPPET(dlvsym, UNSAFE)
{
	void *handle = dlopen(LIBC, RTLD_LAZY);

	printf("libc: %s\n", call(handle, "gethostbyname_r", OLDEST) ? "found" : "not");
	printf("next: %s\n", call(RTLD_NEXT, "gethostbyname_r", OLDEST) ? "found" : "not");
	printf("no such: %s\n", call(handle, "connect", "NONE") ? "found" : dlerror());
	dlclose(handle);
}

/* On the stream of another program, closed in the inside. */
SNIPPET(_IO_proc_open, UNSAFE)
{
	int (*close_it)(FILE *) = NULL;
	void *found = dlsym(RTLD_DEFAULT, "_IO_file_close_it");
	FILE *stream = popen("true", "r");
	char line[16] = "";

	memcpy(&close_it, &found, sizeof(found));
	close_it(stream);
	printf("%s\n", call(stream, "echo started", "r") == stream ? "the same" : "another");
	printf("%s", fgets(line, sizeof(line), stream) ? line : "nothing\n");
	show("ended", pclose(stream));
}

SNIPPET(__nss_configure_lookup, UNSAFE)
{
	show("an odd one", call("shells", "files"));
	show("hosts", call("hosts", "files dns"));
}
#endif

/* ---- functions of libcurl's names, in a module -------------------------------------------------- */

static void try_late(const char *symbol)
{
	const char *path = getenv("LATE");
	void *module = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	void *found = module ? dlsym(module, "late_run") : NULL;
	void (*run)(const char *);

	memcpy(&run, &found, sizeof(found));
	if (run == NULL)
		printf("not loaded: %s\n", dlerror());
	else
		run(symbol);
}

/* ---- the table ---------------------------------------------------------------------------------- */

#define HOOK(symbol)                                          \
	static void run_##symbol(any_function function)       \
	{                                                     \
		try_##symbol((__typeof__(symbol) *)function); \
	}
#define HOOK_MAY(symbol) HOOK(symbol)
#define ALIAS(alias, symbol)
#define LATE(symbol)                                    \
	static void run_##symbol(any_function function) \
	{                                               \
		(void)function;                         \
		try_late(#symbol);                      \
	}
/* They would connect; inner.bats calls some. */
#define INNER(symbol)                                               \
	static void run_##symbol(any_function function)             \
	{                                                           \
		printf("%s\n", function != NULL ? "there" : "not"); \
	}
#include "lib/hooks.def"
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE
#undef INNER

static const struct {
	const char *symbol;
	bool signal_safe;
	any_function linked;
	void (*run)(any_function function);
} snippets[] = {
#define HOOK(symbol) {#symbol, safety_of_##symbol, (any_function)symbol, run_##symbol},
#define HOOK_MAY(symbol) HOOK(symbol)
#define ALIAS(alias, symbol) {#alias, safety_of_##symbol, NULL, run_##symbol},
#define LATE(symbol) {#symbol, UNSAFE, (any_function)try_late, run_##symbol},
#define INNER(symbol) {#symbol, UNSAFE, NULL, run_##symbol},
#include "lib/hooks.def"
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE
#undef INNER
};

/*
 * Another name of a function is looked up: those that libc keeps for programs linked long ago have its
 * oldest version, and those for its own parts cannot be linked to.
 */
static void *alias(const char *symbol)
{
	void *found = dlsym(RTLD_DEFAULT, symbol);

#ifdef __GLIBC__
	if (found == NULL)
		found = dlvsym(RTLD_DEFAULT, symbol, OLDEST);
	if (found == NULL)
		found = dlvsym(RTLD_DEFAULT, symbol, "GLIBC_PRIVATE");
#endif
	return found;
}

static any_function function_of(const char *symbol, any_function linked, const struct frame *frame)
{
	any_function function = frame->find != NULL ? frame->find(symbol) : NULL;
	void *found;

	if (function == NULL)
		function = linked;
	if (function == NULL) {
		found = alias(symbol);
		memcpy(&function, &found, sizeof(found));
	}
	return function;
}

void snippets_run(const struct frame *frame, const char *only)
{
	/* It has some of the names of long ago. */
	dlopen("libresolv.so.2", RTLD_LAZY | RTLD_GLOBAL);
	for (size_t i = 0; i < sizeof(snippets) / sizeof(snippets[0]); i++) {
		any_function function;

		if ((only != NULL && strcmp(only, snippets[i].symbol) != 0) ||
			(frame->signal_safe_alone && !snippets[i].signal_safe))
			continue;
		function = function_of(snippets[i].symbol, snippets[i].linked, frame);
		printf("--- %s\n", snippets[i].symbol);
		errno = h_errno = 0;
		if (function != NULL)
			snippets[i].run(function);
		else
			printf("not in this libc\n");
		fflush(stdout);
	}
}

/* What is started from here would do the same. */
__attribute__((constructor)) static void start(void)
{
	const char *frame = getenv("FRAME");

	if (frame == NULL || strcmp(frame, "constructor") != 0)
		return;
	unsetenv("FRAME");
	snippets_run(&(struct frame){.find = NULL}, NULL);
}
