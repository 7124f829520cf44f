/* SPDX-License-Identifier: MIT */
/* DNS messages as a resolver's client and its server exchange them (RFC 1035, 4): query, response.
 */
#ifndef TUNIC_PROTO_DNS_MESSAGE_H
#define TUNIC_PROTO_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/cursor.h"
#include "proto/dns_name.h"

enum { DNS_TYPE_A = 1, DNS_TYPE_PTR = 12, DNS_TYPE_AAAA = 28, DNS_TYPE_OPT = 41 };
enum { DNS_CLASS_IN = 1 };

/* RFC 1035, 4.1.1 */
enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5,
};

enum {
	DNS_HEADER_LEN = 12,
	DNS_OPT_LEN = 11, /* an OPT record without options (RFC 6891, 6.1.2) */
	DNS_QUERY_MAX = DNS_HEADER_LEN + DNS_NAME_MAX + 4,
	/* A question with the longest name, and either one name or two addresses for it; OPT. */
	DNS_RESPONSE_MAX = DNS_QUERY_MAX + 12 + DNS_NAME_MAX + DNS_OPT_LEN,
	DNS_TTL = 60, /* seconds; of every record: Tor does not tell how long an answer holds */
};

/* A question and what the response repeats of the query. */
struct dns_query {
	char name[DNS_NAME_TEXT]; /* as dns_name_read gives it */
	uint16_t type, class;
	uint16_t id;
	uint8_t flags[2]; /* bytes 2 and 3 of the header */
	bool has_question, has_opt;
};

/* An empty one says of a name that it exists, but has no such record. */
struct dns_answer {
	const struct addr *addrs; /* of A and AAAA; others than the type asks for are left out */
	size_t count;             /* at most 2 */
	const char *name;         /* of PTR; NULL: none */
};

/*
 * Reads a query of `n` bytes: header, one question, then any records, among them an OPT (EDNS, RFC
 * 6891). False: it cannot be answered at all (shorter than a header, or a response). Else *fault is
 * DNS_NOERROR, DNS_NOTIMP for a kind of query that is not asked of resolvers, or DNS_FORMERR for a
 * message that is cut, has not one question, or a name that dns_name_read refuses.
 */
bool dns_query_read(struct dns_query *out, enum dns_rcode *fault, const uint8_t *message, size_t n);

/* Makes a query that wishes recursion. False: the name is none (dns_name_put). */
bool dns_query_make(
	struct dns_query *out, const char *name, uint16_t class, uint16_t type, uint16_t id);

/* Puts the query as a message, DNS_QUERY_MAX bytes at most, without OPT. */
void dns_query_put(struct sink *sink, const struct dns_query *query);

/*
 * Puts the response, DNS_RESPONSE_MAX bytes at most: header, the question where one was read, and
 * with DNS_NOERROR the records of the answer. A PTR name that is no name makes it DNS_SERVFAIL.
 */
void dns_response_put(struct sink *sink, const struct dns_query *query, enum dns_rcode rcode,
	const struct dns_answer *answer);

#endif
