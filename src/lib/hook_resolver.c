/* SPDX-License-Identifier: MIT */
/*
 * Hooks: res_query and its kin.
 *
 * These ask a name server and hand out its answer as a DNS message. We are that server: the
 * question is answered from the pool or by Tor, and put into the message that a resolver would have
 * sent. What Tor cannot be asked for (MX, TXT, SRV and the rest) is "not implemented": an empty
 * answer would say that there is no such record, and mail would go astray. As with libc, which
 * gives up on a server that fails or will not answer, such a call is -1 and ETIMEDOUT, and the
 * message is in the buffer.
 *
 * The hosts file is not read, as libc does not read it here. The lists of domains in resolv.conf
 * are never applied: they would ask strangers for names that were not meant.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "lib/library.h"
#include "lib/lookup.h"
#include "lib/real.h"
#include "proto/dns_message.h"

/* Where an answer lies until it is put into a message. */
struct found {
	struct lookup_answer addrs;
	char name[NAME_BUF];
	struct dns_answer answer;
};

static enum dns_rcode rcode_of(enum lookup lookup)
{
	switch (lookup) {
	case LOOKUP_FOUND:
		return DNS_NOERROR;
	case LOOKUP_NONE:
		return DNS_NXDOMAIN;
	case LOOKUP_AGAIN:
	case LOOKUP_FULL:
	default:
		return DNS_SERVFAIL;
	}
}

/* A name that looks like an address is none here: no server has it. */
static enum dns_rcode find_addrs(struct found *found, const char *name, enum addr_family family)
{
	struct addr literal;
	enum lookup lookup;

	if (addr_parse(&literal, name))
		return DNS_NXDOMAIN;
	lookup = lookup_name(name, family, &found->addrs);
	found->answer.addrs = found->addrs.addrs;
	found->answer.count = found->addrs.count;
	return rcode_of(lookup);
}

static enum dns_rcode find_name(struct found *found, const char *reverse)
{
	struct addr addr;

	if (!dns_name_reversed(&addr, reverse))
		return DNS_NXDOMAIN;
	addr_unmap(&addr);
	found->answer.name = found->name;
	return rcode_of(lookup_addr(&addr, found->name));
}

static enum dns_rcode find(struct found *found, const struct dns_query *query)
{
	if (query->class != DNS_CLASS_IN)
		return DNS_NOTIMP;
	switch (query->type) {
	case DNS_TYPE_A:
		return find_addrs(found, query->name, ADDR_V4);
	case DNS_TYPE_AAAA:
		return find_addrs(found, query->name, ADDR_V6);
	case DNS_TYPE_PTR:
		return find_name(found, query->name);
	default:
		return DNS_NOTIMP;
	}
}

/*
 * Answers a query into the caller's buffer. A message that is too long is cut to it, as one that
 * came by UDP is. Returns the length, or -1 where libc goes on to its next server, and has none.
 */
static int answer(const struct dns_query *query, enum dns_rcode rcode, uint8_t *out, int cap)
{
	uint8_t message[DNS_RESPONSE_MAX];
	struct sink sink = sink_over(message, sizeof(message));
	const int saved = errno;
	struct found found = {.answer = {.count = 0}};
	size_t n;

	errno = 0;
	if (rcode == DNS_NOERROR)
		rcode = find(&found, query);
	dns_response_put(&sink, query, rcode, &found.answer);
	n = sink.len < (size_t)cap ? sink.len : (size_t)cap;
	memcpy(out, message, n);
	if (rcode == DNS_NOERROR || rcode == DNS_NXDOMAIN || rcode == DNS_FORMERR) {
		errno = saved;
		return (int)n;
	}
	/* Of a server that cannot be reached at all libc says so. */
	if (rcode != DNS_SERVFAIL || errno != ECONNREFUSED)
		errno = ETIMEDOUT;
	return -1;
}

static bool has_room(int cap)
{
	if (cap < DNS_HEADER_LEN)
		errno = EINVAL;
	return cap >= DNS_HEADER_LEN;
}

/* What h_errno is after res_query, for a result of `answer`; -1 for a success. */
static int herror_of(int n, const uint8_t *message)
{
	if (n < 0)
		return TRY_AGAIN;
	if ((message[3] & 0x0f) == DNS_NXDOMAIN)
		return HOST_NOT_FOUND;
	return read_u16(message + 6) == 0 ? NO_DATA : -1;
}

/* Ends a call that failed: both places where programs look for the reason. */
static int fail(res_state state, int herror)
{
	state->res_h_errno = herror;
	h_errno = herror;
	return -1;
}

static int query(res_state state, const char *name, int class, int type, uint8_t *out, int cap)
{
	struct dns_query question;
	uint16_t id = 0;
	int n = -1, herror;

	if (!library_ready()) {
		refuse_all();
		return fail(state, TRY_AGAIN);
	}
	if (class < 0 || class > UINT16_MAX || type < 0 || type > UINT16_MAX)
		return fail(state, NO_RECOVERY);
	if (getrandom(&id, sizeof(id), GRND_NONBLOCK) != sizeof(id))
		id = (uint16_t)getpid();
	if (!dns_query_make(&question, name, (uint16_t) class, (uint16_t)type, id)) {
		errno = EMSGSIZE;
		return fail(state, NO_RECOVERY);
	}
	question.has_opt = state->options & RES_USE_EDNS0;
	if (has_room(cap))
		n = answer(&question, DNS_NOERROR, out, cap);
	herror = herror_of(n, out);
	return herror < 0 ? n : fail(state, herror);
}

/* An empty name is the root to res_query and an error here; so it is in libc. */
static int querydomain(res_state state, const char *name, const char *domain, int class, int type,
	uint8_t *out, int cap)
{
	char whole[NS_MAXDNAME];
	struct text text = text_over(whole, sizeof(whole));

	text_add(&text, name);
	if (domain != NULL)
		text_add_all(&text, ".", domain, (const char *)NULL);
	return text.cut || text.len == 0 ? fail(state, NO_RECOVERY)
					 : query(state, whole, class, type, out, cap);
}

static int search(res_state state, const char *name, int class, int type, uint8_t *out, int cap)
{
	errno = 0;
	fail(state, HOST_NOT_FOUND);
	return querydomain(state, name, NULL, class, type, out, cap);
}

/* What libc makes of a server that does not answer, or not what was asked. */
static int no_answer(void)
{
	errno = ETIMEDOUT;
	return -1;
}

static int send_message(const uint8_t *message, int n, uint8_t *out, int cap)
{
	struct dns_query question;
	enum dns_rcode fault;

	if (!library_ready())
		return refuse_all();
	if (!has_room(cap))
		return -1;
	if (n < 0 || !dns_query_read(&question, &fault, message, (size_t)n))
		return no_answer();
	n = answer(&question, fault, out, cap);
	return read_u16(message + 4) == question.has_question ? n : no_answer();
}

EXPORTED int res_query(const char *name, int class, int type, unsigned char *out, int cap)
{
	return query(&_res, name, class, type, out, cap);
}

EXPORTED int res_search(const char *name, int class, int type, unsigned char *out, int cap)
{
	return search(&_res, name, class, type, out, cap);
}

EXPORTED int res_querydomain(
	const char *name, const char *domain, int class, int type, unsigned char *out, int cap)
{
	return querydomain(&_res, name, domain, class, type, out, cap);
}

EXPORTED int res_send(const unsigned char *message, int n, unsigned char *out, int cap)
{
	return send_message(message, n, out, cap);
}

#ifdef __GLIBC__
EXPORTED int res_nquery(
	res_state state, const char *name, int class, int type, unsigned char *out, int cap)
{
	return query(state, name, class, type, out, cap);
}

EXPORTED int res_nsearch(
	res_state state, const char *name, int class, int type, unsigned char *out, int cap)
{
	return search(state, name, class, type, out, cap);
}

EXPORTED int res_nquerydomain(res_state state, const char *name, const char *domain, int class,
	int type, unsigned char *out, int cap)
{
	return querydomain(state, name, domain, class, type, out, cap);
}

EXPORTED int res_nsend(
	res_state state, const unsigned char *message, int n, unsigned char *out, int cap)
{
	(void)state;
	return send_message(message, n, out, cap);
}

EXPORT_ALIAS(__res_nquery, res_nquery);
EXPORT_ALIAS(__res_query, res_query);
EXPORT_ALIAS(__res_nsearch, res_nsearch);
EXPORT_ALIAS(__res_search, res_search);
EXPORT_ALIAS(__res_nquerydomain, res_nquerydomain);
EXPORT_ALIAS(__res_querydomain, res_querydomain);
EXPORT_ALIAS(__res_nsend, res_nsend);
EXPORT_ALIAS(__res_send, res_send);
#endif
