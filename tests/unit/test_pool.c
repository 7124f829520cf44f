/* SPDX-License-Identifier: MIT */
/*
 * The pool of names: alone, by many threads, by many processes, and after one of them was killed.
 *
 * The pool's own source is part of this program: what a writer leaves who is killed between two
 * instructions cannot be made from outside.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/pool.c"

enum {
	NAME_SIZE = 64,
	THREADS = 8,
	SHARED_NAMES = 200,
	OWN_NAMES = 100,
	SLOTS = POOL_SLOTS_MIN,
	NO_LIMIT = SLOTS
};

static struct pool *pool_in(void *memory, uint32_t slots)
{
	struct pool *pool = malloc(sizeof(*pool));

	assert_non_null(pool);
	*pool = pool_over(memory, slots);
	return pool;
}

static struct pool *pool_new(uint32_t slots)
{
	void *memory = calloc(1, pool_bytes(slots));

	assert_non_null(memory);
	return pool_in(memory, slots);
}

static void pool_free(struct pool *pool)
{
	free(pool->block);
	free(pool);
}

static void pool_free_shared(struct pool *pool)
{
	assert_int_equal(munmap(pool->block, pool_bytes(pool->slots)), 0);
	free(pool);
}

/* The name in a slot, in a buffer that each thread has one of; NULL: there is none. */
static const char *name_of(const struct pool *pool, uint32_t slot)
{
	static _Thread_local char name[NAME_BUF];

	return pool_name(pool, slot, name) ? name : NULL;
}

/* A pool that children share. */
static struct pool *pool_new_shared(uint32_t slots)
{
	void *memory = mmap(
		NULL, pool_bytes(slots), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	return pool_in(memory, slots);
}

/* A name that tells whether it is whole: both numbers agree. */
static void name_make(char out[static NAME_SIZE], unsigned who, unsigned i)
{
	(void)snprintf(out, NAME_SIZE, "n%u-%u.of-%u-%u.example", who, i, who, i);
}

static bool name_is_whole(const char *name)
{
	unsigned who, i, who_again, i_again;
	int len = 0;

	return sscanf(name, "n%u-%u.of-%u-%u.example%n", &who, &i, &who_again, &i_again, &len) ==
		       4 &&
	       len > 0 && name[len] == '\0' && who == who_again && i == i_again;
}

static void a_name_is_found_again_in_its_slot(void **state)
{
	struct pool *pool = pool_new(SLOTS);
	const uint32_t slot = pool_add(pool, "abc.onion", NO_LIMIT);

	(void)state;
	assert_true(slot < SLOTS);
	assert_string_equal(name_of(pool, slot), "abc.onion");
	assert_int_equal(pool_add(pool, "abc.onion", NO_LIMIT), slot);
	assert_int_equal(pool_count(pool), 1);
	pool_free(pool);
}

static void case_and_one_trailing_dot_do_not_matter(void **state)
{
	struct pool *pool = pool_new(SLOTS);
	const uint32_t slot = pool_add(pool, "ABC.Onion.", NO_LIMIT);

	(void)state;
	assert_string_equal(name_of(pool, slot), "abc.onion");
	assert_int_equal(pool_add(pool, "abc.onion", NO_LIMIT), slot);
	assert_int_equal(pool_add(pool, "abc.ONION", NO_LIMIT), slot);
	assert_int_equal(pool_count(pool), 1);
	pool_free(pool);
}

static void bad_names_have_no_slot(void **state)
{
	struct pool *pool = pool_new(SLOTS);

	(void)state;
	assert_int_equal(pool_add(pool, "", NO_LIMIT), POOL_NO_SLOT);
	assert_int_equal(pool_add(pool, "abc.onion..", NO_LIMIT), POOL_NO_SLOT);
	assert_int_equal(pool_add(pool, "a b.onion", NO_LIMIT), POOL_NO_SLOT);
	assert_int_equal(pool_count(pool), 0);
	pool_free(pool);
}

static void a_name_of_255_bytes_is_kept_whole(void **state)
{
	struct pool *pool = pool_new(2);
	char name[NAME_BUF];

	(void)state;
	memset(name, 'a', 255);
	name[255] = '\0';
	const uint32_t slot = pool_add(pool, name, 2);
	assert_string_equal(name_of(pool, slot), name);
	name[254] = 'b';
	const uint32_t other = pool_add(pool, name, 2);
	assert_int_equal(other, 1 - slot);
	assert_string_equal(name_of(pool, other), name);
	pool_free(pool);
}

static void an_unused_or_impossible_slot_has_no_name(void **state)
{
	struct pool *pool = pool_new(16);

	(void)state;
	for (uint32_t slot = 0; slot < 20; slot++)
		assert_null(name_of(pool, slot));
	assert_null(name_of(pool, POOL_NO_SLOT));
	pool_free(pool);
}

static void a_full_pool_keeps_its_names_and_takes_no_more(void **state)
{
	struct pool *pool = pool_new(SLOTS);
	uint32_t slots[SLOTS];
	char name[NAME_SIZE];

	(void)state;
	for (unsigned i = 0; i < SLOTS; i++) {
		name_make(name, 0, i);
		slots[i] = pool_add(pool, name, NO_LIMIT);
		assert_true(slots[i] < SLOTS);
	}
	assert_int_equal(pool_add(pool, "one.more.example", NO_LIMIT), POOL_NO_SLOT);
	assert_int_equal(pool_count(pool), SLOTS);
	assert_null(name_of(pool, SLOTS));
	for (unsigned i = 0; i < SLOTS; i++) {
		name_make(name, 0, i);
		assert_string_equal(name_of(pool, slots[i]), name);
		assert_int_equal(pool_add(pool, name, NO_LIMIT), slots[i]);
	}
	pool_free(pool);
}

static void the_largest_pool_holds_as_many_names_as_it_says(void **state)
{
	struct pool *pool = pool_new(POOL_SLOTS_MAX);
	char name[NAME_SIZE];

	(void)state;
	for (unsigned i = 0; i < POOL_SLOTS_MAX; i++) {
		name_make(name, 0, i);
		assert_true(pool_add(pool, name, POOL_SLOTS_MAX) < POOL_SLOTS_MAX);
	}
	assert_int_equal(pool_count(pool), POOL_SLOTS_MAX);
	assert_int_equal(pool_add(pool, "one.more.example", POOL_SLOTS_MAX), POOL_NO_SLOT);
	pool_free(pool);
}

static void a_pool_has_as_many_slots_as_its_length_says(void **state)
{
	(void)state;
	assert_int_equal(pool_slots(pool_bytes(POOL_SLOTS_MIN)), POOL_SLOTS_MIN);
	assert_int_equal(pool_slots(pool_bytes(5000)), 5000);
	assert_int_equal(pool_slots(pool_bytes(POOL_SLOTS_MAX)), POOL_SLOTS_MAX);
	assert_int_equal(pool_slots(0), 0);
	assert_int_equal(pool_slots(pool_bytes(POOL_SLOTS_MIN - 1)), 0);
	assert_int_equal(pool_slots(pool_bytes(POOL_SLOTS_MAX + 1)), 0);
	assert_int_equal(pool_slots(pool_bytes(5000) - 1), 0);
	assert_int_equal(pool_slots(pool_bytes(5000) + 1), 0);
	assert_int_equal(pool_slots(SIZE_MAX), 0);
}

static void slots_stay_below_the_limit(void **state)
{
	struct pool *pool = pool_new(SLOTS);
	char name[NAME_SIZE];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		name_make(name, 0, i);
		assert_true(pool_add(pool, name, 4) < 4);
	}
	assert_int_equal(pool_add(pool, "one.more.example", 4), POOL_NO_SLOT);
	assert_int_equal(pool_add(pool, "one.more.example", 0), POOL_NO_SLOT);
	assert_true(pool_add(pool, "one.more.example", NO_LIMIT) < SLOTS);
	pool_free(pool);
}

static void a_name_is_put_into_a_free_slot_alone(void **state)
{
	struct pool *pool = pool_new(16), *copy = pool_new(16);
	const uint32_t slot = pool_add(pool, "one.example", NO_LIMIT);

	(void)state;
	assert_true(pool_put(copy, slot, "One.Example."));
	assert_string_equal(name_of(copy, slot), "one.example");
	assert_int_equal(pool_add(copy, "one.example", NO_LIMIT), slot);
	assert_false(pool_put(copy, slot, "two.example"));
	assert_string_equal(name_of(copy, slot), "one.example");
	assert_false(pool_put(copy, 16, "two.example"));
	assert_false(pool_put(copy, UINT32_MAX, "two.example"));
	assert_false(pool_put(copy, (slot + 1) % 16, "two example"));
	assert_int_equal(pool_count(copy), 1);
	pool_free(pool);
	pool_free(copy);
}

static void a_limit_beyond_the_pool_is_the_pool(void **state)
{
	struct pool *pool = pool_new(4);
	char name[NAME_SIZE];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		name_make(name, 0, i);
		assert_true(pool_add(pool, name, UINT32_MAX) < 4);
	}
	assert_int_equal(pool_add(pool, "one.more.example", UINT32_MAX), POOL_NO_SLOT);
	pool_free(pool);
}

static void names_whose_hashes_meet_stay_apart(void **state)
{
	struct pool *pool = pool_new(8);
	const uint32_t first = pool_add(pool, "first.example", 8);

	(void)state;
	/* As if the first name had the hash of the second, in the slot where the second begins. */
	const uint32_t hash = name_hash("second.example");
	atomic_store(&pool->block->state[first], SLOT_EMPTY);
	atomic_store(&pool->block->state[hash % 8], hash);
	strcpy(slot_name(pool, hash % 8), "first.example");
	const uint32_t second = pool_add(pool, "second.example", 8);
	assert_int_equal(second, (hash + 1) % 8);
	assert_string_equal(name_of(pool, second), "second.example");
	pool_free(pool);
}

static void a_slot_left_claimed_is_passed_over(void **state)
{
	struct pool *pool = pool_new(8), *untouched = pool_new(8);
	const uint32_t usual = pool_add(untouched, "abc.onion", 8);

	(void)state;
	atomic_store(&pool->block->state[usual], SLOT_CLAIMED);
	const uint32_t slot = pool_add(pool, "abc.onion", 8);
	assert_int_equal(slot, (usual + 1) % 8);
	assert_int_equal(pool_add(pool, "abc.onion", 8), slot);
	assert_null(name_of(pool, usual));
	assert_int_equal(pool_count(pool), 1);
	for (uint32_t i = 0; i < 8; i++)
		atomic_store(&pool->block->state[i], SLOT_CLAIMED);
	assert_int_equal(pool_add(pool, "abc.onion", 8), POOL_NO_SLOT);
	pool_free(pool);
	pool_free(untouched);
}

/* What one thread or process was answered. */
struct writer {
	struct pool *pool;
	unsigned who;
	uint32_t shared[SHARED_NAMES], own[OWN_NAMES];
};

enum { NOBODY = 99 };

/* Adds names that all writers add, each from another place on, and names of its own. */
static void *writer_run(void *argument)
{
	struct writer *writer = argument;
	char name[NAME_SIZE];

	for (unsigned i = 0; i < SHARED_NAMES; i++) {
		const unsigned at = (i + (writer->who / 2) * 50) % SHARED_NAMES;

		name_make(name, NOBODY, at);
		writer->shared[at] = pool_add(writer->pool, name, NO_LIMIT);
	}
	for (unsigned i = 0; i < OWN_NAMES; i++) {
		name_make(name, writer->who, i);
		writer->own[i] = pool_add(writer->pool, name, NO_LIMIT);
	}
	return NULL;
}

static void expect_slots(
	const struct pool *pool, unsigned who, const uint32_t *slots, unsigned count)
{
	char name[NAME_SIZE];

	for (unsigned i = 0; i < count; i++) {
		name_make(name, who, i);
		assert_true(slots[i] < SLOTS);
		assert_string_equal(name_of(pool, slots[i]), name);
	}
}

/* Every name in the pool is whole. Returns how many there are. */
static uint32_t expect_whole_names(const struct pool *pool)
{
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		const char *name = name_of(pool, slot);

		if (name && !name_is_whole(name))
			fail_msg("torn name: %s", name);
		count += name != NULL;
	}
	return count;
}

static atomic_bool writers_are_done;

/* Counts the torn names that a reader sees while the writers write. */
static void *reader_run(void *argument)
{
	const struct pool *pool = argument;
	uintptr_t torn = 0;

	do {
		for (uint32_t slot = 0; slot < SLOTS; slot++) {
			const char *name = name_of(pool, slot);

			torn += name && !name_is_whole(name);
		}
	} while (!atomic_load(&writers_are_done));
	return (void *)torn;
}

static void threads_that_race_agree_about_every_slot(void **state)
{
	struct pool *pool = pool_new(SLOTS);
	static struct writer writers[THREADS];
	pthread_t threads[THREADS], reader;
	void *torn;

	(void)state;
	atomic_store(&writers_are_done, false);
	assert_int_equal(pthread_create(&reader, NULL, reader_run, pool), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		writers[i].pool = pool;
		writers[i].who = i;
		assert_int_equal(pthread_create(&threads[i], NULL, writer_run, &writers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	atomic_store(&writers_are_done, true);
	assert_int_equal(pthread_join(reader, &torn), 0);
	assert_null(torn);
	for (unsigned i = 0; i < THREADS; i++) {
		expect_slots(pool, NOBODY, writers[i].shared, SHARED_NAMES);
		expect_slots(pool, i, writers[i].own, OWN_NAMES);
	}
	const uint32_t count = expect_whole_names(pool);
	assert_int_equal(count, pool_count(pool));
	assert_in_range(
		count, SHARED_NAMES + THREADS * OWN_NAMES, THREADS * (SHARED_NAMES + OWN_NAMES));
	pool_free(pool);
}

static void a_name_added_by_a_child_is_its_parents_too(void **state)
{
	struct pool *pool = pool_new_shared(SLOTS);
	int status;

	(void)state;
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		/* A child of another program finds the pool in use and makes it its own. */
		struct pool joined = pool_over(pool->block, SLOTS);

		_exit(pool_add(&joined, "abc.onion", NO_LIMIT) == POOL_NO_SLOT);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(pool_count(pool), 1);
	assert_string_equal(name_of(pool, pool_add(pool, "abc.onion", NO_LIMIT)), "abc.onion");
	assert_int_equal(pool_count(pool), 1);
	pool_free_shared(pool);
}

/* Adds names until the pool is full, then waits for its end. */
static _Noreturn void child_fill(struct pool *pool)
{
	char name[NAME_SIZE];

	alarm(60); /* should the parent fail before it kills us */
	for (unsigned i = 0;; i++) {
		name_make(name, 1, i);
		if (pool_add(pool, name, NO_LIMIT) == POOL_NO_SLOT)
			break;
	}
	for (;;)
		pause();
}

static void a_killed_writer_leaves_a_pool_that_works(void **state)
{
	struct pool *pool = pool_new_shared(SLOTS);
	char name[NAME_SIZE];

	(void)state;
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		child_fill(pool);
	alarm(60);
	while (pool_count(pool) < 100)
		(void)sched_yield();
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	alarm(0);

	const uint32_t count = expect_whole_names(pool);
	/* At most one slot is lost, and only where the pool was not full by then. */
	for (uint32_t i = count; i + 1 < SLOTS; i++) {
		name_make(name, 2, i);
		assert_true(pool_add(pool, name, NO_LIMIT) < SLOTS);
	}
	assert_true(expect_whole_names(pool) >= SLOTS - 1);
	pool_free_shared(pool);
}

static void what_another_program_wrote_is_read_with_care(void **state)
{
	struct pool *pool = pool_new(8);
	const uint32_t slot = pool_add(pool, "abc.onion", 8);

	(void)state;
	memset(slot_name(pool, slot), 'a', NAME_BUF); /* no NUL: it runs into the next name */
	assert_null(name_of(pool, slot));
	strcpy(slot_name(pool, slot), "no name\n");
	assert_null(name_of(pool, slot));
	assert_int_not_equal(pool_add(pool, "abc.onion", 8), slot);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_found_again_in_its_slot),
		cmocka_unit_test(case_and_one_trailing_dot_do_not_matter),
		cmocka_unit_test(bad_names_have_no_slot),
		cmocka_unit_test(a_name_of_255_bytes_is_kept_whole),
		cmocka_unit_test(an_unused_or_impossible_slot_has_no_name),
		cmocka_unit_test(a_full_pool_keeps_its_names_and_takes_no_more),
		cmocka_unit_test(the_largest_pool_holds_as_many_names_as_it_says),
		cmocka_unit_test(a_pool_has_as_many_slots_as_its_length_says),
		cmocka_unit_test(slots_stay_below_the_limit),
		cmocka_unit_test(a_name_is_put_into_a_free_slot_alone),
		cmocka_unit_test(a_limit_beyond_the_pool_is_the_pool),
		cmocka_unit_test(names_whose_hashes_meet_stay_apart),
		cmocka_unit_test(a_slot_left_claimed_is_passed_over),
		cmocka_unit_test(threads_that_race_agree_about_every_slot),
		cmocka_unit_test(a_name_added_by_a_child_is_its_parents_too),
		cmocka_unit_test(a_killed_writer_leaves_a_pool_that_works),
		cmocka_unit_test(what_another_program_wrote_is_read_with_care),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
