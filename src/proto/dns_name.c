/* SPDX-License-Identifier: MIT */
/*
 * Names as DNS messages carry them.
 *
 * A name is labels, each with its length before it, and ends with the root's empty label or with a
 * pointer to the rest of it. A pointer has to lead to before the place where the piece began that
 * holds it: so each piece begins earlier than the last, no walk comes back, and the number of steps
 * is bounded by the length of the message. The length of the name bounds the labels.
 */
#include "proto/dns_name.h"

#include <string.h>

#include "base/text.h"

/* RFC 1035, 4.1.4: the two upper bits of a length byte. No name can begin inside the header. */
enum { LABEL_TYPE = 0xc0, POINTER = 0xc0, HEADER_LEN = 12 };

static bool is_pointer(uint8_t length)
{
	return (length & LABEL_TYPE) == POINTER;
}

/* Appends a label and a dot. False: it does not fit, or cannot be text. */
static bool add_label(struct text *text, const uint8_t *label, size_t n)
{
	if (memchr(label, '\0', n) || memchr(label, '.', n))
		return false;
	text_add_n(text, (const char *)label, n);
	text_add_char(text, '.');
	return !text->cut;
}

/* The text of a name ends with the dot of its last label; what was read has none, save the root. */
static void end_text(struct text *text)
{
	if (text->len == 0)
		text_add_char(text, '.');
	else
		text->buf[--text->len] = '\0';
}

size_t dns_name_read(char text[static DNS_NAME_TEXT], const uint8_t *message, size_t n, size_t at)
{
	char dotted[DNS_NAME_TEXT + 1]; /* one dot more than the result */
	struct text out = text_over(dotted, sizeof(dotted));
	size_t piece = at, here = at, end = 0;

	while (here < n && message[here] != 0) {
		const uint8_t length = message[here];

		if (is_pointer(length)) {
			size_t to;

			if (n - here < 2)
				return 0;
			to = read_u16(message + here) & 0x3fff;
			if (to >= piece || to < HEADER_LEN)
				return 0;
			end = end ? end : here + 2;
			piece = here = to;
			continue;
		}
		if (length > DNS_LABEL_MAX || n - here <= length ||
			!add_label(&out, message + here + 1, length))
			return 0;
		here += 1 + (size_t)length;
	}
	if (here >= n)
		return 0;
	end_text(&out);
	memcpy(text, dotted, out.len + 1);
	return (end ? end : here + 1) - at;
}

/* The length of the label that begins here, 0..: up to a dot or the end. */
static size_t label_length(const char *text)
{
	return strcspn(text, ".");
}

/* How many bytes the text takes on the wire; 0: it is no name. */
static size_t wire_length(const char *text)
{
	size_t length = 1;

	if (strcmp(text, ".") == 0)
		return length;
	while (*text) {
		const size_t n = label_length(text);

		length += 1 + n;
		if (n == 0 || n > DNS_LABEL_MAX || length > DNS_NAME_MAX)
			return 0;
		text += n + (text[n] == '.');
	}
	return length;
}

bool dns_name_put(struct sink *sink, const char *text)
{
	if (wire_length(text) == 0)
		return false;
	while (*text && *text != '.') {
		const size_t n = label_length(text);

		sink_u8(sink, (uint8_t)n);
		sink_put(sink, text, n);
		text += n + (text[n] == '.');
	}
	sink_u8(sink, 0);
	return true;
}

/* Reads D.C.B.A, each a byte in decimal without zeros before it, up to "in-addr.arpa". */
static bool read_v4(struct addr *out, const char *text)
{
	for (int i = 3; i >= 0; i--) {
		const size_t n = label_length(text);
		unsigned long byte;
		char label[4];

		if (n == 0 || n >= sizeof(label) || text[n] != '.' || (n > 1 && text[0] == '0'))
			return false;
		memcpy(label, text, n);
		label[n] = '\0';
		if (!text_parse_number(&byte, label, 255))
			return false;
		out->bytes[i] = (uint8_t)byte;
		text += n + 1;
	}
	out->family = ADDR_V4;
	return text_equal_nocase(text, "in-addr.arpa");
}

/* Reads 32 nibbles, the last of the address first, up to "ip6.arpa". */
static bool read_v6(struct addr *out, const char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 31; i >= 0; i--, text += 2) {
		const char *digit = *text ? strchr(digits, text_lower(*text)) : NULL;

		if (digit == NULL || text[1] != '.')
			return false;
		out->bytes[i / 2] |= (uint8_t)((digit - digits) << (i % 2 ? 0 : 4));
	}
	out->family = ADDR_V6;
	return text_equal_nocase(text, "ip6.arpa");
}

bool dns_name_reversed(struct addr *out, const char *text)
{
	*out = (struct addr){.family = ADDR_NONE};
	if (read_v4(out, text))
		return true;
	*out = (struct addr){.family = ADDR_NONE};
	return read_v6(out, text);
}
