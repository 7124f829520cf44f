/* SPDX-License-Identifier: MIT */
/* The shim: where it lies, and whether the dynamic loader will take it. */
#ifndef TUNIC_BIN_LIBRARY_H
#define TUNIC_BIN_LIBRARY_H

#include <limits.h>

#include "target/elf_file.h"

/*
 * The absolute path of libtunic.so, by the place of the running command: installed, in its build
 * tree, or in a tree that was moved. Ends tunic (125) where the loader would not load it, since it
 * would only warn and run the program in the clear. `own` describes tunic itself.
 */
void library_find(char path[static PATH_MAX], const struct elf_file *own);

/* Describes the running command. */
void library_read_own(struct elf_file *own);

#endif
