/* SPDX-License-Identifier: MIT */
/* Text in fixed buffers. Nothing here depends on the locale or calls stdio. */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

enum { QUOTED_MAX = 80 };

struct text text_over(char *buf, size_t cap)
{
	buf[0] = '\0';
	return (struct text){.buf = buf, .len = 0, .cap = cap, .cut = false};
}

void text_add_n(struct text *text, const char *bytes, size_t n)
{
	size_t room = text->cap - 1 - text->len;

	if (n > room) {
		text->cut = true;
		n = room;
	}
	memcpy(text->buf + text->len, bytes, n);
	text->len += n;
	text->buf[text->len] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_n(text, string, strlen(string));
}

void text_add_char(struct text *text, char c)
{
	text_add_n(text, &c, 1);
}

void text_add_number(struct text *text, unsigned long long value)
{
	char digits[20]; /* 2^64 - 1 */
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	text_add_n(text, digits + at, sizeof(digits) - at);
}

void text_add_all(struct text *text, ...)
{
	va_list strings;

	va_start(strings, text);
	for (const char *s = va_arg(strings, const char *); s; s = va_arg(strings, const char *))
		text_add(text, s);
	va_end(strings);
}

/* The quote and the backslash are escaped too: else a string could end its quotes, or forge \xHH.
 */
static void add_quoted_byte(struct text *text, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	const char escape[] = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};

	if (byte < ' ' || byte > 126 || byte == '\'' || byte == '\\')
		text_add_n(text, escape, sizeof(escape));
	else
		text_add_char(text, (char)byte);
}

void text_add_quoted(struct text *text, const char *string)
{
	size_t n = strnlen(string, QUOTED_MAX + 1);

	text_add_char(text, '\'');
	for (size_t i = 0; i < n && i < QUOTED_MAX; i++)
		add_quoted_byte(text, (unsigned char)string[i]);
	text_add_char(text, '\'');
	if (n > QUOTED_MAX)
		text_add(text, "...");
}

bool text_copy(char *buf, size_t cap, const char *string)
{
	size_t n = strlen(string);

	if (cap == 0)
		return false;
	buf[0] = '\0';
	if (n >= cap)
		return false;
	memcpy(buf, string, n + 1);
	return true;
}

bool text_parse_number(unsigned long *out, const char *text, unsigned long max)
{
	unsigned long value = 0;

	if (*text == '\0')
		return false;
	for (; *text; text++) {
		unsigned long digit = (unsigned long)*text - '0';

		if (*text < '0' || *text > '9' || digit > max || value > (max - digit) / 10)
			return false;
		value = 10 * value + digit;
	}
	*out = value;
	return true;
}

char text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
	while (*a && text_lower(*a) == text_lower(*b)) {
		a++;
		b++;
	}
	return text_lower(*a) == text_lower(*b);
}

bool text_ends_with_nocase(const char *text, const char *suffix)
{
	size_t n = strlen(text);
	size_t m = strlen(suffix);

	return m <= n && text_equal_nocase(text + n - m, suffix);
}
