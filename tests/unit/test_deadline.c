/* SPDX-License-Identifier: MIT */
/* What is left of a wait. The clock goes on, so only what holds at any speed is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/deadline.h"

static const struct timespec none, hour = {.tv_sec = 3600, .tv_nsec = 999999999},
				   short_piece = {.tv_nsec = 20};

static void without_a_timeout_it_never_comes(void **state)
{
	const struct deadline deadline = deadline_in(NULL);
	struct timespec out;

	(void)state;
	assert_true(deadline.never && deadline_roughly(NULL).never);
	assert_false(deadline_is_over(&deadline));
	assert_null(deadline_piece(&deadline, NULL, &out));
	assert_ptr_equal(deadline_piece(&deadline, &short_piece, &out), &short_piece);
}

static void no_time_is_over_at_once_and_what_is_left_is_never_negative(void **state)
{
	const struct deadline deadlines[] = {
		deadline_in(&none), deadline_roughly(&none), {.end = {.tv_sec = 0, .tv_nsec = 5}}};

	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct timespec left = deadline_left(&deadlines[i]);

		assert_true(deadline_is_over(&deadlines[i]));
		assert_int_equal(left.tv_sec, 0);
		assert_int_equal(left.tv_nsec, 0);
	}
}

static void what_is_left_is_a_time_and_not_more_than_was_asked_for(void **state)
{
	const struct deadline deadlines[] = {deadline_in(&hour), deadline_roughly(&hour)};

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct timespec left = deadline_left(&deadlines[i]);

		assert_false(deadline_is_over(&deadlines[i]));
		assert_in_range(deadlines[i].end.tv_nsec, 0, 999999999);
		assert_in_range(left.tv_nsec, 0, 999999999);
		assert_in_range(left.tv_sec, 1, 3601);
	}
}

static void a_piece_is_the_shorter_of_both(void **state)
{
	const struct deadline far = deadline_in(&hour), over = deadline_in(&none);
	struct timespec out;

	(void)state;
	assert_ptr_equal(deadline_piece(&far, &short_piece, &out), &short_piece);
	assert_ptr_equal(deadline_piece(&far, NULL, &out), &out);
	assert_ptr_equal(deadline_piece(&over, &short_piece, &out), &out);
	assert_int_equal(out.tv_sec + out.tv_nsec, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_timeout_it_never_comes),
		cmocka_unit_test(no_time_is_over_at_once_and_what_is_left_is_never_negative),
		cmocka_unit_test(what_is_left_is_a_time_and_not_more_than_was_asked_for),
		cmocka_unit_test(a_piece_is_the_shorter_of_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
