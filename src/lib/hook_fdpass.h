/* SPDX-License-Identifier: MIT */
/* What the hooks of recvmmsg(2) share with that of syscall(2). */
#ifndef TUNIC_LIB_HOOK_FDPASS_H
#define TUNIC_LIB_HOOK_FDPASS_H

#include <sys/socket.h>

/* Judges the first `count` messages (judge_message). Returns `count`, which may be -1. */
long judged_messages(struct mmsghdr *messages, long count);

/* Closes what the program may not hold: -1 with EPERM. Returns `fd`, which may be -1. */
int judged_descriptor(int fd);

#endif
