/* SPDX-License-Identifier: MIT */
/* The copy of a hosts file: what it is certain of, and what it is not. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/hosts_copy.h"
#include "lib/real.h"

static char path[64], other[sizeof(path) + 4];

/* Long after every change that a test makes. */
static time_t later(void)
{
	return time(NULL) + 60;
}

/* Each at another time: the clock that stamps files stands still for a tick, up to Linux 6.12. */
static void write_to(const char *file, const char *text)
{
	static struct timespec times[2];
	FILE *stream = fopen(file, "w");

	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
	times[1].tv_sec++;
	assert_int_equal(utimensat(AT_FDCWD, file, times, 0), 0);
}

static bool lacks(const char *name)
{
	return hosts_copy_lacks(path, name, later());
}

static int begin(void **state)
{
	(void)state;
	strcpy(path, "/tmp/tunic-hosts-XXXXXX");
	close(mkstemp(path));
	snprintf(other, sizeof(other), "%s.new", path);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(path);
	unlink(other);
	return 0;
}

static void names_that_are_nowhere_in_the_text_are_not_there(void **state)
{
	(void)state;
	write_to(path, "127.0.0.1 localhost Here.Test\n# there.test\n10.0.0.1 long.name.test");
	for (int again = 0; again < 2; again++) {
		assert_true(lacks("nowhere.test"));
		assert_true(lacks("here.test2"));
		assert_true(lacks("name.test.x"));
		assert_false(lacks("here.test"));
		assert_false(lacks("HERE.TEST"));
		assert_false(lacks("localhost"));
		assert_false(lacks("long.name.test"));
	}
}

static void what_it_cannot_know_it_does_not_say(void **state)
{
	(void)state;
	write_to(path, "127.0.0.1 localhost\n# there.test\n");
	assert_false(lacks("there.test")); /* in a comment */
	assert_false(lacks("local"));      /* a part of a word */
	assert_false(lacks(""));
	assert_false(lacks("m\xfcller.test")); /* is its capital in the file? */
}

static void an_empty_file_has_no_name(void **state)
{
	(void)state;
	assert_true(lacks("nowhere.test"));
}

static void a_change_is_seen_at_once(void **state)
{
	(void)state;
	write_to(path, "127.0.0.1 one.test\n");
	assert_true(lacks("two.test"));
	write_to(path, "127.0.0.1 two.test\n"); /* as long as before */
	assert_false(lacks("two.test"));
	assert_true(lacks("one.test"));
	write_to(other, "127.0.0.1 six.test\n");
	assert_int_equal(rename(other, path), 0);
	assert_false(lacks("six.test"));
	assert_true(lacks("two.test"));
	assert_int_equal(truncate(path, 3), 0);
	assert_true(lacks("six.test"));
}

static void a_file_that_was_just_changed_is_not_trusted(void **state)
{
	(void)state;
	write_to(path, "127.0.0.1 localhost\n");
	assert_false(hosts_copy_lacks(path, "nowhere.test", time(NULL)));
	assert_false(hosts_copy_lacks(path, "nowhere.test", 0)); /* the clock was put back */
}

static void a_file_that_cannot_be_read_or_is_too_long_is_not_copied(void **state)
{
	char text[HOSTS_COPY_MAX + 2];

	(void)state;
	memset(text, '#', sizeof(text));
	text[HOSTS_COPY_MAX] = '\0';
	write_to(path, text);
	assert_true(lacks("nowhere.test"));
	text[HOSTS_COPY_MAX] = '#';
	text[HOSTS_COPY_MAX + 1] = '\0';
	write_to(path, text);
	assert_false(lacks("nowhere.test"));
	unlink(path);
	errno = EXDEV;
	assert_false(lacks("nowhere.test"));
	assert_int_equal(errno, EXDEV);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(lacks("nowhere.test"));
	rmdir(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			names_that_are_nowhere_in_the_text_are_not_there, begin, end),
		cmocka_unit_test_setup_teardown(what_it_cannot_know_it_does_not_say, begin, end),
		cmocka_unit_test_setup_teardown(an_empty_file_has_no_name, begin, end),
		cmocka_unit_test_setup_teardown(a_change_is_seen_at_once, begin, end),
		cmocka_unit_test_setup_teardown(
			a_file_that_was_just_changed_is_not_trusted, begin, end),
		cmocka_unit_test_setup_teardown(
			a_file_that_cannot_be_read_or_is_too_long_is_not_copied, begin, end),
	};

	if (!real_bind())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
