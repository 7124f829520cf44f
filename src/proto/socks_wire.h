/* SPDX-License-Identifier: MIT */
/* The messages of SOCKS5 (RFC 1928, RFC 1929): numbers, limits, encoders and the address codec. */
#ifndef TUNIC_PROTO_SOCKS_WIRE_H
#define TUNIC_PROTO_SOCKS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/cursor.h"

#define SOCKS_METHOD(symbol, value, name) SOCKS_METHOD_##symbol = value,
enum socks_method {
#include "proto/socks.def"
};
#define SOCKS_COMMAND(symbol, value, name) SOCKS_COMMAND_##symbol = value,
enum socks_command {
#include "proto/socks.def"
};
#define SOCKS_ATYP(symbol, value, name) SOCKS_ATYP_##symbol = value,
enum socks_atyp {
#include "proto/socks.def"
};
#define SOCKS_REPLY(symbol, value, error, sentence) SOCKS_REPLY_##symbol = value,
enum socks_reply {
#include "proto/socks.def"
};

enum {
	SOCKS_VERSION = 5,
	SOCKS_AUTH_VERSION = 1,
	SOCKS_NAME_MAX = 255, /* a host name, a user name, a password: one length byte */
	/* The longest messages: greeting of 255 methods, credentials, request or reply with a name.
	 */
	SOCKS_GREETING_MAX = 2 + 255,
	SOCKS_AUTH_MAX = 3 + 255 + 255,
	SOCKS_REQUEST_MAX = 4 + 1 + 255 + 2,
	SOCKS_REPLY_MAX = SOCKS_REQUEST_MAX,
};

/* Where a request wants to go, or what a reply names: an IP address, or a name when ADDR_NONE. */
struct socks_target {
	struct addr addr;
	char name[SOCKS_NAME_MAX +
		  1]; /* NUL-terminated, 1..255 bytes where addr.family is ADDR_NONE */
	uint16_t port;
};

/* Credentials, each 1..255 bytes without NUL. The strings stay the caller's. */
struct socks_login {
	const char *user;
	const char *password;
};

/* The errno of a reply code (socks.def), 0 for success; EPROTO for a code that is in no standard.
 */
int socks_reply_errno(uint8_t code);

/* The sentence of a reply code; never NULL. */
const char *socks_reply_sentence(uint8_t code);

/* A target for the name. False: empty, longer than 255 bytes; `out` is then unchanged. */
bool socks_target_name(struct socks_target *out, const char *name, uint16_t port);

/* A target for the address; IPv4-mapped addresses are unmapped (Tor refuses them). */
void socks_target_addr(struct socks_target *out, const struct addr *addr, uint16_t port);

/* 05 01 METHOD: a greeting that offers one method. */
void socks_put_greeting(struct sink *sink, enum socks_method method);

/* RFC 1929: 01 ULEN USER PLEN PASSWORD. False (nothing written): a length is not 1..255. */
bool socks_put_login(struct sink *sink, const struct socks_login *login);

/*
 * VER CODE 00 ATYP ADDR PORT: a request (code = command) or a reply (code = reply). A target
 * without address and name is written as ATYP 0, as in Tor's errors.
 */
void socks_put_message(struct sink *sink, uint8_t code, const struct socks_target *target);

/*
 * How long the message (request or reply) at `bytes` is, as far as its first `n` bytes tell: the
 * number of bytes that may safely be taken before asking again, 4 at first; equal to `n` once it is
 * whole. 0: ATYP is none of 1, 3, 4 (and 0, which Tor sends in errors, with 4 bytes of address).
 */
size_t socks_message_length(const uint8_t *bytes, size_t n);

/*
 * Reads the target of a whole message of `n` bytes. False: a name that is empty or holds a NUL.
 * ATYP 0 reads as ADDR_NONE with an empty name.
 */
bool socks_message_target(struct socks_target *out, const uint8_t *bytes, size_t n);

#endif
