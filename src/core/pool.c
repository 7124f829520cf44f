/* SPDX-License-Identifier: MIT */
/*
 * Names <-> stand-in addresses: a fixed block of slots that any number of threads and processes
 * share.
 *
 * One word a slot is the whole truth about it. EMPTY becomes CLAIMED by compare-and-swap, so one
 * writer alone owns the name's bytes; he writes them and then stores the name's hash, with release.
 * Whoever loads a hash, with acquire, sees the whole name, which changes no more. The hash in the
 * word also spares readers the names of other slots: a search touches the words, which lie
 * together, and as a rule one name.
 *
 * A search starts where the hash points and goes on slot by slot, so a name is found before the
 * first EMPTY after it: slots are never emptied. A slot that stays CLAIMED (its writer was killed,
 * or is interrupted by the signal handler that searches now) is a slot of nobody, and the search
 * goes on behind it.
 */
#include <stdatomic.h>
#include <string.h>

#include "core/pool.h"

enum { SLOT_EMPTY = 0, SLOT_CLAIMED = 1, SLOT_FIRST_HASH = 2 };

struct pool {
	_Atomic uint32_t slots;
	uint32_t reserved;
	_Atomic uint32_t
		state[]; /* SLOT_EMPTY, SLOT_CLAIMED or the hash of its name; names follow */
};

/* Between processes and in signal handlers only lock-free atomics work. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "uint32_t is not lock-free");

static size_t name_offset(uint32_t slots, uint32_t slot)
{
	return sizeof(struct pool) + sizeof(uint32_t) * slots + (size_t)NAME_BUF * slot;
}

static uint32_t pool_slots(const struct pool *pool)
{
	return atomic_load_explicit(&pool->slots, memory_order_relaxed);
}

static const char *slot_name(const struct pool *pool, uint32_t slot)
{
	return (const char *)pool + name_offset(pool_slots(pool), slot);
}

/* FNV-1a, moved out of the way of the two states that are no hash. */
static uint32_t name_hash(const char *name)
{
	uint32_t hash = 0x811c9dc5;

	for (; *name; name++) {
		hash ^= (unsigned char)*name;
		hash *= 0x01000193;
	}
	return hash >= SLOT_FIRST_HASH ? hash : hash + SLOT_FIRST_HASH;
}

/* Takes an empty slot for the name. False: another was quicker, and *state is what he left. */
static bool slot_take(struct pool *pool, uint32_t slot, uint32_t *state, const char *name)
{
	*state = SLOT_EMPTY;
	if (!atomic_compare_exchange_strong_explicit(&pool->state[slot], state, SLOT_CLAIMED,
		    memory_order_acquire, memory_order_acquire))
		return false;
	memcpy((char *)pool + name_offset(pool_slots(pool), slot), name, strlen(name) + 1);
	atomic_store_explicit(&pool->state[slot], name_hash(name), memory_order_release);
	return true;
}

size_t pool_size(uint32_t slots)
{
	return name_offset(slots, slots);
}

struct pool *pool_init(void *memory, uint32_t slots)
{
	struct pool *pool = memory;

	atomic_store_explicit(&pool->slots, slots, memory_order_relaxed);
	return pool;
}

uint32_t pool_add(struct pool *pool, const char *name, uint32_t limit)
{
	const uint32_t slots = pool_slots(pool), room = limit < slots ? limit : slots;
	char normal[NAME_BUF];

	if (name_judge(normal, name) == NAME_BAD)
		return POOL_NO_SLOT;
	const uint32_t hash = name_hash(normal);
	for (uint32_t i = 0; i < room; i++) {
		const uint32_t slot = (uint32_t)(((uint64_t)hash + i) % room);
		uint32_t state = atomic_load_explicit(&pool->state[slot], memory_order_acquire);

		if (state == SLOT_EMPTY && slot_take(pool, slot, &state, normal))
			return slot;
		if (state == hash && strcmp(slot_name(pool, slot), normal) == 0)
			return slot;
	}
	return POOL_NO_SLOT;
}

const char *pool_name(const struct pool *pool, uint32_t slot)
{
	if (slot >= pool_slots(pool))
		return NULL;
	if (atomic_load_explicit(&pool->state[slot], memory_order_acquire) < SLOT_FIRST_HASH)
		return NULL;
	return slot_name(pool, slot);
}

uint32_t pool_count(const struct pool *pool)
{
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < pool_slots(pool); slot++)
		count += pool_name(pool, slot) != NULL;
	return count;
}
