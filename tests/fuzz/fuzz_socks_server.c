/* SPDX-License-Identifier: MIT */
/*
 * A hostile client. Input: one byte of options, one of seed, then all that the client says. However
 * that is cut, the server takes the same bytes, gives the same answers and comes to the same end.
 */
#include <string.h>

#include "fuzz.h"
#include "proto/socks_server.h"

/* Bits of the first byte. */
enum { NO_AUTH = 1, PASSWORD = 2, NAME_REPLY = 4 };

static void assert_stays(const struct socks_server *server)
{
	static const uint8_t more[] = {5, 1, 0, 1, 0, 0, 0, 0, 0, 0};
	struct socks_server again = *server;

	HOLDS(socks_server_want(&again) == 0);
	HOLDS(socks_server_feed(&again, more, sizeof(more)) == socks_server_outcome(server));
	HOLDS(socks_server_feed(&again, NULL, 0) == socks_server_outcome(server));
	HOLDS(memcmp(&again, server, sizeof(again)) == 0);
}

/* What the server says fits, also when the caller adds the longest reply. */
static void assert_says_all(struct socks_server *server, uint8_t options)
{
	struct socks_target bound;
	size_t before, after;

	socks_server_emit(server, &before);
	HOLDS(before <= sizeof(server->out));
	if (socks_server_outcome(server) != STEP_DONE)
		return;
	HOLDS(server->target.addr.family != ADDR_NONE || server->target.name[0] != '\0');
	bound = server->target;
	socks_server_reply(server, SOCKS_REPLY_SUCCEEDED, options & NAME_REPLY ? &bound : NULL);
	socks_server_emit(server, &after);
	HOLDS(after > before && after <= sizeof(server->out));
}

/* Holds the conversation to its end. Returns how many bytes the server took. */
static size_t converse(struct socks_server *server, const uint8_t *data, size_t size, enum cut cut)
{
	unsigned seed = data[1];
	size_t at = 2;

	socks_server_start(server, data[0] & NO_AUTH, data[0] & PASSWORD);
	while (socks_server_outcome(server) == STEP_GOING_ON) {
		size_t want = socks_server_want(server);
		size_t n;

		HOLDS(want >= 1 && want <= sizeof(server->in) - server->in_len);
		n = piece_size(cut, &seed, want);
		n = n < size - at ? n : size - at;
		socks_server_feed(server, data + at, n);
		at += n;
	}
	assert_stays(server);
	assert_says_all(server, data[0]);
	return at - 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct socks_server whole, cut;
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
