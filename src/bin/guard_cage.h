/* SPDX-License-Identifier: MIT */
/* What a process does to itself so that all that it becomes and starts is guarded. */
#ifndef TUNIC_BIN_GUARD_CAGE_H
#define TUNIC_BIN_GUARD_CAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/guard_jail.h"

struct cage {
	int listener;  /* -1: none */
	bool landlock; /* the kernel itself refuses a connect over TCP */
	/* Where there is no listener: what could not be done, and its errno. */
	const char *failed;
	int error;
};

/*
 * Enters; there is no way back. Where there is a jail, datagram sockets are the supervisor's to give;
 * with `seal` this process goes there itself. `passed`: the port that Landlock allows, 0 for none.
 */
void cage_enter(struct cage *out, const struct jail *jail, bool seal, uint16_t passed);

#endif
