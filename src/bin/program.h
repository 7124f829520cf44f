/* SPDX-License-Identifier: MIT */
/* The program that is to be started: where it is, and no, if the shim cannot protect it. */
#ifndef TUNIC_BIN_PROGRAM_H
#define TUNIC_BIN_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

#include "core/options.h"
#include "target/elf_file.h"

/*
 * The file that `name` means, as execvp(3) finds it. Ends tunic where there is none (127) or where
 * it may not be executed (126).
 */
void program_find(char path[static PATH_MAX], const char *name);

/*
 * Ends tunic (126) unless the dynamic loader will load the shim into this file, or into the
 * interpreter of this script, or `guarded` makes that unnecessary; `setuid` is the setting. `own`
 * describes tunic itself, whose machine and libc are the shim's. False: it may be started, but must
 * not find the shim in LD_PRELOAD.
 */
bool program_judge(const char *path, const struct elf_file *own, bool guarded, enum setuid setuid);

#endif
