/* SPDX-License-Identifier: MIT */
/*
 * A set of digests in groups of eight, each word of it atomic: a race loses an address at worst, which
 * costs a warning that was not needed.
 */
#include "lib/handed_out.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

enum { GROUP = 8, GROUPS = HANDED_OUT_MAX / GROUP };

static _Atomic uint64_t digests[GROUPS][GROUP]; /* 0: empty */

/* FNV-1a, 64 bits, with the high bits brought down to where the group is taken from. */
static uint64_t digest_of(const struct addr *addr)
{
	uint64_t hash = 0xcbf29ce484222325;
	struct addr plain = *addr;

	addr_unmap(&plain);
	hash = (hash ^ (uint64_t)plain.family) * 0x100000001b3;
	for (size_t i = 0; i < sizeof(plain.bytes); i++)
		hash = (hash ^ plain.bytes[i]) * 0x100000001b3;
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

/* The place of a digest in its group, or GROUP. */
static int place_of(_Atomic uint64_t *group, uint64_t digest)
{
	int i = 0;

	while (i < GROUP && atomic_load_explicit(&group[i], memory_order_relaxed) != digest)
		i++;
	return i;
}

void handed_out_note(const struct addr *addr)
{
	const uint64_t digest = digest_of(addr);
	_Atomic uint64_t *group = digests[digest % GROUPS];
	int i = place_of(group, digest);

	if (i < GROUP)
		return;
	i = place_of(group, 0);
	/* A full group loses one that nobody can foretell. */
	if (i == GROUP)
		i = (int)(digest / GROUPS % GROUP);
	atomic_store_explicit(&group[i], digest, memory_order_relaxed);
}

void handed_out_note_list(const struct addrinfo *list)
{
	struct endpoint ep;

	for (; list != NULL; list = list->ai_next)
		if (endpoint_from_sockaddr(&ep, list->ai_addr, list->ai_addrlen))
			handed_out_note(&ep.addr);
}

void handed_out_note_entry(const struct hostent *entry)
{
	struct addr addr;

	for (int i = 0; entry != NULL && entry->h_addr_list[i] != NULL; i++) {
		addr = (struct addr){.family = entry->h_addrtype == AF_INET ? ADDR_V4 : ADDR_V6};
		memcpy(addr.bytes, entry->h_addr_list[i], (size_t)entry->h_length);
		handed_out_note(&addr);
	}
}

bool handed_out(const struct addr *addr)
{
	const uint64_t digest = digest_of(addr);

	return place_of(digests[digest % GROUPS], digest) < GROUP;
}
