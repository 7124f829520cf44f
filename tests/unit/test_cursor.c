/* SPDX-License-Identifier: MIT */
/* Writing and reading bytes: the bounds, and that an overflow is for good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"

static void numbers_are_big_endian(void **state)
{
	uint8_t buf[3];
	struct sink sink = sink_over(buf, sizeof(buf));
	(void)state;

	sink_u8(&sink, 0x05);
	sink_u16(&sink, 0xf012);
	assert_false(sink.overflow);
	assert_int_equal(sink.len, 3);
	assert_memory_equal(buf, "\x05\xf0\x12", 3);
	assert_int_equal(read_u16(buf + 1), 0xf012);
}

static void what_fits_exactly_fits(void **state)
{
	uint8_t buf[4];
	struct sink sink = sink_over(buf, sizeof(buf));
	(void)state;

	sink_put(&sink, "abcd", 4);
	assert_false(sink.overflow);
	sink_put(&sink, NULL, 0);
	assert_false(sink.overflow);
	sink_u8(&sink, 0);
	assert_true(sink.overflow);
}

static void a_put_that_does_not_fit_writes_nothing(void **state)
{
	uint8_t buf[] = {1, 2, 3, 4};
	struct sink sink = sink_over(buf, 3);
	(void)state;

	sink_u16(&sink, 0xaabb);
	sink_u16(&sink, 0xccdd);
	assert_true(sink.overflow);
	assert_int_equal(sink.len, 2);
	assert_memory_equal(buf, "\xaa\xbb\x03\x04", 4);
}

/* Else a message would have a hole where its longest part was. */
static void an_overflow_is_for_good(void **state)
{
	uint8_t buf[3];
	struct sink sink = sink_over(buf, sizeof(buf));
	(void)state;

	sink_put(&sink, "abcd", 4);
	sink_u8(&sink, 1);
	assert_true(sink.overflow);
	assert_int_equal(sink.len, 0);
}

int main(void)
{
	const struct CMUnitTest cursor[] = {
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(what_fits_exactly_fits),
		cmocka_unit_test(a_put_that_does_not_fit_writes_nothing),
		cmocka_unit_test(an_overflow_is_for_good),
	};

	return cmocka_run_group_tests(cursor, NULL, NULL);
}
