/* SPDX-License-Identifier: MIT */
/* Snippets: messages, reading and writing. */
#include "snippet.h"

#include <aio.h>
#include <sys/mman.h>

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

/* Of a list with a failure libc may come back before its thread has done with it. */
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

#ifdef LIBC_HAS_PREADV2
SNIPPET(preadv2, SAFE)
{
	char bytes[8] = "";
	const struct iovec parts[] = {{bytes, 1}, {bytes + 1, 7}};
	SHOW_READ(bytes, fd, parts, 2, -1, 0);
}

SNIPPET(pwritev2, SAFE)
{
	const struct iovec iov = text_iov();
	int fd = echo_connected();

	show("at an offset", call(fd, &iov, 1, 7, 0));
	show_sent("written", fd, call(fd, &iov, 1, -1, 0));
	show("closed", call(fd, &iov, 1, -1, 0));
}
#endif

#ifdef __GLIBC__
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

SNIPPET(preadv64v2, SAFE)
{
	char bytes[8] = "";
	const struct iovec parts[] = {{bytes, 1}, {bytes + 1, 7}};
	SHOW_READ(bytes, fd, parts, 2, -1, RWF_NOWAIT);
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
#endif
