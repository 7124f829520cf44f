/* SPDX-License-Identifier: MIT */
/* Text in fixed buffers: cut where it must be, quoted where it may be hostile; strict numbers. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void parts_become_a_line(void **state)
{
	char buf[64];
	struct text text = text_over(buf, sizeof(buf));
	(void)state;

	assert_string_equal(buf, "");
	text_add(&text, "a");
	text_add_n(&text, "bcX", 2);
	text_add_char(&text, 'd');
	text_add_number(&text, 0);
	text_add_number(&text, ULLONG_MAX);
	text_add_all(&text, "e", "", "fg", (const char *)NULL);
	assert_string_equal(buf, "abcd018446744073709551615efg");
	assert_int_equal(text.len, strlen(buf));
	assert_false(text.cut);
}

static void what_does_not_fit_is_cut(void **state)
{
	char buf[] = "XXXXXXXX";
	struct text text = text_over(buf, 5);
	(void)state;

	text_add(&text, "abcd");
	assert_false(text.cut);
	text_add(&text, "");
	assert_false(text.cut);
	text_add(&text, "e");
	assert_true(text.cut);
	assert_memory_equal(buf, "abcd\0XXX", 8);
	text = text_over(buf, 5);
	text_add(&text, "ab");
	text_add_number(&text, 345);
	assert_true(text.cut);
	assert_int_equal(text.len, 4);
	assert_memory_equal(buf, "ab34\0XXX", 8);
}

static void a_buffer_of_one_byte_holds_the_nul(void **state)
{
	char buf[] = "XX";
	struct text text = text_over(buf, 1);
	(void)state;

	text_add_char(&text, 'a');
	assert_true(text.cut);
	assert_memory_equal(buf, "\0X", 2);
}

static const char *quoted(const char *string)
{
	static char buf[512];
	struct text text = text_over(buf, sizeof(buf));

	text_add_quoted(&text, string);
	return buf;
}

static void hostile_strings_stay_in_their_quotes(void **state)
{
	(void)state;
	assert_string_equal(quoted(""), "''");
	assert_string_equal(quoted("v4.test ~"), "'v4.test ~'");
	assert_string_equal(quoted("a\n\x1b[2J\x7f\xc3\xa4"), "'a\\x0a\\x1b[2J\\x7f\\xc3\\xa4'");
	assert_string_equal(quoted("it's"), "'it\\x27s'");
	assert_string_equal(quoted("\\x41"), "'\\x5cx41'");
}

static void long_strings_end_in_dots(void **state)
{
	char string[82] = "";
	char expected[90] = "";
	(void)state;

	memset(string, 'a', 80);
	memset(expected, 'a', 81);
	expected[0] = expected[81] = '\'';
	assert_string_equal(quoted(string), expected);
	string[80] = 'a';
	memcpy(expected + 82, "...", 4);
	assert_string_equal(quoted(string), expected);
}

static void a_copy_is_whole_or_empty(void **state)
{
	char buf[] = "XXXX";
	(void)state;

	assert_true(text_copy(buf, 4, "abc"));
	assert_string_equal(buf, "abc");
	assert_false(text_copy(buf, 4, "abcd"));
	assert_string_equal(buf, "");
	assert_true(text_copy(buf, 1, ""));
	assert_false(text_copy(NULL, 0, ""));
}

static void assert_number(const char *string, unsigned long max, unsigned long expected)
{
	unsigned long value = 7777;

	assert_true(text_parse_number(&value, string, max));
	assert_int_equal(value, expected);
}

static void assert_no_number(const char *string, unsigned long max)
{
	unsigned long value = 7777;

	assert_false(text_parse_number(&value, string, max));
	assert_int_equal(value, 7777);
}

static void numbers_are_digits_within_bounds(void **state)
{
	char largest[32];
	(void)state;

	snprintf(largest, sizeof(largest), "%lu", ULONG_MAX);
	assert_number(largest, ULONG_MAX, ULONG_MAX);
	assert_number("0", 0, 0);
	assert_number("00080", 80, 80);
	assert_number("65535", 65535, 65535);
	assert_no_number("65536", 65535);
	assert_no_number("655350", 65535);
	assert_no_number("18446744073709551616", ULONG_MAX);
	assert_no_number("184467440737095516150", ULONG_MAX);
	assert_no_number("5", 4);
	assert_no_number("1", 0);
	assert_no_number("", 9);
	assert_no_number(" 1", 9);
	assert_no_number("1 ", 9);
	assert_no_number("+1", 9);
	assert_no_number("-1", 9);
	assert_no_number("0x1", 9);
	assert_no_number("1:", 9);
	assert_no_number("\xb9", 9);
}

static void case_is_ascii_case(void **state)
{
	(void)state;
	assert_true(text_equal_nocase("V4.Test", "v4.tEST"));
	assert_true(text_equal_nocase("", ""));
	assert_false(text_equal_nocase("a", "ab"));
	assert_false(text_equal_nocase("ab", "a"));
	assert_false(text_equal_nocase("[", "{"));
	assert_false(text_equal_nocase("@", "`"));
	assert_int_equal(text_lower('\xc4'), '\xc4');
}

static void endings_are_compared_without_case(void **state)
{
	(void)state;
	assert_true(text_ends_with_nocase("foo.ONION", ".onion"));
	assert_true(text_ends_with_nocase(".onion", ".onion"));
	assert_true(text_ends_with_nocase("x", ""));
	assert_false(text_ends_with_nocase("onion", ".onion"));
	assert_false(text_ends_with_nocase("foo.onion.", ".onion"));
	assert_false(text_ends_with_nocase("", ".onion"));
}

int main(void)
{
	const struct CMUnitTest text[] = {
		cmocka_unit_test(parts_become_a_line),
		cmocka_unit_test(what_does_not_fit_is_cut),
		cmocka_unit_test(a_buffer_of_one_byte_holds_the_nul),
		cmocka_unit_test(hostile_strings_stay_in_their_quotes),
		cmocka_unit_test(long_strings_end_in_dots),
		cmocka_unit_test(a_copy_is_whole_or_empty),
		cmocka_unit_test(numbers_are_digits_within_bounds),
		cmocka_unit_test(case_is_ascii_case),
		cmocka_unit_test(endings_are_compared_without_case),
	};

	return cmocka_run_group_tests(text, NULL, NULL);
}
