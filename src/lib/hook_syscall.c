/* SPDX-License-Identifier: MIT */
/*
 * Hook: syscall(2), the door beside every other hook. The numbers that we know as functions go to
 * those hooks; all others straight through.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "lib/hook_fdpass.h"
#include "lib/library.h"
#include "lib/real.h"

/*
 * The result of an interposed function has syscall(2)'s own convention: -1 and errno. Six arguments
 * are always read: registers and stack slots that the caller did not fill hold something, and
 * nobody looks.
 */
EXPORTED long syscall(long number, ...)
{
	long a[6];
	va_list more;

	va_start(more, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(more, long);
	va_end(more);
	library_ready();
#ifdef __x86_64__
	/* The x32 calls are the same under other numbers; no x86-64 program needs them. */
	if ((unsigned)number & __X32_SYSCALL_BIT) {
		errno = ENOSYS;
		return -1;
	}
#endif
	/* The kernel looks at the lower half of the number alone. */
	switch ((int)number) {
	case SYS_socket:
		return socket((int)a[0], (int)a[1], (int)a[2]);
	case SYS_socketpair:
		return socketpair((int)a[0], (int)a[1], (int)a[2], (int *)a[3]);
	case SYS_connect:
		return connect((int)a[0], (const struct sockaddr *)a[1], (socklen_t)a[2]);
	case SYS_bind:
		return bind((int)a[0], (const struct sockaddr *)a[1], (socklen_t)a[2]);
	case SYS_listen:
		return listen((int)a[0], (int)a[1]);
#ifdef SYS_accept
	case SYS_accept:
		return accept((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2]);
#endif
	case SYS_accept4:
		return accept4((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2], (int)a[3]);
	case SYS_sendto:
		return sendto((int)a[0], (const void *)a[1], (size_t)a[2], (int)a[3],
			(const struct sockaddr *)a[4], (socklen_t)a[5]);
	case SYS_sendmsg:
		return sendmsg((int)a[0], (const struct msghdr *)a[1], (int)a[2]);
	case SYS_sendmmsg:
		return sendmmsg(
			(int)a[0], (struct mmsghdr *)a[1], (unsigned)a[2], (messages_flags)a[3]);
	case SYS_recvmsg:
		return recvmsg((int)a[0], (struct msghdr *)a[1], (int)a[2]);
	case SYS_recvmmsg:
		return recvmmsg((int)a[0], (struct mmsghdr *)a[1], (unsigned)a[2],
			(messages_flags)a[3], (struct timespec *)a[4]);
#ifdef SYS_recvmmsg_time64
	case SYS_recvmmsg_time64:
		return judged_messages((struct mmsghdr *)a[1],
			real.syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]));
#endif
	case SYS_pidfd_getfd:
		return pidfd_getfd((int)a[0], (int)a[1], (unsigned)a[2]);
	case SYS_getpeername:
		return getpeername((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2]);
	case SYS_getsockname:
		return getsockname((int)a[0], (struct sockaddr *)a[1], (socklen_t *)a[2]);
	case SYS_setsockopt:
		return setsockopt(
			(int)a[0], (int)a[1], (int)a[2], (const void *)a[3], (socklen_t)a[4]);
	case SYS_getsockopt:
		return getsockopt((int)a[0], (int)a[1], (int)a[2], (void *)a[3], (socklen_t *)a[4]);
	case SYS_execve:
		return execve((const char *)a[0], (char *const *)a[1], (char *const *)a[2]);
	case SYS_execveat:
		return execveat((int)a[0], (const char *)a[1], (char *const *)a[2],
			(char *const *)a[3], (int)a[4]);
#ifdef SYS_socketcall
	/* One number for all, with the arguments in memory; libc's own calls do not come this way. */
	case SYS_socketcall:
		errno = ENOSYS;
		return -1;
#endif
	case SYS_io_uring_setup:
		return refuse(REFUSAL_IO_URING, NULL);
	default:
		return real.syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
}
