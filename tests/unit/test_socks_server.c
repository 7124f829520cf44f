/* SPDX-License-Identifier: MIT */
/*
 * The server's side of SOCKS5: each conversation whole, byte by byte, split and cut at every place;
 * and our two sides with each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "proto/socks_client.h"
#include "proto/socks_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { STREAM_MAX = 2048 };
enum methods { NO_AUTH = 1, PASSWORD = 2, BOTH = 3 };

struct conversation {
	const char *name;
	enum methods allowed;
	const char *client; /* all that it says */
	const char *server; /* all that we say before the caller's reply */
	enum step outcome;
	uint8_t command;
	const char *target; /* NULL: there is none to look at */
	uint16_t port;
	const char *user, *password; /* NULL: nobody logged in */
};

#define REQUEST "05 01 00 03 07 'v4.test' 79 77"
#define NOBODY NULL, NULL
#define NOTHING 0, NULL, 0, NOBODY

static const struct conversation conversations[] = {
	{"a login is taken", PASSWORD, "05 01 02 01 01 'u' 01 'p'" REQUEST, "05 02 01 00",
		STEP_DONE, 1, "v4.test", 31095, "u", "p"},
	{"no login is taken", NO_AUTH, "05 01 00" REQUEST, "05 00", STEP_DONE, 1, "v4.test", 31095,
		NOBODY},
	{"a login is preferred", BOTH, "05 02 00 02 01 01 'u' 01 'p'" REQUEST, "05 02 01 00",
		STEP_DONE, 1, "v4.test", 31095, "u", "p"},
	{"who has no login may go without", BOTH, "05 02 01 00" REQUEST, "05 00", STEP_DONE, 1,
		"v4.test", 31095, NOBODY},
	{"empty user names and passwords are taken", PASSWORD, "05 01 02 01 00 00" REQUEST,
		"05 02 01 00", STEP_DONE, 1, "v4.test", 31095, "", ""},
	{"RESOLVE", NO_AUTH, "05 01 00 05 f0 00 03 01 'x' 0000", "05 00", STEP_DONE, 0xf0, "x", 0,
		NOBODY},
	{"RESOLVE_PTR", NO_AUTH, "05 01 00 05 f1 00 01 c6336407 0000", "05 00", STEP_DONE, 0xf1,
		"198.51.100.7", 0, NOBODY},
	{"IPv6", NO_AUTH, "05 01 00 05 01 00 04 20010db8 00000000 00000000 00000007 0050", "05 00",
		STEP_DONE, 1, "2001:db8::7", 80, NOBODY},
	{"the caller judges the command", NO_AUTH, "05 01 00 05 63 00 01 c6336407 0050", "05 00",
		STEP_DONE, 0x63, "198.51.100.7", 80, NOBODY},

	{"no method of ours is offered", PASSWORD, "05 02 00 01", "05 ff", STEP_FAILED, NOTHING},
	{"the login that we offer nobody is refused", NO_AUTH, "05 01 02", "05 ff", STEP_FAILED,
		NOTHING},
	{"no methods at all", BOTH, "05 00", "05 ff", STEP_FAILED, NOTHING},
	{"a greeting of SOCKS4", BOTH, "04 01", "", STEP_FAILED, NOTHING},
	{"a greeting of HTTP", BOTH, "'GE'", "", STEP_FAILED, NOTHING},
	{"a login of a wrong version", BOTH, "05 01 02 05 01", "05 02", STEP_FAILED, NOTHING},
	{"a NUL in a user name", BOTH, "05 01 02 01 02 'u' 00 01 'p'", "05 02 01 01", STEP_FAILED,
		NOTHING},
	{"a NUL in a password", BOTH, "05 01 02 01 01 'u' 02 00 'p'", "05 02 01 01", STEP_FAILED,
		NOTHING},
	{"a request of a wrong version", BOTH, "05 01 00 04 01 00 01", "05 00", STEP_FAILED,
		NOTHING},
	{"a request with its reserved byte set", BOTH, "05 01 00 05 01 01 01",
		"05 00 05 01 00 01 00000000 0000", STEP_FAILED, NOTHING},
	{"a request of an unknown address type", BOTH, "05 01 00 05 01 00 05",
		"05 00 05 08 00 01 00000000 0000", STEP_FAILED, NOTHING},
	{"a request with ATYP 0", BOTH, "05 01 00 05 01 00 00", "05 00 05 08 00 01 00000000 0000",
		STEP_FAILED, NOTHING},
	{"a request with an empty name", BOTH, "05 01 00 05 01 00 03 00 0050",
		"05 00 05 01 00 01 00000000 0000", STEP_FAILED, 1, NULL, 0, NOBODY},
	{"a request with a NUL in its name", BOTH, "05 01 00 05 01 00 03 02 6100 0050",
		"05 00 05 01 00 01 00000000 0000", STEP_FAILED, 1, NULL, 0, NOBODY},
};

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Says the first `end` bytes in pieces of at most `step`, one of which ends at `split`. The server
 * wants never more than the conversation has.
 */
static void converse(struct socks_server *server, const struct conversation *x, size_t step,
	size_t split, size_t end)
{
	uint8_t bytes[STREAM_MAX];
	size_t n = hex_read(bytes, x->client);
	size_t piece;

	socks_server_start(server, x->allowed & NO_AUTH, x->allowed & PASSWORD);
	for (size_t at = 0; at < min(n, end); at += piece) {
		size_t want = socks_server_want(server);

		assert_int_equal(socks_server_outcome(server), STEP_GOING_ON);
		assert_in_range(want, 1, n - at);
		piece = min(min(want, step), min(n, end) - at);
		if (at < split)
			piece = min(piece, split - at);
		socks_server_feed(server, bytes + at, piece);
	}
	if (end < n)
		socks_server_feed(server, NULL, 0);
}

static void assert_says(struct socks_server *server, const char *text)
{
	uint8_t expected[STREAM_MAX];
	size_t expected_n = hex_read(expected, text);
	size_t n;
	const uint8_t *bytes = socks_server_emit(server, &n);

	assert_int_equal(n, expected_n);
	assert_memory_equal(bytes, expected, n);
	socks_server_sent(server, n);
	socks_server_emit(server, &n);
	assert_int_equal(n, 0);
}

static void assert_stays(struct socks_server *server)
{
	const struct socks_server before = *server;
	const uint8_t more[] = {5, 0};

	assert_int_equal(socks_server_want(server), 0);
	socks_server_feed(server, more, sizeof(more));
	socks_server_feed(server, NULL, 0);
	assert_memory_equal(server, &before, sizeof(before));
}

static void assert_result(struct socks_server *server, const struct conversation *x)
{
	char text[ADDR_TEXT_MAX];

	assert_int_equal(socks_server_outcome(server), x->outcome);
	assert_int_equal(server->command, x->command);
	if (x->target) {
		const struct socks_target *target = &server->target;

		assert_string_equal(target->addr.family == ADDR_NONE
					    ? target->name
					    : addr_format(&target->addr, text),
			x->target);
		assert_int_equal(target->port, x->port);
	}
	assert_int_equal(server->logged_in, x->user != NULL);
	if (x->user) {
		assert_string_equal(server->user, x->user);
		assert_string_equal(server->password, x->password);
	}
	assert_says(server, x->server);
	assert_stays(server);
}

static void conversation_holds(void **state)
{
	const struct conversation *x = *state;
	uint8_t bytes[STREAM_MAX];
	size_t n = hex_read(bytes, x->client);
	struct socks_server server;

	converse(&server, x, SIZE_MAX, SIZE_MAX, SIZE_MAX);
	assert_result(&server, x);
	converse(&server, x, 1, SIZE_MAX, SIZE_MAX);
	assert_result(&server, x);
	for (size_t at = 0; at < n; at++) {
		converse(&server, x, SIZE_MAX, at, SIZE_MAX);
		assert_result(&server, x);
		converse(&server, x, SIZE_MAX, SIZE_MAX, at);
		assert_int_equal(socks_server_outcome(&server), STEP_FAILED);
		assert_stays(&server);
	}
}

static void replies_follow_the_request(void **state)
{
	struct socks_server server;
	struct socks_target bound = {.addr = {.family = ADDR_NONE}};
	(void)state;

	converse(&server, &conversations[1], SIZE_MAX, SIZE_MAX, SIZE_MAX);
	socks_server_reply(&server, SOCKS_REPLY_REFUSED, NULL);
	assert_says(&server, "05 00 05 05 00 01 00000000 0000");
	converse(&server, &conversations[1], SIZE_MAX, SIZE_MAX, SIZE_MAX);
	socks_server_reply(&server, SOCKS_REPLY_HOST_UNREACHABLE, &bound);
	assert_says(&server, "05 00 05 04 00 00 00000000 0000");
	converse(&server, &conversations[1], SIZE_MAX, SIZE_MAX, SIZE_MAX);
	assert_true(socks_target_name(&bound, "pub.test", 80));
	socks_server_reply(&server, SOCKS_REPLY_SUCCEEDED, &bound);
	assert_says(&server, "05 00 05 00 00 03 08 'pub.test' 0050");
}

/* Carries bytes between the two until neither can go on; returns what the server then knows. */
static void talk(struct socks_client *client, struct socks_server *server)
{
	const uint8_t *bytes;
	size_t n, moved;

	do {
		moved = 0;
		bytes = socks_client_emit(client, &n);
		n = min(n, socks_server_want(server));
		if (n > 0) {
			socks_server_feed(server, bytes, n);
			socks_client_sent(client, n);
			moved += n;
		}
		bytes = socks_server_emit(server, &n);
		n = min(n, socks_client_want(client));
		if (n > 0) {
			socks_client_feed(client, bytes, n);
			socks_server_sent(server, n);
			moved += n;
		}
	} while (moved > 0);
}

static void assert_understood(const struct socks_target *target, bool with_login, bool one_turn)
{
	char longest[SOCKS_NAME_MAX + 1] = "";
	const struct socks_login login = {longest, longest};
	struct socks_client client;
	struct socks_server server;

	memset(longest, 'l', SOCKS_NAME_MAX);
	assert_true(socks_client_start(
		&client, SOCKS_COMMAND_CONNECT, target, with_login ? &login : NULL, one_turn));
	socks_server_start(&server, true, true);
	talk(&client, &server);
	assert_int_equal(socks_client_outcome(&client), STEP_GOING_ON);
	assert_int_equal(socks_server_outcome(&server), STEP_DONE);
	assert_int_equal(server.logged_in, with_login);
	assert_string_equal(server.user, with_login ? longest : "");
	assert_string_equal(server.password, with_login ? longest : "");
	assert_memory_equal(&server.target, target, sizeof(*target));
	socks_server_reply(&server, SOCKS_REPLY_SUCCEEDED, target);
	talk(&client, &server);
	assert_int_equal(socks_client_outcome(&client), STEP_DONE);
	assert_memory_equal(&client.target, target, sizeof(*target));
}

static void the_two_sides_understand_each_other(void **state)
{
	char longest[SOCKS_NAME_MAX + 1] = "";
	struct socks_target targets[4];
	struct addr v4, v6;
	(void)state;

	memset(longest, 'n', SOCKS_NAME_MAX);
	assert_true(addr_parse(&v4, "198.51.100.7") && addr_parse(&v6, "2001:db8::7"));
	socks_target_addr(&targets[0], &v4, 1);
	socks_target_addr(&targets[1], &v6, 65535);
	assert_true(socks_target_name(&targets[2], "x", 0x1234));
	assert_true(socks_target_name(&targets[3], longest, 0));
	for (size_t i = 0; i < COUNT(targets); i++) {
		for (unsigned how = 0; how < 4; how++)
			assert_understood(&targets[i], how & 1, how & 2);
	}
}

static const struct CMUnitTest singles[] = {
	cmocka_unit_test(replies_follow_the_request),
	cmocka_unit_test(the_two_sides_understand_each_other),
};

int main(void)
{
	struct CMUnitTest socks_server[COUNT(conversations) + COUNT(singles)];

	for (size_t i = 0; i < COUNT(conversations); i++) {
		socks_server[i] = (struct CMUnitTest){.name = conversations[i].name,
			.test_func = conversation_holds,
			.initial_state = (void *)(uintptr_t)&conversations[i]};
	}
	memcpy(socks_server + COUNT(conversations), singles, sizeof(singles));
	return cmocka_run_group_tests(socks_server, NULL, NULL);
}
