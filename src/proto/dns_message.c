/* SPDX-License-Identifier: MIT */
/* DNS messages as a resolver's client and its server exchange them. */
#include "proto/dns_message.h"

#include <string.h>

/* RFC 1035, 4.1.1: the header is id, two bytes of flags and four counts. RFC 4035, 3.2.2: CD. */
enum { AT_FLAGS = 2, AT_COUNTS = 4, AT_RECORDS = DNS_HEADER_LEN };
enum { FLAG0_RESPONSE = 0x80, FLAG0_OPCODE = 0x78, FLAG0_RECURSION_DESIRED = 0x01 };
enum { FLAG1_RECURSION_AVAILABLE = 0x80, FLAG1_CHECKING_DISABLED = 0x10 };

/* RFC 6891, 6.2.5: what every resolver can take in one datagram today. */
enum { UDP_SIZE = 1232 };

/* A response's records name what the question names, which is the first thing after the header. */
enum { POINTER_TO_QUESTION = 0xc000 | DNS_HEADER_LEN };

/* Where the question ends; 0: it is none. */
static size_t read_question(struct dns_query *out, const uint8_t *message, size_t n)
{
	const size_t length = dns_name_read(out->name, message, n, AT_RECORDS);
	const size_t after = AT_RECORDS + length;

	if (length == 0 || n - after < 4)
		return 0;
	out->type = read_u16(message + after);
	out->class = read_u16(message + after + 2);
	return after + 4;
}

/* RFC 1035, 4.1.3. Where the record at `at` ends; 0: it is cut. */
static size_t skip_record(struct dns_query *out, const uint8_t *message, size_t n, size_t at)
{
	char name[DNS_NAME_TEXT];
	const size_t length = dns_name_read(name, message, n, at);
	const size_t after = at + length;

	if (length == 0 || n - after < 10 || n - after - 10 < read_u16(message + after + 8))
		return 0;
	out->has_opt |= read_u16(message + after) == DNS_TYPE_OPT;
	return after + 10 + read_u16(message + after + 8);
}

static enum dns_rcode read_body(struct dns_query *out, const uint8_t *message, size_t n)
{
	const uint8_t *counts = message + AT_COUNTS;
	unsigned records = 0;
	size_t at;

	if ((out->flags[0] & FLAG0_OPCODE) != 0)
		return DNS_NOTIMP;
	for (size_t i = 2; i < 8; i += 2)
		records += read_u16(counts + i);
	at = read_u16(counts) == 1 ? read_question(out, message, n) : 0;
	out->has_question = at != 0;
	for (; records > 0 && at != 0; records--)
		at = skip_record(out, message, n, at);
	return at != 0 ? DNS_NOERROR : DNS_FORMERR;
}

bool dns_query_read(struct dns_query *out, enum dns_rcode *fault, const uint8_t *message, size_t n)
{
	*out = (struct dns_query){.id = 0};
	if (n < DNS_HEADER_LEN || message[AT_FLAGS] & FLAG0_RESPONSE)
		return false;
	out->id = read_u16(message);
	memcpy(out->flags, message + AT_FLAGS, sizeof(out->flags));
	*fault = read_body(out, message, n);
	return true;
}

bool dns_query_make(
	struct dns_query *out, const char *name, uint16_t class, uint16_t type, uint16_t id)
{
	uint8_t message[DNS_HEADER_LEN + DNS_NAME_MAX] = {0};
	struct sink sink = sink_over(message + DNS_HEADER_LEN, DNS_NAME_MAX);

	*out = (struct dns_query){.type = type, .class = class, .id = id, .has_question = true};
	out->flags[0] = FLAG0_RECURSION_DESIRED;
	/* There and back, so that the text is the one that a reader of the message has. */
	return dns_name_put(&sink, name) &&
	       dns_name_read(out->name, message, DNS_HEADER_LEN + sink.len, DNS_HEADER_LEN) != 0;
}

static void put_header(struct sink *sink, const struct dns_query *query, const uint8_t flags[2],
	uint16_t answers, uint16_t extra)
{
	sink_u16(sink, query->id);
	sink_put(sink, flags, 2);
	sink_u16(sink, query->has_question);
	sink_u16(sink, answers);
	sink_u16(sink, 0);
	sink_u16(sink, extra);
}

static void put_question(struct sink *sink, const struct dns_query *query)
{
	if (!query->has_question)
		return;
	dns_name_put(sink, query->name);
	sink_u16(sink, query->type);
	sink_u16(sink, query->class);
}

void dns_query_put(struct sink *sink, const struct dns_query *query)
{
	put_header(sink, query, query->flags, 0, 0);
	put_question(sink, query);
}

/* RFC 1035, 3.2.1: a record about the question's name; its data may be up to 255 bytes long. */
static void put_record(struct sink *sink, const struct dns_query *query, const void *data, size_t n)
{
	sink_u16(sink, POINTER_TO_QUESTION);
	sink_u16(sink, query->type);
	sink_u16(sink, query->class);
	sink_u16(sink, 0);
	sink_u16(sink, DNS_TTL);
	sink_u16(sink, (uint16_t)n);
	sink_put(sink, data, n);
}

/* Puts the records of the answer, and tells their number. */
static uint16_t put_addrs(
	struct sink *sink, const struct dns_query *query, const struct dns_answer *answer)
{
	const enum addr_family family = query->type == DNS_TYPE_A ? ADDR_V4 : ADDR_V6;
	uint16_t count = 0;

	if (query->type != DNS_TYPE_A && query->type != DNS_TYPE_AAAA)
		return 0;
	for (size_t i = 0; i < answer->count; i++) {
		if (answer->addrs[i].family != family)
			continue;
		put_record(sink, query, answer->addrs[i].bytes, family == ADDR_V4 ? 4 : 16);
		count++;
	}
	return count;
}

/* RFC 1035, 3.3.12: the data of a PTR record is a name. */
static uint16_t put_name(struct sink *sink, const struct dns_query *query, const struct sink *name)
{
	if (query->type != DNS_TYPE_PTR || name->len == 0)
		return 0;
	put_record(sink, query, name->buf, name->len);
	return 1;
}

/* RFC 6891, 6.1.1: a query with OPT has a response with one. */
static void put_opt(struct sink *sink)
{
	sink_u8(sink, 0);
	sink_u16(sink, DNS_TYPE_OPT);
	sink_u16(sink, UDP_SIZE);
	sink_put(sink, "\0\0\0\0\0\0", 6);
}

static void response_flags(uint8_t out[2], const struct dns_query *query, enum dns_rcode rcode)
{
	out[0] = FLAG0_RESPONSE | (query->flags[0] & (FLAG0_OPCODE | FLAG0_RECURSION_DESIRED));
	out[1] = (uint8_t)(FLAG1_RECURSION_AVAILABLE | (query->flags[1] & FLAG1_CHECKING_DISABLED) |
			   rcode);
}

void dns_response_put(struct sink *sink, const struct dns_query *query, enum dns_rcode rcode,
	const struct dns_answer *answer)
{
	uint8_t name[DNS_NAME_MAX], records[2 * (12 + 16) + 12 + DNS_NAME_MAX], flags[2];
	struct sink name_sink = sink_over(name, sizeof(name));
	struct sink record_sink = sink_over(records, sizeof(records));
	uint16_t count = 0;

	if (rcode == DNS_NOERROR && answer->name != NULL && !dns_name_put(&name_sink, answer->name))
		rcode = DNS_SERVFAIL;
	if (rcode == DNS_NOERROR)
		count = (uint16_t)(put_addrs(&record_sink, query, answer) +
				   put_name(&record_sink, query, &name_sink));
	response_flags(flags, query, rcode);
	put_header(sink, query, flags, count, query->has_opt);
	put_question(sink, query);
	sink_put(sink, records, record_sink.len);
	if (query->has_opt)
		put_opt(sink);
}
