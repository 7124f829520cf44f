/* SPDX-License-Identifier: MIT */
/* What the hooks of prctl(2) and of syscall(2) share: seccomp(2), for which libc has no function. */
#ifndef TUNIC_LIB_HOOK_SECCOMP_H
#define TUNIC_LIB_HOOK_SECCOMP_H

/* As seccomp(2): -1 and errno. A filter is loaded with what we have to ask in front of it. */
long filter_loaded(unsigned operation, unsigned flags, const void *arguments);

#endif
