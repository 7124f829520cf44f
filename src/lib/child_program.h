/* SPDX-License-Identifier: MIT */
/* May this program be started? Only one that the dynamic loader will load this library into. */
#ifndef TUNIC_LIB_CHILD_PROGRAM_H
#define TUNIC_LIB_CHILD_PROGRAM_H

/* Remembers the machine and the dynamic loader of this process. Call once, at set-up. */
void child_program_learn(void);

/*
 * Judges what execveat(2) would start, as target_judge has it. 0: the kernel may be asked. Else the
 * errno to fail with: ENOEXEC, which the kernel would say as well; or EACCES or EPERM, and one line
 * has said why, once per kind and process. Keeps errno.
 */
int child_program_judge(int dir, const char *path);

#endif
