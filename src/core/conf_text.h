/* SPDX-License-Identifier: MIT */
/* The grammar of tunic.conf: `key = value` lines, comments, nothing else. */
#ifndef TUNIC_CORE_CONF_TEXT_H
#define TUNIC_CORE_CONF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { CONF_KEY_MAX = 64, CONF_VALUE_MAX = 4096 }; /* with their NUL */

enum conf_line {
	CONF_END,     /* no more lines */
	CONF_SETTING, /* key and value are set */
	CONF_BAD,     /* `bad` says what is wrong with the line */
};

/*
 * A reader over a text that the caller keeps. Lines end in LF or CRLF, the last one also without.
 * Blank lines and lines whose first non-blank is '#' are passed over. A value runs to the end of
 * its line less blanks; a '#' inside it is part of it. NUL bytes, a missing '=', an empty key, an
 * empty value and over-long keys and values are errors.
 */
struct conf_text {
	const char *at, *end;
	unsigned line; /* of the setting last returned, 1.. */
	char key[CONF_KEY_MAX];
	char value[CONF_VALUE_MAX];
	const char *bad;      /* a sentence */
	const char *bad_text; /* start of the offending line, inside the text */
	size_t bad_len;
};

void conf_text_open(struct conf_text *conf, const char *text, size_t len);
enum conf_line conf_text_next(struct conf_text *conf);

#endif
