/* SPDX-License-Identifier: MIT */
/* Two sockets of which each gets what the other receives. */
#ifndef TUNIC_BIN_GUARD_RELAY_H
#define TUNIC_BIN_GUARD_RELAY_H

#include <stdbool.h>

/* Takes both descriptors over. `near` leads to a program, `far` to the proxy. */
void relay_begin(int near, int far);

/* Is there something that programs have sent, and the proxy has not got yet? */
bool relay_is_behind(void);

/*
 * Is it all up to the proxy, which has taken nothing since this was asked last? `seen` is the asker's
 * memory of that, 0 at first. (A program's end of a connection may be open still with nothing to
 * send: then somebody outside the run has it.)
 */
bool relay_is_held_up(unsigned long *seen);

#endif
