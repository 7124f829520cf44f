/* SPDX-License-Identifier: MIT */
/* What every fuzz driver has: the entry point that libFuzzer and replay.c call, and a check. */
#ifndef TUNIC_TESTS_FUZZ_FUZZ_H
#define TUNIC_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An invariant; unlike assert it is there in every build. */
#define HOLDS(condition)          \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/*
 * How a stream is cut into pieces: everything that is wanted at once, single bytes, or pieces whose
 * sizes the seed chooses.
 */
enum cut { CUT_NOWHERE, CUT_EVERYWHERE, CUT_BY_SEED };

/* The size of the next piece, 1..want. */
static inline size_t piece_size(enum cut cut, unsigned *seed, size_t want)
{
	if (cut == CUT_NOWHERE)
		return want;
	if (cut == CUT_EVERYWHERE)
		return 1;
	*seed = *seed * 1103515245U + 12345U;
	return 1 + (*seed >> 16) % want;
}

#endif
