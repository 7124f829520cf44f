/* SPDX-License-Identifier: MIT */
/* Whichever call is the first to write, or to read, before the proxy has answered. */
#include "early.h"

#include <aio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

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

static const struct situation situations[] = {
	{"written", written},
	{"read-first", read_first},
	{"streamed-before", streamed_before},
};

SITUATIONS_MAIN(situations)
