/* SPDX-License-Identifier: MIT */
/* Names to addresses and back, without libc: what Tor or the pool has to say. */
#ifndef TUNIC_LIB_LOOKUP_H
#define TUNIC_LIB_LOOKUP_H

#include <stdbool.h>

#include "base/addr.h"
#include "core/name.h"

enum lookup {
	LOOKUP_FOUND,
	LOOKUP_NONE,  /* there is no such name, or it may not be asked for */
	LOOKUP_AGAIN, /* the proxy could not be asked; errno says why */
	LOOKUP_FULL,  /* the pool is full */
};

enum { LOOKUP_MAX = 2 };

struct lookup_answer {
	struct addr addrs[LOOKUP_MAX];
	unsigned count;
};

/*
 * The addresses of a name that is neither numeric nor in the hosts file. `family` ADDR_NONE asks
 * for any. The answer has the family asked for: where Tor has none of it, a pool address stands in.
 */
enum lookup lookup_name(const char *name, enum addr_family family, struct lookup_answer *answer);

/*
 * The name of an address: the pool's, else by RESOLVE_PTR unless the address is nobody's business
 * outside (policy_may_reverse). The hosts file is the caller's.
 */
enum lookup lookup_addr(const struct addr *addr, char name[static NAME_BUF]);

/* The pool's name of an address. False: it has none. IPv4-mapped addresses count as IPv4. */
bool lookup_pool_name(const struct addr *addr, char name[static NAME_BUF]);

#endif
