/* SPDX-License-Identifier: MIT */
/* The resolver: hears what is asked of name servers. */
#ifndef TUNIC_BIN_GUARD_RESOLVER_H
#define TUNIC_BIN_GUARD_RESOLVER_H

#include "bin/guard_jail.h"

/* Answers what comes to the jail's sockets from now on. Call once. */
void resolver_begin(const struct jail *jail);

/* Answers what comes on this stream (DNS over TCP), which is taken over, until it ends. */
void resolver_serve(int fd);

#endif
