/* SPDX-License-Identifier: MIT */
/* Taking descriptors out of control data: any order, any length, each asked about once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "lib/received.h"

enum { FDS_MAX = 253 /* SCM_MAX_FD */, ROOM = 4096 };

/* Descriptors are numbers here: those from FORBIDDEN up are to go. */
enum { FORBIDDEN = 1000 };

static int asked[2 * FDS_MAX];
static size_t asked_count;

static bool keep(int fd)
{
	asked[asked_count++] = fd;
	return fd < FORBIDDEN;
}

/* Control data that grows as the kernel writes it. */
struct control {
	size_t len;
	_Alignas(struct cmsghdr) unsigned char bytes[ROOM];
};

static void add(struct control *control, int level, int type, const void *data, size_t n)
{
	const struct cmsghdr header = {
		.cmsg_len = CMSG_LEN(n), .cmsg_level = level, .cmsg_type = type};

	assert_true(control->len + CMSG_SPACE(n) <= ROOM);
	memset(control->bytes + control->len, 0, CMSG_SPACE(n));
	memcpy(control->bytes + control->len, &header, sizeof(header));
	memcpy(control->bytes + control->len + CMSG_LEN(0), data, n);
	control->len += CMSG_SPACE(n);
}

static void add_rights(struct control *control, const int *fds, size_t count)
{
	add(control, SOL_SOCKET, SCM_RIGHTS, fds, count * sizeof(*fds));
}

static const uint32_t credentials[3] = {1, 2, 3};
static const uint64_t timestamp[2] = {4, 5};

static void add_credentials(struct control *control)
{
	add(control, SOL_SOCKET, SCM_CREDENTIALS, credentials, sizeof(credentials));
}

static void add_timestamp(struct control *control)
{
	add(control, SOL_SOCKET, SCM_TIMESTAMP, timestamp, sizeof(timestamp));
}

static size_t filter(struct control *control)
{
	asked_count = 0;
	return received_filter(control->bytes, &control->len, keep);
}

static void assert_same(const struct control *is, const struct control *expected)
{
	assert_int_equal(is->len, expected->len);
	assert_memory_equal(is->bytes, expected->bytes, expected->len);
}

static void what_may_stay_is_not_touched(void **state)
{
	const int fds[] = {3, 4, 5};
	struct control control = {0}, before;

	(void)state;
	add_timestamp(&control);
	add_rights(&control, fds, 3);
	add_credentials(&control);
	before = control;
	assert_int_equal(filter(&control), 0);
	assert_same(&control, &before);
	assert_int_equal(asked_count, 3);
	assert_memory_equal(asked, fds, sizeof(fds));
}

/* Every set of forbidden ones among five, before, between and after other messages. */
static void what_is_left_keeps_its_order_and_its_neighbours(void **state)
{
	(void)state;
	for (unsigned count = 0; count <= 5; count++) {
		for (unsigned set = 0; set < 1u << count; set++) {
			struct control control = {0}, expected = {0};
			int fds[5] = {0}, left[5] = {0};
			size_t kept = 0;

			for (unsigned i = 0; i < count; i++) {
				fds[i] = (int)i + (set & 1u << i ? FORBIDDEN : 3);
				if (fds[i] < FORBIDDEN)
					left[kept++] = fds[i];
			}
			add_credentials(&control);
			add_rights(&control, fds, count);
			add_timestamp(&control);
			add_rights(&control, fds, count);
			add_credentials(&control);
			add_credentials(&expected);
			if (kept > 0 || count == 0)
				add_rights(&expected, left, kept);
			add_timestamp(&expected);
			if (kept > 0 || count == 0)
				add_rights(&expected, left, kept);
			add_credentials(&expected);
			assert_int_equal(filter(&control), 2 * (count - kept));
			assert_same(&control, &expected);
			assert_int_equal(asked_count, 2 * count);
		}
	}
}

static void as_many_as_the_kernel_passes_are_each_asked_about_once(void **state)
{
	struct control control = {0}, expected = {0};
	int fds[FDS_MAX], left[FDS_MAX];
	size_t kept = 0;

	(void)state;
	for (int i = 0; i < FDS_MAX; i++) {
		fds[i] = i % 3 == 0 ? FORBIDDEN + i : i;
		if (fds[i] < FORBIDDEN)
			left[kept++] = fds[i];
	}
	add_rights(&control, fds, FDS_MAX);
	add_rights(&expected, left, kept);
	assert_int_equal(filter(&control), FDS_MAX - kept);
	assert_same(&control, &expected);
	assert_int_equal(asked_count, FDS_MAX);
	assert_memory_equal(asked, fds, sizeof(fds));
}

/* The last message may end where the program's buffer did, in the middle of its padding. */
static void the_last_padding_may_be_missing(void **state)
{
	const int fds[] = {FORBIDDEN, 4, 5};
	struct control control = {0};
	int first;

	(void)state;
	add_rights(&control, fds, 3);
	control.len = CMSG_LEN(sizeof(fds));
	assert_int_equal(filter(&control), 1);
	assert_int_equal(control.len, CMSG_SPACE(2 * sizeof(int)));
	memcpy(&first, control.bytes + CMSG_LEN(0), sizeof(first));
	assert_int_equal(first, 4);
}

static void a_message_that_says_more_than_is_there_is_left_alone(void **state)
{
	const int fds[] = {FORBIDDEN, FORBIDDEN};
	struct control whole = {0};

	(void)state;
	add_rights(&whole, fds, 2);
	for (size_t len = 0; len < CMSG_LEN(sizeof(fds)); len++) {
		struct control cut = whole;

		cut.len = len;
		assert_int_equal(filter(&cut), 0);
		assert_int_equal(asked_count, 0);
		assert_int_equal(cut.len, len);
	}
	memset(whole.bytes, 0, sizeof(size_t)); /* cmsg_len of 0 must not be gone round for ever */
	assert_int_equal(filter(&whole), 0);
}

static void a_buffer_at_an_odd_address_serves_as_well(void **state)
{
	const int fds[] = {3, FORBIDDEN, 5}, left[] = {3, 5};
	struct control control = {0}, expected = {0};
	unsigned char bytes[ROOM + 1];
	size_t len;

	(void)state;
	add_rights(&control, fds, 3);
	add_credentials(&control);
	add_rights(&expected, left, 2);
	add_credentials(&expected);
	len = control.len;
	memcpy(bytes + 1, control.bytes, len);
	asked_count = 0;
	assert_int_equal(received_filter(bytes + 1, &len, keep), 1);
	assert_int_equal(len, expected.len);
	assert_memory_equal(bytes + 1, expected.bytes, len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_stay_is_not_touched),
		cmocka_unit_test(what_is_left_keeps_its_order_and_its_neighbours),
		cmocka_unit_test(as_many_as_the_kernel_passes_are_each_asked_about_once),
		cmocka_unit_test(the_last_padding_may_be_missing),
		cmocka_unit_test(a_message_that_says_more_than_is_there_is_left_alone),
		cmocka_unit_test(a_buffer_at_an_odd_address_serves_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
