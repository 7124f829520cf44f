/* SPDX-License-Identifier: MIT */
/*
 * A value that is read and written without a lock, under a key and a sequence number.
 *
 * The number is odd while the value is written. A writer that finds it odd gives up: the other is a
 * thread that writes the same place, or the very code that a signal handler has interrupted, and to
 * wait for that one would be to wait for ever. A reader that sees the number odd or changed has read
 * nothing. The value is kept in words, each of them atomic, so that no access is a race.
 */
#ifndef TUNIC_LIB_SEQUENCED_H
#define TUNIC_LIB_SEQUENCED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Stands in front of the words of the value, which follow it in a struct. Zeroed memory is empty. */
struct sequenced {
	atomic_uint sequence;
	_Atomic uint64_t key; /* 0: empty */
};

/* How many words a value of this type takes. */
#define SEQUENCED_WORDS(type) ((sizeof(type) + 7) / 8)

static inline size_t sequenced_part(size_t size, size_t at)
{
	return size - at < sizeof(uint64_t) ? size - at : sizeof(uint64_t);
}

/* Writes a value of `size` bytes. False: it gave up. */
static inline bool sequenced_write(struct sequenced *place, _Atomic uint64_t *words, uint64_t key,
	const void *value, size_t size)
{
	unsigned sequence = atomic_load_explicit(&place->sequence, memory_order_relaxed);

	if (sequence & 1 ||
		!atomic_compare_exchange_strong(&place->sequence, &sequence, sequence + 1))
		return false;
	/* Release, so that whoever sees one of these words also sees the odd number before it. */
	atomic_store_explicit(&place->key, key, memory_order_release);
	for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
		uint64_t word = 0;

		memcpy(&word, (const char *)value + at, sequenced_part(size, at));
		atomic_store_explicit(&words[at / sizeof(word)], word, memory_order_release);
	}
	atomic_store_explicit(&place->sequence, sequence + 2, memory_order_release);
	return true;
}

/* Reads the value. False: it is under another key, or just being written; `value` is then nothing. */
static inline bool sequenced_read(struct sequenced *place, const _Atomic uint64_t *words,
	uint64_t key, void *value, size_t size)
{
	unsigned sequence = atomic_load_explicit(&place->sequence, memory_order_acquire);

	if (sequence & 1 || atomic_load_explicit(&place->key, memory_order_acquire) != key)
		return false;
	for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
		uint64_t word =
			atomic_load_explicit(&words[at / sizeof(word)], memory_order_acquire);

		memcpy((char *)value + at, &word, sequenced_part(size, at));
	}
	return atomic_load_explicit(&place->sequence, memory_order_relaxed) == sequence;
}

/* In a forked child: empties the place if another thread of the parent was writing it. */
static inline void sequenced_after_fork(struct sequenced *place)
{
	if (atomic_load_explicit(&place->sequence, memory_order_relaxed) & 1) {
		atomic_store(&place->key, 0);
		atomic_fetch_add(&place->sequence, 1);
	}
}

#endif
