/* SPDX-License-Identifier: MIT */
/* What is taken for a yes when a proxy is asked whether it is Tor, and that nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "proto/tor_question.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { STREAM_MAX = 64 };

#define YES "05 00 05 00 00 01 c0000201 0000"

/* The first answer was recorded from tor 0.4.9.11, as was the one of a port that resolves nothing. */
static const struct {
	const char *name, *said;
	bool is_tor;
} answers[] = {
	{"tor", YES, true},
	{"tor, on a port for onion services alone", "05 00 05 04 00 00 00000000 0000", false},
	{"a proxy that does not know the command", "05 00 05 07 00 01 00000000 0000", false},
	{"one that grants everything", "05 00 05 00 00 01 00000000 0000", false},
	{"one that sends the request back", "05 00 05 00 00 03 09 '192.0.2.1' 0000", false},
	{"one that resolves everything to itself", "05 00 05 00 00 01 7f000001 0000", false},
	{"one that means another family",
		"05 00 05 00 00 04 c0000201 00000000 00000000 00000000 0000", false},
	{"one that wants a password", "05 ff", false},
	{"one that refuses the address", "05 02 00 01 00000000 0000", false},
	{"SOCKS4", "00 5b 00 00 00000000", false},
	{"a web server", "'HTTP/1.0 400 Bad Request'", false},
	{"silence", "", false},
};

/* How the question ends where the proxy says `n` bytes, in pieces of at most `piece`, and closes. */
static bool affirmed(const uint8_t *said, size_t n, size_t piece)
{
	struct socks_client client;
	size_t at = 0, out;

	tor_question_start(&client);
	socks_client_emit(&client, &out);
	socks_client_sent(&client, out);
	while (socks_client_outcome(&client) == STEP_GOING_ON) {
		size_t want = socks_client_want(&client);

		assert_false(tor_question_affirmed(&client));
		want = want < piece ? want : piece;
		want = want < n - at ? want : n - at;
		socks_client_feed(&client, said + at, want);
		at += want;
	}
	return tor_question_affirmed(&client);
}

static void the_question_is_one_turn_and_names_the_address_as_text(void **state)
{
	struct socks_client client;
	uint8_t expected[STREAM_MAX];
	size_t n, len = hex_read(expected, "05 01 00 05 f0 00 03 09 '192.0.2.1' 0000");

	(void)state;
	tor_question_start(&client);
	const uint8_t *out = socks_client_emit(&client, &n);
	assert_int_equal(n, len);
	assert_memory_equal(out, expected, len);
}

static void only_tors_answer_is_a_yes_however_it_is_cut(void **state)
{
	uint8_t said[STREAM_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		size_t n = hex_read(said, answers[i].said);

		for (size_t piece = 1; piece <= STREAM_MAX; piece++)
			if (affirmed(said, n, piece) != answers[i].is_tor)
				fail_msg("%s, in pieces of %zu", answers[i].name, piece);
	}
}

static void an_answer_that_breaks_off_is_no_yes(void **state)
{
	uint8_t said[STREAM_MAX];
	size_t len = hex_read(said, YES);

	(void)state;
	for (size_t n = 0; n < len; n++)
		assert_false(affirmed(said, n, STREAM_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_question_is_one_turn_and_names_the_address_as_text),
		cmocka_unit_test(only_tors_answer_is_a_yes_however_it_is_cut),
		cmocka_unit_test(an_answer_that_breaks_off_is_no_yes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
