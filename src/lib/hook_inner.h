/* SPDX-License-Identifier: MIT */
/* The functions of inner.def, which no header of libc declares. */
#ifndef TUNIC_LIB_HOOK_INNER_H
#define TUNIC_LIB_HOOK_INNER_H

#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

/* Of a program's; we pass it on. */
typedef void (*any_function)(void);

#define FORGOTTEN(type, symbol, parameters, arguments, refused) type symbol parameters;
#define PRIVATE(type, symbol, parameters, refused) type symbol parameters;
#include "lib/inner.def"
#undef FORGOTTEN
#undef PRIVATE

#endif
