/* SPDX-License-Identifier: MIT */
/* What one libc declares and another does not: glibc and musl see the same names from here on. */
#ifndef TUNIC_LIB_LIBC_H
#define TUNIC_LIB_LIBC_H

#include <string.h>
#include <sys/socket.h>

/* glibc has it since 2.36, in <sys/pidfd.h>. */
int pidfd_getfd(int pidfd, int fd, unsigned flags);

#ifdef __GLIBC__
#include <nss.h>

typedef int messages_flags; /* of sendmmsg and recvmmsg */

#else
typedef unsigned messages_flags;

/* The system call is there, and syscall(2) leads to our hook. */
int execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags);

#define __X32_SYSCALL_BIT 0x40000000
#define strerrordesc_np(error) strerror(error)
#define __THROW

/* It knows no names in other alphabets. */
#define AI_IDN 0
#define AI_CANONIDN 0

/* Of h_errno. */
#define NETDB_INTERNAL (-1)
#define NETDB_SUCCESS 0
#endif

#endif
