/* SPDX-License-Identifier: MIT */
/*
 * A hostile proxy. Input: one byte of options, one of seed, then all that the proxy says. However
 * that is cut, the client takes the same bytes, comes to the same end, and stays there.
 */
#include <string.h>

#include "fuzz.h"
#include "proto/socks_client.h"

/* Bits of the first byte; what is left of them chooses the command. */
enum { ONE_TURN = 1, LOGIN = 2, COMMAND_SHIFT = 2 };

static void begin(struct socks_client *client, uint8_t options)
{
	static const enum socks_command commands[] = {
		SOCKS_COMMAND_CONNECT, SOCKS_COMMAND_RESOLVE, SOCKS_COMMAND_RESOLVE_PTR};
	const struct socks_login login = {"user", "password"};
	struct socks_target target;

	HOLDS(socks_target_name(&target, "v4.test", 80));
	HOLDS(socks_client_start(client, commands[(options >> COMMAND_SHIFT) % 3], &target,
		options & LOGIN ? &login : NULL, options & ONE_TURN));
}

/* Says all that may be said; nothing is wanted before. */
static void speak(struct socks_client *client)
{
	size_t n;

	socks_client_emit(client, &n);
	HOLDS(client->out_sent + n <= client->out_len);
	if (n == 0)
		return;
	HOLDS(socks_client_want(client) == 0);
	socks_client_sent(client, n);
}

static void assert_stays(const struct socks_client *client)
{
	static const uint8_t more[] = {5, 0, 0, 1, 0, 0, 0, 0, 0, 0};
	struct socks_client again = *client;

	HOLDS(socks_client_want(&again) == 0);
	HOLDS(socks_client_feed(&again, more, sizeof(more)) == socks_client_outcome(client));
	HOLDS(socks_client_feed(&again, NULL, 0) == socks_client_outcome(client));
	HOLDS(memcmp(&again, client, sizeof(again)) == 0);
	HOLDS(strlen(socks_client_sentence(client)) > 0);
	HOLDS((socks_client_errno(client) != 0) == (client->failure != SOCKS_FAILURE_NONE));
	HOLDS(strlen(client->target.name) <= SOCKS_NAME_MAX);
}

/* Holds the conversation to its end. Returns how many bytes the client took. */
static size_t converse(struct socks_client *client, const uint8_t *data, size_t size, enum cut cut)
{
	unsigned seed = data[1];
	size_t at = 2;

	begin(client, data[0]);
	while (socks_client_outcome(client) == STEP_GOING_ON) {
		size_t want, n;

		speak(client);
		want = socks_client_want(client);
		HOLDS(want >= 1 && want <= sizeof(client->in) - client->in_len);
		n = piece_size(cut, &seed, want);
		n = n < size - at ? n : size - at;
		socks_client_feed(client, data + at, n);
		at += n;
	}
	assert_stays(client);
	return at - 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct socks_client whole, cut;
	size_t n;

	if (size < 2)
		return 0;
	n = converse(&whole, data, size, CUT_NOWHERE);
	HOLDS(converse(&cut, data, size, CUT_EVERYWHERE) == n);
	HOLDS(memcmp(&whole, &cut, sizeof(cut)) == 0);
	HOLDS(converse(&cut, data, size, CUT_BY_SEED) == n);
	HOLDS(memcmp(&whole, &cut, sizeof(cut)) == 0);
	return 0;
}
