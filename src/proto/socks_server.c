/* SPDX-License-Identifier: MIT */
/*
 * The server's side of a SOCKS5 conversation. Messages are judged when they are whole; a client
 * that says everything in one turn is answered like any other, in its turn.
 */
#include <string.h>

#include "proto/socks_server.h"

enum phase { AWAIT_GREETING, AWAIT_LOGIN, AWAIT_REQUEST, FINISHED, BROKEN };

static void queue(struct socks_server *server, uint8_t first, uint8_t second)
{
	struct sink sink = sink_over(server->out, sizeof(server->out));

	sink.len = server->out_len;
	sink_u8(&sink, first);
	sink_u8(&sink, second);
	server->out_len = sink.len;
}

static void queue_reply(struct socks_server *server, uint8_t code, const struct socks_target *bound)
{
	const struct socks_target unspecified = {.addr = {.family = ADDR_V4}};
	struct sink sink = sink_over(server->out, sizeof(server->out));

	sink.len = server->out_len;
	socks_put_message(&sink, code, bound ? bound : &unspecified);
	server->out_len = sink.len;
}

static void await(struct socks_server *server, enum phase phase)
{
	server->phase = phase;
	server->in_len = 0;
}

static bool offers(const struct socks_server *server, enum socks_method method)
{
	return memchr(server->in + 2, method, server->in[1]) != NULL;
}

/* 05 N METHODS */
static void take_greeting(struct socks_server *server)
{
	if (server->allow_password && offers(server, SOCKS_METHOD_PASSWORD)) {
		queue(server, SOCKS_VERSION, SOCKS_METHOD_PASSWORD);
		await(server, AWAIT_LOGIN);
	} else if (server->allow_no_auth && offers(server, SOCKS_METHOD_NO_AUTH)) {
		queue(server, SOCKS_VERSION, SOCKS_METHOD_NO_AUTH);
		await(server, AWAIT_REQUEST);
	} else {
		queue(server, SOCKS_VERSION, SOCKS_METHOD_NONE);
		await(server, BROKEN);
	}
}

/* Reads a length byte and that many bytes. False: a NUL among them, which would make two names one.
 */
static bool read_counted(char out[static SOCKS_NAME_MAX + 1], const uint8_t *at)
{
	if (memchr(at + 1, '\0', at[0]) != NULL)
		return false;
	memcpy(out, at + 1, at[0]);
	out[at[0]] = '\0';
	return true;
}

/* 01 ULEN USER PLEN PASSWORD; empty ones are taken, as Tor takes them. */
static void take_login(struct socks_server *server)
{
	const uint8_t *user = server->in + 1;
	const uint8_t *password = user + 1 + user[0];

	server->logged_in =
		read_counted(server->user, user) && read_counted(server->password, password);
	queue(server, SOCKS_AUTH_VERSION, server->logged_in ? 0 : 1);
	await(server, server->logged_in ? AWAIT_REQUEST : BROKEN);
}

static void refuse(struct socks_server *server, enum socks_reply code)
{
	queue_reply(server, (uint8_t)code, NULL);
	await(server, BROKEN);
}

/* 05 COMMAND 00 ATYP ADDR PORT */
static void take_request(struct socks_server *server)
{
	server->command = server->in[1];
	if (socks_message_target(&server->target, server->in, server->in_len))
		await(server, FINISHED);
	else
		refuse(server, SOCKS_REPLY_GENERAL);
}

/* RFC 1929 has three lengths: up to ULEN, up to PLEN, and the whole. */
static size_t login_length(const uint8_t *in, size_t n)
{
	size_t password_at;

	if (n < 2)
		return 2;
	password_at = 2 + (size_t)in[1];
	return n <= password_at ? password_at + 1 : password_at + 1 + in[password_at];
}

/* How long the message that has begun is, as far as can be told; like socks_message_length. */
static size_t goal(const struct socks_server *server)
{
	const uint8_t *in = server->in;
	size_t n = server->in_len;

	switch (server->phase) {
	case AWAIT_GREETING:
		return n < 2 ? 2 : 2 + (size_t)in[1];
	case AWAIT_LOGIN:
		return login_length(in, n);
	case AWAIT_REQUEST:
		return socks_message_length(in, n);
	default:
		return n;
	}
}

/* Refuses what cannot become a message of this phase. False: it was refused. */
static bool head_is_good(struct socks_server *server)
{
	const uint8_t *in = server->in;
	uint8_t version = server->phase == AWAIT_LOGIN ? SOCKS_AUTH_VERSION : SOCKS_VERSION;

	if (in[0] != version) {
		await(server, BROKEN);
		return false;
	}
	if (server->phase != AWAIT_REQUEST)
		return true;
	if (in[2] != 0) {
		refuse(server, SOCKS_REPLY_GENERAL);
		return false;
	}
	if (in[3] == SOCKS_ATYP_NOTHING || socks_message_length(in, server->in_len) == 0) {
		refuse(server, SOCKS_REPLY_ATYP_UNSUPPORTED);
		return false;
	}
	return true;
}

static void take(struct socks_server *server)
{
	if (!head_is_good(server) || goal(server) != server->in_len)
		return;
	if (server->phase == AWAIT_GREETING)
		take_greeting(server);
	else if (server->phase == AWAIT_LOGIN)
		take_login(server);
	else
		take_request(server);
}

void socks_server_start(struct socks_server *server, bool allow_no_auth, bool allow_password)
{
	*server = (struct socks_server){.phase = AWAIT_GREETING,
		.allow_no_auth = allow_no_auth,
		.allow_password = allow_password};
}

size_t socks_server_want(const struct socks_server *server)
{
	return goal(server) - server->in_len;
}

enum step socks_server_feed(struct socks_server *server, const uint8_t *bytes, size_t n)
{
	size_t want = socks_server_want(server);

	if (n == 0 && want > 0)
		await(server, BROKEN);
	if (n == 0 || n > want)
		return socks_server_outcome(server);
	memcpy(server->in + server->in_len, bytes, n);
	server->in_len += n;
	if (n == want)
		take(server);
	return socks_server_outcome(server);
}

enum step socks_server_outcome(const struct socks_server *server)
{
	switch (server->phase) {
	case FINISHED:
		return STEP_DONE;
	case BROKEN:
		return STEP_FAILED;
	default:
		return STEP_GOING_ON;
	}
}

const uint8_t *socks_server_emit(const struct socks_server *server, size_t *n)
{
	*n = server->out_len - server->out_sent;
	return server->out + server->out_sent;
}

void socks_server_sent(struct socks_server *server, size_t n)
{
	server->out_sent += n;
}

void socks_server_reply(
	struct socks_server *server, enum socks_reply code, const struct socks_target *bound)
{
	queue_reply(server, (uint8_t)code, bound);
}
