/* SPDX-License-Identifier: MIT */
/* Where the pool of this process lies: in memory that all processes of a tunic run share. */
#ifndef TUNIC_LIB_POOL_MAP_H
#define TUNIC_LIB_POOL_MAP_H

#include <stdbool.h>

#include "core/pool.h"

/*
 * Maps the file that TUNIC_POOL names, with as many slots as it has; where there is none, or it is
 * not ours, `slots` slots in memory of this process's own, with the names that are in TUNIC_POOL.
 * Keeps no descriptor. False: there is no memory.
 */
bool pool_map(struct pool *out, uint32_t slots);

/*
 * What a program that this process becomes needs as its TUNIC_POOL to know the names in memory of
 * our own: how many bytes, the NUL included, at most POOL_MAP_TEXT_MAX. 0: nothing, since there is a
 * file, or no name.
 */
enum { POOL_MAP_TEXT_MAX = 8192 };
size_t pool_map_text_size(const struct pool *pool);

/* Writes it, "TUNIC_POOL=..."; names that do not fit in are left out. */
void pool_map_text(const struct pool *pool, char *buf, size_t size);

/* This process ends: lets go of the file, and removes it if nobody else has it. */
void pool_map_leave(const struct pool *pool);

#endif
