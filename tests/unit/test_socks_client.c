/* SPDX-License-Identifier: MIT */
/*
 * The client's side of SOCKS5. Each exchange of the table is held whole, byte by byte, split at
 * every place and cut at every place. Where the name begins with tor, its answer was recorded from
 * tor 0.4.9.11.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "proto/socks_client.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { STREAM_MAX = 2048 };

/* What we say until we wait, and what the proxy then says. */
struct turn {
	const char *client, *server;
};

struct exchange {
	const char *name;
	bool one_turn;
	const char *user; /* the password is "p"; NULL: no login */
	enum socks_command command;
	const char *target;
	uint16_t port;
	struct turn turns[4];
	enum socks_failure failure;
	uint8_t reply;
	const char *answer; /* the target of a reply of success */
};

#define GREETING "05 01 00 "
#define GREETING_LOGIN "05 01 02 "
#define LOGIN "01 01 'u' 01 'p' "
#define REQUEST "05 01 00 03 07 'v4.test' 79 77"
#define ALL GREETING_LOGIN LOGIN REQUEST
#define SUCCESS "05 00 00 01 00000000 0000"
#define TO_V4 SOCKS_COMMAND_CONNECT, "v4.test", 31095

static const struct exchange exchanges[] = {
	/* Stepwise. */
	{"tor: CONNECT, stepwise, with a login", false, "u", TO_V4,
		{{GREETING_LOGIN, "05 02"}, {LOGIN, "01 00"}, {REQUEST, SUCCESS}}, 0, 0, "0.0.0.0"},
	{"CONNECT, stepwise, without a login", false, NULL, TO_V4,
		{{GREETING, "05 00"}, {REQUEST, SUCCESS}}, 0, 0, "0.0.0.0"},
	{"tor: a user name of an unknown form is refused by a reply", false, "<torS0X>1", TO_V4,
		{{GREETING_LOGIN, "05 02"},
			{"01 09 '<torS0X>1' 01 'p'", "05 01 00 01 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 1, NULL},
	{"a success in the place of the answer to the login is no success", false, "u", TO_V4,
		{{GREETING_LOGIN, "05 02"}, {LOGIN, "05 00"}}, SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"a refused login, stepwise", false, "u", TO_V4,
		{{GREETING_LOGIN, "05 02"}, {LOGIN, "01 01"}}, SOCKS_FAILURE_LOGIN, 0, NULL},
	{"an answer to the login with a wrong version", false, "u", TO_V4,
		{{GREETING_LOGIN, "05 02"}, {LOGIN, "02 00"}}, SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"no method, with a login", false, "u", TO_V4, {{GREETING_LOGIN, "05 ff"}},
		SOCKS_FAILURE_NO_METHOD, 0, NULL},
	{"no method, without a login", false, NULL, TO_V4, {{GREETING, "05 ff"}},
		SOCKS_FAILURE_NO_METHOD, 0, NULL},
	{"a proxy that drops the login is not spoken to", false, "u", TO_V4,
		{{GREETING_LOGIN, "05 00"}}, SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"a method that nobody offered", false, NULL, TO_V4, {{GREETING, "05 02"}},
		SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"a reply in the place of the method, stepwise", false, NULL, TO_V4, {{GREETING, "05 01"}},
		SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"an answer to a login nobody sent", false, NULL, TO_V4, {{GREETING, "01 00"}},
		SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"an answer to a login not yet sent", false, "u", TO_V4, {{GREETING_LOGIN, "01 00"}},
		SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"SOCKS4 answers", false, NULL, TO_V4, {{GREETING, "00 5b"}}, SOCKS_FAILURE_NOT_SOCKS, 0,
		NULL},
	{"an HTTP server answers", false, NULL, TO_V4, {{GREETING, "'HT'"}}, SOCKS_FAILURE_HTTP, 0,
		NULL},
	{"an SSH server answers", false, "u", TO_V4, {{GREETING_LOGIN, "'SS'"}},
		SOCKS_FAILURE_NOT_SOCKS, 0, NULL},

	/* In one turn, with a login. */
	{"tor: CONNECT in one turn, the method is left out", true, "u", TO_V4,
		{{ALL, "01 00" SUCCESS}}, 0, 0, "0.0.0.0"},
	{"tor: CONNECT in one turn that came in pieces", true, "u", TO_V4,
		{{ALL, "05 02 01 00" SUCCESS}}, 0, 0, "0.0.0.0"},
	{"tor: CONNECT over a unix socket", true, "u", TO_V4,
		{{ALL, "01 00 05 00 00 04 00000000 00000000 00000000 00000000 0000"}}, 0, 0, "::"},
	{"tor: CONNECT to an address", true, "u", SOCKS_COMMAND_CONNECT, "198.51.100.7", 31095,
		{{GREETING_LOGIN LOGIN "05 01 00 01 c6336407 79 77", "01 00" SUCCESS}}, 0, 0,
		"0.0.0.0"},
	{"tor: RESOLVE gives IPv4", true, "u", SOCKS_COMMAND_RESOLVE, "pub.test", 0,
		{{GREETING_LOGIN LOGIN "05 f0 00 03 08 'pub.test' 0000",
			"01 00 05 00 00 01 c6336407 0000"}},
		0, 0, "198.51.100.7"},
	{"tor: RESOLVE gives IPv6", true, "u", SOCKS_COMMAND_RESOLVE, "pub6.test", 0,
		{{GREETING_LOGIN LOGIN "05 f0 00 03 09 'pub6.test' 0000",
			"01 00 05 00 00 04 20010db8 00000000 00000000 00000007 0000"}},
		0, 0, "2001:db8::7"},
	{"tor: RESOLVE of an unknown name fails with ATYP 0", true, "u", SOCKS_COMMAND_RESOLVE,
		"nx.test", 0,
		{{GREETING_LOGIN LOGIN "05 f0 00 03 07 'nx.test' 0000",
			"01 00 05 04 00 00 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 4, NULL},
	{"tor: RESOLVE_PTR of an IPv4 address", true, "u", SOCKS_COMMAND_RESOLVE_PTR,
		"198.51.100.7", 0,
		{{GREETING_LOGIN LOGIN "05 f1 00 01 c6336407 0000",
			"01 00 05 00 00 03 08 'pub.test' 0000"}},
		0, 0, "pub.test"},
	{"tor: RESOLVE_PTR of an IPv6 address", true, "u", SOCKS_COMMAND_RESOLVE_PTR, "2001:db8::7",
		0,
		{{GREETING_LOGIN LOGIN "05 f1 00 04 20010db8 00000000 00000000 00000007 0000",
			"01 00 05 00 00 03 09 'pub6.test' 0000"}},
		0, 0, "pub6.test"},
	{"tor: RESOLVE_PTR of a name gets a reply alone", true, "u", SOCKS_COMMAND_RESOLVE_PTR,
		"v4.test", 0,
		{{GREETING_LOGIN LOGIN "05 f1 00 03 07 'v4.test' 0000",
			"05 08 00 01 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 8, NULL},
	{"tor: BIND gets a reply alone", true, "u", SOCKS_COMMAND_BIND, "v4.test", 31095,
		{{GREETING_LOGIN LOGIN "05 02 00 03 07 'v4.test' 79 77",
			"05 07 00 01 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 7, NULL},
	{"tor: port 0 is refused", true, "u", SOCKS_COMMAND_CONNECT, "v4.test", 0,
		{{GREETING_LOGIN LOGIN "05 01 00 03 07 'v4.test' 0000",
			"01 00 05 01 00 01 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 1, NULL},
	{"tor: a closed port of a relay", true, "u", SOCKS_COMMAND_CONNECT, "v4.test", 31050,
		{{GREETING_LOGIN LOGIN "05 01 00 03 07 'v4.test' 79 4a",
			"01 00 05 05 00 01 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 5, NULL},
	{"tor: a bad onion address", true, "u", SOCKS_COMMAND_CONNECT, "foo.onion", 80,
		{{GREETING_LOGIN LOGIN "05 01 00 03 09 'foo.onion' 0050",
			"01 00 05 f6 00 01 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 0xf6, NULL},
	{"tor: the user name of isolation", true, "<torS0X>0", TO_V4,
		{{GREETING_LOGIN "01 09 '<torS0X>0' 01 'p'" REQUEST, "01 00" SUCCESS}}, 0, 0,
		"0.0.0.0"},
	{"tor: method, then a reply in the place of the answer to the login", true, "<torS0X>1",
		TO_V4,
		{{GREETING_LOGIN "01 09 '<torS0X>1' 01 'p'" REQUEST,
			"05 02 05 01 00 01 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 1, NULL},
	{"05 02 00 is a reply that does not allow", true, "u", TO_V4,
		{{ALL, "05 02 00 01 00000000 0000"}}, SOCKS_FAILURE_REPLY, 2, NULL},
	{"05 02 then a refused login", true, "u", TO_V4, {{ALL, "05 02 01 01"}},
		SOCKS_FAILURE_LOGIN, 0, NULL},
	{"05 02 then nonsense", true, "u", TO_V4, {{ALL, "05 02 07 00"}}, SOCKS_FAILURE_NOT_SOCKS,
		0, NULL},
	{"a refused login, in one turn", true, "u", TO_V4, {{ALL, "01 ff"}}, SOCKS_FAILURE_LOGIN, 0,
		NULL},
	{"no method, in one turn", true, "u", TO_V4, {{ALL, "05 ff"}}, SOCKS_FAILURE_NO_METHOD, 0,
		NULL},
	{"a success without the login that was asked for is none", true, "u", TO_V4,
		{{ALL, "05 00"}}, SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"an HTTP server answers one turn", true, "u", TO_V4, {{ALL, "'HT'"}}, SOCKS_FAILURE_HTTP,
		0, NULL},

	/* In one turn, without a login. */
	{"tor: CONNECT in one turn, without a login", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 00" SUCCESS}}, 0, 0, "0.0.0.0"},
	{"tor: port 0 is refused, without a login", true, NULL, SOCKS_COMMAND_CONNECT, "v4.test", 0,
		{{GREETING "05 01 00 03 07 'v4.test' 0000", "05 00 05 01 00 01 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 1, NULL},
	{"tor: BIND gets a reply alone, without a login", true, NULL, SOCKS_COMMAND_BIND, "v4.test",
		31095, {{GREETING "05 02 00 03 07 'v4.test' 79 77", "05 07 00 01 00000000 0000"}},
		SOCKS_FAILURE_REPLY, 7, NULL},
	{"05 02 00 is a reply, without a login", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 02 00 01 00000000 0000"}}, SOCKS_FAILURE_REPLY, 2, NULL},
	{"01 00 answers nothing, without a login", true, NULL, TO_V4, {{GREETING REQUEST, "01 00"}},
		SOCKS_FAILURE_NOT_SOCKS, 0, NULL},

	/* The reply. */
	{"a reply with a wrong version", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 00 04 00 00 01"}}, SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"a reply with its reserved byte set", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 00 05 00 01 01"}}, SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"a reply alone with its reserved byte set", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 01 01 01"}}, SOCKS_FAILURE_NOT_SOCKS, 0, NULL},
	{"a success of an unknown address type", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 00 05 00 00 02"}}, SOCKS_FAILURE_MALFORMED, 0, NULL},
	{"a success with ATYP 0", true, NULL, TO_V4, {{GREETING REQUEST, "05 00 05 00 00 00"}},
		SOCKS_FAILURE_MALFORMED, 0, NULL},
	{"an error of an unknown address type is that error", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 00 05 03 00 09"}}, SOCKS_FAILURE_REPLY, 3, NULL},
	{"a success with an empty name", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 00 05 00 00 03 00 0000"}}, SOCKS_FAILURE_MALFORMED, 0,
		NULL},
	{"a success with a NUL in its name", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 00 05 00 00 03 03 610062 0000"}}, SOCKS_FAILURE_MALFORMED,
		0, NULL},
	{"an error with an empty name is that error", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 00 05 05 00 03 00 0000"}}, SOCKS_FAILURE_REPLY, 5, NULL},
	{"an error of no standard", true, NULL, TO_V4,
		{{GREETING REQUEST, "05 00 05 63 00 01 00000000 0000"}}, SOCKS_FAILURE_REPLY, 0x63,
		NULL},
};

/* How the proxy's stream arrives: in pieces of at most `step`, one of which ends at `split`. */
struct cutting {
	size_t step, split, end;
};

static const struct cutting whole = {SIZE_MAX, SIZE_MAX, SIZE_MAX};

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t piece_at(const struct cutting *cutting, size_t at, size_t left)
{
	size_t piece = min(min(left, cutting->step), cutting->end - at);

	return at < cutting->split ? min(piece, cutting->split - at) : piece;
}

static size_t stream_length(const struct exchange *x)
{
	uint8_t bytes[STREAM_MAX];
	size_t n = 0;

	for (const struct turn *turn = x->turns; turn->client; turn++)
		n += hex_read(bytes, turn->server);
	return n;
}

static void begin(struct socks_client *client, const struct exchange *x)
{
	const struct socks_login login = {x->user, "p"};
	struct socks_target target;
	struct addr addr;

	if (addr_parse(&addr, x->target))
		socks_target_addr(&target, &addr, x->port);
	else
		assert_true(socks_target_name(&target, x->target, x->port));
	assert_true(socks_client_start(
		client, x->command, &target, x->user ? &login : NULL, x->one_turn));
}

/* The client says exactly `text` now; while it does, it reads nothing. */
static void speak(struct socks_client *client, const char *text, size_t step)
{
	uint8_t expected[STREAM_MAX];
	size_t left = hex_read(expected, text);
	size_t n;

	for (size_t at = 0; left > 0; left -= n, at += n) {
		const uint8_t *bytes = socks_client_emit(client, &n);

		assert_int_equal(socks_client_want(client), 0);
		assert_int_equal(n, left);
		assert_memory_equal(bytes, expected + at, n);
		n = min(n, step);
		socks_client_sent(client, n);
	}
	socks_client_emit(client, &n);
	assert_int_equal(n, 0);
}

/* The client takes what the proxy says in this turn, and wants no byte more. Returns how much. */
static size_t hear(
	struct socks_client *client, const char *text, size_t at, const struct cutting *cutting)
{
	uint8_t bytes[STREAM_MAX];
	size_t n = hex_read(bytes, text);
	size_t taken = 0;

	while (taken < n) {
		size_t want = socks_client_want(client);
		size_t piece = min(want, piece_at(cutting, at + taken, n - taken));

		assert_in_range(want, 1, n - taken);
		assert_int_equal(socks_client_outcome(client), STEP_GOING_ON);
		if (piece == 0)
			break;
		socks_client_feed(client, bytes + taken, piece);
		taken += piece;
	}
	return taken;
}

static void converse(
	struct socks_client *client, const struct exchange *x, const struct cutting *cutting)
{
	size_t at = 0;

	begin(client, x);
	for (const struct turn *turn = x->turns; turn->client; turn++) {
		assert_int_equal(socks_client_outcome(client), STEP_GOING_ON);
		speak(client, turn->client, cutting->step);
		at += hear(client, turn->server, at, cutting);
		if (at == cutting->end) {
			socks_client_feed(client, NULL, 0);
			return;
		}
	}
}

static const char *answer_of(const struct socks_client *client, char text[static ADDR_TEXT_MAX])
{
	if (client->target.addr.family == ADDR_NONE)
		return client->target.name;
	return addr_format(&client->target.addr, text);
}

/* Nothing is wanted or said any more, and nothing changes the outcome. */
static void assert_stays(struct socks_client *client)
{
	const struct socks_client before = *client;
	const uint8_t more[] = {5, 0};
	size_t n;

	socks_client_emit(client, &n);
	assert_int_equal(n, 0);
	assert_int_equal(socks_client_want(client), 0);
	socks_client_feed(client, more, sizeof(more));
	socks_client_feed(client, NULL, 0);
	assert_memory_equal(client, &before, sizeof(before));
}

static void assert_result(struct socks_client *client, const struct exchange *x)
{
	char text[ADDR_TEXT_MAX];

	assert_int_equal(client->failure, x->failure);
	assert_int_equal(client->reply, x->reply);
	assert_int_equal(socks_client_outcome(client), x->failure ? STEP_FAILED : STEP_DONE);
	assert_int_equal(socks_client_errno(client) != 0, x->failure != SOCKS_FAILURE_NONE);
	assert_true(strlen(socks_client_sentence(client)) > 0);
	if (x->answer)
		assert_string_equal(answer_of(client, text), x->answer);
	assert_stays(client);
}

static void exchange_holds(void **state)
{
	const struct exchange *x = *state;
	const struct cutting byte_by_byte = {1, SIZE_MAX, SIZE_MAX};
	struct socks_client client;

	converse(&client, x, &whole);
	assert_result(&client, x);
	converse(&client, x, &byte_by_byte);
	assert_result(&client, x);
	for (size_t at = 0; at < stream_length(x); at++) {
		const struct cutting split = {SIZE_MAX, at, SIZE_MAX};
		const struct cutting cut = {SIZE_MAX, SIZE_MAX, at};

		converse(&client, x, &split);
		assert_result(&client, x);
		converse(&client, x, &cut);
		assert_int_equal(client.failure, SOCKS_FAILURE_CUT);
		assert_int_equal(socks_client_errno(&client), ECONNRESET);
		assert_stays(&client);
	}
}

/* Every code, with each type of address that may come with it. */
static void every_reply_code_fails_with_its_errno(void **state)
{
	static const char *const addresses[] = {"00 00000000 0000", "01 7f000001 0050",
		"03 07 'v4.test' 0050", "04 20010db8 00000000 00000000 00000007 0050"};
	uint8_t bytes[STREAM_MAX] = {5, 0, 5};
	const struct exchange x = {NULL, true, NULL, TO_V4, {{NULL, NULL}}, 0, 0, NULL};
	(void)state;

	for (unsigned code = 1; code < 256; code++) {
		for (size_t i = 0; i < COUNT(addresses); i++) {
			size_t n = 5 + hex_read(bytes + 5, addresses[i]);
			struct socks_client client;

			begin(&client, &x);
			speak(&client, GREETING REQUEST, SIZE_MAX);
			bytes[3] = (uint8_t)code;
			for (size_t at = 0; at < n; at++)
				socks_client_feed(&client, bytes + at, 1);
			assert_int_equal(client.failure, SOCKS_FAILURE_REPLY);
			assert_int_equal(client.reply, code);
			assert_int_equal(
				socks_client_errno(&client), socks_reply_errno((uint8_t)code));
			assert_string_equal(socks_client_sentence(&client),
				socks_reply_sentence((uint8_t)code));
		}
	}
}

/* User name, password, name and the name of the reply, each of 255 bytes. */
static void the_longest_names_fit(void **state)
{
	char name[SOCKS_NAME_MAX + 1] = "";
	const struct socks_login login = {name, name};
	uint8_t reply[2 + SOCKS_REPLY_MAX] = {1, 0, 5, 0, 0, 3, 255};
	struct socks_target target;
	struct socks_client client;
	size_t n, at;
	(void)state;

	memset(name, 'n', SOCKS_NAME_MAX);
	memset(reply + 7, 'r', 255);
	assert_true(socks_target_name(&target, name, 80));
	assert_true(socks_client_start(&client, SOCKS_COMMAND_CONNECT, &target, &login, true));
	socks_client_emit(&client, &n);
	assert_int_equal(n, 3 + SOCKS_AUTH_MAX + SOCKS_REQUEST_MAX);
	socks_client_sent(&client, n);
	for (at = 0; at < sizeof(reply); at += n) {
		n = socks_client_want(&client);
		assert_in_range(n, 1, sizeof(reply) - at);
		socks_client_feed(&client, reply + at, n);
	}
	assert_int_equal(socks_client_outcome(&client), STEP_DONE);
	assert_int_equal(strlen(client.target.name), 255);
	assert_int_equal(strspn(client.target.name, "r"), 255);
}

static void assert_not_started(const struct socks_target *target, const struct socks_login *login)
{
	struct socks_client client;
	size_t n;

	assert_false(socks_client_start(&client, SOCKS_COMMAND_CONNECT, target, login, true));
	socks_client_emit(&client, &n);
	assert_int_equal(n, 0);
	assert_int_equal(socks_client_want(&client), 0);
	assert_int_equal(socks_client_outcome(&client), STEP_FAILED);
}

static void what_does_not_fit_is_not_sent(void **state)
{
	static const struct socks_target nowhere = {.port = 80};
	char long_name[SOCKS_NAME_MAX + 2] = "";
	struct socks_target target;
	(void)state;

	memset(long_name, 'n', SOCKS_NAME_MAX + 1);
	assert_true(socks_target_name(&target, "v4.test", 80));
	assert_not_started(&nowhere, NULL);
	assert_not_started(&target, &(struct socks_login){"", "p"});
	assert_not_started(&target, &(struct socks_login){"u", ""});
	assert_not_started(&target, &(struct socks_login){long_name, "p"});
	assert_not_started(&target, &(struct socks_login){"u", long_name});
}

static void more_than_wanted_is_not_taken(void **state)
{
	const uint8_t bytes[] = {5, 0, 5, 0};
	const struct exchange x = {NULL, false, NULL, TO_V4, {{NULL, NULL}}, 0, 0, NULL};
	struct socks_client client;
	(void)state;

	begin(&client, &x);
	speak(&client, GREETING, SIZE_MAX);
	assert_int_equal(socks_client_feed(&client, bytes, sizeof(bytes)), STEP_GOING_ON);
	assert_int_equal(socks_client_want(&client), 2);
}

static void failures_have_their_errno(void **state)
{
	static const int expected[] = {
		[SOCKS_FAILURE_NONE] = 0,
		[SOCKS_FAILURE_REPLY] = ECONNREFUSED,
		[SOCKS_FAILURE_NO_METHOD] = EACCES,
		[SOCKS_FAILURE_LOGIN] = EACCES,
		[SOCKS_FAILURE_NOT_SOCKS] = EPROTO,
		[SOCKS_FAILURE_HTTP] = EPROTO,
		[SOCKS_FAILURE_MALFORMED] = EPROTO,
		[SOCKS_FAILURE_CUT] = ECONNRESET,
	};
	(void)state;

	for (size_t i = 0; i < COUNT(expected); i++) {
		struct socks_client client = {.failure = (enum socks_failure)i, .reply = 5};

		assert_int_equal(socks_client_errno(&client), expected[i]);
	}
}

static void a_dropped_login_names_the_setting_that_does_without(void **state)
{
	const struct exchange with_login = {
		.user = "u", .target = "v4.test", .turns = {{GREETING_LOGIN, "05 ff"}}};
	const struct exchange without = {.target = "v4.test", .turns = {{GREETING, "05 ff"}}};
	struct socks_client client;
	(void)state;

	converse(&client, &with_login, &whole);
	assert_non_null(strstr(socks_client_sentence(&client), "isolate = none"));
	converse(&client, &without, &whole);
	assert_null(strstr(socks_client_sentence(&client), "isolate = none"));
}

static const struct CMUnitTest singles[] = {
	cmocka_unit_test(every_reply_code_fails_with_its_errno),
	cmocka_unit_test(the_longest_names_fit),
	cmocka_unit_test(what_does_not_fit_is_not_sent),
	cmocka_unit_test(more_than_wanted_is_not_taken),
	cmocka_unit_test(failures_have_their_errno),
	cmocka_unit_test(a_dropped_login_names_the_setting_that_does_without),
};

int main(void)
{
	struct CMUnitTest socks_client[COUNT(exchanges) + COUNT(singles)];

	for (size_t i = 0; i < COUNT(exchanges); i++) {
		socks_client[i] = (struct CMUnitTest){.name = exchanges[i].name,
			.test_func = exchange_holds,
			.initial_state = (void *)(uintptr_t)&exchanges[i]};
	}
	memcpy(socks_client + COUNT(exchanges), singles, sizeof(singles));
	return cmocka_run_group_tests(socks_client, NULL, NULL);
}
