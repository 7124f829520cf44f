/* SPDX-License-Identifier: MIT */
/*
 * Hooks: reading and writing. On a socket whose tunnel is opening there is nothing to read yet, and what is written
 * would go to the proxy; on all else, and so nearly always, they are two loads and the real call.
 */
/* With it libc's headers define these functions inline, and clang then exports none of ours. */
#undef _FORTIFY_SOURCE

#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "lib/gate.h"
#include "lib/progress.h"
#include "lib/real.h"
#include "lib/stand_in.h"

EXPORTED ssize_t read(int fd, void *bytes, size_t n)
{
	return gate_open(fd, GATE_READ, 0) ? real.read(fd, bytes, n) : -1;
}
EXPORT_ALIAS(__read, read);

EXPORTED ssize_t readv(int fd, const struct iovec *parts, int count)
{
	return gate_open(fd, GATE_READ, 0) ? real.readv(fd, parts, count) : -1;
}

EXPORTED ssize_t recv(int fd, void *bytes, size_t n, int flags)
{
	return gate_open(fd, GATE_READ, flags) ? real.recv(fd, bytes, n, flags) : -1;
}
EXPORT_ALIAS(__recv, recv);

EXPORTED ssize_t recvfrom(int fd, void *restrict bytes, size_t n, int flags,
	struct sockaddr *restrict from, socklen_t *restrict len)
{
	return gate_open(fd, GATE_READ, flags) ? real.recvfrom(fd, bytes, n, flags, from, len) : -1;
}

#ifdef __GLIBC__
/* What programs that are built with _FORTIFY_SOURCE call. */
EXPORTED ssize_t __read_chk(int fd, void *bytes, size_t n, size_t size)
{
	return gate_open(fd, GATE_READ, 0) ? real.__read_chk(fd, bytes, n, size) : -1;
}

EXPORTED ssize_t __recv_chk(int fd, void *bytes, size_t n, size_t size, int flags)
{
	return gate_open(fd, GATE_READ, flags) ? real.__recv_chk(fd, bytes, n, size, flags) : -1;
}

EXPORTED ssize_t __recvfrom_chk(int fd, void *restrict bytes, size_t n, size_t size, int flags,
	struct sockaddr *restrict from, socklen_t *restrict len)
{
	return gate_open(fd, GATE_READ, flags)
		       ? real.__recvfrom_chk(fd, bytes, n, size, flags, from, len)
		       : -1;
}
#endif

EXPORTED ssize_t write(int fd, const void *bytes, size_t n)
{
	return gate_open(fd, GATE_WRITE, 0) ? real.write(fd, bytes, n) : -1;
}
EXPORT_ALIAS(__write, write);

EXPORTED ssize_t writev(int fd, const struct iovec *parts, int count)
{
	return gate_open(fd, GATE_WRITE, 0) ? real.writev(fd, parts, count) : -1;
}

EXPORTED ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	return gate_open(fd, GATE_WRITE, flags) ? real.send(fd, bytes, n, flags) : -1;
}
EXPORT_ALIAS(__send, send);

EXPORTED ssize_t sendfile(int out, int in, off_t *offset, size_t n)
{
	return gate_open(out, GATE_WRITE, 0) ? real.sendfile(out, in, offset, n) : -1;
}

#ifdef __GLIBC__
EXPORTED ssize_t sendfile64(int out, int in, off64_t *offset, size_t n)
{
	return gate_open(out, GATE_WRITE, 0) ? real.sendfile64(out, in, offset, n) : -1;
}
#else
EXPORT_ALIAS(sendfile64, sendfile);
#endif

EXPORTED ssize_t splice(
	int in, off64_t *in_offset, int out, off64_t *out_offset, size_t n, unsigned flags)
{
	const int how = flags & SPLICE_F_NONBLOCK ? MSG_DONTWAIT : 0;

	if (!gate_open(in, GATE_READ, how) || !gate_open(out, GATE_WRITE, how))
		return -1;
	return real.splice(in, in_offset, out, out_offset, n, flags);
}

/* stdio reads and writes by inner ways of libc. */
EXPORTED FILE *fdopen(int fd, const char *mode)
{
	gate_whole(fd);
	return real.fdopen(fd, mode);
}
#ifdef __GLIBC__
EXPORT_ALIAS(_IO_fdopen, fdopen) __attribute_malloc__ __attribute__((leaf));
#endif

/* While a connection is being made there is nothing to read, and nothing waits to be sent. */
static bool tells_nothing(int fd, ioctl_request request)
{
	enum opening_state state;

	if ((request != FIONREAD && request != TIOCOUTQ) || !opening_any())
		return false;
	state = progress_step(fd, NULL);
	return state == OPENING_GOING_ON || state == OPENING_OPTIMISTIC;
}

EXPORTED int ioctl(int fd, ioctl_request request, ...)
{
	bool nothing;
	void *argument;
	va_list more;
	int result;

	va_start(more, request);
	argument = va_arg(more, void *);
	va_end(more);
	library_ready();
	nothing = tells_nothing(fd, request);
	/* The kernel writes first: it is the one to say EFAULT. */
	result = real.ioctl(fd, request, argument);
	if (nothing && result == 0)
		*(int *)argument = 0;
	return result;
}

/* shutdown(2) on a socket that is being connected ends that. */
EXPORTED int shutdown(int fd, int how)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	struct tunnelled tunnel;

	library_ready();
	if (!opening_any() || progress_step(fd, NULL) != OPENING_GOING_ON)
		return real.shutdown(fd, how);
	progress_abandon(fd);
	if (stand_in_find(fd, &tunnel))
		return stand_in_undo(fd, &tunnel);
	return real.connect(fd, &unspecified, sizeof(unspecified));
}
