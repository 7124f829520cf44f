/* SPDX-License-Identifier: MIT */
/* Memory in a descriptor, without a path. */
#ifndef TUNIC_BIN_GUARD_MEMORY_H
#define TUNIC_BIN_GUARD_MEMORY_H

/*
 * As memfd_create(2), close-on-exec and never to be executed: a system can be told to make no other
 * (vm.memfd_noexec).
 */
int guard_memory_make(const char *name, unsigned flags);

#endif
