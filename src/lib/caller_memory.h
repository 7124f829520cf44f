/* SPDX-License-Identifier: MIT */
/* May memory that a caller points to be read? A system call says EFAULT where code would crash. */
#ifndef TUNIC_LIB_CALLER_MEMORY_H
#define TUNIC_LIB_CALLER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Asks the kernel whether the `n` >= 1 bytes at `memory` can be read. Costs a system call for each page that
 * they lie on, and keeps errno.
 */
bool caller_memory_readable(const void *memory, size_t n);

#endif
