/* SPDX-License-Identifier: MIT */
/* The table of tunnelled descriptors: bound to the socket, not to its number, and free of races. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/fd_table.h"
#include "lib/real.h"

static struct tunnelled tunnel_to(uint16_t port)
{
	struct tunnelled tunnel = {.domain = AF_INET, .target = {.port = port}};

	assert_true(addr_parse(&tunnel.target.addr, "198.51.100.7"));
	return tunnel;
}

static int new_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	return fd;
}

static void a_recorded_socket_is_found(void **state)
{
	struct tunnelled tunnel = tunnel_to(80), found;
	int fd = new_socket();

	(void)state;
	assert_false(fd_table_find(fd, &found));
	fd_table_record(fd, &tunnel);
	assert_true(fd_table_any());
	assert_true(fd_table_find(fd, &found));
	assert_int_equal(found.target.port, 80);
	assert_int_equal(found.domain, AF_INET);
	close(fd);
}

static void a_later_socket_with_the_same_number_is_another(void **state)
{
	struct tunnelled tunnel = tunnel_to(80), found;
	int fd = new_socket(), again;

	(void)state;
	fd_table_record(fd, &tunnel);
	close(fd);
	again = new_socket();
	assert_int_equal(again, fd);
	assert_false(fd_table_find(again, &found));
	close(again);
}

static void a_duplicate_is_found_whether_seen_or_not(void **state)
{
	struct tunnelled tunnel = tunnel_to(81), other = tunnel_to(82), found;
	int fd = new_socket(), seen, unseen = dup(fd);

	(void)state;
	fd_table_record(fd, &tunnel);
	seen = dup(fd);
	fd_table_duplicate(fd, seen);
	assert_true(fd_table_find(unseen, &found));
	close(fd);
	/* The number goes to another tunnel: what was seen stays known. */
	fd = new_socket();
	fd_table_record(fd, &other);
	assert_true(fd_table_find(seen, &found));
	assert_int_equal(found.target.port, 81);
	assert_true(fd_table_find(unseen, &found));
	assert_int_equal(found.target.port, 81);
	close(fd);
	close(seen);
	close(unseen);
}

static void a_duplicate_of_something_else_is_nothing(void **state)
{
	struct tunnelled tunnel = tunnel_to(83), found;
	int fd = new_socket(), other = new_socket(), copy = dup(other);

	(void)state;
	fd_table_record(fd, &tunnel);
	fd_table_duplicate(other, copy);
	assert_false(fd_table_find(copy, &found));
	assert_false(fd_table_find(-1, &found));
	assert_false(fd_table_find(1 << 20, &found));
	close(fd);
	close(other);
	close(copy);
}

static void a_stand_in_is_remembered_as_one(void **state)
{
	struct tunnelled tunnel = tunnel_to(84), found;
	int fd = new_socket();

	(void)state;
	tunnel.carrier = CARRIER_STAND_IN_UNIX;
	fd_table_record(fd, &tunnel);
	assert_true(fd_table_any_stand_in());
	assert_true(fd_table_find(fd, &found));
	assert_int_equal(found.carrier, CARRIER_STAND_IN_UNIX);
	close(fd);
}

enum { ROUNDS = 3000 };

/* Opens, records, looks up and closes: numbers are reused among the threads all the time. */
static void *churn(void *argument)
{
	const uint16_t *base = argument;
	intptr_t wrong = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct tunnelled tunnel = tunnel_to((uint16_t)(*base + i % 1000)), found;
		int fd = new_socket();

		fd_table_record(fd, &tunnel);
		if (fd_table_find(fd, &found) && found.target.port != tunnel.target.port)
			wrong++;
		close(fd);
	}
	return (void *)wrong;
}

static void threads_never_see_each_others_targets(void **state)
{
	uint16_t bases[4] = {1000, 2000, 3000, 4000};
	pthread_t threads[4];
	void *wrong;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, &bases[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recorded_socket_is_found),
		cmocka_unit_test(a_later_socket_with_the_same_number_is_another),
		cmocka_unit_test(a_duplicate_is_found_whether_seen_or_not),
		cmocka_unit_test(a_duplicate_of_something_else_is_nothing),
		cmocka_unit_test(a_stand_in_is_remembered_as_one),
		cmocka_unit_test(threads_never_see_each_others_targets),
	};

	if (!real_bind())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
