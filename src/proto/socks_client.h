/* SPDX-License-Identifier: MIT */
/* The client's side of a SOCKS5 conversation, stepwise or in one turn. No I/O. */
#ifndef TUNIC_PROTO_SOCKS_CLIENT_H
#define TUNIC_PROTO_SOCKS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/socks_wire.h"
#include "proto/step.h"

enum socks_failure {
	SOCKS_FAILURE_NONE,
	SOCKS_FAILURE_REPLY,     /* the proxy said no: see `reply` */
	SOCKS_FAILURE_NO_METHOD, /* 05 ff: the proxy takes none of the methods offered */
	SOCKS_FAILURE_LOGIN,     /* the proxy did not accept user name and password */
	SOCKS_FAILURE_NOT_SOCKS, /* wrong version byte, a method nobody offered, a reserved byte set
				  */
	SOCKS_FAILURE_HTTP,      /* an HTTP server answered */
	SOCKS_FAILURE_MALFORMED, /* an address type or a name that cannot be */
	SOCKS_FAILURE_CUT,       /* the proxy closed before the reply was whole */
};

/* One conversation. Plain memory: copy it, drop it. The fields below `target` are the results. */
struct socks_client {
	uint8_t out[SOCKS_GREETING_MAX + SOCKS_AUTH_MAX + SOCKS_REQUEST_MAX];
	size_t out_len, out_sent;
	size_t out_ready; /* how much of `out` may be sent by now: all of it in one turn */
	uint8_t in[SOCKS_REPLY_MAX];
	size_t in_len;
	int phase;                      /* private */
	size_t greeting_len, login_len; /* private: where the parts of `out` end */
	bool one_turn;
	enum socks_failure failure;
	uint8_t reply; /* the reply code once DONE, or with SOCKS_FAILURE_REPLY */
	struct socks_target
		target; /* what the reply names: the answer to RESOLVE and RESOLVE_PTR */
};

/*
 * Begins a conversation. `login` NULL offers NO AUTH, else only USERNAME/PASSWORD, so that
 * isolation is never dropped in silence. `one_turn` sends greeting, authentication and request
 * together (Tor). False: a user name or password is not 1..255 bytes long, or the target has
 * neither address nor name; nothing may be sent then.
 */
bool socks_client_start(struct socks_client *client, enum socks_command command,
	const struct socks_target *target, const struct socks_login *login, bool one_turn);

/* The bytes to send now; *n is 0 when the proxy has to speak first. */
const uint8_t *socks_client_emit(const struct socks_client *client, size_t *n);

/* `n` of those bytes were sent. */
void socks_client_sent(struct socks_client *client, size_t n);

/* How many bytes may be read from the proxy now without reading one that is not ours; 0: none. */
size_t socks_client_want(const struct socks_client *client);

/* Has the request been sent? What is sent after it goes to the target, if the proxy agrees. */
bool socks_client_asked(const struct socks_client *client);

/* Takes `n` <= want bytes that the proxy sent; n = 0 says that it closed. Returns the outcome. */
enum step socks_client_feed(struct socks_client *client, const uint8_t *bytes, size_t n);

enum step socks_client_outcome(const struct socks_client *client);

/* The errno that a connect which failed so would give; 0 while it has not failed. */
int socks_client_errno(const struct socks_client *client);

/* Why it failed, as a sentence without a full stop; never NULL. */
const char *socks_client_sentence(const struct socks_client *client);

#endif
