/* SPDX-License-Identifier: MIT */
/* Saying something from inside somebody else's process, without getting in its way. */
#ifndef TUNIC_LIB_LOG_H
#define TUNIC_LIB_LOG_H

#include <stdbool.h>

#include "core/options.h"
#include "core/policy.h"

/* Remembers what file standard error is now. Call once, at start. */
void log_open(void);

/* Would a message of this level be said? */
bool log_wants(enum log_level level);

/*
 * Says one line, "tunic: PROGRAM: " and the strings up to a NULL, if the level is wanted: to
 * `log_file` where set, else to standard error while that is still the file it was at start (a
 * program may have closed descriptor 2 and be using the number for its data). Keeps errno. Raises
 * no signal.
 */
__attribute__((sentinel)) void log_say(enum log_level level, ...);

/* Says a refusal, once per kind and process. `what` (an address, a name) may be NULL. */
void log_refusal(enum refusal refusal, const char *what);

/*
 * True for the first caller with this number (0..LOG_KINDS-1) in this process: for other things
 * that are to be said once.
 */
enum {
	LOG_KIND_PROXY = 0,
	LOG_KIND_FAILURE = 1,
	LOG_KIND_REPLY = 32,
	LOG_KIND_LITERAL = 32 + 256,
	LOG_KIND_TARGET,
	LOG_KINDS_TARGET = 32,
	LOG_KINDS = LOG_KIND_TARGET + LOG_KINDS_TARGET,
};
bool log_first(unsigned kind);

#endif
