/* SPDX-License-Identifier: MIT */
/* Where the pool of this process lies: in memory that all processes of a tunic run share. */
#ifndef TUNIC_LIB_POOL_MAP_H
#define TUNIC_LIB_POOL_MAP_H

#include <stdbool.h>

#include "core/pool.h"

/*
 * Maps the file that TUNIC_POOL names; where there is none, or it is not ours, memory of this
 * process's own. Keeps no descriptor. False: there is no memory.
 */
bool pool_map(struct pool *out);

/* This process ends: lets go of the file, and removes it if nobody else has it. */
void pool_map_leave(const struct pool *pool);

#endif
