/* SPDX-License-Identifier: MIT */
/* The notes about epolls, and the kernel's word where they may not tell all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/interest.h"
#include "lib/real.h"

enum { MANY = 8, ROUNDS = 20000 };

/* Two epolls and one socket, as new in each test. */
struct scene {
	int epoll, other, fd, peer;
	struct interest found[MANY];
};

static int begin(void **state)
{
	static struct scene scene;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	scene.fd = fds[0];
	scene.peer = fds[1];
	scene.epoll = epoll_create1(EPOLL_CLOEXEC);
	scene.other = epoll_create1(EPOLL_CLOEXEC);
	*state = &scene;
	return 0;
}

static void forget_and_close(int fd)
{
	interest_forget(fd);
	close(fd);
}

static int end(void **state)
{
	struct scene *scene = *state;

	forget_and_close(scene->fd);
	forget_and_close(scene->peer);
	forget_and_close(scene->epoll);
	forget_and_close(scene->other);
	return 0;
}

/* As the hook of epoll_ctl does. */
static void control(int epoll, int op, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = {.events = events, .data.u64 = data};

	assert_int_equal(epoll_ctl(epoll, op, fd, &event), 0);
	interest_note(epoll, op, fd, &event);
}

static size_t look(struct scene *scene, int fd)
{
	return interest_of(fd, scene->found, MANY);
}

static void assert_found(
	const struct interest *found, int epoll, int fd, uint32_t events, uint64_t data)
{
	assert_int_equal(found->epoll, epoll);
	assert_int_equal(found->fd, fd);
	assert_int_equal(found->events, events);
	assert_int_equal(found->data, data);
}

static void a_registration_is_noted_changed_and_taken_away(void **state)
{
	struct scene *scene = *state;

	assert_false(interest_registered(scene->fd));
	assert_int_equal(look(scene, scene->fd), 0);
	control(scene->epoll, EPOLL_CTL_ADD, scene->fd, EPOLLIN, 7);
	assert_true(interest_registered(scene->fd));
	assert_int_equal(look(scene, scene->fd), 1);
	assert_found(scene->found, scene->epoll, scene->fd, EPOLLIN, 7);
	control(scene->epoll, EPOLL_CTL_MOD, scene->fd, EPOLLOUT | EPOLLET, UINT64_MAX);
	assert_int_equal(look(scene, scene->fd), 1);
	assert_found(scene->found, scene->epoll, scene->fd, EPOLLOUT | EPOLLET, UINT64_MAX);
	assert_int_equal(interest_of(scene->fd, scene->found, 0), 0);
	control(scene->epoll, EPOLL_CTL_DEL, scene->fd, 0, 0);
	assert_int_equal(look(scene, scene->fd), 0);
}

/* A closed epoll tells nothing, so that what is found then can only be the note. */
static void one_registration_is_told_without_asking_the_kernel(void **state)
{
	struct scene *scene = *state;
	int epoll = epoll_create1(0);

	control(epoll, EPOLL_CTL_ADD, scene->fd, EPOLLIN, 7);
	close(epoll);
	assert_int_equal(look(scene, scene->fd), 1);
	assert_int_equal(interest_of_kernel(scene->fd, scene->found, MANY), 0);
	interest_forget(epoll);
}

static void with_two_epolls_the_kernel_tells_both(void **state)
{
	struct scene *scene = *state;

	control(scene->epoll, EPOLL_CTL_ADD, scene->fd, EPOLLIN, 7);
	assert_false(interest_unsure(scene->fd));
	control(scene->other, EPOLL_CTL_ADD, scene->fd, EPOLLOUT, 0x123456789abcdef0);
	assert_true(interest_unsure(scene->fd));
	assert_int_equal(look(scene, scene->fd), 2);
	assert_found(&scene->found[0], scene->epoll, scene->fd, EPOLLIN | EPOLLERR | EPOLLHUP, 7);
	assert_found(&scene->found[1], scene->other, scene->fd, EPOLLOUT | EPOLLERR | EPOLLHUP,
		0x123456789abcdef0);
	assert_int_equal(interest_of(scene->fd, scene->found, 1), 1);
}

static void a_registration_outlives_the_number_under_which_it_was_made(void **state)
{
	struct scene *scene = *state;
	int to = dup(scene->fd), from = scene->fd;

	control(scene->epoll, EPOLL_CTL_ADD, from, EPOLLIN, 7);
	interest_duplicate(from, to);
	assert_true(interest_unsure(from) && interest_unsure(to));
	forget_and_close(from);
	scene->fd = to;
	assert_int_equal(look(scene, to), 1);
	assert_found(scene->found, scene->epoll, from, EPOLLIN | EPOLLERR | EPOLLHUP, 7);
}

static void one_that_fires_once_and_has_fired_waits_for_nothing(void **state)
{
	struct scene *scene = *state;
	struct epoll_event event;

	control(scene->epoll, EPOLL_CTL_ADD, scene->fd, EPOLLOUT | EPOLLONESHOT, 7);
	assert_int_equal(look(scene, scene->fd), 1);
	assert_true(scene->found->events & EPOLLOUT);
	assert_int_equal(epoll_wait(scene->epoll, &event, 1, 0), 1);
	assert_int_equal(look(scene, scene->fd), 1);
	assert_found(scene->found, scene->epoll, scene->fd, EPOLLONESHOT, 7);
}

static void the_kernel_tells_of_no_other_socket(void **state)
{
	struct scene *scene = *state;

	control(scene->epoll, EPOLL_CTL_ADD, scene->peer, EPOLLIN, 7);
	assert_int_equal(interest_of_kernel(scene->fd, scene->found, MANY), 0);
	assert_int_equal(interest_of_kernel(scene->peer, scene->found, MANY), 1);
	assert_int_equal(interest_of_kernel(-1, scene->found, MANY), 0);
}

static void what_is_forgotten_is_as_new(void **state)
{
	struct scene *scene = *state;
	int from = scene->fd, to = dup(from);

	control(scene->epoll, EPOLL_CTL_ADD, from, EPOLLIN, 7);
	interest_duplicate(from, to);
	interest_forget(from);
	assert_false(interest_registered(from) || interest_unsure(from));
	interest_forget(scene->epoll);
	assert_false(interest_is_epoll(scene->epoll));
	forget_and_close(to);
}

static void the_next_one_is_one_of_which_something_is_noted(void **state)
{
	struct scene *scene = *state;
	const int high = 3000;
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max; /* 1024 is what most shells begin with */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(interest_next(0), -1);
	assert_int_equal(dup2(scene->fd, high), high);
	control(scene->epoll, EPOLL_CTL_ADD, high, EPOLLIN, 7);
	assert_int_equal(interest_next(0), scene->epoll);
	assert_int_equal(interest_next(scene->epoll + 1), high);
	assert_int_equal(interest_next(high + 1), -1);
	forget_and_close(high);
}

static void an_epoll_within_an_epoll_is_found_by_its_data(void **state)
{
	struct scene *scene = *state;

	assert_false(interest_nested_ever());
	control(scene->epoll, EPOLL_CTL_ADD, scene->fd, EPOLLIN, 7);
	assert_false(interest_nested_ever());
	control(scene->other, EPOLL_CTL_ADD, scene->epoll, EPOLLIN, 9);
	assert_true(interest_nested_ever());
	assert_int_equal(interest_nested(scene->other, 9, scene->found), scene->epoll);
	assert_int_equal(scene->found->events, EPOLLIN);
	assert_int_equal(interest_nested(scene->other, 8, scene->found), -1);
	assert_int_equal(interest_nested(scene->epoll, 7, scene->found), -1);
}

static atomic_bool done;

/* Whoever writes keeps this between the two. */
static uint64_t data_of(uint32_t events)
{
	return (uint64_t)events * 0x100000001;
}

static void *write_notes(void *argument)
{
	const struct scene *scene = argument;

	for (uint32_t i = 1; i < ROUNDS; i++) {
		const struct epoll_event event = {.events = i, .data.u64 = data_of(i)};

		interest_note(
			scene->epoll, i % 8 ? EPOLL_CTL_MOD : EPOLL_CTL_DEL, scene->fd, &event);
	}
	return NULL;
}

static void *read_notes(void *argument)
{
	const struct scene *scene = argument;
	struct interest found;
	size_t torn = 0;

	while (!atomic_load(&done))
		if (!interest_unsure(scene->fd) && interest_of(scene->fd, &found, 1) == 1 &&
			!(found.events & EPOLLONESHOT) && found.data != data_of(found.events))
			torn++;
	return (void *)torn;
}

static void a_note_is_never_read_half_written(void **state)
{
	struct scene *scene = *state;
	pthread_t writer, reader;
	void *torn;

	assert_int_equal(pthread_create(&reader, NULL, read_notes, scene), 0);
	assert_int_equal(pthread_create(&writer, NULL, write_notes, scene), 0);
	pthread_join(writer, NULL);
	atomic_store(&done, true);
	pthread_join(reader, &torn);
	assert_null(torn);
}

static int bind_real(void **state)
{
	(void)state;
	return real_bind() ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_registration_is_noted_changed_and_taken_away),
		TEST(one_registration_is_told_without_asking_the_kernel),
		TEST(with_two_epolls_the_kernel_tells_both),
		TEST(a_registration_outlives_the_number_under_which_it_was_made),
		TEST(one_that_fires_once_and_has_fired_waits_for_nothing),
		TEST(the_kernel_tells_of_no_other_socket),
		TEST(what_is_forgotten_is_as_new),
		TEST(the_next_one_is_one_of_which_something_is_noted),
		TEST(an_epoll_within_an_epoll_is_found_by_its_data),
		TEST(a_note_is_never_read_half_written),
	};

	return cmocka_run_group_tests(tests, bind_real, NULL);
}
