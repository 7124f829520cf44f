/* SPDX-License-Identifier: MIT */
/* The server's side of a SOCKS5 conversation, for test proxies and gateways. No I/O. */
#ifndef TUNIC_PROTO_SOCKS_SERVER_H
#define TUNIC_PROTO_SOCKS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/socks_wire.h"
#include "proto/step.h"

/*
 * One conversation, up to the request. DONE means that the request is known and the caller owes a
 * reply (socks_server_reply); FAILED that what is left to emit should be sent and the connection
 * closed.
 */
struct socks_server {
	uint8_t in[SOCKS_AUTH_MAX];
	size_t in_len;
	uint8_t out[16 + SOCKS_REPLY_MAX];
	size_t out_len, out_sent;
	int phase; /* private */
	bool allow_no_auth, allow_password;
	bool logged_in; /* the client gave the credentials below */
	char user[SOCKS_NAME_MAX + 1], password[SOCKS_NAME_MAX + 1];
	uint8_t command;
	struct socks_target target;
};

/* Begins a conversation that accepts the methods allowed; with both offered, PASSWORD is chosen. */
void socks_server_start(struct socks_server *server, bool allow_no_auth, bool allow_password);

size_t socks_server_want(const struct socks_server *server);
enum step socks_server_feed(struct socks_server *server, const uint8_t *bytes, size_t n);
enum step socks_server_outcome(const struct socks_server *server);
const uint8_t *socks_server_emit(const struct socks_server *server, size_t *n);
void socks_server_sent(struct socks_server *server, size_t n);

/* Queues the reply to the request; `bound` NULL sends 0.0.0.0:0. Call once, when DONE. */
void socks_server_reply(
	struct socks_server *server, enum socks_reply code, const struct socks_target *bound);

#endif
