/* SPDX-License-Identifier: MIT */
/* Trapped calls of a program that wants a socket. */
#ifndef TUNIC_BIN_GUARD_DATAGRAM_H
#define TUNIC_BIN_GUARD_DATAGRAM_H

#include <linux/seccomp.h>

/* socket(2): a datagram socket is one from the jail. */
void guard_socket(const struct seccomp_notif *notice);

#endif
