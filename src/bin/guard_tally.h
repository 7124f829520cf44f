/* SPDX-License-Identifier: MIT */
/* What the guard had to do, for the line at the end of a program under -v. */
#ifndef TUNIC_BIN_GUARD_TALLY_H
#define TUNIC_BIN_GUARD_TALLY_H

#include <sys/types.h>

#include "base/text.h"

enum tally { TALLY_DIRECT, TALLY_LOOKUP, TALLY_REFUSED, TALLY_COUNT };

void tally_count(enum tally tally);

/* A connection that went past the library, by this thread's program. */
void tally_past(pid_t caller);

/* "at the end: ..." */
void tally_text(struct text *out);

#endif
