/* SPDX-License-Identifier: MIT */
/* Trapped calls of a program that wants a datagram socket: it gets one from the jail. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bin/guard_datagram.h"
#include "bin/guard_notice.h"
#include "bin/guard_run.h"

void guard_socket(const struct seccomp_notif *notice)
{
	/* All three are int to the kernel, which does not see what is above. */
	const int domain = (int)notice->data.args[0];
	const int type = (int)notice->data.args[1];
	const int protocol = (int)notice->data.args[2];
	int fd = jail_socket(&guard_run.jail, domain, type & ~SOCK_CLOEXEC, protocol);
	int error = errno;

	if (fd >= 0)
		error = notice_give(guard_run.listener, notice->id, fd, type & SOCK_CLOEXEC);
	/* ENOENT: the caller is gone. */
	if (error != 0 && error != ENOENT)
		notice_answer(guard_run.listener, notice->id, error);
	if (fd >= 0)
		close(fd);
}
