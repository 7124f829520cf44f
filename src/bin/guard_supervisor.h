/* SPDX-License-Identifier: MIT */
/* The supervisor: the process that answers for what the filter traps. */
#ifndef TUNIC_BIN_GUARD_SUPERVISOR_H
#define TUNIC_BIN_GUARD_SUPERVISOR_H

#include <signal.h>

#include "core/options.h"

struct guarded {
	const struct settings *settings;
	const char *path; /* the program's file */
	char *const *argv;
	/* How signals were before tunic changed that; so the program finds them. */
	sigset_t signal_mask;
	struct sigaction child_action;
};

/*
 * Starts the program and answers for it and for all that it starts, until the last of them has ended.
 * `channel` leads to the front. All signals are blocked.
 */
_Noreturn void supervisor_run(const struct guarded *guarded, int channel);

#endif
