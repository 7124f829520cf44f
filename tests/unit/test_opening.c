/* SPDX-License-Identifier: MIT */
/* The places of openings, their counts, and the lock over them, also when its holder dies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/fd_table.h"
#include "lib/opening.h"
#include "lib/real.h"

enum { ROUNDS = 5000, THREADS = 3 };

static struct opening *new_opening(uint64_t cookie, enum opening_state state)
{
	struct opening *opening = opening_new(cookie);

	assert_non_null(opening);
	opening_set(opening, state);
	return opening;
}

/* A socket whose tunnel is opening. */
static int opening_socket(struct opening **out)
{
	struct tunnelled tunnel = {.domain = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*out = new_opening(fd_table_cookie(fd), OPENING_GOING_ON);
	tunnel.opening = opening_place(*out);
	assert_true(fd_table_record(fd, &tunnel));
	return fd;
}

static void before_the_first_there_is_nothing(void **state)
{
	struct opening_hold hold;
	short events;

	(void)state;
	assert_false(opening_any() || opening_going_on());
	assert_false(opening_lock(&hold));
	assert_null(opening_next(NULL));
	assert_null(opening_at(0));
	assert_null(opening_of_data(0));
	assert_false(opening_hides(0, &events));
	assert_int_equal(opening_place(NULL), 0);
	assert_true(opening_map_ready() && opening_map_ready());
}

static void the_counts_follow_the_states(void **state)
{
	struct opening *opening = new_opening(1, OPENING_GOING_ON);

	(void)state;
	assert_true(opening_going_on() && opening_any());
	opening_set(opening, OPENING_OPTIMISTIC);
	assert_true(opening_going_on() && opening_any());
	opening_set(opening, OPENING_STANDS);
	assert_true(opening_going_on() && opening_any());
	opening_set(opening, OPENING_FAILED);
	assert_true(!opening_going_on() && opening_any());
	opening_set(opening, OPENING_TOLD);
	assert_true(opening_any());
	opening_set(opening, OPENING_OVER);
	assert_false(opening_any());
}

static void a_place_that_is_free_is_the_next_to_be_used_and_clean(void **state)
{
	struct opening *first = new_opening(1, OPENING_GOING_ON);
	struct opening *second = new_opening(2, OPENING_GOING_ON);

	(void)state;
	assert_int_not_equal(opening_place(first), opening_place(second));
	first->shared = first->watches[0].used = true;
	atomic_store(&first->events, POLLIN);
	opening_set(first, OPENING_OVER);
	assert_ptr_equal(new_opening(3, OPENING_GOING_ON), first);
	assert_false(first->shared || first->watches[0].used || atomic_load(&first->events));
	opening_set(first, OPENING_OVER);
	opening_set(second, OPENING_OVER);
}

static void those_in_use_are_gone_through(void **state)
{
	struct opening *all[3];

	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		all[i] = new_opening(i + 1, OPENING_GOING_ON);
	opening_set(all[1], OPENING_OVER);
	assert_ptr_equal(opening_next(NULL), all[0]);
	assert_ptr_equal(opening_next(all[0]), all[2]);
	assert_null(opening_next(all[2]));
	opening_set(all[0], OPENING_OVER);
	opening_set(all[2], OPENING_OVER);
}

static void it_is_found_by_its_descriptor_while_that_is_its_socket(void **state)
{
	struct opening *opening;
	int fd = opening_socket(&opening), other = socket(AF_INET, SOCK_STREAM, 0);
	short events = 0;

	(void)state;
	atomic_store(&opening->events, POLLOUT);
	assert_ptr_equal(opening_at(fd), opening);
	assert_true(opening_hides(fd, &events) && events == POLLOUT);
	assert_true(opening_holds(opening, fd));
	assert_null(opening_at(other));
	assert_false(opening_holds(opening, other));
	opening_set(opening, OPENING_OPTIMISTIC);
	assert_false(opening_hides(fd, &events));
	assert_true(opening_is_optimistic(fd) && opening_is_held(fd) && opening_holds(opening, fd));
	opening_set(opening, OPENING_OVER);
	assert_null(opening_at(fd));
	new_opening(77, OPENING_GOING_ON);
	assert_null(opening_at(fd));
	opening_set(opening, OPENING_OVER);
	close(other);
	close(fd);
}

static void the_address_of_a_watch_leads_to_it_and_no_other_does(void **state)
{
	struct opening *first = new_opening(1, OPENING_GOING_ON);
	struct opening *second = new_opening(2, OPENING_GOING_ON);

	(void)state;
	assert_ptr_equal(opening_of_data(opening_mark(&first->watches[0])), first);
	assert_ptr_equal(
		opening_of_data(opening_mark(&second->watches[OPENING_WATCHES - 1])), second);
	assert_null(opening_of_data(0));
	assert_null(opening_of_data(opening_mark(&first->watches[0]) ^ 1));
	/* What a program has that puts a descriptor into the lower half, under half an address of ours. */
	assert_null(opening_of_data((uintptr_t)&first->watches[0]));
	assert_null(opening_of_data((uintptr_t)&state));
	assert_null(opening_of_data(UINT64_MAX));
	opening_set(second, OPENING_OVER);
	opening_set(first, OPENING_OVER);
}

static void under_the_lock_no_signal_comes_and_nobody_is_cancelled(void **state)
{
	struct opening_hold hold;
	sigset_t before, within, after;
	int cancelling;

	(void)state;
	pthread_sigmask(SIG_SETMASK, NULL, &before);
	assert_true(opening_lock(&hold));
	pthread_sigmask(SIG_SETMASK, NULL, &within);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelling);
	opening_unlock(&hold);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(cancelling, PTHREAD_CANCEL_DISABLE);
	for (int signal = 1; signal <= SIGSYS; signal++) {
		assert_true(signal == SIGKILL || signal == SIGSTOP ||
			    sigismember(&within, signal) == 1);
		assert_int_equal(sigismember(&after, signal), sigismember(&before, signal));
	}
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelling);
	pthread_setcancelstate(cancelling, NULL);
	assert_int_equal(cancelling, PTHREAD_CANCEL_ENABLE);
}

static void a_child_of_fork_sees_and_changes_the_same(void **state)
{
	struct opening *opening = new_opening(1, OPENING_GOING_ON);
	struct opening_hold hold;
	pid_t child;

	(void)state;
	opening_before_fork();
	opening_forked();
	assert_true(opening->shared);
	child = fork();
	if (child == 0) {
		if (opening_lock(&hold))
			opening_set(opening, OPENING_OVER);
		opening_unlock(&hold);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(opening_any());
	assert_null(opening_next(NULL));
}

/* Another thread begins it between the handler and the fork itself, or while the parent is still in there. */
static void what_is_begun_while_the_process_forks_is_shared(void **state)
{
	struct opening *opening;

	(void)state;
	opening_before_fork();
	opening_before_fork();
	opening_forked();
	opening = new_opening(1, OPENING_GOING_ON);
	assert_true(opening->shared);
	opening_set(opening, OPENING_OVER);
	opening_forked();
	opening = new_opening(2, OPENING_GOING_ON);
	assert_false(opening->shared);
	opening_set(opening, OPENING_OVER);
	opening_before_fork();
	opening_after_fork();
	opening = new_opening(3, OPENING_GOING_ON);
	assert_false(opening->shared);
	opening_set(opening, OPENING_OVER);
}

static void *open_and_close(void *argument)
{
	struct opening_hold hold;
	struct opening *opening;

	for (int i = 0; i < ROUNDS; i++) {
		opening_lock(&hold);
		opening = opening_new((uintptr_t)argument);
		opening->fd = i;
		opening_set(opening, OPENING_GOING_ON);
		opening_unlock(&hold);
		opening_lock(&hold);
		opening_set(opening, opening->fd == i ? OPENING_OVER : OPENING_FAILED);
		opening_unlock(&hold);
	}
	return NULL;
}

static void threads_have_each_a_place_of_their_own(void **state)
{
	struct opening *opening;
	int fd = opening_socket(&opening);
	pthread_t threads[THREADS];
	static char names[THREADS];
	short events;

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, &names[i]), 0);
	for (int i = 0; i < ROUNDS; i++)
		assert_true(opening_hides(fd, &events));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	opening_set(opening, OPENING_OVER);
	assert_false(opening_any());
	close(fd);
}

static void when_all_places_are_taken_those_that_are_late_make_room(void **state)
{
	struct opening *o, *late;

	(void)state;
	late = new_opening(1, OPENING_LATE);
	for (uint64_t i = 1; i < OPENINGS_MAX; i++)
		assert_ptr_not_equal(new_opening(i + 1, OPENING_GOING_ON), late);
	assert_int_equal(atomic_load(&late->state), OPENING_LATE);
	assert_ptr_equal(new_opening(1, OPENING_GOING_ON), late);
	for (o = opening_next(NULL); o != NULL; o = opening_next(o))
		opening_set(o, OPENING_OVER);
	assert_false(opening_any());
}

static void when_all_places_are_taken_there_is_none(void **state)
{
	struct opening *o;

	(void)state;
	for (uint64_t i = 0; i < OPENINGS_MAX; i++)
		new_opening(i + 1, OPENING_GOING_ON);
	assert_null(opening_new(1));
	for (o = opening_next(NULL); o != NULL; o = opening_next(o))
		opening_set(o, OPENING_OVER);
	assert_false(opening_any());
	opening_set(new_opening(1, OPENING_GOING_ON), OPENING_OVER);
}

/* Dies between an opening's state and the count of it, as only a kill could make it. */
static void die_with_the_lock(struct opening *opening)
{
	struct opening_hold hold;

	opening_lock(&hold);
	atomic_store(&opening->state, OPENING_FAILED);
	kill(getpid(), SIGKILL);
}

/* Who waits for the lock has all signals blocked. So a child asks for it, which can be killed. */
static bool lock_can_be_had(void)
{
	struct opening_hold hold;
	pid_t child = fork();

	if (child == 0) {
		opening_lock(&hold);
		opening_unlock(&hold);
		_exit(0);
	}
	for (int i = 0; i < 3000; i++) {
		if (waitpid(child, NULL, WNOHANG) == child)
			return true;
		poll(NULL, 0, 10);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return false;
}

static void who_dies_with_the_lock_leaves_it_to_the_next_who_counts_anew(void **state)
{
	struct opening *opening = new_opening(1, OPENING_GOING_ON);
	pid_t child;
	int status;

	(void)state;
	for (int i = 0; i < 2; i++) {
		atomic_store(&opening->state, OPENING_GOING_ON);
		child = fork();
		if (child == 0)
			die_with_the_lock(opening);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(WTERMSIG(status), SIGKILL);
		assert_true(lock_can_be_had());
		assert_int_equal(atomic_load(&opening_counts->going_on), 0);
		assert_int_equal(atomic_load(&opening_counts->others), 1);
	}
	opening_set(opening, OPENING_OVER);
	assert_false(opening_any());
}

static int bind_real(void **state)
{
	(void)state;
	return real_bind() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_first_there_is_nothing),
		cmocka_unit_test(the_counts_follow_the_states),
		cmocka_unit_test(a_place_that_is_free_is_the_next_to_be_used_and_clean),
		cmocka_unit_test(those_in_use_are_gone_through),
		cmocka_unit_test(it_is_found_by_its_descriptor_while_that_is_its_socket),
		cmocka_unit_test(the_address_of_a_watch_leads_to_it_and_no_other_does),
		cmocka_unit_test(under_the_lock_no_signal_comes_and_nobody_is_cancelled),
		cmocka_unit_test(a_child_of_fork_sees_and_changes_the_same),
		cmocka_unit_test(what_is_begun_while_the_process_forks_is_shared),
		cmocka_unit_test(threads_have_each_a_place_of_their_own),
		cmocka_unit_test(when_all_places_are_taken_there_is_none),
		cmocka_unit_test(when_all_places_are_taken_those_that_are_late_make_room),
		/* The last, since others would wait for ever for a lock that is lost. */
		cmocka_unit_test(who_dies_with_the_lock_leaves_it_to_the_next_who_counts_anew),
	};

	return cmocka_run_group_tests(tests, bind_real, NULL);
}
