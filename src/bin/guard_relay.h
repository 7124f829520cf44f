/* SPDX-License-Identifier: MIT */
/* Two sockets of which each gets what the other receives. */
#ifndef TUNIC_BIN_GUARD_RELAY_H
#define TUNIC_BIN_GUARD_RELAY_H

#include <stdbool.h>

/* Takes both descriptors over. `near` leads to a program, `far` to the proxy. */
void relay_begin(int near, int far);

/* Is there something that programs have sent, and the proxy has not got yet? */
bool relay_is_behind(void);

#endif
