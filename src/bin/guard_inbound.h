/* SPDX-License-Identifier: MIT */
/* Trapped calls of a program that wants to be connected to. */
#ifndef TUNIC_BIN_GUARD_INBOUND_H
#define TUNIC_BIN_GUARD_INBOUND_H

#include <linux/seccomp.h>

/* bind(2). */
void guard_bind(const struct seccomp_notif *notice);

/* listen(2): as the settings say for the address that the socket is bound to. */
void guard_listen(const struct seccomp_notif *notice);

#endif
