/* SPDX-License-Identifier: MIT */
/* The messages of SOCKS5. Requests and replies have one form, so that they share one codec. */
#include <errno.h>
#include <string.h>

#include "proto/socks_wire.h"

/* Where things are in a request or a reply: VER CODE RSV ATYP, then the address. */
enum { AT_ATYP = 3, AT_ADDR = 4, AT_NAME = AT_ADDR + 1, PORT_LEN = 2 };

int socks_reply_errno(uint8_t code)
{
	switch (code) {
#define SOCKS_REPLY(symbol, value, error, sentence) \
	case value:                                 \
		return error;
#include "proto/socks.def"
	default:
		return EPROTO;
	}
}

const char *socks_reply_sentence(uint8_t code)
{
	switch (code) {
#define SOCKS_REPLY(symbol, value, error, sentence) \
	case value:                                 \
		return sentence;
#include "proto/socks.def"
	default:
		return "the proxy refused with a code that is in no standard";
	}
}

bool socks_target_name(struct socks_target *out, const char *name, uint16_t port)
{
	size_t n = strlen(name);

	if (n == 0 || n > SOCKS_NAME_MAX)
		return false;
	*out = (struct socks_target){.addr = {.family = ADDR_NONE}, .port = port};
	memcpy(out->name, name, n);
	return true;
}

void socks_target_addr(struct socks_target *out, const struct addr *addr, uint16_t port)
{
	*out = (struct socks_target){.addr = *addr, .port = port};
	addr_unmap(&out->addr);
}

void socks_put_greeting(struct sink *sink, enum socks_method method)
{
	sink_u8(sink, SOCKS_VERSION);
	sink_u8(sink, 1);
	sink_u8(sink, (uint8_t)method);
}

/* One byte of length, then the string, which is at most 255 bytes long. */
static void put_counted(struct sink *sink, const char *string)
{
	size_t n = strlen(string);

	sink_u8(sink, (uint8_t)n);
	sink_put(sink, string, n);
}

static bool fits_counted(const char *string)
{
	size_t n = strlen(string);

	return n >= 1 && n <= SOCKS_NAME_MAX;
}

bool socks_put_login(struct sink *sink, const struct socks_login *login)
{
	if (!fits_counted(login->user) || !fits_counted(login->password))
		return false;
	sink_u8(sink, SOCKS_AUTH_VERSION);
	put_counted(sink, login->user);
	put_counted(sink, login->password);
	return true;
}

static void put_address(struct sink *sink, const struct socks_target *target)
{
	if (target->addr.family == ADDR_V6) {
		sink_u8(sink, SOCKS_ATYP_IPV6);
		sink_put(sink, target->addr.bytes, 16);
	} else if (target->addr.family == ADDR_V4) {
		sink_u8(sink, SOCKS_ATYP_IPV4);
		sink_put(sink, target->addr.bytes, 4);
	} else if (target->name[0] != '\0') {
		sink_u8(sink, SOCKS_ATYP_NAME);
		put_counted(sink, target->name);
	} else {
		sink_u8(sink, SOCKS_ATYP_NOTHING);
		sink_put(sink, "\0\0\0", 4);
	}
}

void socks_put_message(struct sink *sink, uint8_t code, const struct socks_target *target)
{
	sink_u8(sink, SOCKS_VERSION);
	sink_u8(sink, code);
	sink_u8(sink, 0);
	put_address(sink, target);
	sink_u16(sink, target->port);
}

size_t socks_message_length(const uint8_t *bytes, size_t n)
{
	if (n <= AT_ATYP)
		return AT_ATYP + 1;
	switch (bytes[AT_ATYP]) {
	case SOCKS_ATYP_NOTHING:
	case SOCKS_ATYP_IPV4:
		return AT_ADDR + 4 + PORT_LEN;
	case SOCKS_ATYP_IPV6:
		return AT_ADDR + 16 + PORT_LEN;
	case SOCKS_ATYP_NAME:
		return n < AT_NAME ? AT_NAME : AT_NAME + (size_t)bytes[AT_ADDR] + PORT_LEN;
	default:
		return 0;
	}
}

static bool read_name(struct socks_target *out, const uint8_t *bytes)
{
	size_t n = bytes[AT_ADDR];

	if (n == 0 || memchr(bytes + AT_NAME, '\0', n) != NULL)
		return false;
	memcpy(out->name, bytes + AT_NAME, n);
	return true;
}

bool socks_message_target(struct socks_target *out, const uint8_t *bytes, size_t n)
{
	*out = (struct socks_target){.addr = {.family = ADDR_NONE}};
	out->port = read_u16(bytes + n - PORT_LEN);
	switch (bytes[AT_ATYP]) {
	case SOCKS_ATYP_NAME:
		return read_name(out, bytes);
	case SOCKS_ATYP_IPV4:
		out->addr.family = ADDR_V4;
		memcpy(out->addr.bytes, bytes + AT_ADDR, 4);
		return true;
	case SOCKS_ATYP_IPV6:
		out->addr.family = ADDR_V6;
		memcpy(out->addr.bytes, bytes + AT_ADDR, 16);
		return true;
	default:
		return true;
	}
}
