/* SPDX-License-Identifier: MIT */
/*
 * A query that nobody meant well; the input is the message. Whatever it holds: at no place in it
 * does the reader of names go astray, and a name that was read is written and read back alike; what
 * is answered has a response that fits, that is no query, and that asks the same question.
 */
#include <string.h>

#include "fuzz.h"
#include "proto/dns_message.h"

static void assert_name(const uint8_t *data, size_t size, size_t at)
{
	uint8_t message[DNS_HEADER_LEN + DNS_NAME_MAX] = {0};
	struct sink sink = sink_over(message + DNS_HEADER_LEN, DNS_NAME_MAX);
	char text[DNS_NAME_TEXT], again[DNS_NAME_TEXT];
	const size_t n = dns_name_read(text, data, size, at);
	struct addr addr;

	HOLDS(n <= size - at);
	if (n == 0)
		return;
	HOLDS(strnlen(text, sizeof(text)) < sizeof(text));
	HOLDS(dns_name_put(&sink, text) && !sink.overflow);
	HOLDS(dns_name_read(again, message, DNS_HEADER_LEN + sink.len, DNS_HEADER_LEN) == sink.len);
	HOLDS(strcmp(text, again) == 0);
	dns_name_reversed(&addr, text);
}

static void assert_answered(const struct dns_query *query, enum dns_rcode rcode)
{
	const struct addr addrs[] = {{.family = ADDR_V4}, {.family = ADDR_V6}};
	const struct dns_answer answer = {.addrs = addrs, .count = 2, .name = query->name};
	uint8_t message[DNS_RESPONSE_MAX];
	struct sink sink = sink_over(message, sizeof(message));
	struct dns_query again;
	enum dns_rcode fault;

	dns_response_put(&sink, query, rcode, &answer);
	HOLDS(!sink.overflow && sink.len >= DNS_HEADER_LEN);
	HOLDS(!dns_query_read(&again, &fault, message, sink.len));
	message[2] &= 0x7f;
	HOLDS(dns_query_read(&again, &fault, message, sink.len));
	if (query->has_question && fault == DNS_NOERROR)
		HOLDS(strcmp(again.name, query->name) == 0 && again.type == query->type &&
			again.class == query->class);
	HOLDS(again.id == query->id &&
		again.has_question == (query->has_question && fault != DNS_NOTIMP));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_query query;
	enum dns_rcode fault;

	for (size_t at = 0; at <= size && at < 1024; at++)
		assert_name(data, size, at);
	if (!dns_query_read(&query, &fault, data, size))
		return 0;
	HOLDS(fault != DNS_NOERROR || query.has_question);
	assert_answered(&query, fault);
	return 0;
}
