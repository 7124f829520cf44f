/* SPDX-License-Identifier: MIT */
/* What everything in the supervisor knows of the run that it guards. */
#ifndef TUNIC_BIN_GUARD_RUN_H
#define TUNIC_BIN_GUARD_RUN_H

#include <stdbool.h>

#include "bin/guard_jail.h"
#include "core/options.h"
#include "core/pool.h"

struct guard_run {
	const struct settings *settings;
	const char *program; /* the name of what was started */
	const char *run;     /* the run's identity */
	struct pool pool;    /* the names of the run; block NULL: there are none */
	int names;           /* what that is in; -1: nothing */
	int listener;
	bool swaps;       /* descriptors cannot be duplicated: see guard_swap.h */
	bool landlock;    /* the kernel lets nobody but us connect over TCP */
	bool seal;        /* the program is in the jail itself */
	struct jail jail; /* where datagram sockets come from; its broker is -1: from nowhere */
};
extern struct guard_run guard_run;

#endif
