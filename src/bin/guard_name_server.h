/* SPDX-License-Identifier: MIT */
/* Which addresses the system asks for names. */
#ifndef TUNIC_BIN_GUARD_NAME_SERVER_H
#define TUNIC_BIN_GUARD_NAME_SERVER_H

#include <stdbool.h>

#include "base/addr.h"

enum { NAME_SERVER_PORT = 53 };

/* Is this one of the name servers of resolv.conf(5), as that file is now? */
bool is_name_server(const struct addr *addr);

#endif
