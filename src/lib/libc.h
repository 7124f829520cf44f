/* SPDX-License-Identifier: MIT */
/* What one libc declares and another does not: glibc and musl see the same names from here on. */
#ifndef TUNIC_LIB_LIBC_H
#define TUNIC_LIB_LIBC_H

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

struct aiocb;

/* glibc has it since 2.36, in <sys/pidfd.h>. */
int pidfd_getfd(int pidfd, int fd, unsigned flags);

/* Through syscall(2) a program reaches their hooks in any case. */
int close_range(unsigned first, unsigned last, int flags);
int epoll_pwait2(int epoll, struct epoll_event *events, int max, const struct timespec *timeout,
	const sigset_t *mask);

/* glibc has preadv2 and pwritev2, musl since 1.2.5, and with them the macros for their flags. */
#ifdef RWF_NOWAIT
#define LIBC_HAS_PREADV2
#else
#define RWF_NOWAIT 8
#endif

#ifdef __GLIBC__
#include <nss.h>
#include <sys/single_threaded.h>

typedef int messages_flags; /* of sendmmsg and recvmmsg */
typedef unsigned long ioctl_request;
typedef struct aiocb *const aio_entry; /* of lio_listio */

/* glibc declares what its macros of _FORTIFY_SOURCE call only where these are in use. */
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask,
	size_t size);
int __dprintf_chk(int fd, int flag, const char *restrict format, ...)
	__attribute__((format(printf, 3, 4)));
int __vdprintf_chk(int fd, int flag, const char *restrict format, va_list more)
	__attribute__((format(printf, 3, 0)));
ssize_t __read_chk(int fd, void *bytes, size_t n, size_t size);
ssize_t __recv_chk(int fd, void *bytes, size_t n, size_t size, int flags);
ssize_t __recvfrom_chk(int fd, void *restrict bytes, size_t n, size_t size, int flags,
	struct sockaddr *restrict from, socklen_t *restrict len);

/* What popen(3) is made of, in the inside; it returns its first argument, or NULL. */
FILE *_IO_proc_open(FILE *stream, const char *command, const char *mode);

#else
typedef unsigned messages_flags;
typedef int ioctl_request;
typedef struct aiocb *restrict const aio_entry;

#define __libc_single_threaded false /* it does not tell */

/* A name that programs call which were linked with an older musl. */
#undef sendfile64
#define off64_t off_t

/* The system call is there, and syscall(2) leads to our hook. */
int execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags);

#define __X32_SYSCALL_BIT 0x40000000
#define strerrordesc_np(error) strerror(error)
#define __THROW

/* It knows no names in other alphabets. */
#define AI_IDN 0
#define AI_CANONIDN 0

#define _PATH_HOSTS "/etc/hosts"

/* Of h_errno. */
#define NETDB_INTERNAL (-1)
#define NETDB_SUCCESS 0
#endif

#endif
