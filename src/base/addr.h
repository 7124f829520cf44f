/* SPDX-License-Identifier: MIT */
/* IP addresses, prefixes and endpoints as plain values, without sockets. */
#ifndef TUNIC_BASE_ADDR_H
#define TUNIC_BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum addr_family { ADDR_NONE, ADDR_V4, ADDR_V6 };

/* One IP address. IPv4 uses the first four bytes. Network byte order; unused bytes are zero. */
struct addr {
	enum addr_family family;
	uint8_t bytes[16];
	uint32_t scope; /* interface index of a link-local IPv6 address, else 0 */
};

/* A network: the first `bits` bits of `base` count, the others are zero. */
struct prefix {
	struct addr base;
	unsigned bits;
};

/* An address and a TCP or UDP port (host byte order). */
struct endpoint {
	struct addr addr;
	uint16_t port;
};

enum {
	ADDR_TEXT_MAX = 46,     /* longest textual address with its NUL (INET6_ADDRSTRLEN) */
	ENDPOINT_TEXT_MAX = 54, /* "[addr]:port" with its NUL */
};

/* Parses a numeric address, IPv4 dotted quad or IPv6 without brackets or scope. False: not one. */
bool addr_parse(struct addr *out, const char *text);

/* Parses "a.b.c.d:port" or "[v6]:port", port 1..65535. False: not one. */
bool endpoint_parse(struct endpoint *out, const char *text);

/* Parses "addr/bits"; host bits must be zero. False: not one. */
bool prefix_parse(struct prefix *out, const char *text);

/* Writes the address as text; v6 without brackets. Returns `out`. */
char *addr_format(const struct addr *addr, char out[static ADDR_TEXT_MAX]);

/* Writes "a.b.c.d:port" or "[v6]:port". Returns `out`. */
char *endpoint_format(const struct endpoint *ep, char out[static ENDPOINT_TEXT_MAX]);

bool addr_equal(const struct addr *a, const struct addr *b);
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

/* Turns ::ffff:a.b.c.d into a.b.c.d; every other address stays. */
void addr_unmap(struct addr *addr);

bool prefix_contains(const struct prefix *prefix, const struct addr *addr);

/* How many addresses the prefix holds, capped at UINT32_MAX. */
uint32_t prefix_capacity(const struct prefix *prefix);

/* The address `index` places after the base of the prefix; index < prefix_capacity. */
struct addr prefix_at(const struct prefix *prefix, uint32_t index);

/* The reverse of prefix_at for an address inside the prefix; UINT32_MAX: too far for an index. */
uint32_t prefix_index(const struct prefix *prefix, const struct addr *addr);

/* 127.0.0.0/8, ::1. */
bool addr_is_loopback(const struct addr *addr);
/* 0.0.0.0, ::. A connect to it reaches this machine. */
bool addr_is_unspecified(const struct addr *addr);
/* 224.0.0.0/4, ff00::/8 and the limited broadcast 255.255.255.255. */
bool addr_is_multicast(const struct addr *addr);
/* 169.254.0.0/16, fe80::/10. */
bool addr_is_link_local(const struct addr *addr);
/* RFC 1918, RFC 6598 (100.64.0.0/10), RFC 4193 (fc00::/7). */
bool addr_is_private(const struct addr *addr);

/*
 * Reads a socket address of `len` bytes the way the kernel does for an AF_INET or AF_INET6 socket.
 * False: another family, or too short. Mapped addresses stay mapped (see addr_unmap).
 */
bool endpoint_from_sockaddr(struct endpoint *out, const struct sockaddr *sa, socklen_t len);

/*
 * Writes the endpoint as a socket address for a socket of `domain` (AF_INET or AF_INET6); an IPv4
 * address becomes ::ffff:a.b.c.d for AF_INET6. Returns its length, 0 where the domain cannot hold
 * it.
 */
socklen_t endpoint_to_sockaddr(const struct endpoint *ep, int domain, struct sockaddr_storage *out);

#endif
