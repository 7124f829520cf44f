/* SPDX-License-Identifier: MIT */
/*
 * Hooks: the gethostby* family. Numeric names and the hosts file are libc's to answer; what Tor or
 * the pool say is packed into the caller's buffer the way gethostbyname_r(3) lays it out.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/handed_out.h"
#include "lib/library.h"
#include "lib/local_names.h"
#include "lib/lookup.h"
#include "lib/real.h"

/* Without room for a line of the hosts file libc says ERANGE, whatever the name: it is asked. */
enum { LINE_OF_HOSTS = 1024 };

/* What the functions that return static storage return; the buffer grows with the answers. */
static struct {
	struct hostent entry;
	char *buffer;
	size_t size;
} shared;

/* Makes room for the first or for a larger answer. False: there is none, *herrorp says so. */
static bool shared_grow(int *herrorp)
{
	size_t size = shared.size ? 2 * shared.size : 1024;
	char *buffer = realloc(shared.buffer, size);

	if (buffer == NULL) {
		*herrorp = NETDB_INTERNAL;
		return false;
	}
	shared.buffer = buffer;
	shared.size = size;
	return true;
}

/* One hostent with at most LOOKUP_MAX addresses, as it lies in a caller's buffer. */
struct packed {
	char *aliases[1];
	char *list[LOOKUP_MAX + 1];
	uint8_t addrs[LOOKUP_MAX][16];
	char name[NAME_BUF];
};

/* The first place in the buffer where a struct packed may lie; NULL: it does not fit. */
static struct packed *packed_at(char *buffer, size_t n)
{
	size_t skip = -(uintptr_t)buffer % _Alignof(struct packed);

	return n < skip + sizeof(struct packed) ? NULL : (struct packed *)(void *)(buffer + skip);
}

static size_t addr_size(enum addr_family family)
{
	return family == ADDR_V4 ? 4 : 16;
}

/* Packs an answer. ERANGE: the buffer is too small, as gethostbyname_r says it. */
static int pack(struct hostent *entry, char *buffer, size_t n, const char *name,
	const struct lookup_answer *answer)
{
	struct packed *packed = packed_at(buffer, n);

	if (packed == NULL || !text_copy(packed->name, sizeof(packed->name), name))
		return ERANGE;
	for (unsigned i = 0; i < answer->count; i++) {
		memcpy(packed->addrs[i], answer->addrs[i].bytes, sizeof(packed->addrs[i]));
		packed->list[i] = (char *)packed->addrs[i];
	}
	packed->list[answer->count] = NULL;
	packed->aliases[0] = NULL;
	*entry = (struct hostent){
		.h_name = packed->name,
		.h_aliases = packed->aliases,
		.h_addrtype = answer->addrs[0].family == ADDR_V4 ? AF_INET : AF_INET6,
		.h_length = (int)addr_size(answer->addrs[0].family),
		.h_addr_list = packed->list,
	};
	return 0;
}

/* Does libc answer this name from its text alone (inet_aton(3), inet_pton(3))? */
static bool is_numeric(const char *name)
{
	struct in_addr v4;
	struct in6_addr v6;

	return inet_aton(name, &v4) != 0 || inet_pton(AF_INET6, name, &v6) == 1;
}

static int herror_of(enum lookup lookup)
{
	switch (lookup) {
	case LOOKUP_FOUND:
		return NETDB_SUCCESS;
	case LOOKUP_AGAIN:
		return TRY_AGAIN;
	case LOOKUP_FULL:
		return NO_RECOVERY;
	case LOOKUP_NONE:
	default:
		return HOST_NOT_FOUND;
	}
}

/* Ends a call of the _r kind: 0 and no result is "not found", an error number is for ERANGE. */
static int give(int error, struct hostent *entry, struct hostent **result, int herror, int *herrorp)
{
	*result = error == 0 && herror == NETDB_SUCCESS ? entry : NULL;
	*herrorp = error != 0 ? NETDB_INTERNAL : herror;
	if (error != 0)
		errno = error;
	return error;
}

EXPORTED int gethostbyname2_r(const char *restrict name, int af, struct hostent *restrict entry,
	char *restrict buffer, size_t n, struct hostent **restrict result, int *restrict herrorp)
{
	const bool ready = library_ready(), hosts_file = ready && local_names_ready();
	struct lookup_answer answer;
	enum lookup lookup;
	int error = 0;

	if (!ready) {
		refuse_all();
		return give(0, entry, result, TRY_AGAIN, herrorp);
	}
	if (af != AF_INET && af != AF_INET6)
		return give(EAFNOSUPPORT, entry, result, 0, herrorp);
	if (is_numeric(name))
		return real.gethostbyname2_r(name, af, entry, buffer, n, result, herrorp);
	if (hosts_file && (n < LINE_OF_HOSTS || !local_names_lack(name))) {
		error = real.gethostbyname2_r(name, af, entry, buffer, n, result, herrorp);
		handed_out_note_entry(*result);
		/* A name with addresses of the other family alone is this machine's too. */
		if (error != 0 || *result != NULL || local_names_has(name))
			return error;
	}
	lookup = lookup_name(name, af == AF_INET ? ADDR_V4 : ADDR_V6, &answer);
	if (lookup == LOOKUP_FOUND)
		error = pack(entry, buffer, n, name, &answer);
	return give(error, entry, result, herror_of(lookup), herrorp);
}

EXPORTED int gethostbyname_r(const char *restrict name, struct hostent *restrict entry,
	char *restrict buffer, size_t n, struct hostent **restrict result, int *restrict herrorp)
{
	return gethostbyname2_r(name, AF_INET, entry, buffer, n, result, herrorp);
}

EXPORTED struct hostent *gethostbyname2(const char *name, int af)
{
	struct hostent *result = NULL;

	while (gethostbyname2_r(name, af, &shared.entry, shared.buffer, shared.size, &result,
		       &h_errno) == ERANGE)
		if (!shared_grow(&h_errno))
			return NULL;
	return result;
}

EXPORTED struct hostent *gethostbyname(const char *name)
{
	return gethostbyname2(name, AF_INET);
}

/* Reads the raw address of a gethostbyaddr. */
static bool raw_addr(struct addr *out, const void *bytes, socklen_t len, int af)
{
	*out = (struct addr){.family = af == AF_INET ? ADDR_V4 : ADDR_V6};
	if ((af != AF_INET && af != AF_INET6) || len != addr_size(out->family))
		return false;
	memcpy(out->bytes, bytes, len);
	return true;
}

EXPORTED int gethostbyaddr_r(const void *restrict bytes, socklen_t len, int af,
	struct hostent *restrict entry, char *restrict buffer, size_t n,
	struct hostent **restrict result, int *restrict herrorp)
{
	const bool ready = library_ready(), hosts_file = ready && local_names_ready();
	struct lookup_answer answer = {.count = 1};
	struct addr plain;
	char name[NAME_BUF];
	enum lookup lookup;
	int error = 0;

	if (!ready) {
		refuse_all();
		return give(0, entry, result, TRY_AGAIN, herrorp);
	}
	/* What is wrong with such arguments is libc's to say; it asks nobody. */
	if (!raw_addr(&answer.addrs[0], bytes, len, af))
		return real.gethostbyaddr_r(bytes, len, af, entry, buffer, n, result, herrorp);
	if (hosts_file && !lookup_pool_name(&answer.addrs[0], name)) {
		error = real.gethostbyaddr_r(bytes, len, af, entry, buffer, n, result, herrorp);
		if (error != 0 || *result != NULL)
			return error;
	}
	plain = answer.addrs[0];
	addr_unmap(&plain);
	lookup = lookup_addr(&plain, name);
	if (lookup == LOOKUP_FOUND)
		error = pack(entry, buffer, n, name, &answer);
	return give(error, entry, result, herror_of(lookup), herrorp);
}

EXPORTED struct hostent *gethostbyaddr(const void *bytes, socklen_t len, int af)
{
	struct hostent *result = NULL;

	while (gethostbyaddr_r(bytes, len, af, &shared.entry, shared.buffer, shared.size, &result,
		       &h_errno) == ERANGE)
		if (!shared_grow(&h_errno))
			return NULL;
	return result;
}

/* libresolv has these under the names of long ago; they ask name servers by way of libc's inside.
 */
EXPORT_ALIAS(res_gethostbyname, gethostbyname);
EXPORT_ALIAS(res_gethostbyname2, gethostbyname2);
EXPORT_ALIAS(res_gethostbyaddr, gethostbyaddr);
