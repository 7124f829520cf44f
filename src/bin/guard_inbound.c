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
#include "bin/guard_swap.h"
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

/*
 * Where descriptors cannot be duplicated the kernel goes on with a bind, which sends nothing by itself.
 * What is known of the address is then where it was to be.
 */
static void bind_noted(const struct seccomp_notif *notice, const struct socket_facts *facts)
{
	struct sockaddr_storage to = {0};
	const size_t len = (uint32_t)notice->data.args[2];
	struct endpoint at;

	if (len <= sizeof(to) &&
		caller_read((pid_t)notice->pid, notice->data.args[1], &to, len) == 0 &&
		endpoint_from_sockaddr(&at, (const struct sockaddr *)&to, (socklen_t)len) &&
		policy_inbound(guard_run.settings, &at.addr).verdict == VERDICT_THROUGH)
		swap_mark(facts->cookie, SWAP_LISTENS);
	notice_continue(guard_run.listener, notice->id);
}

static void listen_noted(const struct seccomp_notif *notice, const struct socket_facts *facts)
{
	const bool local = facts->domain != AF_INET && facts->domain != AF_INET6;

	if (local || guard_run.settings->allow_inbound ||
		swap_is_marked(facts->cookie, SWAP_LISTENS))
		notice_continue(guard_run.listener, notice->id);
	else
		notice_answer(guard_run.listener, notice->id, words_refusal(REFUSAL_INBOUND, NULL));
}

typedef void noted(const struct seccomp_notif *notice, const struct socket_facts *facts);

/* False: descriptors can be duplicated, and nothing is answered. */
static bool is_noted(const struct seccomp_notif *notice, noted *answer)
{
	struct socket_facts facts;
	int error;

	if (!guard_run.swaps)
		return false;
	error = swap_facts((pid_t)notice->pid, (int)notice->data.args[0], &facts);
	if (error == 0 && !notice_valid(guard_run.listener, notice->id))
		error = ESRCH;
	if (error != 0)
		notice_answer(guard_run.listener, notice->id, error);
	else
		answer(notice, &facts);
	return true;
}

void guard_bind(const struct seccomp_notif *notice)
{
	int fd = is_noted(notice, bind_noted) ? -1 : socket_of(notice);

	if (fd < 0)
		return;
	notice_answer(guard_run.listener, notice->id, bind_copied(notice, fd));
	close(fd);
}

void guard_listen(const struct seccomp_notif *notice)
{
	int fd = is_noted(notice, listen_noted) ? -1 : socket_of(notice);

	if (fd < 0)
		return;
	notice_answer(guard_run.listener, notice->id, listen_judged(fd, (int)notice->data.args[1]));
	close(fd);
}
