/* SPDX-License-Identifier: MIT */
/* Telling the user why a connection failed. */
#ifndef TUNIC_LIB_EXPLAIN_H
#define TUNIC_LIB_EXPLAIN_H

#include "lib/connection.h"

/*
 * Says why a connection failed, once per kind of failure. Trouble with the proxy and what Tor knows
 * about onion services is worth a line; an ordinary refusal the program tells its user itself.
 */
void explain(const struct connection *connection, const struct socks_target *target);

#endif
