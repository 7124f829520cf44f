/* SPDX-License-Identifier: MIT */
/* The messages of SOCKS5: numbers, encoders, lengths, and what is refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "proto/socks_wire.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Written out a second time on purpose: a slip in socks.def must not go unseen. */
static const struct {
	uint8_t code;
	int error;
} replies[] = {
	{0x00, 0},
	{0x01, ECONNREFUSED},
	{0x02, EACCES},
	{0x03, ENETUNREACH},
	{0x04, EHOSTUNREACH},
	{0x05, ECONNREFUSED},
	{0x06, ETIMEDOUT},
	{0x07, EOPNOTSUPP},
	{0x08, EAFNOSUPPORT},
	{0xf0, EHOSTUNREACH},
	{0xf1, EPROTO},
	{0xf2, EHOSTDOWN},
	{0xf3, EHOSTUNREACH},
	{0xf4, EACCES},
	{0xf5, EACCES},
	{0xf6, EINVAL},
	{0xf7, ETIMEDOUT},
	{0x09, EPROTO},
	{0xef, EPROTO},
	{0xf8, EPROTO},
	{0xff, EPROTO},
};

enum { STANDARD_REPLIES = 17 };

static void each_reply_has_its_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++)
		assert_int_equal(socks_reply_errno(replies[i].code), replies[i].error);
}

static void each_reply_has_a_sentence_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < STANDARD_REPLIES; i++) {
		const char *sentence = socks_reply_sentence(replies[i].code);

		assert_true(strlen(sentence) > 0);
		assert_true(sentence[strlen(sentence) - 1] != '.');
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(sentence, socks_reply_sentence(replies[j].code));
		assert_string_not_equal(sentence, socks_reply_sentence(0x09));
	}
}

static void assert_written(const struct sink *sink, const char *expected)
{
	uint8_t bytes[1024];
	size_t n = hex_read(bytes, expected);

	assert_false(sink->overflow);
	assert_int_equal(sink->len, n);
	assert_memory_equal(sink->buf, bytes, n);
}

static void greetings_offer_one_method(void **state)
{
	uint8_t buf[16];
	struct sink sink = sink_over(buf, sizeof(buf));
	(void)state;

	socks_put_greeting(&sink, SOCKS_METHOD_NO_AUTH);
	socks_put_greeting(&sink, SOCKS_METHOD_PASSWORD);
	assert_written(&sink, "05 01 00 05 01 02");
}

static bool login_fits(const char *user, const char *password)
{
	uint8_t buf[SOCKS_AUTH_MAX];
	struct sink sink = sink_over(buf, sizeof(buf));
	bool fits = socks_put_login(&sink, &(struct socks_login){user, password});

	assert_false(sink.overflow);
	assert_int_equal(sink.len, fits ? 3 + strlen(user) + strlen(password) : 0);
	return fits;
}

static void logins_are_1_to_255_bytes_long(void **state)
{
	char longest[SOCKS_NAME_MAX + 1] = "";
	char too_long[SOCKS_NAME_MAX + 2] = "";
	uint8_t buf[16];
	struct sink sink = sink_over(buf, sizeof(buf));
	(void)state;

	memset(longest, 'x', SOCKS_NAME_MAX);
	memset(too_long, 'x', SOCKS_NAME_MAX + 1);
	assert_true(login_fits("u", "p"));
	assert_true(login_fits(longest, longest));
	assert_false(login_fits("", "p"));
	assert_false(login_fits("u", ""));
	assert_false(login_fits(too_long, "p"));
	assert_false(login_fits("u", too_long));
	assert_true(socks_put_login(&sink, &(struct socks_login){"user", "pass"}));
	assert_written(&sink, "01 04 'user' 04 'pass'");
}

static void names_are_1_to_255_bytes_long(void **state)
{
	char longest[SOCKS_NAME_MAX + 1] = "";
	char too_long[SOCKS_NAME_MAX + 2] = "";
	struct socks_target target;
	struct socks_target before;
	(void)state;

	memset(longest, 'x', SOCKS_NAME_MAX);
	memset(too_long, 'x', SOCKS_NAME_MAX + 1);
	assert_true(socks_target_name(&target, longest, 80));
	assert_string_equal(target.name, longest);
	assert_int_equal(target.port, 80);
	assert_int_equal(target.addr.family, ADDR_NONE);
	before = target;
	assert_false(socks_target_name(&target, too_long, 81));
	assert_false(socks_target_name(&target, "", 81));
	assert_memory_equal(&target, &before, sizeof(before));
}

static void mapped_addresses_go_out_as_ipv4(void **state)
{
	struct socks_target target;
	struct addr addr;
	(void)state;

	assert_true(addr_parse(&addr, "::ffff:198.51.100.7"));
	socks_target_addr(&target, &addr, 80);
	assert_int_equal(target.addr.family, ADDR_V4);
	assert_memory_equal(target.addr.bytes, "\xc6\x33\x64\x07", 4);
}

static const struct {
	const char *target;
	const char *message;
} messages[] = {
	{"198.51.100.7", "05 f0 00 01 c6336407 1234"},
	{"2001:db8::7", "05 f0 00 04 20010db8 00000000 00000000 00000007 1234"},
	{"v4.test", "05 f0 00 03 07 'v4.test' 1234"},
	{"x", "05 f0 00 03 01 'x' 1234"},
	{"", "05 f0 00 00 00000000 1234"},
};

static struct socks_target target_of(const char *text)
{
	struct socks_target target = {.port = 0x1234};
	struct addr addr;

	if (addr_parse(&addr, text))
		socks_target_addr(&target, &addr, 0x1234);
	else
		socks_target_name(&target, text, 0x1234);
	return target;
}

static void messages_are_written_and_read_alike(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		const struct socks_target target = target_of(messages[i].target);
		uint8_t buf[SOCKS_REQUEST_MAX];
		struct sink sink = sink_over(buf, sizeof(buf));
		struct socks_target read;

		socks_put_message(&sink, SOCKS_COMMAND_RESOLVE, &target);
		assert_written(&sink, messages[i].message);
		assert_int_equal(socks_message_length(buf, sink.len), sink.len);
		assert_true(socks_message_target(&read, buf, sink.len));
		assert_memory_equal(&read, &target, sizeof(target));
	}
}

/* The length that is known may grow, but never beyond the end of the message. */
static void lengths_are_never_too_long(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		uint8_t bytes[SOCKS_REQUEST_MAX];
		size_t n = hex_read(bytes, messages[i].message);

		for (size_t have = 0; have < n; have++)
			assert_in_range(socks_message_length(bytes, have), have + 1, n);
	}
}

static void messages_that_do_not_fit_are_not_half_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		const struct socks_target target = target_of(messages[i].target);
		uint8_t buf[SOCKS_REQUEST_MAX];
		size_t n = hex_read(buf, messages[i].message);

		for (size_t cap = 0; cap <= n; cap++) {
			struct sink sink = sink_over(buf, cap);

			socks_put_message(&sink, SOCKS_COMMAND_CONNECT, &target);
			assert_int_equal(sink.overflow, cap < n);
			assert_true(sink.len <= cap);
		}
	}
}

static void unknown_address_types_have_no_length(void **state)
{
	(void)state;
	for (unsigned atyp = 0; atyp < 256; atyp++) {
		const uint8_t bytes[] = {5, 0, 0, (uint8_t)atyp};
		bool known = atyp == 0 || atyp == 1 || atyp == 3 || atyp == 4;

		assert_int_equal(socks_message_length(bytes, sizeof(bytes)) != 0, known);
	}
}

static void names_that_cannot_be_are_not_read(void **state)
{
	static const char *const bad[] = {"05 00 00 03 00 0050", "05 00 00 03 01 00 0050",
		"05 00 00 03 03 'ab' 00 0050", "05 00 00 03 03 00 'bc' 0050"};
	uint8_t bytes[32] = {0};
	struct socks_target target;
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(socks_message_target(&target, bytes, hex_read(bytes, bad[i])));
}

int main(void)
{
	const struct CMUnitTest socks_wire[] = {
		cmocka_unit_test(each_reply_has_its_errno),
		cmocka_unit_test(each_reply_has_a_sentence_of_its_own),
		cmocka_unit_test(greetings_offer_one_method),
		cmocka_unit_test(logins_are_1_to_255_bytes_long),
		cmocka_unit_test(names_are_1_to_255_bytes_long),
		cmocka_unit_test(mapped_addresses_go_out_as_ipv4),
		cmocka_unit_test(messages_are_written_and_read_alike),
		cmocka_unit_test(lengths_are_never_too_long),
		cmocka_unit_test(messages_that_do_not_fit_are_not_half_accepted),
		cmocka_unit_test(unknown_address_types_have_no_length),
		cmocka_unit_test(names_that_cannot_be_are_not_read),
	};

	return cmocka_run_group_tests(socks_wire, NULL, NULL);
}
