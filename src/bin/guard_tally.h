/* SPDX-License-Identifier: MIT */
/* What the guard had to do: for the line at the end of a program under -v, and for --report. */
#ifndef TUNIC_BIN_GUARD_TALLY_H
#define TUNIC_BIN_GUARD_TALLY_H

#include <sys/types.h>

#include "base/text.h"
#include "core/policy.h"

enum tally { TALLY_LIBRARY, TALLY_GUARD, TALLY_LOOKUP, TALLY_REFUSED, TALLY_COUNT };

/* Whose call is being answered from now on; 0: nobody's. */
void tally_caller(pid_t caller);

/* `reason` is REFUSAL_NONE for all but TALLY_REFUSED. */
void tally_count(enum tally what, enum refusal reason);

/* "at the end: ..." */
void tally_text(struct text *out);

enum { TALLY_JSON_MAX = 32768 };

/* A line of JSON for each program and what it did. */
void tally_json(struct text *out);

#endif
