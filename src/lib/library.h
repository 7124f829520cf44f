/* SPDX-License-Identifier: MIT */
/* What the library knows about itself and its host: settings, identity, pool. Set up once. */
#ifndef TUNIC_LIB_LIBRARY_H
#define TUNIC_LIB_LIBRARY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/options.h"
#include "core/policy.h"
#include "core/pool.h"

struct library {
	struct options options;
	const struct settings *settings; /* into options */
	bool one_turn;                   /* greeting, login and request go to the proxy together */
	char program[256];               /* the host's name, as it was at start */
	char run[64];                    /* TUNIC_RUN, "" without */
	char nonce[17];                  /* 16 hex digits, this library instance's own */
	struct pool pool;
};

extern struct library library;

extern atomic_bool library_is_ready; /* for library_ready alone */
bool library_set_up(void);

/*
 * Has the library come up whole? Sets it up at the first call; the real functions are bound from
 * then on. False: the settings are wrong or the system lacks something we need; every network call
 * has to be refused (refuse_all). One line has said so.
 */
static inline bool library_ready(void)
{
	return atomic_load_explicit(&library_is_ready, memory_order_acquire) || library_set_up();
}

/*
 * Is this process the one that our memory belongs to? Not so in a child of vfork, which has
 * borrowed it. A forked child is told by the fork handler, or by this if it was forked past libc.
 */
bool library_is_ours(void);

/* Sets errno for a refusal of this kind, says it once, and returns -1. `what` may be NULL. */
int refuse(enum refusal refusal, const char *what);

/* The refusal for a library that is not ready. */
int refuse_all(void);

/* The same for functions that answer a question: false. */
static inline bool denied(enum refusal refusal, const char *what)
{
	refuse(refusal, what);
	return false;
}

#endif
