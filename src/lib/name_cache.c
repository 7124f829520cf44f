/* SPDX-License-Identifier: MIT */
/*
 * A ring of entries in a map of our own, without a lock.
 *
 * As in fd_table.c an entry is written under a sequence number that is odd meanwhile, a writer that
 * finds it odd gives up, and a reader that sees it change takes the entry for empty. A thread that
 * is in the middle of a write while another forks leaves the child one entry that is never used.
 * The digest of the question stands outside, so that a search reads one word of most entries.
 */
#include "lib/name_cache.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

/* What an entry says. Copies are made by whole words. */
struct known {
	struct name_question question;
	struct socks_target answer;
	uint64_t until;
};

enum { KNOWN_WORDS = (sizeof(struct known) + 7) / 8 };

struct entry {
	atomic_uint sequence;
	_Atomic uint64_t digest; /* 0: empty */
	_Atomic uint64_t words[KNOWN_WORDS];
};

struct table {
	atomic_uint next;
	struct entry entries[NAME_CACHE_ENTRIES];
};

static struct table *_Atomic table;

static struct table *table_made(void)
{
	struct table *made = atomic_load_explicit(&table, memory_order_acquire), *expected = NULL;
	const int saved = errno;
	void *map;

	if (made != NULL)
		return made;
	map = mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	errno = saved;
	if (map == MAP_FAILED)
		return NULL;
	if (atomic_compare_exchange_strong(&table, &expected, (struct table *)map))
		return map;
	munmap(map, sizeof(*made));
	return expected;
}

/* FNV-1a, 64 bits, going on from `hash`. */
static uint64_t digest_add(uint64_t hash, const void *bytes, size_t n)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3;
	return hash;
}

static uint64_t digest_of(const struct name_question *question)
{
	const struct socks_target *about = &question->about;
	uint64_t hash = 0xcbf29ce484222325;

	hash = digest_add(hash, question->tag, strlen(question->tag) + 1);
	if (about->addr.family == ADDR_NONE)
		hash = digest_add(hash, about->name, strlen(about->name));
	else
		hash = digest_add(hash, about->addr.bytes, sizeof(about->addr.bytes));
	return hash | 1;
}

static bool same_question(const struct name_question *a, const struct name_question *b)
{
	if (a->command != b->command || strcmp(a->tag, b->tag) != 0 ||
		a->about.addr.family != b->about.addr.family)
		return false;
	return a->about.addr.family == ADDR_NONE ? strcmp(a->about.name, b->about.name) == 0
						 : addr_equal(&a->about.addr, &b->about.addr);
}

static bool entry_read(struct entry *entry, uint64_t digest, struct known *out)
{
	unsigned sequence = atomic_load_explicit(&entry->sequence, memory_order_acquire);
	uint64_t words[KNOWN_WORDS];

	if (sequence & 1 || atomic_load_explicit(&entry->digest, memory_order_acquire) != digest)
		return false;
	for (int i = 0; i < KNOWN_WORDS; i++)
		words[i] = atomic_load_explicit(&entry->words[i], memory_order_acquire);
	memcpy(out, words, sizeof(*out));
	return atomic_load_explicit(&entry->sequence, memory_order_relaxed) == sequence;
}

static void entry_write(struct entry *entry, uint64_t digest, const struct known *known)
{
	unsigned sequence = atomic_load_explicit(&entry->sequence, memory_order_relaxed);
	uint64_t words[KNOWN_WORDS] = {0};

	if (sequence & 1 ||
		!atomic_compare_exchange_strong(&entry->sequence, &sequence, sequence + 1))
		return;
	memcpy(words, known, sizeof(*known));
	/* Release, so that whoever sees one of these words also sees the odd number before it. */
	atomic_store_explicit(&entry->digest, digest, memory_order_release);
	for (int i = 0; i < KNOWN_WORDS; i++)
		atomic_store_explicit(&entry->words[i], words[i], memory_order_release);
	atomic_store_explicit(&entry->sequence, sequence + 2, memory_order_release);
}

/* The entry of this question, over or not; NULL: there is none. */
static struct entry *entry_find(
	struct table *in, const struct name_question *question, struct known *known)
{
	const uint64_t digest = digest_of(question);

	for (int i = 0; i < NAME_CACHE_ENTRIES; i++) {
		struct entry *entry = &in->entries[i];

		if (atomic_load_explicit(&entry->digest, memory_order_relaxed) == digest &&
			entry_read(entry, digest, known) &&
			same_question(&known->question, question))
			return entry;
	}
	return NULL;
}

bool name_cache_find(
	const struct name_question *question, uint64_t now, struct socks_target *answer)
{
	struct table *in = atomic_load_explicit(&table, memory_order_acquire);
	struct known known;

	if (in == NULL || entry_find(in, question, &known) == NULL || known.until <= now)
		return false;
	*answer = known.answer;
	return true;
}

void name_cache_keep(
	const struct name_question *question, const struct socks_target *answer, uint64_t until)
{
	const struct known known = {.question = *question, .answer = *answer, .until = until};
	struct table *in = table_made();
	struct entry *entry;
	struct known old;

	if (in == NULL)
		return;
	entry = entry_find(in, question, &old);
	if (entry == NULL)
		entry = &in->entries[atomic_fetch_add(&in->next, 1) % NAME_CACHE_ENTRIES];
	entry_write(entry, digest_of(question), &known);
}

void name_cache_after_fork(void)
{
	struct table *all = atomic_load(&table);

	for (size_t i = 0; all != NULL && i < sizeof(all->entries) / sizeof(all->entries[0]); i++)
		if (atomic_load_explicit(&all->entries[i].sequence, memory_order_relaxed) & 1) {
			atomic_store(&all->entries[i].digest, 0);
			atomic_fetch_add(&all->entries[i].sequence, 1);
		}
}
