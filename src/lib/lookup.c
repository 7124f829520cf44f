/* SPDX-License-Identifier: MIT */
/* Who answers for a name: this machine, the pool, or Tor. */
#include "lib/lookup.h"

#include <errno.h>
#include <string.h>

#include "core/policy.h"
#include "lib/connection.h"
#include "lib/handed_out.h"
#include "lib/library.h"
#include "lib/local_names.h"
#include "lib/name_cache.h"
#include "lib/tunnel.h"

static void answer_add(struct lookup_answer *answer, const struct addr *addr)
{
	answer->addrs[answer->count++] = *addr;
}

static enum lookup answer_loopback(enum addr_family family, struct lookup_answer *answer)
{
	struct addr addr;

	if (family != ADDR_V6 && addr_parse(&addr, "127.0.0.1"))
		answer_add(answer, &addr);
	if (family != ADDR_V4 && addr_parse(&addr, "::1"))
		answer_add(answer, &addr);
	return LOOKUP_FOUND;
}

/*
 * An IPv6 stand-in goes only to those who ask for IPv6 alone: the IPv4 ones are inert on every
 * machine even where a program slips past us, the IPv6 ones are routed like any address.
 */
static enum lookup answer_from_pool(
	const char *name, enum addr_family family, struct lookup_answer *answer)
{
	const struct settings *settings = library.settings;
	bool v6 = family == ADDR_V6;
	const struct prefix *prefix = v6 ? &settings->pool_ipv6 : &settings->pool_ipv4;
	uint32_t slot = pool_add(&library.pool, name, prefix_capacity(prefix));
	struct addr addr;

	if (slot == POOL_NO_SLOT) {
		refuse(REFUSAL_POOL_FULL, name);
		return LOOKUP_FULL;
	}
	addr = prefix_at(prefix, slot);
	answer_add(answer, &addr);
	return LOOKUP_FOUND;
}

/*
 * May an address that Tor told us be handed to the program? One of this machine, of this network or
 * of the pool would make it connect where the stranger who chose it wants; the name goes to the
 * exit instead.
 */
static bool answer_is_usable(const struct addr *addr, enum addr_family family)
{
	return (family == ADDR_NONE || addr->family == family) &&
	       policy_may_reverse(library.settings, addr);
}

/* tunnel_ask, or what it has said not long ago. */
static bool ask(enum socks_command command, const struct socks_target *about,
	struct socks_target *answer, bool *denied)
{
	const uint64_t life = (uint64_t)library.settings->name_cache * 1000;
	struct name_question question = {.command = command, .about = *about};

	if (life == 0)
		return tunnel_ask(command, about, answer, denied);
	tunnel_tag(question.tag, about);
	if (name_cache_find(&question, connection_now(), answer))
		return true;
	if (!tunnel_ask(command, about, answer, denied))
		return false;
	name_cache_keep(&question, answer, connection_now() + life);
	return true;
}

static enum lookup answer_from_tor(
	const char *name, enum addr_family family, struct lookup_answer *answer)
{
	struct socks_target question, found;
	bool denied;

	if (!socks_target_name(&question, name, 0))
		return LOOKUP_NONE;
	if (!ask(SOCKS_COMMAND_RESOLVE, &question, &found, &denied))
		return denied ? LOOKUP_NONE : LOOKUP_AGAIN;
	if (!answer_is_usable(&found.addr, family))
		return answer_from_pool(name, family, answer);
	answer_add(answer, &found.addr);
	handed_out_note(&found.addr);
	return LOOKUP_FOUND;
}

enum lookup lookup_name(const char *name, enum addr_family family, struct lookup_answer *answer)
{
	char normal[NAME_BUF];
	enum name_kind kind = name_judge(normal, name);

	answer->count = 0;
	if (kind == NAME_LOCALHOST || (kind != NAME_BAD && local_names_own(normal)))
		return answer_loopback(family, answer);
	if (kind == NAME_LOCAL)
		refuse(REFUSAL_NAME_LOCAL, normal);
	if (kind == NAME_LOCAL || kind == NAME_BAD)
		return LOOKUP_NONE;
	if (kind == NAME_ONION || library.settings->names == NAMES_FAKE)
		return answer_from_pool(normal, family, answer);
	return answer_from_tor(normal, family, answer);
}

bool lookup_pool_name(const struct addr *addr, char name[static NAME_BUF])
{
	return pool_name(&library.pool, policy_pool_slot(library.settings, addr), name);
}

enum lookup lookup_addr(const struct addr *addr, char name[static NAME_BUF])
{
	struct socks_target question, found;
	bool denied;

	if (lookup_pool_name(addr, name))
		return LOOKUP_FOUND;
	if (!policy_may_reverse(library.settings, addr))
		return LOOKUP_NONE;
	socks_target_addr(&question, addr, 0);
	if (!ask(SOCKS_COMMAND_RESOLVE_PTR, &question, &found, &denied))
		return denied ? LOOKUP_NONE : LOOKUP_AGAIN;
	return text_copy(name, NAME_BUF, found.name) && name[0] != '\0' ? LOOKUP_FOUND
									: LOOKUP_NONE;
}
