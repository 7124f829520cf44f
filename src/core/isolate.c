/* SPDX-License-Identifier: MIT */
/* Which streams may share a circuit: the isolation tag, and how it travels in SOCKS credentials. */
#include <stdint.h>
#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "core/isolate.h"

/*
 * A user name with this beginning is Tor's extensible form (Tor proposal 351). "0" after it says
 * that the password is the isolation token; anything else after it Tor refuses.
 */
#define TOR_FORM "<torS0X>"

enum { DIGEST_HEX = 16, STAND_IN_TAIL = 1 + DIGEST_HEX };

/* What the tags of each kind begin with. */
static const char *const kinds[] = {
	[ISOLATE_NONE] = NULL,
	[ISOLATE_RUN] = "run:",
	[ISOLATE_PROGRAM] = "program:",
	[ISOLATE_PROCESS] = "process:",
	[ISOLATE_DESTINATION] = "host:",
};

/* FNV-1a, 64 bits. */
static uint64_t digest(const char *string)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *string; string++) {
		hash ^= (unsigned char)*string;
		hash *= 0x100000001b3;
	}
	return hash;
}

static void text_add_hex(struct text *text, uint64_t value)
{
	for (int shift = 64 - 4; shift >= 0; shift -= 4)
		text_add_char(text, "0123456789abcdef"[value >> shift & 15]);
}

/* How many bytes at the front are printable ASCII: what every proxy and every log takes as it is.
 */
static size_t plain_length(const char *string)
{
	size_t n = 0;

	while (string[n] >= ' ' && string[n] <= '~')
		n++;
	return n;
}

/* Adds the string as it is where it is plain and fits, else its beginning, '~' and its digest. */
static void tag_add(struct text *tag, const char *string)
{
	const size_t room = tag->cap - 1 - tag->len;
	const size_t plain = plain_length(string);

	if (plain <= room && string[plain] == '\0') {
		text_add(tag, string);
		return;
	}
	text_add_n(tag, string, plain <= room - STAND_IN_TAIL ? plain : room - STAND_IN_TAIL);
	text_add_char(tag, '~');
	text_add_hex(tag, digest(string));
}

static void tag_add_host(struct text *tag, const struct socks_target *target)
{
	char host[SOCKS_NAME_MAX + 1];

	if (target->addr.family != ADDR_NONE) {
		addr_format(&target->addr, host);
	} else {
		(void)text_copy(host, sizeof(host), target->name);
		for (char *c = host; *c; c++)
			*c = text_lower(*c);
	}
	tag_add(tag, host);
}

static void tag_add_kind(struct text *tag, enum isolate isolate, const struct isolate_facts *facts)
{
	if (isolate == ISOLATE_RUN && facts->run[0] == '\0')
		isolate = ISOLATE_PROCESS;
	if (isolate == ISOLATE_NONE)
		return;
	text_add(tag, kinds[isolate]);
	if (isolate == ISOLATE_RUN)
		tag_add(tag, facts->run);
	if (isolate == ISOLATE_PROGRAM)
		tag_add(tag, facts->program);
	if (isolate == ISOLATE_PROCESS)
		tag_add(tag, facts->process);
	if (isolate == ISOLATE_DESTINATION)
		tag_add_host(tag, facts->target);
}

const char *isolate_kind_of(const char *tag)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i] != NULL && strncmp(tag, kinds[i], strlen(kinds[i])) == 0)
			return kinds[i];
	return NULL;
}

bool isolate_tag(char out[static ISOLATE_TAG_BUF], const struct settings *settings,
	const struct isolate_facts *facts)
{
	struct text tag = text_over(out, ISOLATE_TAG_BUF);

	if (settings->tag[0] != '\0')
		text_add(&tag, settings->tag);
	else
		tag_add_kind(&tag, settings->isolate, facts);
	return tag.len > 0;
}

bool isolate_login(struct socks_login *out, const char *tag, bool tor)
{
	if (tor) {
		*out = (struct socks_login){.user = TOR_FORM "0", .password = tag};
		return true;
	}
	if (strncmp(tag, TOR_FORM, sizeof(TOR_FORM) - 1) == 0)
		return false;
	*out = (struct socks_login){.user = tag, .password = "0"};
	return true;
}
