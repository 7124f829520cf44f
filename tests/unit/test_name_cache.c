/* SPDX-License-Identifier: MIT */
/* The memory of names: by tag, for a time, bounded, and free of races. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "lib/name_cache.h"

static struct name_question question(const char *tag, const char *name)
{
	struct name_question question = {.command = SOCKS_COMMAND_RESOLVE};

	snprintf(question.tag, sizeof(question.tag), "%s", tag);
	assert_true(socks_target_name(&question.about, name, 0));
	return question;
}

static struct name_question backwards(const char *tag, const char *text)
{
	struct name_question question = {.command = SOCKS_COMMAND_RESOLVE_PTR};
	struct addr addr;

	snprintf(question.tag, sizeof(question.tag), "%s", tag);
	assert_true(addr_parse(&addr, text));
	socks_target_addr(&question.about, &addr, 0);
	return question;
}

static struct socks_target address(uint32_t number)
{
	struct socks_target answer = {.addr = {.family = ADDR_V4}};

	memcpy(answer.addr.bytes, &number, sizeof(number));
	return answer;
}

static void keep(struct name_question question, uint32_t number, uint64_t until)
{
	const struct socks_target answer = address(number);

	name_cache_keep(&question, &answer, until);
}

/* The number that was kept, 0 for none. */
static uint32_t found(struct name_question question, uint64_t now)
{
	struct socks_target answer;
	uint32_t number = 0;

	if (name_cache_find(&question, now, &answer))
		memcpy(&number, answer.addr.bytes, sizeof(number));
	return number;
}

static void an_answer_is_kept_until_its_time_is_over(void **state)
{
	(void)state;
	assert_int_equal(found(question("", "time.example"), 0), 0);
	keep(question("", "time.example"), 7, 1000);
	assert_int_equal(found(question("", "time.example"), 0), 7);
	assert_int_equal(found(question("", "time.example"), 999), 7);
	assert_int_equal(found(question("", "time.example"), 1000), 0);
	keep(question("", "time.example"), 8, 3000);
	assert_int_equal(found(question("", "time.example"), 2999), 8);
}

static void another_question_has_another_answer(void **state)
{
	(void)state;
	keep(question("one", "tag.example"), 1, 1000);
	assert_int_equal(found(question("two", "tag.example"), 0), 0);
	assert_int_equal(found(question("", "tag.example"), 0), 0);
	assert_int_equal(found(question("one", "tag.examplf"), 0), 0);
	assert_int_equal(found(question("onet", "ag.example"), 0), 0);
	keep(question("two", "tag.example"), 2, 1000);
	assert_int_equal(found(question("one", "tag.example"), 0), 1);
	assert_int_equal(found(question("two", "tag.example"), 0), 2);
}

static void a_name_is_kept_for_an_address_too(void **state)
{
	const struct name_question v4 = backwards("", "198.51.100.7"),
				   v6 = backwards("", "2001:db8::7");
	struct socks_target name, answer;

	(void)state;
	assert_true(socks_target_name(&name, "seven.example", 0));
	name_cache_keep(&v4, &name, 1000);
	assert_false(name_cache_find(&v6, 0, &answer));
	assert_true(name_cache_find(&v4, 0, &answer));
	assert_string_equal(answer.name, "seven.example");
	assert_int_equal(answer.addr.family, ADDR_NONE);
}

static struct name_question numbered(uint32_t number)
{
	char name[32];

	snprintf(name, sizeof(name), "%u.many.example", number);
	return question("", name);
}

static void the_oldest_goes_where_there_are_too_many(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= 2 * NAME_CACHE_ENTRIES; i++)
		keep(numbered(i), i, 1000);
	for (uint32_t i = 1; i <= NAME_CACHE_ENTRIES; i++)
		assert_int_equal(found(numbered(i), 0), 0);
	for (uint32_t i = NAME_CACHE_ENTRIES + 1; i <= 2 * NAME_CACHE_ENTRIES; i++)
		assert_int_equal(found(numbered(i), 0), i);
}

static void a_question_takes_one_place_however_often_it_is_answered(void **state)
{
	(void)state;
	keep(numbered(10001), 10001, 1000);
	for (uint32_t i = 1; i <= 2 * NAME_CACHE_ENTRIES; i++)
		keep(question("", "again.example"), i, 1000);
	assert_int_equal(found(numbered(10001), 0), 10001);
	assert_int_equal(found(question("", "again.example"), 0), 2 * NAME_CACHE_ENTRIES);
}

enum { ROUNDS = 20000, NAMES = 2 * NAME_CACHE_ENTRIES };

/* Every thread keeps and finds the same names, which do not fit all at once. */
static void *churn(void *argument)
{
	uint32_t number = *(const uint32_t *)argument;
	intptr_t wrong = 0;

	for (int i = 0; i < ROUNDS; i++) {
		uint32_t seen;

		number = number * 1664525 + 1013904223;
		seen = found(numbered(number >> 8 & (NAMES - 1)), 0);
		wrong += seen != 0 && seen != 20000 + (number >> 8 & (NAMES - 1));
		keep(numbered(number >> 8 & (NAMES - 1)), 20000 + (number >> 8 & (NAMES - 1)),
			1000);
	}
	return (void *)wrong;
}

static void threads_never_see_half_an_answer(void **state)
{
	uint32_t seeds[4] = {1, 2, 3, 4};
	pthread_t threads[4];
	void *wrong;

	(void)state;
	for (uint32_t i = 0; i < NAMES; i++)
		keep(numbered(i), 20000 + i, 1000);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, &seeds[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_kept_until_its_time_is_over),
		cmocka_unit_test(another_question_has_another_answer),
		cmocka_unit_test(a_name_is_kept_for_an_address_too),
		cmocka_unit_test(the_oldest_goes_where_there_are_too_many),
		cmocka_unit_test(a_question_takes_one_place_however_often_it_is_answered),
		cmocka_unit_test(threads_never_see_half_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
