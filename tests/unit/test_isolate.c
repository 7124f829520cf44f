/* SPDX-License-Identifier: MIT */
/* Isolation tags: what shares a circuit and what must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/isolate.h"

static char tag[ISOLATE_TAG_BUF];

static struct socks_target target_of(const char *host, uint16_t port)
{
	struct socks_target target = {.port = port};

	if (!addr_parse(&target.addr, host)) {
		target.addr.family = ADDR_NONE;
		assert_true(strlen(host) < sizeof(target.name));
		strcpy(target.name, host);
	}
	return target;
}

/* The tag of a connection to host:port by the program, in the static buffer. */
static const char *tag_of(enum isolate isolate, const char *program, const char *run,
	const char *process, const char *host, uint16_t port)
{
	const struct settings settings = {.isolate = isolate};
	const struct socks_target target = target_of(host, port);
	const struct isolate_facts facts = {program, run, process, &target};

	assert_true(isolate_tag(tag, &settings, &facts));
	assert_true(strlen(tag) >= 1 && strlen(tag) <= 255);
	return tag;
}

static const char *tag_of_program(const char *program)
{
	return tag_of(ISOLATE_PROGRAM, program, "r1", "42-7", "example.org", 80);
}

static const char *tag_of_host(const char *host, uint16_t port)
{
	return tag_of(ISOLATE_DESTINATION, "curl", "r1", "42-7", host, port);
}

static void each_setting_has_its_own_kind_of_tag(void **state)
{
	(void)state;
	assert_string_equal(tag_of(ISOLATE_RUN, "curl", "r1", "42-7", "example.org", 80), "run:r1");
	assert_string_equal(tag_of_program("curl"), "program:curl");
	assert_string_equal(
		tag_of(ISOLATE_PROCESS, "curl", "r1", "42-7", "example.org", 80), "process:42-7");
	assert_string_equal(tag_of_host("example.org", 80), "host:example.org");
}

static void every_tag_that_is_made_tells_its_kind_and_no_other_does(void **state)
{
	(void)state;
	for (int isolate = ISOLATE_RUN; isolate <= ISOLATE_DESTINATION; isolate++) {
		const char *kind;

		tag_of((enum isolate)isolate, "curl", "r1", "42-7", "example.org", 80);
		kind = isolate_kind_of(tag);
		assert_non_null(kind);
		assert_memory_equal(tag, kind, strlen(kind));
	}
	assert_null(isolate_kind_of("curl"));
	assert_null(isolate_kind_of("program"));
	assert_null(isolate_kind_of(""));
}

static void outside_a_run_the_process_stands_in_for_it(void **state)
{
	(void)state;
	assert_string_equal(
		tag_of(ISOLATE_RUN, "curl", "", "42-7", "example.org", 80), "process:42-7");
}

static void a_destination_is_a_host_whatever_port_and_case(void **state)
{
	(void)state;
	assert_string_equal(tag_of_host("Example.ORG", 443), "host:example.org");
	assert_string_equal(tag_of_host("192.0.2.1", 443), "host:192.0.2.1");
	assert_string_equal(tag_of_host("2001:db8::1", 443), "host:2001:db8::1");
}

static void without_isolation_there_is_no_tag(void **state)
{
	const struct settings settings = {.isolate = ISOLATE_NONE};
	const struct socks_target target = target_of("example.org", 80);
	const struct isolate_facts facts = {"curl", "r1", "42-7", &target};

	(void)state;
	strcpy(tag, "old");
	assert_false(isolate_tag(tag, &settings, &facts));
	assert_string_equal(tag, "");
}

static void a_tag_given_by_hand_goes_before_every_kind(void **state)
{
	struct settings settings = {.isolate = ISOLATE_NONE};
	const struct socks_target target = target_of("example.org", 80);
	const struct isolate_facts facts = {"curl", "r1", "42-7", &target};

	(void)state;
	memset(settings.tag, 'x', 255);
	for (int isolate = ISOLATE_NONE; isolate <= ISOLATE_DESTINATION; isolate++) {
		settings.isolate = (enum isolate)isolate;
		assert_true(isolate_tag(tag, &settings, &facts));
		assert_string_equal(tag, settings.tag);
	}
}

static void a_part_is_whole_up_to_the_last_byte_that_fits(void **state)
{
	char program[300] = "";

	(void)state;
	memset(program, 'a', 255 - strlen("program:"));
	tag_of_program(program);
	assert_int_equal(strlen(tag), 255);
	assert_string_equal(tag + strlen("program:"), program);
}

/* FNV-1a of 248 times 'a', computed by another program. */
static void a_part_that_is_too_long_becomes_its_beginning_and_a_digest(void **state)
{
	char program[300] = "", expected[ISOLATE_TAG_BUF] = "program:";

	(void)state;
	memset(program, 'a', 248);
	memset(expected + 8, 'a', 255 - 8 - 17);
	strcat(expected, "~9c8801a9fdf9337d");
	assert_string_equal(tag_of_program(program), expected);
}

static void long_parts_that_differ_only_at_their_end_stay_apart(void **state)
{
	char host[256] = "", first[ISOLATE_TAG_BUF];

	(void)state;
	memset(host, 'a', 255);
	strcpy(first, tag_of_host(host, 80));
	assert_int_equal(strlen(first), 255);
	host[254] = 'b';
	assert_string_not_equal(first, tag_of_host(host, 80));
	assert_memory_equal(first, tag, 255 - 16);
}

static void a_program_name_of_strange_bytes_becomes_a_plain_stand_in(void **state)
{
	char first[ISOLATE_TAG_BUF];

	(void)state;
	strcpy(first, tag_of_program("cu\nrl"));
	assert_memory_equal(first, "program:cu~", 11);
	assert_int_equal(strlen(first), 11 + 16);
	assert_string_not_equal(first, tag_of_program("cu\trl"));
	tag_of_program("b\xc3\xbc"
		       "cher");
	for (const char *c = tag; *c; c++)
		assert_in_range((unsigned char)*c, ' ', '~');
	tag_of_program("\x7f");
	assert_memory_equal(tag, "program:~", 9);
	assert_int_equal(strlen(tag), 9 + 16);
}

static void an_empty_program_name_still_makes_a_tag(void **state)
{
	(void)state;
	assert_string_equal(tag_of_program(""), "program:");
}

static void tor_gets_the_tag_as_the_password(void **state)
{
	struct socks_login login;

	(void)state;
	assert_true(isolate_login(&login, "program:curl", true));
	assert_string_equal(login.user, "<torS0X>0");
	assert_string_equal(login.password, "program:curl");
	assert_true(isolate_login(&login, "<torS0X>1", true));
	assert_string_equal(login.user, "<torS0X>0");
	assert_string_equal(login.password, "<torS0X>1");
}

static void other_proxies_get_the_tag_as_the_user(void **state)
{
	struct socks_login login;

	(void)state;
	assert_true(isolate_login(&login, "program:curl", false));
	assert_string_equal(login.user, "program:curl");
	assert_string_equal(login.password, "0");
}

static void a_user_name_that_tor_would_refuse_is_not_made(void **state)
{
	struct socks_login login;

	(void)state;
	assert_false(isolate_login(&login, "<torS0X>", false));
	assert_false(isolate_login(&login, "<torS0X>0", false));
	assert_true(isolate_login(&login, "<tors0x>0", false));
	assert_true(isolate_login(&login, "<torS0X", false));
	assert_true(isolate_login(&login, "x<torS0X>", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_setting_has_its_own_kind_of_tag),
		cmocka_unit_test(every_tag_that_is_made_tells_its_kind_and_no_other_does),
		cmocka_unit_test(outside_a_run_the_process_stands_in_for_it),
		cmocka_unit_test(a_destination_is_a_host_whatever_port_and_case),
		cmocka_unit_test(without_isolation_there_is_no_tag),
		cmocka_unit_test(a_tag_given_by_hand_goes_before_every_kind),
		cmocka_unit_test(a_part_is_whole_up_to_the_last_byte_that_fits),
		cmocka_unit_test(a_part_that_is_too_long_becomes_its_beginning_and_a_digest),
		cmocka_unit_test(long_parts_that_differ_only_at_their_end_stay_apart),
		cmocka_unit_test(a_program_name_of_strange_bytes_becomes_a_plain_stand_in),
		cmocka_unit_test(an_empty_program_name_still_makes_a_tag),
		cmocka_unit_test(tor_gets_the_tag_as_the_password),
		cmocka_unit_test(other_proxies_get_the_tag_as_the_user),
		cmocka_unit_test(a_user_name_that_tor_would_refuse_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
