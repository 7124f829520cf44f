/* SPDX-License-Identifier: MIT */
/* A short memory of what the proxy has said about names and addresses. */
#ifndef TUNIC_LIB_NAME_CACHE_H
#define TUNIC_LIB_NAME_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/isolate.h"
#include "proto/socks_wire.h"

enum { NAME_CACHE_ENTRIES = 256 };

/* One question. Names are compared as they are: in their normal form (name_judge) they are equal. */
struct name_question {
	enum socks_command command; /* RESOLVE or RESOLVE_PTR */
	struct socks_target about;
	char tag[ISOLATE_TAG_BUF]; /* the isolation tag it is asked with, "" for none */
};

/*
 * The answer to a question, kept and not yet over at `now` (connection_now). Another tag's answer is
 * never given: one exit must not learn by way of the program what another has said.
 */
bool name_cache_find(
	const struct name_question *question, uint64_t now, struct socks_target *answer);

/*
 * Keeps an answer until `until`, in place of the one that has been there longest where the table is
 * full. May silently not keep it (no memory; a race). Keeps errno.
 */
void name_cache_keep(
	const struct name_question *question, const struct socks_target *answer, uint64_t until);

/* In a forked child: gives up what other threads of the parent were writing when it forked. */
void name_cache_after_fork(void);

#endif
