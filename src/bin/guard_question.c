/* SPDX-License-Identifier: MIT */
/*
 * What a program asks of a name server, answered as the shim would answer it.
 *
 * A name is answered from the pool of the run, or Tor is asked (RESOLVE, RESOLVE_PTR). IPv6
 * addresses are not given: a program asks for both, and would prefer a stand-in of IPv6, which is not
 * inert, to an address of IPv4. What Tor cannot be asked for is "not implemented", since an empty answer
 * would say that there is no such record.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "bin/guard_question.h"
#include "bin/guard_run.h"
#include "bin/guard_tally.h"
#include "bin/guard_words.h"
#include "core/policy.h"

enum { PENDING_MAX = 1024 };

static unsigned pending;

/* ---- answering */

static void respond(
	const struct question *question, enum dns_rcode rcode, const struct dns_answer *answer)
{
	uint8_t bytes[DNS_RESPONSE_MAX];
	struct sink sink = sink_over(bytes, sizeof(bytes));

	dns_response_put(&sink, &question->query, rcode, answer);
	question->carry(question, bytes, sink.len);
}

static void respond_nothing(const struct question *question, enum dns_rcode rcode)
{
	const struct dns_answer nothing = {.count = 0};

	respond(question, rcode, &nothing);
}

static void respond_address(const struct question *question, const struct addr *addr)
{
	const struct dns_answer answer = {.addrs = addr, .count = 1};

	respond(question, DNS_NOERROR, &answer);
}

static void respond_from_pool(const struct question *question, const char *name)
{
	const struct prefix *prefix = &guard_run.settings->pool_ipv4;
	const uint32_t slot = pool_add(&guard_run.pool, name, prefix_capacity(prefix));
	struct addr addr;

	if (slot == POOL_NO_SLOT) {
		words_refusal(REFUSAL_POOL_FULL, name);
		respond_nothing(question, DNS_SERVFAIL);
		return;
	}
	addr = prefix_at(prefix, slot);
	respond_address(question, &addr);
}

/* ---- asking Tor */

/*
 * An address of this machine, of its network or of the pool would make the program connect where the
 * stranger who chose it wants; the name goes to the exit instead, as it does where there is no IPv4
 * address.
 */
static void respond_found(const struct question *question)
{
	const struct socks_target *found = &question->talk.socks.target;
	const struct dns_answer name = {.name = found->name};

	if (question->query.type == DNS_TYPE_PTR && found->name[0])
		respond(question, DNS_NOERROR, &name);
	else if (question->query.type == DNS_TYPE_PTR)
		respond_nothing(question, DNS_NXDOMAIN);
	else if (found->addr.family == ADDR_V4 &&
		 policy_may_reverse(guard_run.settings, &found->addr))
		respond_address(question, &found->addr);
	else
		respond_from_pool(question, question->talk.target.name);
}

static void talked(struct talk *talk, int error)
{
	struct question *question = (struct question *)(void *)talk;
	const bool denied = talk->socks.failure == SOCKS_FAILURE_REPLY;

	if (error == 0)
		respond_found(question);
	else
		respond_nothing(question, denied ? DNS_NXDOMAIN : DNS_SERVFAIL);
	pending--;
	close(talk->watch.fd);
	free(question);
}

static void ask(
	const struct question *given, enum socks_command command, const struct socks_target *about)
{
	struct question *question = pending < PENDING_MAX ? malloc(sizeof(*question)) : NULL;
	int fd = socket(talk_domain(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (!question || fd < 0) {
		free(question);
		if (fd >= 0)
			close(fd);
		/* Who has sent a datagram and is not answered asks again. */
		if (given->stream)
			respond_nothing(given, DNS_SERVFAIL);
		return;
	}
	tally_count(TALLY_LOOKUP, REFUSAL_NONE);
	*question = *given;
	pending++;
	question->talk.done = talked;
	question->talk.deadline = loop_now() + (uint64_t)guard_run.settings->timeout * 1000;
	question->talk.watch.fd = fd;
	if (talk_prepare(&question->talk, command, about, 0))
		talk_to_proxy(&question->talk, fd, talk_domain());
	else
		talked(&question->talk, EINVAL);
}

/* ---- what is asked */

static bool is_own_name(const char *name)
{
	char own[HOST_NAME_MAX + 1] = "";

	return gethostname(own, sizeof(own) - 1) == 0 && text_equal_nocase(own, name);
}

static void answer_loopback(const struct question *question)
{
	struct addr addr;

	addr_parse(&addr, "127.0.0.1");
	respond_address(question, &addr);
}

static void answer_name(const struct question *question)
{
	char normal[NAME_BUF];
	enum name_kind kind = name_judge(normal, question->query.name);
	struct socks_target about;

	if (kind == NAME_LOCAL && !is_own_name(normal))
		words_refusal(REFUSAL_NAME_LOCAL, normal);
	if (kind == NAME_BAD || (kind == NAME_LOCAL && !is_own_name(normal)))
		respond_nothing(question, DNS_NXDOMAIN);
	else if (question->query.type == DNS_TYPE_AAAA)
		respond_nothing(question, DNS_NOERROR);
	else if (kind == NAME_LOCALHOST || is_own_name(normal))
		answer_loopback(question);
	else if (kind == NAME_ONION || guard_run.settings->names == NAMES_FAKE)
		respond_from_pool(question, normal);
	else if (socks_target_name(&about, normal, 0))
		ask(question, SOCKS_COMMAND_RESOLVE, &about);
	else
		respond_nothing(question, DNS_NXDOMAIN);
}

static void answer_reverse(const struct question *question)
{
	char name[NAME_BUF] = "";
	const struct dns_answer answer = {.name = name};
	struct socks_target about;
	struct addr addr;

	if (!dns_name_reversed(&addr, question->query.name)) {
		respond_nothing(question, DNS_NXDOMAIN);
		return;
	}
	addr_unmap(&addr);
	if (pool_name(&guard_run.pool, policy_pool_slot(guard_run.settings, &addr), name)) {
		respond(question, DNS_NOERROR, &answer);
	} else if (policy_may_reverse(guard_run.settings, &addr)) {
		socks_target_addr(&about, &addr, 0);
		ask(question, SOCKS_COMMAND_RESOLVE_PTR, &about);
	} else {
		respond_nothing(question, DNS_NXDOMAIN);
	}
}

void question_answer(const struct question *question)
{
	const uint16_t type = question->query.type;

	if (question->fault != DNS_NOERROR)
		respond_nothing(question, question->fault);
	else if (question->query.class != DNS_CLASS_IN)
		respond_nothing(question, DNS_NOTIMP);
	else if (type == DNS_TYPE_A || type == DNS_TYPE_AAAA)
		answer_name(question);
	else if (type == DNS_TYPE_PTR)
		answer_reverse(question);
	else
		respond_nothing(question, DNS_NOTIMP);
}
