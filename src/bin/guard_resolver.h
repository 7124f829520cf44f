/* SPDX-License-Identifier: MIT */
/* The resolver of the jail: answers DNS queries as the shim would. */
#ifndef TUNIC_BIN_GUARD_RESOLVER_H
#define TUNIC_BIN_GUARD_RESOLVER_H

#include "bin/guard_jail.h"

/* Answers what comes to the jail's sockets from now on. Call once. */
void resolver_begin(const struct jail *jail);

#endif
