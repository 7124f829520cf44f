/* SPDX-License-Identifier: MIT */
/* The file in which the processes of a run share names and their stand-in addresses. */
#ifndef TUNIC_BIN_POOL_FILE_H
#define TUNIC_BIN_POOL_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Makes the empty pool of a run, with so many slots, in $XDG_RUNTIME_DIR or /dev/shm, mode 0600,
 * after removing those that earlier runs of this user left behind. True: `path` is its absolute
 * path. False: there is no place for it, and `path` is ""; each process then has names of its own.
 */
bool pool_file_make(char path[static PATH_MAX], const char *run, uint32_t slots);

#endif
