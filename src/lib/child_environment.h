/* SPDX-License-Identifier: MIT */
/* What a program that is started next needs in its environment, so that it comes up under us. */
#ifndef TUNIC_LIB_CHILD_ENVIRONMENT_H
#define TUNIC_LIB_CHILD_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Remembers where this library is and what the environment says to it, before the program can write
 * over that. Call once, at set-up. False: there is no memory.
 */
bool child_environment_learn(void);

/*
 * Could the dynamic loader find this library for a child now? Not where its path cannot stand in
 * LD_PRELOAD, and not where it is out of reach: behind chroot(2), or for a user who may not read it.
 */
bool child_environment_possible(void);

/* More than the kernel takes with the usual limits (execve(2)), and less than the usual stack. */
enum { CHILD_ENVIRONMENT_MAX = 1 << 20 };

/* What there is to know about an environment, looked at once: other threads may change it. */
struct child_environment {
	char *const *envp;
	size_t count;        /* strings in it */
	unsigned preloads;   /* how many LD_PRELOAD */
	const char *preload; /* the value of the last, which is the one that ld.so takes, or "" */
	bool has_run;        /* there is a TUNIC_RUN */
	size_t preload_size; /* bytes that an LD_PRELOAD=... of ours needs */
	size_t names_size; /* bytes of the TUNIC_POOL=... that hands names on, 0 where there is none */
	size_t size;       /* what child_environment_make needs, 0: it is good as it stands */
};

/* Looks at an environment, which may be NULL. */
struct child_environment child_environment_of(char *const *envp);

/*
 * Makes a copy in environment->size bytes of memory, aligned for pointers: with this library first in
 * one LD_PRELOAD, in front of what is there; and, unless there is a TUNIC_RUN, with the TUNIC_* of
 * this process's start that it lacks, and the names that no file holds. Strings that it needs not
 * change are shared.
 */
char **child_environment_make(void *memory, const struct child_environment *environment);

/*
 * Does the same to `environ`, for functions of libc that start a program with that. Allocates as
 * setenv(3) does. False: there is no memory.
 */
bool child_environment_restore(void);

#endif
