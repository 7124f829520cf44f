/* SPDX-License-Identifier: MIT */
/* A unix socket's path as the caller means it. */
#ifndef TUNIC_BIN_GUARD_PATH_H
#define TUNIC_BIN_GUARD_PATH_H

#include <stddef.h>
#include <sys/types.h>

#include "core/policy.h"

/*
 * Judges the path of an AF_UNIX address, `len` bytes of sun_path, as it is written and, where it
 * leads to a file of the caller's, as that file is called: it may be a link, or relative.
 */
struct judgement path_judge(pid_t caller, const char *path, size_t len);

#endif
