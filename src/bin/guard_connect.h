/* SPDX-License-Identifier: MIT */
/* A trapped connect: judged, and carried out on the caller's behalf or refused. */
#ifndef TUNIC_BIN_GUARD_CONNECT_H
#define TUNIC_BIN_GUARD_CONNECT_H

#include <linux/seccomp.h>

/* Sees to it that the call is answered, now or later. */
void guard_connect(const struct seccomp_notif *notice);

#endif
