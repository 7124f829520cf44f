/* SPDX-License-Identifier: MIT */
/* Host names: what kind a name is, and so who may be asked about it. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "core/name.h"

static bool is_host_byte(unsigned char c)
{
	return c > ' ' && c <= '~' && !strchr("@:/%\\", c);
}

/* Writes the normal form. False: the name is bad, and `out` is cut at any place. */
static bool name_normalise(char out[static NAME_BUF], const char *name)
{
	size_t len = 0;

	for (; *name; name++) {
		const bool label_is_empty = len == 0 || out[len - 1] == '.';

		if (*name == '.' && label_is_empty)
			return false;
		if (*name == '.' && name[1] == '\0')
			break;
		if (!is_host_byte((unsigned char)*name) || len == NAME_MAX_BYTES)
			return false;
		out[len++] = text_lower(*name);
	}
	out[len] = '\0';
	return len > 0;
}

enum name_kind name_judge(char out[static NAME_BUF], const char *name)
{
	if (!name_normalise(out, name)) {
		out[0] = '\0';
		return NAME_BAD;
	}
	if (strcmp(out, "localhost") == 0 || text_ends_with_nocase(out, ".localhost"))
		return NAME_LOCALHOST;
	if (text_ends_with_nocase(out, ".onion"))
		return NAME_ONION;
	if (!strchr(out, '.') || text_ends_with_nocase(out, ".local"))
		return NAME_LOCAL;
	return NAME_PUBLIC;
}
