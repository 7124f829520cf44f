/* SPDX-License-Identifier: MIT */
/* core/guard_sign: an address in registers is the library's own, and of this very call. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "core/guard_sign.h"

static const struct sockaddr_in address = {
	.sin_family = AF_INET,
	.sin_port = 0x5a23,
	.sin_addr.s_addr = 0xfe00007f,
};

static const struct sockaddr *any(const void *of)
{
	return of;
}

static void it_is_read_as_it_was_written(void **state)
{
	unsigned long long arguments[GUARD_SIGN_ARGUMENTS];
	struct sockaddr_in read;

	(void)state;
	assert_true(guard_sign_write(arguments, 7, any(&address), sizeof(address)));
	assert_int_equal(arguments[0], 7);
	assert_int_equal(arguments[1], (uintptr_t)&address);
	assert_int_equal(arguments[2], sizeof(address));
	assert_true(guard_sign_read(arguments, &read));
	assert_memory_equal(&read, &address, sizeof(read));
}

/* Registers keep what nobody overwrites, and connect itself fills three. */
static void what_is_left_for_another_call_is_not_read(void **state)
{
	unsigned long long arguments[GUARD_SIGN_ARGUMENTS];
	struct sockaddr_in read;

	(void)state;
	for (int changed = 0; changed < GUARD_SIGN_ARGUMENTS; changed++) {
		assert_true(guard_sign_write(arguments, 7, any(&address), sizeof(address)));
		arguments[changed] ^= 1 << 16 | 1;
		assert_false(guard_sign_read(arguments, &read));
	}
}

static void other_addresses_do_not_fit(void **state)
{
	const struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	const struct sockaddr_storage longer = {.ss_family = AF_INET};
	unsigned long long arguments[GUARD_SIGN_ARGUMENTS];

	(void)state;
	assert_false(guard_sign_write(arguments, 7, any(&six), sizeof(six)));
	assert_false(guard_sign_write(arguments, 7, any(&longer), sizeof(longer)));
	assert_false(guard_sign_write(arguments, 7, any(&guard_sign), sizeof(guard_sign)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_read_as_it_was_written),
		cmocka_unit_test(what_is_left_for_another_call_is_not_read),
		cmocka_unit_test(other_addresses_do_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
