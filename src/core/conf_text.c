/* SPDX-License-Identifier: MIT */
/* The grammar of tunic.conf: `key = value` lines, comments, nothing else. */
#include <string.h>

#include "core/conf_text.h"

/* A piece of the text being read, neither owned nor terminated. */
struct span {
	const char *at;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct span span_trim(struct span span)
{
	while (span.len > 0 && is_blank(span.at[0])) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && is_blank(span.at[span.len - 1]))
		span.len--;
	return span;
}

static void span_copy(char *out, struct span span)
{
	memcpy(out, span.at, span.len);
	out[span.len] = '\0';
}

/* Takes the next line, without its end. There is one: at < end. */
static struct span line_take(struct conf_text *conf)
{
	const size_t left = (size_t)(conf->end - conf->at);
	const char *newline = memchr(conf->at, '\n', left);
	struct span line = {conf->at, newline ? (size_t)(newline - conf->at) : left};

	conf->at += newline ? line.len + 1 : left;
	conf->line++;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Splits a line that has to be a setting. Returns what is wrong with it; NULL: nothing. */
static const char *line_split(struct conf_text *conf, struct span line)
{
	const char *equals = memchr(line.at, '=', line.len);
	struct span key, value;

	if (!equals)
		return "has no '=': a setting is written KEY = VALUE";
	key.at = line.at;
	key.len = (size_t)(equals - line.at);
	value.at = equals + 1;
	value.len = line.len - key.len - 1;
	key = span_trim(key);
	value = span_trim(value);
	if (key.len == 0)
		return "has no key before its '='";
	if (key.len >= CONF_KEY_MAX)
		return "has a key that is too long";
	if (value.len == 0)
		return "has no value after its '='";
	if (value.len >= CONF_VALUE_MAX)
		return "has a value that is too long";
	span_copy(conf->key, key);
	span_copy(conf->value, value);
	return NULL;
}

/* What is wrong with the bytes of a line, comment or not; NULL: nothing. */
static const char *line_bytes_wrong(const struct conf_text *conf, struct span line)
{
	static const char mark[] = "\xef\xbb\xbf";
	const size_t mark_len = sizeof(mark) - 1;

	/* Editors write the mark unseen, and it would become part of the first key. */
	if (conf->line == 1 && line.len >= mark_len && memcmp(line.at, mark, mark_len) == 0)
		return "begins with a byte order mark (BOM): save the file as UTF-8 without one";
	if (memchr(line.at, '\0', line.len))
		return "contains a NUL byte";
	return NULL;
}

void conf_text_open(struct conf_text *conf, const char *text, size_t len)
{
	memset(conf, 0, sizeof(*conf));
	conf->at = text;
	conf->end = text + len;
}

enum conf_line conf_text_next(struct conf_text *conf)
{
	while (conf->at < conf->end) {
		const struct span whole = line_take(conf);
		const struct span line = span_trim(whole);

		conf->bad = line_bytes_wrong(conf, whole);
		if (!conf->bad && (line.len == 0 || line.at[0] == '#'))
			continue;
		if (!conf->bad)
			conf->bad = line_split(conf, line);
		if (!conf->bad)
			return CONF_SETTING;
		conf->bad_text = line.at;
		conf->bad_len = line.len;
		return CONF_BAD;
	}
	return CONF_END;
}
