/* SPDX-License-Identifier: MIT */
/*
 * received WAY COUNT FD...: sends itself the descriptors, over and over until they are COUNT, in one message
 * over a unix socket, and prints which of them arrive, by the files that they are.
 *
 * WAY is recvmsg, recvmmsg, syscall or syscall-mmsg, or "every", which is these one after another;
 * with "peek-" before it the message is looked at first, with "credentials-" it brings those too,
 * with "small-" there is room for two descriptors, with "filtered-" nobody may ask then what a
 * socket is. "fetch" is no message, but pidfd_getfd.
 */
#include "program.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum {
	FDS_MAX = 253,
	CONTROL = CMSG_SPACE(FDS_MAX * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))
};

static void send_descriptors(int fd, const int *fds, size_t count)
{
	_Alignas(struct cmsghdr) char control[CONTROL] = {0};
	struct iovec iov = {(char[1]){'x'}, 1};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control};
	struct cmsghdr *header = (struct cmsghdr *)(void *)control;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	message.msg_controllen = CMSG_SPACE(count * sizeof(int));
	if (sendmsg(fd, &message, 0) != 1) {
		show("sendmsg", -1);
		exit(1);
	}
}

static long receive(const char *way, int fd, struct msghdr *message, int flags)
{
	struct mmsghdr many[2] = {{.msg_hdr = *message}, {.msg_hdr = *message}};
	long n = -1;

	if (strcmp(way, "recvmsg") == 0)
		return recvmsg(fd, message, flags);
	if (strcmp(way, "syscall") == 0)
		return syscall(SYS_recvmsg, fd, message, flags);
	if (strcmp(way, "recvmmsg") == 0)
		n = recvmmsg(fd, many, 1, flags, NULL);
	else if (strcmp(way, "syscall-mmsg") == 0)
		n = syscall(SYS_recvmmsg, fd, many, 1, flags, NULL);
	*message = many[0].msg_hdr;
	return n;
}

/* The same files by way of our own process id, one by one. */
static void fetch(const int *fds, size_t count)
{
	const int self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	for (size_t i = 0; i < count; i++) {
		int fd = (int)(i % 2 ? syscall(SYS_pidfd_getfd, self, fds[i], 0)
				     : pidfd_getfd(self, fds[i], 0));

		show("a descriptor fetched", fd);
		if (fd >= 0)
			close(fd);
	}
	close(self);
}

/* Which of those that were sent is it? Prints its number, and closes it. */
static void show_one(int fd, const int *sent, size_t count)
{
	struct stat is, was;

	fstat(fd, &is);
	for (size_t i = 0; i < count; i++) {
		fstat(sent[i], &was);
		if (is.st_dev == was.st_dev && is.st_ino == was.st_ino) {
			printf(" %d", sent[i]);
			break;
		}
	}
	close(fd);
}

static void show_control(struct msghdr *message, const int *sent, size_t count)
{
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
		header = CMSG_NXTHDR(message, header)) {
		const size_t n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (header->cmsg_type == SCM_CREDENTIALS) {
			printf(" credentials");
			continue;
		}
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd), sizeof(fd));
			show_one(fd, sent, count);
		}
	}
}

static void receive_and_show(
	const char *way, int fd, int flags, size_t room, const int *sent, size_t count)
{
	_Alignas(struct cmsghdr) char control[CONTROL];
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room};
	long n = receive(way, fd, &message, flags);

	if (n < 0) {
		show(way, n);
		return;
	}
	printf("%s%s:", flags & MSG_PEEK ? "a look: " : "", way);
	show_control(&message, sent, count);
	printf("%s\n", message.msg_flags & MSG_CTRUNC ? " and some were lost" : "");
}

/* As browsers do with their children, by both ways to do it. */
static void forbid_questions(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsockopt, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsockname, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpeername, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 ||
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		exit(3);
}

static bool peek, credentials, small;

static void pass(const char *way, const int *fds, size_t count)
{
	const size_t room = small ? CMSG_LEN(2 * sizeof(int)) : CONTROL;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
		exit(2);
	setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &(int){credentials}, sizeof(int));
	send_descriptors(pair[0], fds, count);
	if (peek)
		receive_and_show(way, pair[1], MSG_PEEK, room, fds, count);
	receive_and_show(way, pair[1], 0, room, fds, count);
	close(pair[0]);
	close(pair[1]);
}

static bool begins(const char **text, const char *with)
{
	const size_t n = strlen(with);
	const bool so = strncmp(*text, with, n) == 0;

	*text += so ? n : 0;
	return so;
}

int main(int argc, char **argv)
{
	static const char *const ways[] = {"recvmsg", "recvmmsg", "syscall", "syscall-mmsg"};
	const size_t count = argc > 3 ? (size_t)atoi(argv[2]) : 0;
	const char *way = argc > 3 ? argv[1] : "";
	const int before = descriptors_open();
	int fds[FDS_MAX];

	if (count == 0 || count > FDS_MAX)
		return 2;
	peek = begins(&way, "peek-");
	credentials = begins(&way, "credentials-");
	small = begins(&way, "small-");
	if (begins(&way, "filtered-"))
		forbid_questions();
	for (size_t i = 0; i < count; i++)
		fds[i] = atoi(argv[3 + i % (size_t)(argc - 3)]);
	if (strcmp(way, "fetch") == 0)
		fetch(fds, count);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(way, "every") == 0 || strcmp(way, ways[i]) == 0)
			pass(ways[i], fds, count);
	printf("descriptors: %s\n", descriptors_open() == before ? "as before" : "more or fewer");
	return 0;
}
