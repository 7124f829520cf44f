/* SPDX-License-Identifier: MIT */
/*
 * Asked for the real dlsym, libc's dlsym would be the one to answer, but the question comes to our
 * hook. So this one symbol is looked up by hand. It may be asked for before anything else here or in
 * the host is set up, by the start of a sanitizer for example: no function is called but
 * dl_iterate_phdr.
 */
#include "lib/dynamic.h"

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object {
	uintptr_t base;
	const ElfW(Sym) * symbols;
	const char *strings;
	const uint32_t *hash;
};

struct search {
	const char *symbol;
	bool behind; /* have we come past our own object? */
	void *found;
};

/* glibc has added the base to the addresses in this table; musl and the kernel's object have not. */
static const void *table_at(uintptr_t base, const ElfW(Dyn) * entry)
{
	const uintptr_t address = entry->d_un.d_ptr;

	return (const void *)(address < base ? base + address : address);
}

static void read_dynamic(struct object *object, const ElfW(Dyn) * entry)
{
	for (; entry->d_tag != DT_NULL; entry++) {
		if (entry->d_tag == DT_SYMTAB)
			object->symbols = table_at(object->base, entry);
		else if (entry->d_tag == DT_STRTAB)
			object->strings = table_at(object->base, entry);
		else if (entry->d_tag == DT_GNU_HASH)
			object->hash = table_at(object->base, entry);
	}
}

static bool equal(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static uint32_t hash_of(const char *symbol)
{
	uint32_t hash = 5381;

	for (; *symbol != '\0'; symbol++)
		hash = hash * 33 + (unsigned char)*symbol;
	return hash;
}

/*
 * DT_GNU_HASH: the number of buckets, the first symbol, the words of a filter and its shift; the
 * filter, the buckets, and for each symbol its hash, whose lowest bit ends the bucket.
 */
static void *look_up(const struct object *object, const char *symbol)
{
	const uint32_t hash = hash_of(symbol), *head = object->hash;
	const uint32_t *buckets = head + 4 + head[2] * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
	const uint32_t *hashes = buckets + head[0];
	uint32_t i = head[0] == 0 ? 0 : buckets[hash % head[0]];

	if (i < head[1] || i == 0)
		return NULL;
	for (;; i++) {
		const ElfW(Sym) *candidate = &object->symbols[i];

		if ((hashes[i - head[1]] | 1) == (hash | 1) && candidate->st_shndx != SHN_UNDEF &&
			equal(object->strings + candidate->st_name, symbol))
			return (void *)(object->base + candidate->st_value);
		if (hashes[i - head[1]] & 1)
			return NULL;
	}
}

/* Is this object the one that this very function is in? */
static bool is_ours(const struct dl_phdr_info *info)
{
	const uintptr_t here = (uintptr_t)dynamic_next;

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type == PT_LOAD &&
			here - info->dlpi_addr - part->p_vaddr < part->p_memsz)
			return true;
	}
	return false;
}

static int visit(struct dl_phdr_info *info, size_t size, void *given)
{
	struct object object = {.base = info->dlpi_addr};
	struct search *search = given;

	(void)size;
	if (!search->behind) {
		search->behind = is_ours(info);
		return 0;
	}
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
			read_dynamic(&object,
				(const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr));
	if (object.hash != NULL)
		search->found = look_up(&object, search->symbol);
	return search->found != NULL;
}

void *dynamic_next(const char *symbol)
{
	struct search search = {.symbol = symbol};

	dl_iterate_phdr(visit, &search);
	return search.found;
}
