/* SPDX-License-Identifier: MIT */
/* Which addresses the program has got from us: the others it may have looked up elsewhere. */
#ifndef TUNIC_LIB_HANDED_OUT_H
#define TUNIC_LIB_HANDED_OUT_H

#include <netdb.h>
#include <stdbool.h>

#include "base/addr.h"

enum { HANDED_OUT_MAX = 4096 };

/*
 * Remembers the answer to a look-up. IPv4-mapped addresses count as IPv4. There is room for
 * HANDED_OUT_MAX; where too many fall on one place, an older one is forgotten.
 */
void handed_out_note(const struct addr *addr);

/* The same for whole answers of libc's. NULL: none. */
void handed_out_note_list(const struct addrinfo *list);
void handed_out_note_entry(const struct hostent *entry);

/* Has this process, or one that it was forked from, been given this address? */
bool handed_out(const struct addr *addr);

#endif
