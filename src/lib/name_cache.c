/* SPDX-License-Identifier: MIT */
/*
 * A ring of sequenced entries in a map of our own, without a lock. The key of each is a digest of its
 * question, so that a search reads one word of most entries.
 */
#include "lib/name_cache.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/sequenced.h"

/* What an entry says. Copies are made by whole words. */
struct known {
	struct name_question question;
	struct socks_target answer;
	uint64_t until;
};

struct entry {
	struct sequenced place;
	_Atomic uint64_t words[SEQUENCED_WORDS(struct known)];
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

/* The entry of this question, over or not; NULL: there is none. */
static struct entry *entry_find(
	struct table *in, const struct name_question *question, struct known *known)
{
	const uint64_t digest = digest_of(question);

	for (int i = 0; i < NAME_CACHE_ENTRIES; i++) {
		struct entry *entry = &in->entries[i];

		if (atomic_load_explicit(&entry->place.key, memory_order_relaxed) == digest &&
			sequenced_read(
				&entry->place, entry->words, digest, known, sizeof(*known)) &&
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
	sequenced_write(&entry->place, entry->words, digest_of(question), &known, sizeof(known));
}

void name_cache_after_fork(void)
{
	struct table *all = atomic_load(&table);

	for (size_t i = 0; all != NULL && i < sizeof(all->entries) / sizeof(all->entries[0]); i++)
		sequenced_after_fork(&all->entries[i].place);
}
