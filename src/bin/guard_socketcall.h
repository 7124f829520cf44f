/* SPDX-License-Identifier: MIT */
/* i386's one system call for all that is done with sockets, as a call of the direct kind. */
#ifndef TUNIC_BIN_GUARD_SOCKETCALL_H
#define TUNIC_BIN_GUARD_SOCKETCALL_H

#include <linux/seccomp.h>

/* Sees to it that the call is answered. */
void guard_socketcall(const struct seccomp_notif *notice);

#endif
