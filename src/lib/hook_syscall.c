/* SPDX-License-Identifier: MIT */
/*
 * Hook: syscall(2), the door beside every other hook. The numbers that we know as functions go to
 * those hooks; all others straight through.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "lib/caller_memory.h"
#include "lib/gate.h"
#include "lib/hook_fdpass.h"
#include "lib/hook_seccomp.h"
#include "lib/library.h"
#include "lib/real.h"

/* The sixth argument of pselect6(2) points to a mask and its size. What cannot be read is no mask. */
static const sigset_t *mask_of(const void *argument)
{
	const sigset_t *mask = NULL;

	if (argument != NULL && caller_memory_readable(argument, sizeof(mask)))
		memcpy(&mask, argument, sizeof(mask));
	return mask;
}

/* The offset of preadv2(2) and pwritev2(2) comes in two registers where one is half of it. */
static int64_t offset_of(long low, long high)
{
	if (sizeof(long) == sizeof(int64_t))
		return low;
	return (int64_t)((uint64_t)(unsigned long)high << 32 | (unsigned long)low);
}

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
	case SYS_read:
		return read((int)a[0], (void *)a[1], (size_t)a[2]);
	case SYS_readv:
		return readv((int)a[0], (const struct iovec *)a[1], (int)a[2]);
	case SYS_recvfrom:
		return recvfrom((int)a[0], (void *)a[1], (size_t)a[2], (int)a[3],
			(struct sockaddr *)a[4], (socklen_t *)a[5]);
	case SYS_write:
		return write((int)a[0], (const void *)a[1], (size_t)a[2]);
	case SYS_writev:
		return writev((int)a[0], (const struct iovec *)a[1], (int)a[2]);
	case SYS_preadv2:
	case SYS_pwritev2:
		return gate_open_at((int)a[0], (int)number == SYS_preadv2 ? GATE_READ : GATE_WRITE,
			       offset_of(a[3], a[4]), (int)a[5])
			       ? real.syscall(number, a[0], a[1], a[2], a[3], a[4], a[5])
			       : -1;
	case SYS_sendfile:
		return sendfile((int)a[0], (int)a[1], (off_t *)a[2], (size_t)a[3]);
	case SYS_splice:
		return splice((int)a[0], (off64_t *)a[1], (int)a[2], (off64_t *)a[3], (size_t)a[4],
			(unsigned)a[5]);
	case SYS_ioctl:
		return ioctl((int)a[0], (ioctl_request)a[1], a[2]);
	case SYS_shutdown:
		return shutdown((int)a[0], (int)a[1]);
	case SYS_close:
		return close((int)a[0]);
#ifdef SYS_poll
	case SYS_poll:
		return poll((struct pollfd *)a[0], (nfds_t)a[1], (int)a[2]);
#endif
#if defined(SYS_select) || defined(SYS__newselect)
#ifdef SYS__newselect /* the other one takes a pointer to its arguments there */
	case SYS__newselect:
#else
	case SYS_select:
#endif
		return select((int)a[0], (fd_set *)a[1], (fd_set *)a[2], (fd_set *)a[3],
			(struct timeval *)a[4]);
#endif
	case SYS_ppoll:
		return ppoll((struct pollfd *)a[0], (nfds_t)a[1], (const struct timespec *)a[2],
			(const sigset_t *)a[3]);
	case SYS_pselect6:
		return pselect((int)a[0], (fd_set *)a[1], (fd_set *)a[2], (fd_set *)a[3],
			(const struct timespec *)a[4], mask_of((const void *)a[5]));
	case SYS_epoll_pwait:
		return epoll_pwait((int)a[0], (struct epoll_event *)a[1], (int)a[2], (int)a[3],
			(const sigset_t *)a[4]);
#ifdef SYS_epoll_pwait2
	case SYS_epoll_pwait2:
		return epoll_pwait2((int)a[0], (struct epoll_event *)a[1], (int)a[2],
			(const struct timespec *)a[3], (const sigset_t *)a[4]);
#endif
	case SYS_dup:
		return dup((int)a[0]);
#ifdef SYS_dup2
	case SYS_dup2:
		return dup2((int)a[0], (int)a[1]);
#endif
	case SYS_dup3:
		return dup3((int)a[0], (int)a[1], (int)a[2]);
	case SYS_fcntl:
		return fcntl((int)a[0], (int)a[1], a[2]);
#ifdef SYS_close_range
	case SYS_close_range:
		return close_range((unsigned)a[0], (unsigned)a[1], (int)a[2]);
#endif
	case SYS_epoll_ctl:
		return epoll_ctl((int)a[0], (int)a[1], (int)a[2], (struct epoll_event *)a[3]);
#ifdef SYS_epoll_wait
	case SYS_epoll_wait:
		return epoll_wait((int)a[0], (struct epoll_event *)a[1], (int)a[2], (int)a[3]);
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
	case SYS_seccomp:
		return filter_loaded((unsigned)a[0], (unsigned)a[1], (const void *)a[2]);
	case SYS_prctl:
		return prctl((int)a[0], a[1], a[2], a[3], a[4]);
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
