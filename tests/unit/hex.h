/* SPDX-License-Identifier: MIT */
/* Messages as tests write them: hex digits, blanks, and text in single quotes. */
#ifndef TUNIC_TESTS_UNIT_HEX_H
#define TUNIC_TESTS_UNIT_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint8_t hex_digit(char c)
{
	return (uint8_t)(strchr("0123456789abcdef", c) - "0123456789abcdef");
}

/* Reads "05 01 00 03 07 'v4.test' 79 77" into `out`, which is long enough. Returns its length. */
static inline size_t hex_read(uint8_t *out, const char *text)
{
	size_t n = 0;

	while (*text) {
		if (*text == ' ') {
			text++;
		} else if (*text == '\'') {
			for (text++; *text != '\''; text++)
				out[n++] = (uint8_t)*text;
			text++;
		} else {
			out[n++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
			text += 2;
		}
	}
	return n;
}

#endif
