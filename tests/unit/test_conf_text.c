/* SPDX-License-Identifier: MIT */
/* The grammar of tunic.conf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/conf_text.h"

/* The text lies in memory of exactly its length, so that a sanitizer sees a byte read too far. */
struct text_copy {
	char *bytes;
	struct conf_text conf;
};

static void open_copy(struct text_copy *copy, const char *text, size_t len)
{
	copy->bytes = malloc(len > 0 ? len : 1);
	assert_non_null(copy->bytes);
	memcpy(copy->bytes, text, len);
	conf_text_open(&copy->conf, copy->bytes, len);
}

static void expect_setting(
	struct text_copy *copy, unsigned line, const char *key, const char *value)
{
	assert_int_equal(conf_text_next(&copy->conf), CONF_SETTING);
	assert_string_equal(copy->conf.key, key);
	assert_string_equal(copy->conf.value, value);
	assert_int_equal(copy->conf.line, line);
}

/* `shown`: the offending line as the reader points to it. */
static void expect_bad(
	struct text_copy *copy, unsigned line, const char *sentence, const char *shown)
{
	assert_int_equal(conf_text_next(&copy->conf), CONF_BAD);
	assert_int_equal(copy->conf.line, line);
	assert_non_null(strstr(copy->conf.bad, sentence));
	assert_int_equal(copy->conf.bad_len, strlen(shown));
	assert_memory_equal(copy->conf.bad_text, shown, strlen(shown));
}

static void expect_end(struct text_copy *copy)
{
	assert_int_equal(conf_text_next(&copy->conf), CONF_END);
	assert_int_equal(conf_text_next(&copy->conf), CONF_END);
	free(copy->bytes);
}

static void settings_are_read_with_their_lines(void **state)
{
	static const char text[] = "# tunic.conf\n"
				   "\n"
				   "tag = a\n"
				   "  names=fake\n"
				   "\t # names = resolve\n"
				   "log\t=\twarn\n";
	struct text_copy copy;

	(void)state;
	open_copy(&copy, text, strlen(text));
	expect_setting(&copy, 3, "tag", "a");
	expect_setting(&copy, 4, "names", "fake");
	expect_setting(&copy, 6, "log", "warn");
	expect_end(&copy);
}

static void blanks_inside_a_value_stay_and_around_it_go(void **state)
{
	static const char text[] = "tag = \t two  words \t\n";
	struct text_copy copy;

	(void)state;
	open_copy(&copy, text, strlen(text));
	expect_setting(&copy, 1, "tag", "two  words");
	expect_end(&copy);
}

static void a_value_may_hold_equals_signs_and_hashes(void **state)
{
	static const char text[] = "tag = a=b # no comment\ntag ==\n";
	struct text_copy copy;

	(void)state;
	open_copy(&copy, text, strlen(text));
	expect_setting(&copy, 1, "tag", "a=b # no comment");
	expect_setting(&copy, 2, "tag", "=");
	expect_end(&copy);
}

static void the_last_line_needs_no_newline(void **state)
{
	struct text_copy copy;

	(void)state;
	open_copy(&copy, "tag = a", 7);
	expect_setting(&copy, 1, "tag", "a");
	expect_end(&copy);
}

static void lines_may_end_in_crlf(void **state)
{
	static const char text[] = "tag = a\r\n\r\n# x\r\nlog = warn\r";
	struct text_copy copy;

	(void)state;
	open_copy(&copy, text, strlen(text));
	expect_setting(&copy, 1, "tag", "a");
	expect_setting(&copy, 4, "log", "warn");
	expect_end(&copy);
}

static void texts_without_settings_end_at_once(void **state)
{
	static const char *const texts[] = {
		"", "\n", "\n\n", "\r\n", "#", "# only\n# comments", " \t "};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct text_copy copy;

		open_copy(&copy, texts[i], strlen(texts[i]));
		expect_end(&copy);
	}
}

static void a_bad_line_is_pointed_to_and_the_next_one_is_read(void **state)
{
	static const char text[] =
		"local direct\n = a\ntag =\n[section]\ntag =  \t \r\nlog = warn\n";
	struct text_copy copy;

	(void)state;
	open_copy(&copy, text, strlen(text));
	expect_bad(&copy, 1, "no '='", "local direct");
	expect_bad(&copy, 2, "no key", "= a");
	expect_bad(&copy, 3, "no value", "tag =");
	expect_bad(&copy, 4, "no '='", "[section]");
	expect_bad(&copy, 5, "no value", "tag =");
	expect_setting(&copy, 6, "log", "warn");
	expect_end(&copy);
}

static void a_nul_byte_is_bad_in_comments_too(void **state)
{
	static const char text[] = "tag = a\0b\n#\0\nlog = warn\0";
	struct text_copy copy;

	(void)state;
	open_copy(&copy, text, sizeof(text) - 1);
	assert_int_equal(conf_text_next(&copy.conf), CONF_BAD);
	assert_non_null(strstr(copy.conf.bad, "NUL"));
	assert_int_equal(copy.conf.bad_len, 9);
	assert_int_equal(conf_text_next(&copy.conf), CONF_BAD);
	assert_int_equal(copy.conf.line, 2);
	assert_int_equal(conf_text_next(&copy.conf), CONF_BAD);
	expect_end(&copy);
}

static void a_byte_order_mark_is_named(void **state)
{
	static const char text[] = "\xef\xbb\xbftag = a\n\xef\xbb\xbflog = warn\n";
	struct text_copy copy;

	(void)state;
	open_copy(&copy, text, strlen(text));
	expect_bad(&copy, 1, "byte order mark", "\xef\xbb\xbftag = a");
	expect_setting(&copy, 2, "\xef\xbb\xbflog", "warn");
	expect_end(&copy);
	open_copy(&copy, text, 2);
	expect_bad(&copy, 1, "no '='", "\xef\xbb");
	expect_end(&copy);
}

static void a_byte_order_mark_before_a_comment_is_named(void **state)
{
	static const char text[] = "\xef\xbb\xbf# comment\n";
	struct text_copy copy;

	(void)state;
	open_copy(&copy, text, strlen(text));
	expect_bad(&copy, 1, "byte order mark", "\xef\xbb\xbf# comment");
	expect_end(&copy);
}

/* Opens "KKK…=VVV…". */
static void open_long(struct text_copy *copy, size_t key_len, size_t value_len)
{
	char text[CONF_KEY_MAX + CONF_VALUE_MAX + 16];

	memset(text, 'k', key_len);
	text[key_len] = '=';
	memset(text + key_len + 1, 'v', value_len);
	open_copy(copy, text, key_len + 1 + value_len);
}

static void the_longest_key_and_value_are_whole_and_longer_ones_bad(void **state)
{
	struct text_copy copy;

	(void)state;
	open_long(&copy, CONF_KEY_MAX - 1, CONF_VALUE_MAX - 1);
	assert_int_equal(conf_text_next(&copy.conf), CONF_SETTING);
	assert_int_equal(strlen(copy.conf.key), CONF_KEY_MAX - 1);
	assert_int_equal(strlen(copy.conf.value), CONF_VALUE_MAX - 1);
	expect_end(&copy);
	open_long(&copy, CONF_KEY_MAX, 1);
	assert_int_equal(conf_text_next(&copy.conf), CONF_BAD);
	assert_non_null(strstr(copy.conf.bad, "key that is too long"));
	expect_end(&copy);
	open_long(&copy, 1, CONF_VALUE_MAX);
	assert_int_equal(conf_text_next(&copy.conf), CONF_BAD);
	assert_non_null(strstr(copy.conf.bad, "value that is too long"));
	expect_end(&copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_read_with_their_lines),
		cmocka_unit_test(blanks_inside_a_value_stay_and_around_it_go),
		cmocka_unit_test(a_value_may_hold_equals_signs_and_hashes),
		cmocka_unit_test(the_last_line_needs_no_newline),
		cmocka_unit_test(lines_may_end_in_crlf),
		cmocka_unit_test(texts_without_settings_end_at_once),
		cmocka_unit_test(a_bad_line_is_pointed_to_and_the_next_one_is_read),
		cmocka_unit_test(a_nul_byte_is_bad_in_comments_too),
		cmocka_unit_test(a_byte_order_mark_is_named),
		cmocka_unit_test(a_byte_order_mark_before_a_comment_is_named),
		cmocka_unit_test(the_longest_key_and_value_are_whole_and_longer_ones_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
