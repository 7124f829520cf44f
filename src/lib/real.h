/* SPDX-License-Identifier: MIT */
/* The functions that libtunic.so stands in front of: the only way our own code may call them. */
#ifndef TUNIC_LIB_REAL_H
#define TUNIC_LIB_REAL_H

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <resolv.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wordexp.h>

/* glibc has it since 2.36, in <sys/pidfd.h>. */
int pidfd_getfd(int pidfd, int fd, unsigned flags);

/* Types are taken from libc's own headers, so that no prototype can be typed wrongly. */
#define HOOK(symbol) __typeof__(symbol) *symbol;
#define HOOK_MAY(symbol) __typeof__(symbol) *symbol;
#define ALIAS(alias, symbol)
#define LATE(symbol)
struct real {
#include "lib/hooks.def"
};
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE

extern struct real real;

/* Binds all of them, together. False: one that has to exist does not. */
bool real_bind(void);

/* What a hook's definition needs in front of it; everything else in the library is hidden. */
#define EXPORTED __attribute__((visibility("default")))

/* Exports a hook under another name too. A use needs the hook's definition in the same file. */
#define EXPORT_ALIAS(name, symbol)             \
	extern __typeof__(symbol) name __THROW \
		__attribute__((alias(#symbol), visibility("default")))

#endif
