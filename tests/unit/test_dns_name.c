/* SPDX-License-Identifier: MIT */
/* Names of DNS: both ways, the limits, compression, and what is no name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "proto/dns_name.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEADER "0000 0000 0000 0000 0000 0000 "

enum { AT = 12 };

static void names_are_read_and_written_alike(void **state)
{
	static const struct {
		const char *text, *wire;
	} names[] = {
		{".", "00"},
		{"example", "07 'example' 00"},
		{"Public.Example", "06 'Public' 07 'Example' 00"},
		{"a.b.c", "01 'a' 01 'b' 01 'c' 00"},
		{"under_score.-", "0b 'under_score' 01 '-' 00"},
		{"sp ace\\", "07 'sp ace' 5c 00"},
		{"\xff.x", "01 ff 01 'x' 00"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		uint8_t message[64], wire[64], written[64];
		const size_t n = hex_read(wire, names[i].wire);
		struct sink sink = sink_over(written, sizeof(written));
		char text[DNS_NAME_TEXT];

		memset(message, 0, AT);
		memcpy(message + AT, wire, n);
		message[AT + n] = 'x';
		assert_int_equal(dns_name_read(text, message, AT + n + 1, AT), n);
		assert_string_equal(text, names[i].text);
		assert_true(dns_name_put(&sink, text));
		assert_int_equal(sink.len, n);
		assert_memory_equal(written, wire, n);
	}
}

static void a_dot_at_the_end_and_an_empty_name_are_taken(void **state)
{
	uint8_t written[64], expected[64];
	struct sink sink = sink_over(written, sizeof(written));
	(void)state;

	assert_true(dns_name_put(&sink, "a.b."));
	assert_true(dns_name_put(&sink, ""));
	assert_int_equal(sink.len, hex_read(expected, "01 'a' 01 'b' 00 00"));
	assert_memory_equal(written, expected, sink.len);
}

static void pointers_lead_back(void **state)
{
	static const struct {
		const char *message, *text;
		size_t at, taken;
	} names[] = {
		{HEADER "01 'a' 00 c00c", "a", AT + 3, 2},
		{HEADER "01 'a' 00 01 'b' c00c", "b.a", AT + 3, 4},
		{HEADER "01 'a' 00 01 'b' c00c 01 'c' c00f", "c.b.a", AT + 7, 4},
		{HEADER "02 'ab' 00 c00f", ".", AT + 4, 2},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		uint8_t message[64];
		const size_t n = hex_read(message, names[i].message);
		char text[DNS_NAME_TEXT];

		assert_int_equal(dns_name_read(text, message, n, names[i].at), names[i].taken);
		assert_string_equal(text, names[i].text);
	}
}

static void what_is_no_name_is_refused(void **state)
{
	static const struct {
		const char *message;
		size_t at;
	} bad[] = {
		{HEADER "c00c", AT},               /* a pointer to itself */
		{HEADER "01 'a' c00c", AT},        /* to where its own name begins */
		{HEADER "01 'a' c00e", AT},        /* to itself, behind a label */
		{HEADER "c00e c00c", AT + 2},      /* to and fro */
		{HEADER "c00e 00", AT},            /* forward */
		{HEADER "c0ff 00", AT},            /* out of the message */
		{HEADER "c000", AT},               /* into the header */
		{HEADER "01 'a' 00 c00b", AT + 3}, /* into the header's last byte */
		{HEADER "01 'a' 00 c0", AT + 3},   /* half a pointer */
		{HEADER "40 00", AT},              /* label types of RFC 2673 and of none */
		{HEADER "80 00", AT},
		{HEADER "01 00 00", AT},    /* NUL in a label */
		{HEADER "03 'a.b' 00", AT}, /* a dot in a label */
		{HEADER "03 'ab' 00", AT},  /* no end */
		{HEADER "02 'ab'", AT},
		{HEADER, AT},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		uint8_t message[64] = {0};
		char text[DNS_NAME_TEXT] = "untouched";

		assert_int_equal(
			dns_name_read(text, message, hex_read(message, bad[i].message), bad[i].at),
			0);
		assert_string_equal(text, "untouched");
	}
}

/* "aaa...a.aaa...", labels of the sizes given, up to a 0. */
static const char *labels(char *out, const size_t *sizes)
{
	size_t at = 0;

	for (; *sizes; sizes++) {
		memset(out + at, 'a', *sizes);
		at += *sizes;
		out[at++] = '.';
	}
	out[at - 1] = '\0';
	return out;
}

static void assert_limit(const size_t *sizes, bool fits)
{
	char name[512], text[DNS_NAME_TEXT];
	uint8_t message[512] = {0};
	struct sink sink = sink_over(message + AT, sizeof(message) - AT);

	assert_int_equal(dns_name_put(&sink, labels(name, sizes)), fits);
	assert_int_equal(sink.len, fits ? strlen(name) + 2 : 0);
	if (!fits)
		return;
	assert_int_equal(dns_name_read(text, message, AT + sink.len, AT), sink.len);
	assert_string_equal(text, name);
}

static void labels_have_63_bytes_and_names_255(void **state)
{
	(void)state;
	assert_limit((const size_t[]){63, 0}, true);
	assert_limit((const size_t[]){64, 0}, false);
	assert_limit((const size_t[]){1, 64, 1, 0}, false);
	assert_limit((const size_t[]){63, 63, 63, 61, 0}, true);
	assert_limit((const size_t[]){63, 63, 63, 62, 0}, false);
	assert_limit((const size_t[]){63, 63, 63, 59, 1, 0}, true);
	assert_limit((const size_t[]){63, 63, 63, 60, 1, 0}, false);
}

/* 192 + n bytes of labels that go on with a pointer to a name of 64 bytes and its end. */
static size_t read_long(size_t n)
{
	uint8_t message[512] = {0};
	char text[DNS_NAME_TEXT];
	size_t at = AT;

	message[at] = 63;
	memset(message + at + 1, 'a', 63);
	for (at += 65; at < AT + 65 + 128; at += 64) {
		message[at] = 63;
		memset(message + at + 1, 'a', 63);
	}
	message[at] = (uint8_t)(n - 1);
	memset(message + at + 1, 'a', n - 1);
	at += n;
	memcpy(message + at, "\xc0\x0c", 2);
	return dns_name_read(text, message, at + 2, AT + 65);
}

static void names_put_together_by_pointers_have_255_bytes_too(void **state)
{
	(void)state;
	assert_int_equal(read_long(62), 128 + 62 + 2);
	assert_int_equal(read_long(63), 0);
}

/* Each is one label and a pointer to the one before: the longest chain there can be, and one more.
 */
static void chains_of_pointers_come_to_an_end(void **state)
{
	uint8_t message[1024] = {0};
	char text[DNS_NAME_TEXT];
	size_t at = AT + 3;
	(void)state;

	memcpy(message + AT, "\1a", 3);
	for (unsigned i = 1; i < 127; i++, at += 4) {
		const unsigned to = i == 1 ? AT : (unsigned)at - 4;
		const uint8_t piece[4] = {1, 'a', (uint8_t)(0xc0 | to >> 8), (uint8_t)to};

		memcpy(message + at, piece, 4);
	}
	assert_int_equal(dns_name_read(text, message, at, at - 4), 4);
	assert_int_equal(strlen(text), 253);
	memcpy(message + at, (const uint8_t[]){1, 'a', 0xc0 | 2, 4}, 4);
	message[at + 2] = (uint8_t)(0xc0 | (at - 4) >> 8);
	message[at + 3] = (uint8_t)(at - 4);
	assert_int_equal(dns_name_read(text, message, at + 4, at), 0);
}

static void text_that_is_no_name_is_not_written(void **state)
{
	static const char *const bad[] = {"..", ".a", "a..b", "a..", "...."};
	uint8_t written[16];
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct sink sink = sink_over(written, sizeof(written));

		assert_false(dns_name_put(&sink, bad[i]));
		assert_int_equal(sink.len, 0);
	}
}

static void reverse_names_have_their_address(void **state)
{
	static const struct {
		const char *name, *addr;
	} names[] = {
		{"7.100.51.198.in-addr.arpa", "198.51.100.7"},
		{"0.0.0.255.IN-ADDR.ARPA", "255.0.0.0"},
		{"7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
			"2001:db8::7"},
		{"F.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.Ip6.Arpa",
			"2001:db8::f"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		struct addr found, expected;

		assert_true(dns_name_reversed(&found, names[i].name));
		assert_true(addr_parse(&expected, names[i].addr));
		assert_true(addr_equal(&found, &expected));
	}
}

static void other_names_have_none(void **state)
{
	static const char *const names[] = {"", ".", "in-addr.arpa", "ip6.arpa", "198.51.100.7",
		"100.51.198.in-addr.arpa", "1.7.100.51.198.in-addr.arpa",
		"256.100.51.198.in-addr.arpa", "07.100.51.198.in-addr.arpa",
		"0007.100.51.198.in-addr.arpa", "x.100.51.198.in-addr.arpa",
		"-7.100.51.198.in-addr.arpa", "7.100.51.198.in-addr.arpa.example",
		"7.100.51.198.ip6.arpa",
		"0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		"0.7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		"g.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"};
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		struct addr found;

		assert_false(dns_name_reversed(&found, names[i]));
	}
}

int main(void)
{
	const struct CMUnitTest dns_name[] = {
		cmocka_unit_test(names_are_read_and_written_alike),
		cmocka_unit_test(a_dot_at_the_end_and_an_empty_name_are_taken),
		cmocka_unit_test(pointers_lead_back),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(labels_have_63_bytes_and_names_255),
		cmocka_unit_test(names_put_together_by_pointers_have_255_bytes_too),
		cmocka_unit_test(chains_of_pointers_come_to_an_end),
		cmocka_unit_test(text_that_is_no_name_is_not_written),
		cmocka_unit_test(reverse_names_have_their_address),
		cmocka_unit_test(other_names_have_none),
	};

	return cmocka_run_group_tests(dns_name, NULL, NULL);
}
