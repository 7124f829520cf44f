/* SPDX-License-Identifier: MIT */
/* Text in fixed buffers: building lines without stdio, and strict numbers. */
#ifndef TUNIC_BASE_TEXT_H
#define TUNIC_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A text under construction in a caller's buffer, always NUL-terminated. What does not fit is cut
 * and `cut` says so. Safe in signal handlers, unlike snprintf.
 */
struct text {
	char *buf;
	size_t len; /* without the NUL */
	size_t cap; /* with the NUL, at least 1 */
	bool cut;
};

/* An empty text over the `cap` >= 1 bytes at `buf`, which the caller keeps. */
struct text text_over(char *buf, size_t cap);

void text_add(struct text *text, const char *string);
void text_add_n(struct text *text, const char *bytes, size_t n);
void text_add_char(struct text *text, char c);
void text_add_number(struct text *text, unsigned long long value);
/* Adds each string up to a terminating (const char *)NULL. */
__attribute__((sentinel)) void text_add_all(struct text *text, ...);

/*
 * Adds at most 80 bytes of a string that may be hostile, in single quotes. Control bytes, bytes
 * above 126, quotes and backslashes come as \xHH; after the quotes of a longer string comes "...".
 */
void text_add_quoted(struct text *text, const char *string);

/* Copies a string into a buffer of `cap` bytes. False: it does not fit, and the buffer is "". */
bool text_copy(char *buf, size_t cap, const char *string);

/* Parses decimal digits, nothing else, into 0..max. False: not such a number. */
bool text_parse_number(unsigned long *out, const char *text, unsigned long max);

/* ASCII lower case, whatever the locale. */
char text_lower(char c);

/* ASCII case-insensitive equality, whatever the locale. */
bool text_equal_nocase(const char *a, const char *b);

/* Does `text` end with `suffix`, ASCII case-insensitively? */
bool text_ends_with_nocase(const char *text, const char *suffix);

#endif
