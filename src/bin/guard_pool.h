/* SPDX-License-Identifier: MIT */
/* The names of the run, as the supervisor shares them. */
#ifndef TUNIC_BIN_GUARD_POOL_H
#define TUNIC_BIN_GUARD_POOL_H

#include "core/pool.h"

/*
 * Maps the file that TUNIC_POOL names. Other programs of the run may write anything into it, which
 * core/pool.h is made for. out->block is NULL where there is none.
 */
void guard_pool_open(struct pool *out);

/* Removes the file unless somebody else still has it. */
void guard_pool_leave(const struct pool *pool);

#endif
