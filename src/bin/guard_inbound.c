/* SPDX-License-Identifier: MIT */
/*
 * Trapped calls of a program that wants to be connected to.
 *
 * A bind sends nothing, and may be to any address as it may under the shim; what would answer strangers
 * is listen, by which time the address is fixed: a bound socket cannot be bound anew, and the connect
 * that would unbind it is ours to carry out as well. One that is not bound would listen on every address.
 *
 * Of a unix socket the peers may ask who bound it and listens, so that has to be the caller.
 */
#include <errno.h>
#include <unistd.h>

#include "bin/guard_caller.h"
#include "bin/guard_inbound.h"
#include "bin/guard_notice.h"
#include "bin/guard_run.h"
#include "bin/guard_socket.h"
#include "bin/guard_words.h"
#include "core/policy.h"

/* Returns 0 or an errno. */
static int listen_judged(int fd, int backlog)
{
	const struct addr bound = socket_bound(fd);
	const struct judgement judgement = policy_inbound(guard_run.settings, &bound);
	char where[ADDR_TEXT_MAX];

	if (judgement.verdict == VERDICT_REFUSE)
		return words_refusal(judgement.refusal, addr_format(&bound, where));
	return listen(fd, backlog) == 0 ? 0 : errno;
}

/* Returns 0 or an errno. */
static int bind_copied(const struct seccomp_notif *notice, int fd)
{
	const int len = (int)notice->data.args[2];
	struct sockaddr_storage to;
	int error;

	if (len < 0 || (size_t)len > sizeof(to))
		return EINVAL;
	error = caller_read((pid_t)notice->pid, notice->data.args[1], &to, (size_t)len);
	if (error != 0 || !notice_valid(guard_run.listener, notice->id))
		return error ? error : ESRCH;
	return bind(fd, (const struct sockaddr *)&to, (socklen_t)len) == 0 ? 0 : errno;
}

/* The duplicate of the socket that the call is about; -1: the call is answered, or nobody waits. */
static int socket_of(const struct seccomp_notif *notice)
{
	int fd = caller_descriptor((pid_t)notice->pid, (int)notice->data.args[0]);
	struct socket_facts facts;
	int error = fd < 0 ? (errno == EBADF ? EBADF : EACCES) : socket_facts(fd, &facts);

	if (error == 0 && (facts.domain == AF_INET || facts.domain == AF_INET6) &&
		notice_valid(guard_run.listener, notice->id))
		return fd;
	if (error == 0)
		notice_continue(guard_run.listener, notice->id);
	else
		notice_answer(guard_run.listener, notice->id, error);
	if (fd >= 0)
		close(fd);
	return -1;
}

void guard_bind(const struct seccomp_notif *notice)
{
	int fd = socket_of(notice);

	if (fd < 0)
		return;
	notice_answer(guard_run.listener, notice->id, bind_copied(notice, fd));
	close(fd);
}

void guard_listen(const struct seccomp_notif *notice)
{
	int fd = socket_of(notice);

	if (fd < 0)
		return;
	notice_answer(guard_run.listener, notice->id, listen_judged(fd, (int)notice->data.args[1]));
	close(fd);
}
