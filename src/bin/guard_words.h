/* SPDX-License-Identifier: MIT */
/* What the supervisor says of the programs that it guards: each kind of line once. */
#ifndef TUNIC_BIN_GUARD_WORDS_H
#define TUNIC_BIN_GUARD_WORDS_H

#include "core/policy.h"
#include "proto/socks_client.h"

/* Says why something was refused, with `what` where that is not NULL. Returns the errno of it. */
int words_refusal(enum refusal refusal, const char *what);

/* Says why a connection to `target` did not come about. */
void words_unreached(int error);
void words_deadline(const struct socks_target *target);
void words_failed(const struct socks_target *target, const struct socks_client *socks, int error);

/*
 * The program has ended: says and reports what there was to do, and lets go of standard
 * error, maybe a pipe.
 */
void words_end(void);

#endif
