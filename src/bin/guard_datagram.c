/* SPDX-License-Identifier: MIT */
/*
 * Trapped calls of a program that wants a socket: a datagram one comes from the jail. Others are asked for
 * only where the filter cannot see what they are (guard_socketcall.c), and are as anybody's; or, under the
 * seal, of the program's own network.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bin/guard_datagram.h"
#include "bin/guard_notice.h"
#include "bin/guard_run.h"
#include "bin/guard_words.h"
#include "core/policy.h"

/* -1: errno is set. */
static int socket_make(int domain, int type, int protocol)
{
	const struct judgement judgement = policy_socket(domain, type, protocol);
	const bool stream = (type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) == SOCK_STREAM;

	if (judgement.verdict == VERDICT_REFUSE) {
		errno = words_refusal(judgement.refusal, NULL);
		return -1;
	}
	if (guard_run.seal || ((domain == AF_INET || domain == AF_INET6) && !stream))
		return jail_socket(&guard_run.jail, domain, type & ~SOCK_CLOEXEC, protocol);
	return socket(domain, type | SOCK_CLOEXEC, protocol);
}

void guard_socket(const struct seccomp_notif *notice)
{
	/* All three are int to the kernel, which does not see what is above. */
	const int type = (int)notice->data.args[1];
	int fd = socket_make((int)notice->data.args[0], type, (int)notice->data.args[2]);
	int error = errno;

	if (fd >= 0)
		error = notice_give(guard_run.listener, notice->id, fd, type & SOCK_CLOEXEC);
	/* ENOENT: the caller is gone. */
	if (error != 0 && error != ENOENT)
		notice_answer(guard_run.listener, notice->id, error);
	if (fd >= 0)
		close(fd);
}
