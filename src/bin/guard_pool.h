/* SPDX-License-Identifier: MIT */
/* The names of the run, as the supervisor shares them. */
#ifndef TUNIC_BIN_GUARD_POOL_H
#define TUNIC_BIN_GUARD_POOL_H

#include "core/pool.h"

/*
 * Makes them, with so many slots. Returns the descriptor that they are in, for programs to map, or -1;
 * out->block is then NULL. Programs of the run may write anything into it, which core/pool.h is made
 * for.
 */
int guard_pool_open(struct pool *out, uint32_t slots);

#endif
