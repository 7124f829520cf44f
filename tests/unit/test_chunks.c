/* SPDX-License-Identifier: MIT */
/* The array by descriptor: made where it is asked for, zero at first, never moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <limits.h>

#include "lib/chunks.h"

static void an_entry_is_made_only_where_that_is_asked_for(void **state)
{
	struct chunks chunks = CHUNKS_OF(int);
	int *entry;

	(void)state;
	assert_null(chunks_entry(&chunks, 3, false));
	errno = 0;
	entry = chunks_entry(&chunks, 3, true);
	assert_int_equal(*entry, 0);
	assert_int_equal(errno, 0);
	*entry = 7;
	assert_ptr_equal(chunks_entry(&chunks, 3, false), entry);
	assert_ptr_equal(chunks_entry(&chunks, 4, false), entry + 1);
}

static void there_is_none_for_what_cannot_be_a_descriptor_or_is_too_high(void **state)
{
	struct chunks chunks = CHUNKS_OF(int);

	(void)state;
	assert_null(chunks_entry(&chunks, -1, true));
	assert_null(chunks_entry(&chunks, INT_MIN, true));
	assert_null(chunks_entry(&chunks, CHUNKS_FDS, true));
	assert_null(chunks_entry(&chunks, INT_MAX, true));
	assert_non_null(chunks_entry(&chunks, CHUNKS_FDS - 1, true));
}

static void the_next_one_is_in_the_next_chunk_that_there_is(void **state)
{
	struct chunks chunks = CHUNKS_OF(int);

	(void)state;
	assert_int_equal(chunks_next(&chunks, 0), -1);
	chunks_entry(&chunks, 5 * CHUNK_ENTRIES + 9, true);
	assert_int_equal(chunks_next(&chunks, 0), 5 * CHUNK_ENTRIES);
	assert_int_equal(chunks_next(&chunks, 5 * CHUNK_ENTRIES + 9), 5 * CHUNK_ENTRIES + 9);
	assert_int_equal(chunks_next(&chunks, 6 * CHUNK_ENTRIES), -1);
	assert_int_equal(chunks_next(&chunks, CHUNKS_FDS), -1);
}

static int visited;

static void visit(void *entry)
{
	visited += *(int *)entry;
}

static void each_is_visited_once(void **state)
{
	struct chunks chunks = CHUNKS_OF(int);
	const int fds[] = {0, CHUNK_ENTRIES - 1, CHUNK_ENTRIES, CHUNKS_FDS - 1};

	(void)state;
	for (int i = 0; i < 4; i++)
		*(int *)chunks_entry(&chunks, fds[i], true) = 1 << (4 * i);
	visited = 0;
	chunks_each(&chunks, visit);
	assert_int_equal(visited, 0x1111);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_made_only_where_that_is_asked_for),
		cmocka_unit_test(there_is_none_for_what_cannot_be_a_descriptor_or_is_too_high),
		cmocka_unit_test(the_next_one_is_in_the_next_chunk_that_there_is),
		cmocka_unit_test(each_is_visited_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
