/* SPDX-License-Identifier: MIT */
/* DNS messages: queries as libc and dig write them, responses byte by byte, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "proto/dns_message.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char plain_query[] =
	"1234 0100 0001 0000 0000 0000 06 'public' 07 'example' 00 0001 0001";
/* As dig has it: AD, and an OPT record with a cookie. */
static const char edns_query[] = "1234 0120 0001 0000 0000 0001 03 'six' 07 'example' 00 001c 0001"
				 "00 0029 04d0 0000 8000 000c 000a 0008 0102030405060708";

static enum dns_rcode read_text(struct dns_query *out, const char *text)
{
	uint8_t message[512] = {0};
	enum dns_rcode fault = DNS_REFUSED;

	assert_true(dns_query_read(out, &fault, message, hex_read(message, text)));
	return fault;
}

static void queries_are_read(void **state)
{
	struct dns_query query;
	(void)state;

	assert_int_equal(read_text(&query, plain_query), DNS_NOERROR);
	assert_string_equal(query.name, "public.example");
	assert_int_equal(query.type, DNS_TYPE_A);
	assert_int_equal(query.class, DNS_CLASS_IN);
	assert_int_equal(query.id, 0x1234);
	assert_true(query.has_question);
	assert_false(query.has_opt);
	assert_int_equal(read_text(&query, edns_query), DNS_NOERROR);
	assert_string_equal(query.name, "six.example");
	assert_int_equal(query.type, DNS_TYPE_AAAA);
	assert_true(query.has_opt);
}

static void a_query_that_is_cut_anywhere_is_malformed(void **state)
{
	static const char *const texts[] = {plain_query, edns_query};
	(void)state;

	for (size_t i = 0; i < COUNT(texts); i++) {
		uint8_t message[512];
		const size_t n = hex_read(message, texts[i]);

		for (size_t end = 0; end < n; end++) {
			struct dns_query query;
			enum dns_rcode fault = DNS_NOERROR;

			assert_int_equal(dns_query_read(&query, &fault, message, end),
				end >= DNS_HEADER_LEN);
			assert_int_equal(fault, end >= DNS_HEADER_LEN ? DNS_FORMERR : DNS_NOERROR);
		}
	}
}

static void what_follows_the_message_does_not_matter(void **state)
{
	uint8_t message[512];
	const size_t n = hex_read(message, plain_query);
	struct dns_query query;
	enum dns_rcode fault;
	(void)state;

	message[n] = 0xff;
	assert_true(dns_query_read(&query, &fault, message, n + 1));
	assert_int_equal(fault, DNS_NOERROR);
}

static void responses_are_not_answered(void **state)
{
	uint8_t message[512];
	const size_t n = hex_read(message, plain_query);
	struct dns_query query;
	enum dns_rcode fault;
	(void)state;

	message[2] |= 0x80;
	assert_false(dns_query_read(&query, &fault, message, n));
}

static void only_one_question_is_understood(void **state)
{
	struct dns_query query;
	(void)state;

	assert_int_equal(read_text(&query, "1234 0100 0000 0000 0000 0000"), DNS_FORMERR);
	assert_false(query.has_question);
	assert_int_equal(
		read_text(&query, "1234 0100 0002 0000 0000 0000 00 0001 0001 00 0001 0001"),
		DNS_FORMERR);
	assert_false(query.has_question);
	assert_int_equal(
		read_text(&query, "1234 0100 ffff 0000 0000 0000 00 0001 0001"), DNS_FORMERR);
}

static void other_opcodes_are_not_implemented(void **state)
{
	(void)state;
	for (unsigned opcode = 1; opcode < 16; opcode++) {
		uint8_t message[512];
		const size_t n = hex_read(message, plain_query);
		struct dns_query query;
		enum dns_rcode fault;

		message[2] |= (uint8_t)(opcode << 3);
		assert_true(dns_query_read(&query, &fault, message, n));
		assert_int_equal(fault, DNS_NOTIMP);
	}
}

static void malformed_names_and_records_are_malformed_messages(void **state)
{
	static const char *const bad[] = {
		"1234 0100 0001 0000 0000 0000 c00c 0001 0001",
		"1234 0100 0001 0000 0000 0000 40 00 0001 0001",
		"1234 0100 0001 0000 0000 0001 00 0001 0001 00 0029 04d0 00000000 0001",
		"1234 0100 0001 0000 0000 ffff 00 0001 0001",
		"1234 0100 0001 0001 0000 0000 00 0001 0001 c011 0001 0001 00000000 0000",
	};
	struct dns_query query;
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(read_text(&query, bad[i]), DNS_FORMERR);
}

static void made_queries_are_written_and_read_back(void **state)
{
	uint8_t message[DNS_QUERY_MAX], expected[DNS_QUERY_MAX];
	struct sink sink = sink_over(message, sizeof(message));
	struct dns_query query, again;
	enum dns_rcode fault;
	(void)state;

	assert_true(dns_query_make(&query, "public.example.", DNS_CLASS_IN, DNS_TYPE_A, 0x1234));
	dns_query_put(&sink, &query);
	assert_int_equal(sink.len, hex_read(expected, plain_query));
	assert_memory_equal(message, expected, sink.len);
	assert_true(dns_query_read(&again, &fault, message, sink.len));
	assert_int_equal(fault, DNS_NOERROR);
	assert_string_equal(again.name, query.name);
}

static void names_that_are_none_make_no_query(void **state)
{
	char long_label[65] = "";
	struct dns_query query;
	(void)state;

	memset(long_label, 'a', 64);
	assert_false(dns_query_make(&query, "a..b", DNS_CLASS_IN, DNS_TYPE_A, 0));
	assert_false(dns_query_make(&query, long_label, DNS_CLASS_IN, DNS_TYPE_A, 0));
	assert_true(dns_query_make(&query, "", DNS_CLASS_IN, DNS_TYPE_A, 0));
	assert_string_equal(query.name, ".");
}

static void assert_response(const char *query_text, enum dns_rcode rcode,
	const struct dns_answer *answer, const char *expected_text)
{
	uint8_t message[DNS_RESPONSE_MAX], expected[DNS_RESPONSE_MAX];
	struct dns_query query;

	read_text(&query, query_text);
	for (size_t cap = 0; cap <= sizeof(message); cap++) {
		struct sink sink = sink_over(message, cap);
		const size_t n = hex_read(expected, expected_text);

		dns_response_put(&sink, &query, rcode, answer);
		assert_int_equal(sink.overflow, cap < n);
		if (sink.overflow)
			continue;
		assert_int_equal(sink.len, n);
		assert_memory_equal(message, expected, n);
	}
}

static struct addr addr_of(const char *text)
{
	struct addr addr;

	assert_true(addr_parse(&addr, text));
	return addr;
}

static void addresses_of_the_family_asked_for_are_given(void **state)
{
	const struct addr both[] = {addr_of("198.51.100.7"), addr_of("2001:db8::7")};
	const struct dns_answer answer = {.addrs = both, .count = 2};
	(void)state;

	assert_response(plain_query, DNS_NOERROR, &answer,
		"1234 8180 0001 0001 0000 0000 06 'public' 07 'example' 00 0001 0001"
		"c00c 0001 0001 0000003c 0004 c6336407");
	assert_response(edns_query, DNS_NOERROR, &answer,
		"1234 8180 0001 0001 0000 0001 03 'six' 07 'example' 00 001c 0001"
		"c00c 001c 0001 0000003c 0010 20010db8 00000000 00000000 00000007"
		"00 0029 04d0 00000000 0000");
}

static void names_are_given_to_ptr_alone(void **state)
{
	const struct addr addr = addr_of("198.51.100.7");
	const struct dns_answer answer = {.addrs = &addr, .count = 1, .name = "a.b"};
	(void)state;

	assert_response("1234 0110 0001 0000 0000 0000 01 '7' 00 000c 0001", DNS_NOERROR, &answer,
		"1234 8190 0001 0001 0000 0000 01 '7' 00 000c 0001"
		"c00c 000c 0001 0000003c 0005 01 'a' 01 'b' 00");
	assert_response("1234 0000 0001 0000 0000 0000 01 '7' 00 000f 0001", DNS_NOERROR, &answer,
		"1234 8080 0001 0000 0000 0000 01 '7' 00 000f 0001");
}

static void a_name_that_is_none_is_a_failure(void **state)
{
	(void)state;
	assert_response("1234 0100 0001 0000 0000 0000 01 '7' 00 000c 0001", DNS_NOERROR,
		&(struct dns_answer){.name = "a..b"},
		"1234 8182 0001 0000 0000 0000 01 '7' 00 000c 0001");
}

static void failures_carry_the_question_and_no_records(void **state)
{
	const struct addr addr = addr_of("198.51.100.7");
	const struct dns_answer answer = {.addrs = &addr, .count = 1};
	(void)state;

	assert_response(plain_query, DNS_NXDOMAIN, &answer,
		"1234 8183 0001 0000 0000 0000 06 'public' 07 'example' 00 0001 0001");
	assert_response("1234 0900 0000 0000 0000 0000", DNS_NOTIMP, &answer,
		"1234 8984 0000 0000 0000 0000");
}

static void the_longest_response_fits(void **state)
{
	uint8_t message[DNS_RESPONSE_MAX];
	struct sink sink = sink_over(message, sizeof(message));
	struct dns_query query;
	char name[256];
	(void)state;

	memset(name, 'a', sizeof(name));
	name[63] = name[127] = name[191] = '.';
	name[253] = '\0';
	assert_true(dns_query_make(&query, name, DNS_CLASS_IN, DNS_TYPE_PTR, 1));
	query.has_opt = true;
	dns_response_put(&sink, &query, DNS_NOERROR, &(struct dns_answer){.name = name});
	assert_false(sink.overflow);
	assert_int_equal(sink.len, DNS_RESPONSE_MAX);
}

int main(void)
{
	const struct CMUnitTest dns_message[] = {
		cmocka_unit_test(queries_are_read),
		cmocka_unit_test(a_query_that_is_cut_anywhere_is_malformed),
		cmocka_unit_test(what_follows_the_message_does_not_matter),
		cmocka_unit_test(responses_are_not_answered),
		cmocka_unit_test(only_one_question_is_understood),
		cmocka_unit_test(other_opcodes_are_not_implemented),
		cmocka_unit_test(malformed_names_and_records_are_malformed_messages),
		cmocka_unit_test(made_queries_are_written_and_read_back),
		cmocka_unit_test(names_that_are_none_make_no_query),
		cmocka_unit_test(addresses_of_the_family_asked_for_are_given),
		cmocka_unit_test(names_are_given_to_ptr_alone),
		cmocka_unit_test(a_name_that_is_none_is_a_failure),
		cmocka_unit_test(failures_carry_the_question_and_no_records),
		cmocka_unit_test(the_longest_response_fits),
	};

	return cmocka_run_group_tests(dns_message, NULL, NULL);
}
