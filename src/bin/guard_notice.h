/* SPDX-License-Identifier: MIT */
/* The kernel's notices of trapped calls (seccomp_unotify(2)), and our answers. */
#ifndef TUNIC_BIN_GUARD_NOTICE_H
#define TUNIC_BIN_GUARD_NOTICE_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

enum notice_result {
	NOTICE_TAKEN,
	NOTICE_NONE, /* the caller is gone again */
	NOTICE_LOST, /* the listener does not work: nothing more will come */
};

/* Prepares the listener: where the kernel can, the caller runs at once when it is answered. */
void notice_open(int listener);

enum notice_result notice_take(int listener, struct seccomp_notif *notice);

/*
 * Is the call still waiting? Everything read of the caller counts only after this: until then the
 * thread could have ended, and its number be another's.
 */
bool notice_valid(int listener, uint64_t id);

/* Ends a call with 0 or an errno. False: the caller has not heard it. */
bool notice_answer(int listener, uint64_t id, int error);

/* Lets the kernel carry the call out as it stands. Never for anything about IP. */
bool notice_continue(int listener, uint64_t id);

/* Gives the caller a copy of `fd` as the result of its call. Returns 0 or an errno. */
int notice_give(int listener, uint64_t id, int fd, bool close_on_exec);

/* The same, by way of two answers: Linux before 5.14 has no other. The copy is close-on-exec. */
void notice_lend(int listener, uint64_t id, int fd);

#endif
