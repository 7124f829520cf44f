/* SPDX-License-Identifier: MIT */
/*
 * The client's side of a SOCKS5 conversation.
 *
 * Everything that we may say is written into `out` at the start: greeting, login (with one only),
 * request. `out_ready` moves through it as the proxy answers; in one turn it is at the end at once.
 * What the proxy says is gathered in `in`, and judged only when all that the phase waits for is
 * there, so that the result is the same however the stream was cut.
 *
 * Spoken to in one turn, Tor does not always answer turn by turn. Where the login came together
 * with the greeting it leaves out its choice of method; where it refuses login or request it may
 * send a reply alone. So the first bytes of the stream are one of
 *
 *     05 02 01 ..      the method, then the answer to the login
 *     05 02 00 ..      a reply, with code 02: the third byte tells
 *     05 02 05 ..      the method, then a reply in the place of the answer to the login
 *     01 xx            the answer to the login
 *     05 ff            no method
 *     05 xx 00 ..      a reply that refuses
 *
 * `05 00` is never a reply there: it would be a success without the login that was asked for. A
 * stepwise conversation meets only the reply in the place of the answer to the login: so does Tor
 * refuse user names that begin with <torS0X> and go on in a way that it does not know.
 */
#include <errno.h>
#include <string.h>

#include "proto/socks_client.h"

enum phase { AWAIT_METHOD, AWAIT_THIRD, AWAIT_LOGIN, AWAIT_REPLY, FINISHED };

static bool has_login(const struct socks_client *client)
{
	return client->login_len > 0;
}

static void fail(struct socks_client *client, enum socks_failure failure)
{
	client->failure = failure;
}

/* Waits for something new: what came before is understood and dropped. */
static void await(struct socks_client *client, enum phase phase, size_t ready)
{
	client->phase = phase;
	client->in_len = 0;
	if (client->out_ready < ready)
		client->out_ready = ready;
}

/* What has come is the beginning of a reply, out of turn. */
static void await_rest_of_reply(struct socks_client *client)
{
	client->phase = AWAIT_REPLY;
}

/* 01 STATUS, or a reply that refuses. */
static void take_login_answer(struct socks_client *client)
{
	uint8_t version = client->in[0];
	uint8_t status = client->in[1];

	if (version == SOCKS_VERSION && status != SOCKS_REPLY_SUCCEEDED)
		await_rest_of_reply(client);
	else if (version != SOCKS_AUTH_VERSION)
		fail(client, SOCKS_FAILURE_NOT_SOCKS);
	else if (status != 0)
		fail(client, SOCKS_FAILURE_LOGIN);
	else
		await(client, AWAIT_REPLY, client->out_len);
}

/* The method is the one we offered. In one turn, 05 02 may be the beginning of a reply as well. */
static void take_chosen_method(struct socks_client *client)
{
	if (!has_login(client))
		await(client, AWAIT_REPLY, client->out_len);
	else if (client->one_turn)
		client->phase = AWAIT_THIRD;
	else
		await(client, AWAIT_LOGIN, client->greeting_len + client->login_len);
}

/* 05 METHOD, or what Tor says instead of it in one turn. */
static void take_method(struct socks_client *client)
{
	uint8_t version = client->in[0];
	uint8_t method = client->in[1];
	uint8_t offered = has_login(client) ? SOCKS_METHOD_PASSWORD : SOCKS_METHOD_NO_AUTH;

	if (version == SOCKS_AUTH_VERSION && client->one_turn && has_login(client))
		take_login_answer(client);
	else if (version == 'H')
		fail(client, SOCKS_FAILURE_HTTP);
	else if (version != SOCKS_VERSION)
		fail(client, SOCKS_FAILURE_NOT_SOCKS);
	else if (method == SOCKS_METHOD_NONE)
		fail(client, SOCKS_FAILURE_NO_METHOD);
	else if (method == offered)
		take_chosen_method(client);
	else if (client->one_turn && method != SOCKS_REPLY_SUCCEEDED)
		await_rest_of_reply(client);
	else
		fail(client, SOCKS_FAILURE_NOT_SOCKS);
}

/* After 05 02: a reserved byte makes it a reply, anything else begins the answer to the login. */
static void take_third(struct socks_client *client)
{
	uint8_t third = client->in[2];

	if (third == 0) {
		await_rest_of_reply(client);
		return;
	}
	await(client, AWAIT_LOGIN, client->out_len);
	client->in[client->in_len++] = third;
}

/* An error is one whatever address comes with it; a success has to be well-formed. */
static void take_whole_reply(struct socks_client *client)
{
	bool target_good = socks_message_target(&client->target, client->in, client->in_len);

	if (client->reply != SOCKS_REPLY_SUCCEEDED)
		fail(client, SOCKS_FAILURE_REPLY);
	else if (!target_good)
		fail(client, SOCKS_FAILURE_MALFORMED);
	else
		client->phase = FINISHED;
}

/* 05 REPLY 00 ATYP …: looked at when the first four bytes are there, and at each further goal. */
static void take_reply(struct socks_client *client)
{
	const uint8_t *in = client->in;
	size_t length = socks_message_length(in, client->in_len);
	bool success = in[1] == SOCKS_REPLY_SUCCEEDED;

	if (in[0] != SOCKS_VERSION || in[2] != 0) {
		fail(client, SOCKS_FAILURE_NOT_SOCKS);
		return;
	}
	client->reply = in[1];
	if (length == 0 || (success && in[3] == SOCKS_ATYP_NOTHING))
		fail(client, success ? SOCKS_FAILURE_MALFORMED : SOCKS_FAILURE_REPLY);
	else if (length == client->in_len)
		take_whole_reply(client);
}

/* How many bytes `in` has to hold before the phase can be judged. */
static size_t goal(const struct socks_client *client)
{
	switch (client->phase) {
	case AWAIT_METHOD:
	case AWAIT_LOGIN:
		return 2;
	case AWAIT_THIRD:
		return 3;
	case AWAIT_REPLY:
		return socks_message_length(client->in, client->in_len);
	default:
		return client->in_len;
	}
}

static void take(struct socks_client *client)
{
	switch (client->phase) {
	case AWAIT_METHOD:
		take_method(client);
		break;
	case AWAIT_THIRD:
		take_third(client);
		break;
	case AWAIT_LOGIN:
		take_login_answer(client);
		break;
	default:
		take_reply(client);
		break;
	}
}

/* Writes all three messages into `out`. False: one of them cannot be. */
static bool write_out(struct socks_client *client, enum socks_command command,
	const struct socks_target *target, const struct socks_login *login)
{
	struct sink sink = sink_over(client->out, sizeof(client->out));

	if (target->addr.family == ADDR_NONE && target->name[0] == '\0')
		return false;
	socks_put_greeting(&sink, login ? SOCKS_METHOD_PASSWORD : SOCKS_METHOD_NO_AUTH);
	client->greeting_len = sink.len;
	if (login && !socks_put_login(&sink, login))
		return false;
	client->login_len = sink.len - client->greeting_len;
	socks_put_message(&sink, (uint8_t)command, target);
	client->out_len = sink.len;
	return !sink.overflow;
}

bool socks_client_start(struct socks_client *client, enum socks_command command,
	const struct socks_target *target, const struct socks_login *login, bool one_turn)
{
	*client = (struct socks_client){.phase = AWAIT_METHOD, .one_turn = one_turn};
	if (!write_out(client, command, target, login)) {
		fail(client, SOCKS_FAILURE_MALFORMED);
		return false;
	}
	client->out_ready = one_turn ? client->out_len : client->greeting_len;
	return true;
}

const uint8_t *socks_client_emit(const struct socks_client *client, size_t *n)
{
	*n = client->failure ? 0 : client->out_ready - client->out_sent;
	return client->out + client->out_sent;
}

void socks_client_sent(struct socks_client *client, size_t n)
{
	client->out_sent += n;
}

bool socks_client_asked(const struct socks_client *client)
{
	return client->failure == SOCKS_FAILURE_NONE && client->out_sent == client->out_len;
}

size_t socks_client_want(const struct socks_client *client)
{
	if (socks_client_outcome(client) != STEP_GOING_ON || client->out_sent < client->out_ready)
		return 0;
	return goal(client) - client->in_len;
}

enum step socks_client_feed(struct socks_client *client, const uint8_t *bytes, size_t n)
{
	size_t want = socks_client_want(client);

	if (socks_client_outcome(client) != STEP_GOING_ON)
		return socks_client_outcome(client);
	if (n == 0)
		fail(client, SOCKS_FAILURE_CUT);
	if (n == 0 || n > want)
		return socks_client_outcome(client);
	memcpy(client->in + client->in_len, bytes, n);
	client->in_len += n;
	if (n == want)
		take(client);
	return socks_client_outcome(client);
}

enum step socks_client_outcome(const struct socks_client *client)
{
	if (client->failure != SOCKS_FAILURE_NONE)
		return STEP_FAILED;
	return client->phase == FINISHED ? STEP_DONE : STEP_GOING_ON;
}

int socks_client_errno(const struct socks_client *client)
{
	switch (client->failure) {
	case SOCKS_FAILURE_NONE:
		return 0;
	case SOCKS_FAILURE_REPLY:
		return socks_reply_errno(client->reply);
	case SOCKS_FAILURE_NO_METHOD:
	case SOCKS_FAILURE_LOGIN:
		return EACCES;
	case SOCKS_FAILURE_CUT:
		return ECONNRESET;
	default:
		return EPROTO;
	}
}

const char *socks_client_sentence(const struct socks_client *client)
{
	switch (client->failure) {
	case SOCKS_FAILURE_REPLY:
		return socks_reply_sentence(client->reply);
	case SOCKS_FAILURE_NO_METHOD:
		if (!has_login(client))
			return "the proxy wants a user name and password";
		return "the proxy takes no user name, so streams cannot be kept apart "
		       "(isolate = none does without)";
	case SOCKS_FAILURE_LOGIN:
		return "the proxy did not accept the user name and password";
	case SOCKS_FAILURE_NOT_SOCKS:
		return "what answers on the proxy's port does not speak SOCKS5 as it should";
	case SOCKS_FAILURE_HTTP:
		return "an HTTP server answers on the proxy's port; SOCKS is expected there";
	case SOCKS_FAILURE_MALFORMED:
		return "an address, name, user name or password does not fit into SOCKS5";
	case SOCKS_FAILURE_CUT:
		return "the proxy closed the connection before it had answered";
	case SOCKS_FAILURE_NONE:
		break;
	}
	if (client->phase == FINISHED)
		return socks_reply_sentence(client->reply);
	return "the proxy has not answered yet";
}
