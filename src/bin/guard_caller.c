/* SPDX-License-Identifier: MIT */
/*
 * The thread whose call is trapped: its memory, its descriptors, its signals.
 *
 * Signals. Once we have taken a notice the kernel keeps every signal but a deadly one from the
 * caller until we answer (WAIT_KILLABLE_RECV), so that no answer is lost to a timer. A connect that
 * waits for a proxy has to be interruptible nevertheless, as a bare one is. So whoever waits asks
 * here from time to time, and where a signal is pending answers ERESTARTSYS: the kernel then runs the
 * handler and, as its SA_RESTART says, lets the call fail with EINTR or makes it anew.
 *
 * That errno is the kernel's own and must only be given where a signal is certain to be delivered to
 * this very thread on its way out: one that is pending for the thread itself, or for a process
 * whose only thread, or first choice, it is. Elsewhere it would be handed to the program.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bin/guard_caller.h"
#include "bin/guard_kernel.h"
#include "bin/guard_proc.h"

enum { STATUS_MAX = 8192 };

int caller_read(pid_t caller, uint64_t address, void *buf, size_t len)
{
	struct iovec here = {.iov_base = buf, .iov_len = len};
	struct iovec there = {.iov_base = (void *)(uintptr_t)address, .iov_len = len};
	ssize_t n;

	if (len == 0)
		return 0;
	n = process_vm_readv(caller, &here, 1, &there, 1, 0);
	if (n < 0)
		return errno == EFAULT ? EFAULT : EACCES;
	return (size_t)n == len ? 0 : EFAULT;
}

/*
 * One descriptor of the last caller is kept, since callers call again. It cannot be mistaken for
 * another's: it means that thread alone, and says ESRCH once that has ended.
 */
static struct {
	pid_t caller;
	int fd;
} last = {.caller = 0, .fd = -1};

static int pidfd_of(pid_t caller)
{
	if (last.caller == caller && last.fd >= 0)
		return last.fd;
	if (last.fd >= 0)
		close(last.fd);
	last.caller = caller;
	last.fd = (int)syscall(SYS_pidfd_open, caller, PIDFD_THREAD);
	/* Before Linux 6.9 only for a process, so for its first thread: others are then refused. */
	if (last.fd < 0 && errno == EINVAL)
		last.fd = (int)syscall(SYS_pidfd_open, caller_process(caller), 0);
	return last.fd;
}

int caller_descriptor(pid_t caller, int number)
{
	int fd = -1;

	for (int turn = 0; fd < 0 && turn < 2; turn++) {
		const int pidfd = pidfd_of(caller);

		if (pidfd < 0)
			return -1;
		fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
		if (fd >= 0 || errno != ESRCH)
			return fd;
		last.caller = 0;
	}
	errno = ESRCH;
	return -1;
}

/* The number after "\nKEY:\t"; 0 where there is none. */
static uint64_t status_number(const char *status, const char *key, int base)
{
	const char *at = strstr(status, key);

	return at ? strtoull(at + strlen(key), NULL, base) : 0;
}

static uint64_t bit(int number)
{
	return (uint64_t)1 << (number - 1);
}

bool caller_is_signalled(pid_t caller)
{
	const uint64_t stops = bit(SIGSTOP) | bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU);
	char status[STATUS_MAX];
	uint64_t ends, pending;

	if (!proc_read(status, sizeof(status), caller, "/status"))
		return false;
	ends = (status_number(status, "\nSigCgt:\t", 16) | stops) &
	       ~status_number(status, "\nSigBlk:\t", 16) &
	       ~status_number(status, "\nSigIgn:\t", 16);
	pending = status_number(status, "\nSigPnd:\t", 16);
	if (status_number(status, "\nThreads:\t", 10) == 1 ||
		status_number(status, "\nTgid:\t", 10) == (uint64_t)caller)
		pending |= status_number(status, "\nShdPnd:\t", 16);
	return (pending & ends) != 0;
}

bool caller_is_there(pid_t caller)
{
	/* A thread's number as well: signal 0 only looks. */
	return kill(caller, 0) == 0 || errno == EPERM;
}

pid_t caller_process(pid_t caller)
{
	char status[STATUS_MAX];

	return proc_read(status, sizeof(status), caller, "/status")
		       ? (pid_t)status_number(status, "\nTgid:\t", 10)
		       : 0;
}
