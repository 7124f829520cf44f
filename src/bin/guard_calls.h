/* SPDX-License-Identifier: MIT */
/* Which trapped call is answered by whom. */
#ifndef TUNIC_BIN_GUARD_CALLS_H
#define TUNIC_BIN_GUARD_CALLS_H

#include <linux/seccomp.h>

/* Sees to it that the call is answered, now or later. */
void calls_answer(const struct seccomp_notif *notice);

#endif
