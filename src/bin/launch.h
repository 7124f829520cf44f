/* SPDX-License-Identifier: MIT */
/* The last step: the environment that carries the shim and its settings, and exec. */
#ifndef TUNIC_BIN_LAUNCH_H
#define TUNIC_BIN_LAUNCH_H

#include <stdbool.h>

#include "core/options.h"

/*
 * Makes this process's environment the one of the program: `library` first in LD_PRELOAD, or where it
 * is NULL no LD_PRELOAD; the run's identity in TUNIC_RUN, the proxy in TUNIC_IS_TOR where it `is_tor`,
 * and as TUNIC_* exactly the settings that are not the default. Within a run the first two stay as they
 * are. Ends tunic (125) on failure.
 */
void launch_prepare(const struct options *options, const char *library, bool is_tor);

/*
 * Without a guard: makes the file in which the run's processes share names, and names it in
 * TUNIC_POOL. Within a run there is one.
 */
void launch_share_names(const struct settings *settings);

/* Is this a tunic inside the run of another? */
bool launch_within_run(void);

/* The identity of the run, once it is prepared. */
const char *launch_run(void);

/* The name that a program knows itself by, of the one it was called by. */
const char *launch_name(const char *called);

/* Becomes the program. Ends tunic (126) where the kernel refuses. */
_Noreturn void launch_exec(const char *path, char *const *argv);

#endif
