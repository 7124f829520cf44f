/* SPDX-License-Identifier: MIT */
/*
 * Trapped calls of a program that wants to be connected to.
 *
 * A bind sends nothing and is left to the kernel; what would answer strangers is listen, by which time
 * the address is fixed: a bound socket cannot be bound anew, and the connect that would unbind it is
 * ours to carry out as well. One that is not bound would listen on every address.
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

void guard_listen(const struct seccomp_notif *notice)
{
	const int fd = caller_descriptor((pid_t)notice->pid, (int)notice->data.args[0]);
	struct socket_facts facts;
	int error;

	if (fd < 0) {
		notice_answer(guard_run.listener, notice->id, errno == EBADF ? EBADF : EACCES);
		return;
	}
	error = socket_facts(fd, &facts);
	if (!notice_valid(guard_run.listener, notice->id)) {
		close(fd);
		return;
	}
	/* Of a unix socket the peers may ask who listens, so that has to be the caller. */
	if (error == 0 && facts.domain != AF_INET && facts.domain != AF_INET6)
		notice_continue(guard_run.listener, notice->id);
	else
		notice_answer(guard_run.listener, notice->id,
			error ? error : listen_judged(fd, (int)notice->data.args[1]));
	close(fd);
}
