/* SPDX-License-Identifier: MIT */
/*
 * Hooks: getaddrinfo and getnameinfo.
 *
 * libc itself builds every result, from numeric addresses or from the hosts file, so that flags,
 * services, socket types and error codes are its own and its own freeaddrinfo frees the list. We
 * decide only which addresses a name has.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/gai.h"
#include "lib/handed_out.h"
#include "lib/library.h"
#include "lib/local_names.h"
#include "lib/lookup.h"
#include "lib/real.h"

/* What libc takes where the caller gives no hints (getaddrinfo(3), glibc). */
static struct addrinfo effective_hints(const struct addrinfo *hints)
{
	struct addrinfo plain = {.ai_flags = AI_V4MAPPED | AI_ADDRCONFIG};

	if (hints != NULL) {
		plain.ai_flags = hints->ai_flags;
		plain.ai_family = hints->ai_family;
		plain.ai_socktype = hints->ai_socktype;
		plain.ai_protocol = hints->ai_protocol;
	}
	return plain;
}

/*
 * Hints for libc about a numeric address. AI_ADDRCONFIG goes: which families this machine has is of
 * no matter, the tunnel carries both.
 */
static struct addrinfo numeric_hints(struct addrinfo hints)
{
	hints.ai_flags &= ~(AI_ADDRCONFIG | AI_CANONNAME | AI_IDN | AI_CANONIDN);
	hints.ai_flags |= AI_NUMERICHOST;
	return hints;
}

static enum addr_family family_of(int ai_family)
{
	return ai_family == AF_INET ? ADDR_V4 : ai_family == AF_INET6 ? ADDR_V6 : ADDR_NONE;
}

static bool is_number(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

/*
 * Lets libc find what is wrong with the service before anybody is asked about the name. All else
 * that can be wrong with it or the hints libc has found when it looked whether the name is an
 * address; this alone has the same error as a name that is none.
 */
static int check_service(const char *service, const struct addrinfo *hints)
{
	const struct addrinfo numeric = numeric_hints(*hints);
	struct addrinfo *list;
	int result;

	if (service == NULL || !(hints->ai_flags & AI_NUMERICSERV) || is_number(service))
		return 0;
	result = real.getaddrinfo(
		hints->ai_family == AF_INET6 ? "::1" : "127.0.0.1", service, &numeric, &list);
	if (result == 0)
		freeaddrinfo(list);
	return result;
}

static bool has_high_byte(const char *name)
{
	while (*name != '\0' && (unsigned char)*name < 128)
		name++;
	return *name != '\0';
}

/* Appends libc's list for one address. */
static int append(struct addrinfo **end, const struct addr *addr, const char *service,
	const struct addrinfo *hints)
{
	const struct addrinfo numeric = numeric_hints(*hints);
	char text[ADDR_TEXT_MAX];

	return real.getaddrinfo(addr_format(addr, text), service, &numeric, end);
}

static int build(const struct lookup_answer *answer, const char *name, const char *service,
	const struct addrinfo *hints, struct addrinfo **out)
{
	struct addrinfo *list = NULL, **end = &list;
	int result = 0;

	for (unsigned i = 0; i < answer->count && result == 0; i++) {
		result = append(end, &answer->addrs[i], service, hints);
		while (result == 0 && *end != NULL)
			end = &(*end)->ai_next;
	}
	if (result == 0 && hints->ai_flags & AI_CANONNAME) {
		list->ai_canonname = strdup(name);
		result = list->ai_canonname ? 0 : EAI_MEMORY;
	}
	if (result == 0)
		*out = list;
	else if (list != NULL)
		freeaddrinfo(list);
	return result;
}

static int error_of(enum lookup lookup)
{
	switch (lookup) {
	case LOOKUP_AGAIN:
		return EAI_AGAIN;
	case LOOKUP_FULL:
		return EAI_MEMORY;
	case LOOKUP_FOUND:
	case LOOKUP_NONE:
	default:
		return EAI_NONAME;
	}
}

static int ask(
	const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	const int result = check_service(service, hints);
	struct lookup_answer answer;
	enum lookup lookup;

	if (result != 0)
		return result;
	if (hints->ai_flags & AI_IDN && has_high_byte(name))
		return EAI_IDN_ENCODE;
	lookup = lookup_name(name, family_of(hints->ai_family), &answer);
	if (lookup != LOOKUP_FOUND)
		return error_of(lookup);
	return build(&answer, name, service, hints, out);
}

/*
 * Asks libc, which has only the hosts file to look in. True: *result is the answer. A name that
 * stands there with addresses of another family than asked for is a name of this machine's owner
 * all the same: it has no such address, and Tor is not asked. Most names are not there, so it is
 * looked for first, without AI_ADDRCONFIG, which makes libc list this machine's addresses.
 */
static bool ask_hosts_file(const char *node, const char *service, const struct addrinfo *hints,
	struct addrinfo **out, int *result)
{
	if (!local_names_has(node))
		return false;
	*result = real.getaddrinfo(node, service, hints, out);
	if (*result == 0)
		handed_out_note_list(*out);
	return true;
}

/* Answers for a name. `plain` are the hints in effect. */
static int answer_node(const char *node, const char *service, const struct addrinfo *hints,
	const struct addrinfo *plain, struct addrinfo **out)
{
	const bool hosts_file = local_names_ready();
	struct addrinfo numeric = *plain;
	int result;

	/* A literal is answered whatever the families of this machine. */
	numeric.ai_flags |= AI_NUMERICHOST;
	numeric.ai_flags &= ~AI_ADDRCONFIG;
	result = real.getaddrinfo(node, service, &numeric, out);
	if (result != EAI_NONAME || plain->ai_flags & AI_NUMERICHOST)
		return result;
	if (hosts_file && ask_hosts_file(node, service, hints, out, &result))
		return result;
	return ask(node, service, plain, out);
}

/* libc takes "*" for no node at all. */
static bool names_nothing(const char *node)
{
	return node == NULL || (node[0] == '*' && node[1] == '\0');
}

int gai_find(
	const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	const struct addrinfo plain = effective_hints(hints);
	const bool ready = library_ready();
	int result;

	if (names_nothing(node))
		return real.getaddrinfo(node, service, hints, out);
	if (!ready) {
		refuse_all();
		return EAI_AGAIN;
	}
	result = answer_node(node, service, hints, &plain, out);
	/* The caller reads its own flags in the answer, not those that we asked libc with. */
	for (struct addrinfo *entry = result == 0 ? *out : NULL; entry; entry = entry->ai_next)
		entry->ai_flags = plain.ai_flags;
	return result;
}

EXPORTED int getaddrinfo(const char *restrict node, const char *restrict service,
	const struct addrinfo *restrict hints, struct addrinfo **restrict out)
{
	return gai_find(node, service, hints, out);
}

/* Gives a found name to the caller of getnameinfo, whose flags may shorten it. */
static int give_name(const char *name, char *host, socklen_t host_len)
{
	return text_copy(host, host_len, name) ? 0 : EAI_OVERFLOW;
}

EXPORTED int getnameinfo(const struct sockaddr *restrict sa, socklen_t len, char *restrict host,
	socklen_t host_len, char *restrict service, socklen_t service_len, int flags)
{
	const bool ready = library_ready(), hosts_file = ready && local_names_ready();
	struct endpoint ep;
	char name[NAME_BUF];
	enum lookup lookup;
	int result;

	if (flags & NI_NUMERICHOST || host == NULL || host_len == 0 || sa == NULL ||
		!endpoint_from_sockaddr(&ep, sa, len))
		return real.getnameinfo(sa, len, host, host_len, service, service_len, flags);
	if (!ready) {
		refuse_all();
		return EAI_AGAIN;
	}
	if (hosts_file && !lookup_pool_name(&ep.addr, name)) {
		result = real.getnameinfo(
			sa, len, host, host_len, service, service_len, flags | NI_NAMEREQD);
		if (result != EAI_NONAME)
			return result;
	}
	/* The service, and the address as text, come from libc, who checks the arguments too. */
	result = real.getnameinfo(sa, len, host, host_len, service, service_len,
		(flags & ~NI_NAMEREQD) | NI_NUMERICHOST);
	if (result != 0)
		return result;
	addr_unmap(&ep.addr);
	lookup = lookup_addr(&ep.addr, name);
	if (lookup == LOOKUP_FOUND)
		return give_name(name, host, host_len);
	return flags & NI_NAMEREQD ? error_of(lookup) : 0;
}
