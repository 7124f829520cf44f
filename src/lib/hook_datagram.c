/* SPDX-License-Identifier: MIT */
/*
 * Hooks: sends that carry an address. A send without one goes where its socket is connected, and
 * that was judged at connect; so all that costs a program is two comparisons.
 */
#include <errno.h>
#include <sys/uio.h>

#include "lib/caller_memory.h"
#include "lib/gate.h"
#include "lib/judge.h"
#include "lib/library.h"
#include "lib/real.h"
#include "lib/received.h"

/* MSG_FASTOPEN makes a send a connect; it means something on stream sockets only. */
static bool sends_nowhere_new(const void *name, int flags)
{
	return name == NULL && (flags & MSG_FASTOPEN) == 0;
}

/* Judges a send to an address. False: errno is set. */
static bool may_send(int fd, const struct sockaddr *name, socklen_t len, int flags)
{
	struct judgement judgement;
	int domain;

	switch (socket_kind(fd, &domain)) {
	case SOCKET_OTHER:
		return true;
	case SOCKET_UNIX:
		/* What cannot be read is the kernel's to refuse. */
		if (name == NULL || len == 0 || !caller_memory_readable(name, len))
			return true;
		judgement = judge_unix(name, len);
		return judgement.verdict != VERDICT_REFUSE || denied(judgement.refusal, NULL);
	case SOCKET_STREAM:
		/* TCP ignores the address of an ordinary send. */
		return (flags & MSG_FASTOPEN) == 0 || denied(REFUSAL_FAST_OPEN, NULL);
	case SOCKET_DATAGRAM:
		return name == NULL || denied(REFUSAL_DATAGRAM, NULL);
	case SOCKET_FORBIDDEN:
	default:
		return denied(REFUSAL_PROTOCOL, NULL);
	}
}

EXPORTED ssize_t sendto(
	int fd, const void *bytes, size_t n, int flags, const struct sockaddr *name, socklen_t len)
{
	library_ready();
	if (!gate_open(fd, GATE_WRITE, flags) ||
		(!sends_nowhere_new(name, flags) && !may_send(fd, name, len, flags)))
		return -1;
	return real.sendto(fd, bytes, n, flags, name, len);
}

/* A message that cannot be read is the kernel's to refuse (EFAULT). */
static bool may_send_message(int fd, const struct msghdr *message, int flags)
{
	return message == NULL || sends_nowhere_new(message->msg_name, flags) ||
	       may_send(fd, message->msg_name, message->msg_namelen, flags);
}

static bool finish(int fd)
{
	gate_whole(fd);
	return true;
}

/* Who receives a descriptor knows nothing of our openings: a tunnel on one that is sent is finished first. */
static void finish_passed(const struct msghdr *message)
{
	size_t len = message != NULL ? message->msg_controllen : 0;

	if (opening_any() && len > 0)
		received_filter(message->msg_control, &len, finish);
}

EXPORTED ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	library_ready();
	if (!gate_open(fd, GATE_WRITE, flags) || !may_send_message(fd, message, flags))
		return -1;
	finish_passed(message);
	return real.sendmsg(fd, message, flags);
}

EXPORTED int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, messages_flags flags)
{
	library_ready();
	/* The kernel sends no more than UIO_MAXIOV at once. */
	if (count > UIO_MAXIOV)
		count = UIO_MAXIOV;
	if (!gate_open(fd, GATE_WRITE, (int)flags))
		return -1;
	for (unsigned i = 0; messages != NULL && i < count; i++) {
		if (!may_send_message(fd, &messages[i].msg_hdr, (int)flags))
			return -1;
		finish_passed(&messages[i].msg_hdr);
	}
	return real.sendmmsg(fd, messages, count, flags);
}
EXPORT_ALIAS(__sendmmsg, sendmmsg);
