/* SPDX-License-Identifier: MIT */
/* Is the proxy Tor? Asked of it once per run, for `pipeline = auto`. */
#ifndef TUNIC_BIN_PROXY_KIND_H
#define TUNIC_BIN_PROXY_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "core/options.h"
#include "proto/socks_client.h"

/* A question on its way. */
struct proxy_question {
	int fd;            /* -1: none was asked */
	uint64_t deadline; /* milliseconds of the monotonic clock */
	struct socks_client socks;
};

/*
 * Asks the proxy of the settings, where they leave it to that, and does not wait for anything. In a
 * run that has begun it has been asked.
 */
void proxy_kind_ask(
	struct proxy_question *question, const struct settings *settings, bool within_run);

/*
 * Did the proxy say that it is Tor? Waits until a fifth of a second after it was asked, at the
 * longest, and says nothing of a proxy that cannot be reached: the program's own connections will.
 */
bool proxy_kind_is_tor(struct proxy_question *question);

#endif
