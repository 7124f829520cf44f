/* SPDX-License-Identifier: MIT */
/* The guard: what the shim does not see of a program is torified by a supervisor, or refused. */
#ifndef TUNIC_BIN_GUARD_H
#define TUNIC_BIN_GUARD_H

#include <stdbool.h>

#include "core/options.h"

/*
 * Starts the program under the guard and ends this process as the program ends. Returns where the
 * settings want no guard, where this tunic is under one already, or where `auto` finds that there can
 * be none, which is said in a line; nothing of the program has run then. Ends tunic (125) where
 * guard = on cannot be had.
 */
void guard_launch(const struct settings *settings, const char *path, char *const *argv);

/* Is this process under a guard, be it that of another tunic? */
bool guard_is_in_force(void);

/* Will this process be under a guard, as far as is known before it has been tried? */
bool guard_is_wanted(const struct settings *settings);

#endif
