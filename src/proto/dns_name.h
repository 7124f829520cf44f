/* SPDX-License-Identifier: MIT */
/* Names as DNS messages carry them (RFC 1035, 3.1 and 4.1.4), and as text. */
#ifndef TUNIC_PROTO_DNS_NAME_H
#define TUNIC_PROTO_DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/cursor.h"

enum {
	DNS_LABEL_MAX = 63, /* RFC 1035, 2.3.4 */
	DNS_NAME_MAX = 255, /* on the wire, with all length bytes */
	DNS_NAME_TEXT =
		254, /* as text with its NUL: the first length byte and the root's are not in it */
};

/*
 * Reads the name at `at` in a message of `n` bytes as dotted text, without a dot at its end; the
 * root is
 * ".". Letters keep their case. Returns how many bytes the name takes where it stands, 0 when it is
 * none: cut, longer than 255 bytes, with a label type other than 0 and 3, with a pointer that leads
 * anywhere but to an earlier part of the message, or with a byte in a label that text cannot show
 * apart (NUL, dot).
 */
size_t dns_name_read(char text[static DNS_NAME_TEXT], const uint8_t *message, size_t n, size_t at);

/*
 * Puts a name given as text, not compressed; a dot at its end may be there. "" and "." are the
 * root. False: no name (an empty label, one above 63 bytes, more than 255 bytes in all); nothing is
 * then put. Every byte but the dot stands for itself: there are no escapes.
 */
bool dns_name_put(struct sink *sink, const char *text);

/*
 * The address whose reverse name this is: D.C.B.A.in-addr.arpa (RFC 1035, 3.5) or 32 nibbles and
 * ip6.arpa (RFC 3596, 2.5), in any case of letters. False: it is no such name.
 */
bool dns_name_reversed(struct addr *out, const char *text);

#endif
