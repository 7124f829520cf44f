/* SPDX-License-Identifier: MIT */
/* The set of addresses that were handed out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netdb.h>
#include <netinet/in.h>

#include "lib/handed_out.h"

static struct addr addr_of(const char *text)
{
	struct addr addr;

	assert_true(addr_parse(&addr, text));
	return addr;
}

static bool has(const char *text)
{
	const struct addr addr = addr_of(text);

	return handed_out(&addr);
}

static void only_what_was_noted_is_there(void **state)
{
	const struct addr v4 = addr_of("198.51.100.7"), v6 = addr_of("2001:db8::7");

	(void)state;
	assert_false(has("198.51.100.7"));
	handed_out_note(&v4);
	handed_out_note(&v4);
	handed_out_note(&v6);
	assert_true(has("198.51.100.7"));
	assert_true(has("::ffff:198.51.100.7"));
	assert_true(has("2001:db8::7"));
	assert_false(has("198.51.100.8"));
	assert_false(has("2001:db8::8"));
	assert_false(has("c633:6407::")); /* the same bytes as the IPv4 one */
}

static void libcs_answers_are_noted_whole(void **state)
{
	uint8_t first[4] = {203, 0, 113, 1}, second[4] = {203, 0, 113, 2};
	char *list[] = {(char *)first, (char *)second, NULL};
	const struct hostent entry = {.h_addrtype = AF_INET, .h_length = 4, .h_addr_list = list};
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
	struct addrinfo *info;

	(void)state;
	handed_out_note_entry(&entry);
	handed_out_note_entry(NULL);
	assert_true(has("203.0.113.1"));
	assert_true(has("203.0.113.2"));
	assert_int_equal(getaddrinfo("203.0.113.3", NULL, &hints, &info), 0);
	handed_out_note_list(info);
	handed_out_note_list(NULL);
	freeaddrinfo(info);
	assert_true(has("203.0.113.3"));
}

static void a_thousand_are_all_remembered(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 1000; i++) {
			struct addr addr = addr_of("192.0.2.0");

			addr.bytes[1] = (uint8_t)(i >> 8);
			addr.bytes[3] = (uint8_t)i;
			if (round == 0)
				handed_out_note(&addr);
			assert_true(handed_out(&addr));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_noted_is_there),
		cmocka_unit_test(libcs_answers_are_noted_whole),
		cmocka_unit_test(a_thousand_are_all_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
