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

/* The block: SLOT_EMPTY, SLOT_CLAIMED or the hash of its name for each slot; the names follow. */
struct pool_block {
	_Atomic uint32_t state[1];
};

/* Between processes and in signal handlers only lock-free atomics work. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "uint32_t is not lock-free");

static size_t name_offset(uint32_t slots, uint32_t slot)
{
	return sizeof(uint32_t) * slots + (size_t)NAME_BUF * slot;
}

static char *slot_name(const struct pool *pool, uint32_t slot)
{
	return (char *)pool->block + name_offset(pool->slots, slot);
}

static _Atomic uint32_t *slot_state(const struct pool *pool, uint32_t slot)
{
	return &pool->block->state[slot];
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

static bool slot_has_room(const struct pool *pool, uint32_t slot)
{
	return pool->room_for == NULL || pool->room_for(slot_name(pool, slot), NAME_BUF);
}

/* Takes an empty slot for the name. False: another was quicker, and *state is what he left. */
static bool slot_take(const struct pool *pool, uint32_t slot, uint32_t *state, const char *name)
{
	*state = SLOT_EMPTY;
	if (!atomic_compare_exchange_strong_explicit(slot_state(pool, slot), state, SLOT_CLAIMED,
		    memory_order_acquire, memory_order_acquire))
		return false;
	memcpy(slot_name(pool, slot), name, strlen(name) + 1);
	atomic_store_explicit(slot_state(pool, slot), name_hash(name), memory_order_release);
	return true;
}

size_t pool_bytes(uint32_t slots)
{
	return name_offset(slots, slots);
}

size_t pool_bytes_at_once(uint32_t slots)
{
	return name_offset(slots, 0);
}

uint32_t pool_slots(size_t bytes)
{
	const size_t slots = bytes / pool_bytes(1);

	if (bytes % pool_bytes(1) != 0 || slots < POOL_SLOTS_MIN || slots > POOL_SLOTS_MAX)
		return 0;
	return (uint32_t)slots;
}

struct pool pool_over(void *memory, uint32_t slots)
{
	return (struct pool){.block = memory, .slots = slots};
}

uint32_t pool_add(const struct pool *pool, const char *name, uint32_t limit)
{
	const uint32_t room = limit < pool->slots ? limit : pool->slots;
	char normal[NAME_BUF];

	if (name_judge(normal, name) == NAME_BAD)
		return POOL_NO_SLOT;
	const uint32_t hash = name_hash(normal);
	for (uint32_t i = 0; i < room; i++) {
		const uint32_t slot = (uint32_t)(((uint64_t)hash + i) % room);
		uint32_t state = atomic_load_explicit(slot_state(pool, slot), memory_order_acquire);

		/* A name behind an empty slot would not be found again. */
		if (state == SLOT_EMPTY && !slot_has_room(pool, slot))
			return POOL_NO_SLOT;
		if (state == SLOT_EMPTY && slot_take(pool, slot, &state, normal))
			return slot;
		if (state == hash && strncmp(slot_name(pool, slot), normal, NAME_BUF) == 0)
			return slot;
	}
	return POOL_NO_SLOT;
}

bool pool_put(const struct pool *pool, uint32_t slot, const char *name)
{
	char normal[NAME_BUF];
	uint32_t state;

	return slot < pool->slots && name_judge(normal, name) != NAME_BAD &&
	       slot_has_room(pool, slot) && slot_take(pool, slot, &state, normal);
}

/* Another program of the run may have put anything there: only a name in its normal form is one. */
bool pool_name(const struct pool *pool, uint32_t slot, char out[static NAME_BUF])
{
	char raw[NAME_BUF];

	out[0] = '\0';
	if (slot >= pool->slots || atomic_load_explicit(slot_state(pool, slot),
					   memory_order_acquire) < SLOT_FIRST_HASH)
		return false;
	memcpy(raw, slot_name(pool, slot), sizeof(raw));
	if (memchr(raw, '\0', sizeof(raw)) == NULL || name_judge(out, raw) == NAME_BAD) {
		out[0] = '\0';
		return false;
	}
	return true;
}

uint32_t pool_count(const struct pool *pool)
{
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < pool->slots; slot++)
		count += atomic_load_explicit(slot_state(pool, slot), memory_order_acquire) >=
			 SLOT_FIRST_HASH;
	return count;
}
