/* SPDX-License-Identifier: MIT */
/* IP addresses as values: text, socket addresses, and which networks they belong to. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/addr.h"
#include "base/cursor.h"
#include "base/text.h"

enum { LONGEST_BITS = 3 }; /* "128" */

static const struct prefix mapped = {{ADDR_V6, {[10] = 0xff, [11] = 0xff}, 0}, 96};

static const struct prefix loopback[] = {
	{{ADDR_V4, {127}, 0}, 8},
	{{ADDR_V6, {[15] = 1}, 0}, 128},
};

static const struct prefix unspecified[] = {
	{{ADDR_V4, {0}, 0}, 32},
	{{ADDR_V6, {0}, 0}, 128},
};

static const struct prefix multicast[] = {
	{{ADDR_V4, {224}, 0}, 4},
	{{ADDR_V4, {255, 255, 255, 255}, 0}, 32},
	{{ADDR_V6, {0xff}, 0}, 8},
};

static const struct prefix link_local[] = {
	{{ADDR_V4, {169, 254}, 0}, 16},
	{{ADDR_V6, {0xfe, 0x80}, 0}, 10},
};

static const struct prefix private[] = {
	{{ADDR_V4, {10}, 0}, 8},
	{{ADDR_V4, {172, 16}, 0}, 12},
	{{ADDR_V4, {192, 168}, 0}, 16},
	{{ADDR_V4, {100, 64}, 0}, 10},
	{{ADDR_V6, {0xfc}, 0}, 7},
};

#define IN_ONE_OF(list, addr) in_one_of(list, sizeof(list) / sizeof((list)[0]), addr)

static bool in_one_of(const struct prefix *list, size_t n, const struct addr *addr)
{
	for (size_t i = 0; i < n; i++) {
		if (prefix_contains(&list[i], addr))
			return true;
	}
	return false;
}

static unsigned width_bits(enum addr_family family)
{
	if (family == ADDR_NONE)
		return 0;
	return family == ADDR_V4 ? 32 : 128;
}

/* The mask that keeps the network's part of byte `i` of an address under a prefix of `bits`. */
static uint8_t byte_mask(unsigned bits, unsigned i)
{
	if (bits >= 8 * (i + 1))
		return 0xff;
	if (bits <= 8 * i)
		return 0;
	return (uint8_t)(0xff << (8 * (i + 1) - bits));
}

/* Splits `text` at the byte at `separator`: what stands before it goes into `head`. */
static bool head_copy(char *head, size_t cap, const char *text, const char *separator)
{
	size_t n = (size_t)(separator - text);

	if (n >= cap)
		return false;
	memcpy(head, text, n);
	head[n] = '\0';
	return true;
}

bool addr_parse(struct addr *out, const char *text)
{
	struct addr addr = {.family = ADDR_V4};

	if (inet_pton(AF_INET, text, addr.bytes) != 1) {
		addr = (struct addr){.family = ADDR_V6};
		if (inet_pton(AF_INET6, text, addr.bytes) != 1)
			return false;
	}
	*out = addr;
	return true;
}

bool endpoint_parse(struct endpoint *out, const char *text)
{
	bool bracketed = text[0] == '[';
	const char *host = bracketed ? text + 1 : text;
	const char *end = strchr(host, bracketed ? ']' : ':');
	char head[ADDR_TEXT_MAX];
	struct addr addr;
	unsigned long port;

	if (end == NULL || !head_copy(head, sizeof(head), host, end) || !addr_parse(&addr, head))
		return false;
	if ((addr.family == ADDR_V6) != bracketed)
		return false;
	if (bracketed && *++end != ':')
		return false;
	if (!text_parse_number(&port, end + 1, UINT16_MAX) || port == 0)
		return false;
	*out = (struct endpoint){.addr = addr, .port = (uint16_t)port};
	return true;
}

bool prefix_parse(struct prefix *out, const char *text)
{
	const char *slash = strchr(text, '/');
	char head[ADDR_TEXT_MAX];
	struct addr addr;
	unsigned long bits;

	if (slash == NULL || !head_copy(head, sizeof(head), text, slash) ||
		!addr_parse(&addr, head))
		return false;
	if (strlen(slash + 1) > LONGEST_BITS ||
		!text_parse_number(&bits, slash + 1, width_bits(addr.family)))
		return false;
	for (unsigned i = 0; i < sizeof(addr.bytes); i++) {
		if (addr.bytes[i] & (uint8_t)~byte_mask((unsigned)bits, i))
			return false;
	}
	*out = (struct prefix){.base = addr, .bits = (unsigned)bits};
	return true;
}

char *addr_format(const struct addr *addr, char out[static ADDR_TEXT_MAX])
{
	int domain = addr->family == ADDR_V6 ? AF_INET6 : AF_INET;

	if (addr->family == ADDR_NONE || inet_ntop(domain, addr->bytes, out, ADDR_TEXT_MAX) == NULL)
		out[0] = '\0';
	return out;
}

char *endpoint_format(const struct endpoint *ep, char out[static ENDPOINT_TEXT_MAX])
{
	bool bracketed = ep->addr.family == ADDR_V6;
	char addr[ADDR_TEXT_MAX];
	struct text text = text_over(out, ENDPOINT_TEXT_MAX);

	text_add(&text, bracketed ? "[" : "");
	text_add(&text, addr_format(&ep->addr, addr));
	text_add(&text, bracketed ? "]:" : ":");
	text_add_number(&text, ep->port);
	return out;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && addr_equal(&a->addr, &b->addr);
}

void addr_unmap(struct addr *addr)
{
	struct addr v4 = {.family = ADDR_V4};

	if (!prefix_contains(&mapped, addr))
		return;
	memcpy(v4.bytes, addr->bytes + 12, 4);
	*addr = v4;
}

bool prefix_contains(const struct prefix *prefix, const struct addr *addr)
{
	if (addr->family == ADDR_NONE || prefix->base.family != addr->family)
		return false;
	for (unsigned i = 0; i < sizeof(addr->bytes); i++) {
		if ((prefix->base.bytes[i] ^ addr->bytes[i]) & byte_mask(prefix->bits, i))
			return false;
	}
	return true;
}

uint32_t prefix_capacity(const struct prefix *prefix)
{
	unsigned host_bits = width_bits(prefix->base.family) - prefix->bits;

	return host_bits >= 32 ? UINT32_MAX : UINT32_C(1) << host_bits;
}

/* The host part of the base is zero, so an index that is small enough never carries. */
struct addr prefix_at(const struct prefix *prefix, uint32_t index)
{
	struct addr addr = prefix->base;
	uint8_t *low = addr.bytes + width_bits(addr.family) / 8 - 4;

	for (unsigned i = 0; i < 4; i++)
		low[i] |= (uint8_t)(index >> (24 - 8 * i));
	return addr;
}

uint32_t prefix_index(const struct prefix *prefix, const struct addr *addr)
{
	unsigned width = width_bits(addr->family) / 8;
	uint32_t index = 0;

	for (unsigned i = 0; i < width; i++) {
		uint8_t host = addr->bytes[i] & (uint8_t)~byte_mask(prefix->bits, i);

		if (i < width - 4 && host != 0)
			return UINT32_MAX;
		index = index << 8 | host;
	}
	return index;
}

bool addr_is_loopback(const struct addr *addr)
{
	return IN_ONE_OF(loopback, addr);
}

bool addr_is_unspecified(const struct addr *addr)
{
	return IN_ONE_OF(unspecified, addr);
}

bool addr_is_multicast(const struct addr *addr)
{
	return IN_ONE_OF(multicast, addr);
}

bool addr_is_link_local(const struct addr *addr)
{
	return IN_ONE_OF(link_local, addr);
}

bool addr_is_private(const struct addr *addr)
{
	return IN_ONE_OF(private, addr);
}

static bool from_sockaddr_in(struct endpoint *out, const void *sa, size_t len)
{
	struct sockaddr_in in;

	if (len < sizeof(in))
		return false;
	memcpy(&in, sa, sizeof(in));
	*out = (struct endpoint){.addr = {.family = ADDR_V4}, .port = ntohs(in.sin_port)};
	memcpy(out->addr.bytes, &in.sin_addr, 4);
	return true;
}

/* Linux takes the address of RFC 2133 too, which ends before the scope (SIN6_LEN_RFC2133). */
static bool from_sockaddr_in6(struct endpoint *out, const void *sa, size_t len)
{
	const size_t without_scope = offsetof(struct sockaddr_in6, sin6_scope_id);
	struct sockaddr_in6 in6 = {.sin6_scope_id = 0};

	if (len < without_scope)
		return false;
	memcpy(&in6, sa, len < sizeof(in6) ? without_scope : sizeof(in6));
	*out = (struct endpoint){.addr = {.family = ADDR_V6}, .port = ntohs(in6.sin6_port)};
	memcpy(out->addr.bytes, &in6.sin6_addr, 16);
	if (addr_is_link_local(&out->addr))
		out->addr.scope = in6.sin6_scope_id;
	return true;
}

bool endpoint_from_sockaddr(struct endpoint *out, const struct sockaddr *sa, socklen_t len)
{
	sa_family_t family;

	if (sa == NULL || len < sizeof(family))
		return false;
	memcpy(&family, sa, sizeof(family));
	if (family == AF_INET)
		return from_sockaddr_in(out, sa, len);
	if (family == AF_INET6)
		return from_sockaddr_in6(out, sa, len);
	return false;
}

static socklen_t to_sockaddr_in(const struct endpoint *ep, struct sockaddr_storage *out)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(ep->port)};

	memcpy(&in.sin_addr, ep->addr.bytes, 4);
	memcpy(out, &in, sizeof(in));
	return sizeof(in);
}

static socklen_t to_sockaddr_in6(const struct endpoint *ep, struct sockaddr_storage *out)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(ep->port)};
	struct addr addr = ep->addr;

	if (addr.family == ADDR_V4) {
		addr = mapped.base;
		memcpy(addr.bytes + 12, ep->addr.bytes, 4);
	}
	memcpy(&in6.sin6_addr, addr.bytes, 16);
	in6.sin6_scope_id = addr.scope;
	memcpy(out, &in6, sizeof(in6));
	return sizeof(in6);
}

socklen_t endpoint_to_sockaddr(const struct endpoint *ep, int domain, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof(*out));
	if (domain == AF_INET && ep->addr.family == ADDR_V4)
		return to_sockaddr_in(ep, out);
	if (domain == AF_INET6 && ep->addr.family != ADDR_NONE)
		return to_sockaddr_in6(ep, out);
	return 0;
}
