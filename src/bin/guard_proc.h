/* SPDX-License-Identifier: MIT */
/* What proc(5) tells of another process. */
#ifndef TUNIC_BIN_GUARD_PROC_H
#define TUNIC_BIN_GUARD_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/text.h"

enum { PROC_PATH_BUF = 64 };

/* The path of a file of the process, "/status" for instance; more may be added to it. */
struct text proc_path(char out[static PROC_PATH_BUF], pid_t process, const char *file);

/* The start of such a file, as far as it goes into `size` with a NUL. False: nothing, and `out` is "". */
bool proc_read(char *out, size_t size, pid_t process, const char *file);

#endif
