/* SPDX-License-Identifier: MIT */
/* The functions that libtunic.so stands in front of: the only way our own code may call them. */
#ifndef TUNIC_LIB_REAL_H
#define TUNIC_LIB_REAL_H

#include <aio.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wordexp.h>

#include "lib/libc.h"

/* Types are taken from libc's own headers, so that no prototype can be typed wrongly. */
#define HOOK(symbol) __typeof__(symbol) *symbol;
#define HOOK_MAY(symbol) __typeof__(symbol) *symbol;
#define ALIAS(alias, symbol)
#define LATE(symbol)
#define INNER(symbol)
struct real {
#include "lib/hooks.def"
};
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE
#undef INNER

extern struct real real;

/* Binds all of them, together. False: one that has to exist does not. */
bool real_bind(void);

/* The dynamic linker's alone, for calls that come before we are set up: it calls no function of the host. */
void real_bind_loader(void);

/* Are both addresses within one object, a program or a library? */
bool real_same_object(const void *a, const void *b);

/* What a hook's definition needs in front of it; everything else in the library is hidden. */
#define EXPORTED __attribute__((visibility("default")))

/* Exports a hook under another name too. A use needs the hook's definition in the same file. */
#define EXPORT_ALIAS(name, symbol)             \
	extern __typeof__(symbol) name __THROW \
		__attribute__((alias(#symbol), visibility("default")))

#endif
