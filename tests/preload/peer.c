/* SPDX-License-Identifier: MIT */
/* peer HOST PORT: who getpeername says is at the other end, on every kind of duplicate. */
#include "program.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* A buffer that is too short is filled as far as it goes, and the length becomes the full one. */
static void short_buffers(int fd)
{
	static const socklen_t lengths[] = {0, 1, 2, 8, 15, 16, 27, 28, 128};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		unsigned char bytes[129];
		socklen_t len = lengths[i];
		size_t written = sizeof(bytes);
		int result;

		memset(bytes, 0xee, sizeof(bytes));
		result = getpeername(fd, (struct sockaddr *)(void *)bytes, &len);
		while (written > 0 && bytes[written - 1] == 0xee)
			written--;
		printf("buffer of %u: result %d, length %u, written %s\n", lengths[i], result, len,
			written <= lengths[i] ? "within" : "beyond");
	}
}

/* Sends a descriptor through a unix socket and returns what comes out. */
static int passed(int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char byte = 'x';
	struct iovec iov = {&byte, 1};
	struct msghdr message = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)};
	int pair[2], out = -1;

	control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && sendmsg(pair[0], &message, 0) == 1 &&
		recvmsg(pair[1], &message, 0) == 1)
		memcpy(&out, CMSG_DATA(&control.header), sizeof(out));
	close(pair[0]);
	close(pair[1]);
	return out;
}

static void in_child(int fd, const struct place *place)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		show_peer("in a child", fd, place);
		show_echo("in a child", fd);
		exit(0);
	}
	waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 2);
	struct place here = {.len = sizeof(here.storage)};
	int fd, copy;

	fd = stream(&place, 0);
	show_peer("unconnected", fd, &place);
	show("connect", connect_to(fd, &place));
	show_peer("connected", fd, &place);
	show_echo("connected", fd);
	show("getsockname", getsockname(fd, &here.sa, &here.len));
	printf("own family %d, length %u\n", here.sa.sa_family, here.len);
	show_peer("dup", dup(fd), &place);
	show_peer("dup2", dup2(fd, 77), &place);
	show_peer("dup3", dup3(fd, 78, O_CLOEXEC), &place);
	show_peer("F_DUPFD", fcntl(fd, F_DUPFD, 90), &place);
	show_peer("F_DUPFD_CLOEXEC", fcntl(fd, F_DUPFD_CLOEXEC, 90), &place);
	show_peer("a system call's", (int)syscall(SYS_dup, fd), &place);
	show_peer("passed through a unix socket", passed(fd), &place);
	in_child(fd, &place);
	short_buffers(fd);
	copy = dup(fd);
	close(fd);
	show_peer("a duplicate that outlives it", copy, &place);
	show_echo("a duplicate that outlives it", copy);
	show_peer("closed", fd, &place);
	show("shutdown", shutdown(copy, SHUT_RDWR));
	return 0;
}
