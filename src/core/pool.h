/* SPDX-License-Identifier: MIT */
/* Names <-> stand-in addresses: a fixed block of slots that any number of threads and processes
 * share. */
#ifndef TUNIC_CORE_POOL_H
#define TUNIC_CORE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/name.h"

/*
 * The block is an open-addressed hash table in the caller's memory (zeroed at first, no pointers in
 * it). A slot goes empty -> claimed -> ready by atomic steps and never back, so that readers need
 * no lock, a signal handler can be the writer, and a process killed at any instruction leaves at
 * worst one slot claimed for ever, which everybody passes over. Two writers may race one name into
 * two slots: both then mean that name. The slot's number is the name's place in the address
 * prefixes (prefix_at). Nothing is ever evicted.
 */
struct pool_block;

/*
 * One process's view of a block. How many slots there are stands here and not in the block, because
 * another program of the run may have written anything into that.
 */
struct pool {
	struct pool_block *block;
	uint32_t slots;
	/* Asked, if set, before a name is written. False: no memory, as if the pool were full. */
	bool (*room_for)(void *at, size_t n);
};

/* How many slots a shared pool may have; the setting pool_size chooses. */
enum { POOL_SLOTS_MIN = 4096, POOL_SLOTS_MAX = 65536 };

#define POOL_NO_SLOT UINT32_MAX

/* Bytes that a pool of `slots` slots needs; the memory must be zeroed and aligned to 8. */
size_t pool_bytes(uint32_t slots);

/* How many of them, at its start, are read and written before room_for was asked. */
size_t pool_bytes_at_once(uint32_t slots);

/* How many slots a shared pool of so many bytes has. 0: no pool is as large as that. */
uint32_t pool_slots(size_t bytes);

/* The pool in pool_bytes(slots) bytes of memory: new where they are zero, else joined. */
struct pool pool_over(void *memory, uint32_t slots);

/*
 * The slot of a name, added where it is new; names compare without regard to case and to one
 * trailing dot. POOL_NO_SLOT: the name is bad (see name_judge), or `limit` (how many slots the
 * address prefix can hold) or the pool are full: never an older name's slot.
 */
uint32_t pool_add(const struct pool *pool, const char *name, uint32_t limit);

/*
 * Puts a name into the slot that it has in another pool. False: the name is bad, or there is no such
 * slot, or it is taken.
 */
bool pool_put(const struct pool *pool, uint32_t slot, const char *name);

/* Copies the name in a slot, in its normal form. False: there is none, and `out` is "". */
bool pool_name(const struct pool *pool, uint32_t slot, char out[static NAME_BUF]);

/* How many slots are in use. */
uint32_t pool_count(const struct pool *pool);

#endif
