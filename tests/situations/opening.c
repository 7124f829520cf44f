/* SPDX-License-Identifier: MIT */
/* A connect on a non-blocking socket, and what its socket says of itself while it opens and after. */
#include "situation.h"

#include <aio.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>

static void disconnect(int fd)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	show("disconnect", connect(fd, &unspecified, sizeof(unspecified)));
}

static int option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	return getsockopt(fd, level, name, &value, &len) == 0 ? value : -errno;
}

/* connect says EINPROGRESS, and only the server's answer makes the socket writable. */
static void in_progress(void)
{
	const struct place place = far_place(ECHOES);
	int fd = stream(&place, SOCK_NONBLOCK);

	show("connect", connect_to(fd, &place));
	show_poll("at once", fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	show_until_held("until held", fd, 1);
	show_answered(fd, ECHOES);
	show_poll("then", fd, POLLIN | POLLOUT, 0);
}

/* What the socket tells of itself before the answer. */
static void facts(void)
{
	const struct place place = far_place(ECHOES);
	struct place own = {.len = sizeof(own.storage)};
	int fd = opening(ECHOES);

	until_held(fd, 1);
	show_peer("peer", fd, &place);
	show_error("opening", fd);
	show_error("again", fd);
	show_state("opening", fd);
	printf("type %d, domain %d, protocol %d, listens %d\n", option(fd, SOL_SOCKET, SO_TYPE),
		option(fd, SOL_SOCKET, SO_DOMAIN) == place.sa.sa_family,
		option(fd, SOL_SOCKET, SO_PROTOCOL), option(fd, SOL_SOCKET, SO_ACCEPTCONN));
	show("getsockname", getsockname(fd, &own.sa, &own.len));
	printf("own: family %d, a port %d, length %u\n", own.sa.sa_family == place.sa.sa_family,
		place_port(&own) != 0, own.len);
	printf("flags: %d\n", fcntl(fd, F_GETFL) == (O_RDWR | O_NONBLOCK));
	printf("acknowledges at once: %d\n", option(fd, IPPROTO_TCP, TCP_QUICKACK));
	show_answered(fd, ECHOES);
}

/* EALREADY while it opens, one success when it has, EISCONN after that. */
static void already(void)
{
	const struct place place = far_place(ECHOES), other = far_place(GREETS);
	int fd = opening(ECHOES);

	show("connect again", connect_to(fd, &place));
	until_held(fd, 1);
	show("and again", connect_to(fd, &place));
	show("elsewhere", connect_to(fd, &other));
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show("connect when open", connect_to(fd, &place));
	show("and again", connect_to(fd, &place));
	show("elsewhere", connect_to(fd, &other));
	show_open("after that", fd, ECHOES);
}

/* A program may ask connect itself for the outcome, and never poll. */
static void asked_by_connect(void)
{
	const struct place place = far_place(ECHOES);
	int fd = opening(ECHOES);

	answer(1);
	for (int i = 0; i < 2000 && connect_to(fd, &place) != 0 && errno == EALREADY; i++)
		usleep(10000);
	show("connect after that", connect_to(fd, &place));
	show_open("after that", fd, ECHOES);
}

/* The outcome by SO_ERROR and getpeername alone, as some programs do who only sleep meanwhile. */
static void asked_by_getpeername(void)
{
	struct place peer = {.len = sizeof(peer.storage)};
	int fd = opening(ECHOES);

	answer(1);
	for (int i = 0; i < 2000 && getpeername(fd, &peer.sa, &peer.len) != 0; i++)
		usleep(10000);
	show_open("after that", fd, ECHOES);
}

/* connect on a connection that is in use is refused, and the stream goes on. */
static void amid_a_stream(void)
{
	const struct place place = far_place(ECHOES);
	int fd = opening(ECHOES);

	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	show("send", send(fd, "half", 4, 0));
	show("connect", connect_to(fd, &place));
	show("connect again", connect_to(fd, &place));
	show_poll("half of an echo", fd, POLLIN, PATIENCE);
	show_value("recv", recv(fd, (char[8]){0}, 8, 0));
	show_open("after that", fd, ECHOES);
}

/* Reads and writes that do not wait say so before the answer; those of a blocking socket wait. */
static void not_yet(void)
{
	char bytes[8] = "early";
	struct iovec iovec = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	struct msghdr message = {.msg_iov = &iovec, .msg_iovlen = 1};
	int fd = opening(ECHOES), waiting = -1;

	until_held(fd, 1);
	show("recv", recv(fd, bytes, sizeof(bytes), 0));
	show("recv, only to look", recv(fd, bytes, sizeof(bytes), MSG_PEEK));
	show("recvfrom", recvfrom(fd, bytes, sizeof(bytes), MSG_DONTWAIT, NULL, NULL));
	show("recvmsg", recvmsg(fd, &message, 0));
	show("read", read(fd, bytes, sizeof(bytes)));
	show("readv", readv(fd, &iovec, 1));
	show("send", send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL));
	show("sendto", sendto(fd, bytes, sizeof(bytes), MSG_NOSIGNAL, NULL, 0));
	show("sendmsg", sendmsg(fd, &message, MSG_NOSIGNAL));
	show("write", write(fd, bytes, sizeof(bytes)));
	show("writev", writev(fd, &iovec, 1));
	show("ioctl", ioctl(fd, FIONREAD, &waiting));
	printf("waiting to be read: %d\n", waiting);
	show_answered(fd, ECHOES);
}

static void two_at_once(void)
{
	char bytes[8] = "early";
	struct iovec iovec = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	struct mmsghdr messages[2] = {{.msg_hdr = {.msg_iov = &iovec, .msg_iovlen = 1}},
		{.msg_hdr = {.msg_iov = &iovec, .msg_iovlen = 1}}};
	int fd = opening(ECHOES);

	until_held(fd, 1);
	show("recvmmsg", recvmmsg(fd, messages, 2, MSG_DONTWAIT, NULL));
	show("sendmmsg", sendmmsg(fd, messages, 2, MSG_NOSIGNAL));
	show_answered(fd, ECHOES);
}

/* What the kernel would send by itself from a file or a pipe. */
static void from_files(void)
{
	int fd = opening(ECHOES), file = open("/proc/self/exe", O_RDONLY), ends[2];

	must(pipe(ends) == 0 && write(ends[1], "early", 5) == 5, "pipe");
	until_held(fd, 1);
	show("sendfile", sendfile(fd, file, NULL, 100));
	show("splice into it", splice(ends[0], NULL, fd, NULL, 5, SPLICE_F_NONBLOCK));
	show("splice out of it", splice(fd, NULL, ends[1], NULL, 5, SPLICE_F_NONBLOCK));
	show("tee", (int)tee(fd, ends[1], 5, SPLICE_F_NONBLOCK));
	show("sendfile out of it", (int)sendfile(ends[1], fd, NULL, 5));
	show_answered(fd, ECHOES);
	show_value("splice into it", splice(ends[0], NULL, fd, NULL, 5, 0));
	show_poll("its echo", fd, POLLIN, PATIENCE);
	show_value("splice out of it", splice(fd, NULL, ends[1], NULL, 5, 0));
	show("read from the pipe", read(ends[0], (char[8]){0}, 8));
}

/* What libc writes and reads by inner ways, and the calls that a stream socket shares with files. */
static void by_inner_ways(void)
{
	char bytes[8] = "early";
	const struct iovec iovec = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	int fd = opening(ECHOES);

	until_held(fd, 1);
	show("dprintf", dprintf(fd, "%s", bytes));
	show("pwritev2", (int)pwritev2(fd, &iovec, 1, -1, 0));
	show("pwritev2, not waiting", (int)pwritev2(fd, &iovec, 1, -1, RWF_NOWAIT));
	show("preadv2", (int)preadv2(fd, &iovec, 1, -1, 0));
	show("preadv2 at an offset", (int)preadv2(fd, &iovec, 1, 8, 0));
	show("preadv2 by its number", (int)syscall(SYS_preadv2, fd, &iovec, 1, -1L, -1L, 0));
	show("pwritev2 by its number", (int)syscall(SYS_pwritev2, fd, &iovec, 1, -1L, -1L, 0));
	show_answered(fd, ECHOES);
}

/* What a thread of libc does of itself. */
static int wait_for(struct aiocb *request, int started)
{
	const struct aiocb *list[] = {request};

	show("started", started);
	aio_suspend(list, 1, &(struct timespec){.tv_sec = PATIENCE / 1000});
	return aio_error(request);
}

/* On a descriptor that waits, the first request waits for the connection, whichever it is. */
static void by_threads_of_libc(void)
{
	static const char *const names[] = {"aio_write", "lio_listio", "aio_read"};

	for (int i = 0; i < 3; i++) {
		char bytes[8] = "early";
		struct aiocb request = {.aio_fildes = opening(i < 2 ? ECHOES : GREETS),
				     .aio_buf = bytes,
				     .aio_nbytes = 5,
				     .aio_lio_opcode = LIO_WRITE},
			     *const list[] = {NULL, &request};
		int error;

		fcntl(request.aio_fildes, F_SETFL, 0);
		answer(1);
		if (i == 1)
			error = lio_listio(LIO_WAIT, list, 2, NULL) == 0 ? 0 : errno;
		else
			error = wait_for(
				&request, i == 0 ? aio_write(&request) : aio_read(&request));
		printf("%s: %s\n", names[i], errno_name(error));
		show_value(names[i], aio_return(&request));
		if (i < 2)
			show_value("read", read(request.aio_fildes, bytes, 5));
		printf("%s\n", bytes);
	}
}

/* A stream of stdio over the descriptor, whose reads and writes nobody else sees. */
static void by_stdio(void)
{
	int fd = opening(ECHOES);
	FILE *stream_of_it;
	char line[16] = "";

	until_held(fd, 1);
	answer(1);
	stream_of_it = fdopen(fd, "r+");
	show_poll("answered", fd, POLLOUT, PATIENCE);
	fputs("a line\n", stream_of_it);
	show("fflush", fflush(stream_of_it));
	show_poll("its echo", fd, POLLIN, PATIENCE);
	printf("fgets: %s", fgets(line, sizeof(line), stream_of_it) ? line : "nothing\n");
	fclose(stream_of_it);
}

/* The server's first bytes arrive whole, however they came, and none of the proxy's before them. */
static void greeted(void)
{
	char bytes[8] = "";
	int fd = opening(GREETS), waiting = -1;

	answer(1);
	show_poll("answered", fd, POLLIN, PATIENCE);
	show("connect when open", connect_to(fd, &(struct place){0}));
	usleep(A_WHILE * 1000);
	show("ioctl", ioctl(fd, FIONREAD, &waiting));
	printf("waiting to be read: %d\n", waiting);
	show_value("recv, only to look", recv(fd, bytes, sizeof(bytes), MSG_PEEK));
	show_value("recv", recv(fd, bytes, 5, 0));
	printf("%.5s\n", bytes);
	show_value("recv the newline", recv(fd, bytes, 5, 0));
	show_open("after that", fd, GREETS);
}

/* The server greets and closes: the greeting comes, then the end. */
static void greeted_and_left(void)
{
	char bytes[8] = "";
	int fd = opening(GREETS_AND_CLOSES);

	answer(1);
	show_poll("answered", fd, POLLIN, PATIENCE);
	show_error("answered", fd);
	show("greeting", read_whole(fd, bytes, 6) ? 0 : -1);
	show_poll("then", fd, POLLRDHUP, PATIENCE);
	show_poll("in all", fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	show_value("recv", recv(fd, bytes, sizeof(bytes), 0));
	show_state("then", fd);
}

/* A disconnect ends what was opening; the socket then serves anew. */
static void disconnected(void)
{
	const struct place place = far_place(ECHOES_AT_ONCE);
	int fd = opening(ECHOES);

	until_held(fd, 1);
	disconnect(fd);
	show_state("disconnected", fd);
	show_peer("disconnected", fd, &place);
	show_poll("disconnected", fd, POLLIN | POLLOUT, 0);
	printf("connect: %s\n", errno_name(connect_and_wait(fd, &place)));
	show_open("after that", fd, ECHOES_AT_ONCE);
}

/* Each half of the stream can be shut before it is there. */
static void shut_down(void)
{
	static const struct {
		const char *name;
		int how;
	} ways[] = {{"SHUT_RD", SHUT_RD}, {"SHUT_WR", SHUT_WR}, {"SHUT_RDWR", SHUT_RDWR}};
	const struct place place = far_place(ECHOES_AT_ONCE);

	for (size_t i = 0; i < 3; i++) {
		int fd = opening(ECHOES);

		until_held(fd, (int)i + 1);
		show(ways[i].name, shutdown(fd, ways[i].how));
		show_poll("then", fd, POLLIN | POLLOUT | POLLRDHUP, PATIENCE);
		show("recv", recv(fd, (char[4]){0}, 4, MSG_DONTWAIT));
		show("send", send(fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT));
		show_state("then", fd);
		show_error("then", fd);
		printf("connect: %s\n", errno_name(connect_and_wait(fd, &place)));
		close(fd);
	}
}

/* Nothing is sent after that, to whomever. */
static void shut_down_for_good(void)
{
	const struct place place = far_place(ECHOES_AT_ONCE);
	int fd = opening(ECHOES);

	until_held(fd, 1);
	show("shutdown", shutdown(fd, SHUT_RDWR));
	printf("sent: %d\n", send(fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0);
	show_state("then", fd);
	printf("connect: %s\n", errno_name(connect_and_wait(fd, &place)));
}

/* One byte is all that the server says, and it may come right behind what a proxy has said. */
static void a_single_byte(void)
{
	int fd = opening(ECHOES_LATE);

	show_poll("open", fd, POLLOUT, PATIENCE);
	usleep(A_WHILE * 1000);
	show("send", send(fd, "x", 1, 0));
	show_poll("its echo", fd, POLLIN, PATIENCE);
	show_value("recv", recv(fd, (char[4]){0}, 4, 0));
}

/* Not known to the compiler, who would warn. */
static void *volatile no_memory = (void *)8;

static void misused(void)
{
	socklen_t len = sizeof(int);
	int fd = opening(ECHOES);

	until_held(fd, 1);
	show("ioctl", ioctl(fd, FIONREAD, no_memory));
	show("SO_ERROR", getsockopt(fd, SOL_SOCKET, SO_ERROR, no_memory, &len));
	show("no length", getsockopt(fd, SOL_SOCKET, SO_ERROR, &(int){0}, no_memory));
	show("TCP_INFO", getsockopt(fd, IPPROTO_TCP, TCP_INFO, no_memory, &len));
	show_answered(fd, ECHOES);
}

/* Options that would change how the conversation with a proxy goes are the program's own, and stay. */
static void with_options(void)
{
	const struct place place = far_place(ECHOES);
	const int thousand = 1000, on = 1;
	int fd = stream(&place, SOCK_NONBLOCK);

	setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &thousand, sizeof(thousand));
	setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
	show("connect", connect_to(fd, &place));
	show_until_held("until held", fd, 1);
	printf("SO_RCVLOWAT %d, TCP_CORK %d\n", option(fd, SOL_SOCKET, SO_RCVLOWAT),
		option(fd, IPPROTO_TCP, TCP_CORK));
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	printf("SO_RCVLOWAT %d, TCP_CORK %d\n", option(fd, SOL_SOCKET, SO_RCVLOWAT),
		option(fd, IPPROTO_TCP, TCP_CORK));
	show("send a little", send(fd, "little", 6, 0));
	show_poll("its echo is too short", fd, POLLIN, A_WHILE);
}

/* The same, set while it opens. */
static void with_options_late(void)
{
	const int thousand = 1000, on = 1;
	int fd = opening(ECHOES);

	until_held(fd, 1);
	setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &thousand, sizeof(thousand));
	setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	printf("SO_RCVLOWAT %d, TCP_CORK %d, SO_KEEPALIVE %d\n",
		option(fd, SOL_SOCKET, SO_RCVLOWAT), option(fd, IPPROTO_TCP, TCP_CORK),
		option(fd, SOL_SOCKET, SO_KEEPALIVE));
}

static const struct situation situations[] = {
	{"in-progress", in_progress},
	{"facts", facts},
	{"already", already},
	{"asked-by-connect", asked_by_connect},
	{"asked-by-getpeername", asked_by_getpeername},
	{"amid-a-stream", amid_a_stream},
	{"not-yet", not_yet},
	{"two-at-once", two_at_once},
	{"from-files", from_files},
	{"by-stdio", by_stdio},
	{"by-inner-ways", by_inner_ways},
	{"by-threads-of-libc", by_threads_of_libc},
	{"greeted", greeted},
	{"greeted-and-left", greeted_and_left},
	{"disconnected", disconnected},
	{"shut-down", shut_down},
	{"shut-down-for-good", shut_down_for_good},
	{"a-single-byte", a_single_byte},
	{"misused", misused},
	{"with-options", with_options},
	{"with-options-late", with_options_late},
};

SITUATIONS_MAIN(situations)
