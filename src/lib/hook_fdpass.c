/* SPDX-License-Identifier: MIT */
/*
 * Hooks: what may bring descriptors of other processes. A message without control data, so nearly
 * every one, costs two comparisons more. A peek (MSG_PEEK) brings duplicates of its own, which are
 * judged like the ones that come later.
 */
#include "lib/hook_fdpass.h"

#include <errno.h>
#include <sys/syscall.h>

#include "lib/gate.h"
#include "lib/judge.h"
#include "lib/library.h"
#include "lib/real.h"

static void judge_control(struct msghdr *message)
{
	if (message->msg_controllen > 0)
		judge_message(message);
}

long judged_messages(struct mmsghdr *messages, long count)
{
	for (long i = 0; i < count; i++)
		judge_control(&messages[i].msg_hdr);
	return count;
}

int judged_descriptor(int fd)
{
	if (fd < 0 || judge_held(fd))
		return fd;
	real.close(fd);
	errno = EPERM;
	return -1;
}

EXPORTED ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	ssize_t n;

	if (!gate_open(fd, GATE_READ, flags))
		return -1;
	n = real.recvmsg(fd, message, flags);
	if (n >= 0)
		judge_control(message);
	return n;
}

EXPORTED int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, messages_flags flags,
	struct timespec *timeout)
{
	if (!gate_open(fd, GATE_READ, flags))
		return -1;
	return (int)judged_messages(messages, real.recvmmsg(fd, messages, count, flags, timeout));
}

EXPORTED int pidfd_getfd(int pidfd, int fd, unsigned flags)
{
	library_ready();
	return judged_descriptor((int)real.syscall(SYS_pidfd_getfd, pidfd, fd, flags));
}
