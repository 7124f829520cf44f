/* SPDX-License-Identifier: MIT */
/* How far a mistyped word is from one that we know, for "did you mean …?". */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "core/near.h"

enum { WORD_MAX = 63, DISTANCE_MAX = 2 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance, one row of his table at a time: row[j] is from typed[..i] to known[..j].
 */
static unsigned distance(const char *typed, const char *known, size_t known_len)
{
	unsigned row[WORD_MAX + 1];

	for (size_t j = 0; j <= known_len; j++)
		row[j] = (unsigned)j;
	for (; *typed; typed++) {
		unsigned corner = row[0]++;

		for (size_t j = 1; j <= known_len; j++) {
			const bool differ = text_lower(*typed) != text_lower(known[j - 1]);
			const unsigned change = corner + differ;

			corner = row[j];
			row[j] = least(change, 1 + least(row[j], row[j - 1]));
		}
	}
	return row[known_len];
}

unsigned near_distance(const char *typed, const char *known)
{
	const size_t known_len = strlen(known);

	if (known_len > WORD_MAX)
		return NEAR_NOT;
	const unsigned steps = distance(typed, known, known_len);
	return steps <= DISTANCE_MAX && 2 * steps < known_len ? steps : NEAR_NOT;
}
