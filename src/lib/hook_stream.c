/* SPDX-License-Identifier: MIT */
/*
 * Hooks: reading and writing. On a socket whose tunnel is opening there is nothing to read yet, and
 * what is written would go to the proxy; on all else, and so nearly always, they are two loads and
 * the real call.
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
#include "lib/judge.h"
#include "lib/progress.h"
#include "lib/real.h"
#include "lib/socket.h"
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

#ifdef LIBC_HAS_PREADV2
EXPORTED ssize_t preadv2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
	return gate_open_at(fd, GATE_READ, offset, flags)
		       ? real.preadv2(fd, parts, count, offset, flags)
		       : -1;
}

EXPORTED ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
	return gate_open_at(fd, GATE_WRITE, offset, flags)
		       ? real.pwritev2(fd, parts, count, offset, flags)
		       : -1;
}
#endif

#ifdef __GLIBC__
EXPORTED ssize_t preadv64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags)
{
	return gate_open_at(fd, GATE_READ, offset, flags)
		       ? real.preadv64v2(fd, parts, count, offset, flags)
		       : -1;
}

EXPORTED ssize_t pwritev64v2(
	int fd, const struct iovec *parts, int count, off64_t offset, int flags)
{
	return gate_open_at(fd, GATE_WRITE, offset, flags)
		       ? real.pwritev64v2(fd, parts, count, offset, flags)
		       : -1;
}
#endif

/* stdio reads and writes by inner ways of libc. */
EXPORTED int vdprintf(int fd, const char *restrict format, va_list more)
{
	return gate_open(fd, GATE_WRITE, 0) ? real.vdprintf(fd, format, more) : -1;
}

EXPORTED int dprintf(int fd, const char *restrict format, ...)
{
	va_list more;
	int result;

	va_start(more, format);
	result = vdprintf(fd, format, more);
	va_end(more);
	return result;
}

#ifdef __GLIBC__
EXPORTED int __vdprintf_chk(int fd, int flag, const char *restrict format, va_list more)
{
	return gate_open(fd, GATE_WRITE, 0) ? real.__vdprintf_chk(fd, flag, format, more) : -1;
}

EXPORTED int __dprintf_chk(int fd, int flag, const char *restrict format, ...)
{
	va_list more;
	int result;

	va_start(more, format);
	result = __vdprintf_chk(fd, flag, format, more);
	va_end(more);
	return result;
}
#endif

/* Nobody sees a stream read; so one that is made before connect(2) ends optimism. */
static void look_ahead(int fd)
{
	const int saved = errno;
	int domain;

	if (socket_kind(fd, &domain) == SOCKET_STREAM && !socket_is_connected(fd))
		progress_cautiously();
	errno = saved;
}

EXPORTED FILE *fdopen(int fd, const char *mode)
{
	gate_whole(fd);
	if (library_ready() && library.settings->optimistic)
		look_ahead(fd);
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

/*
 * Half of a socket that has sent its first bytes before the answer waits for that: a proxy that
 * meets the end of the stream before may drop all of it. Who shuts both halves wants no answer any
 * more.
 */
static int shutdown_optimistic(int fd, int how)
{
	int result;

	if (how != SHUT_RDWR)
		gate_whole(fd);
	result = real.shutdown(fd, how);
	if (result == 0 && how == SHUT_RDWR)
		progress_abandon(fd);
	return result;
}

/* shutdown(2) on a socket that is being connected ends that. */
EXPORTED int shutdown(int fd, int how)
{
	enum opening_state state;
	struct tunnelled tunnel;

	library_ready();
	state = opening_any() ? progress_step(fd, NULL) : OPENING_OVER;
	if (state == OPENING_OPTIMISTIC)
		return shutdown_optimistic(fd, how);
	if (state != OPENING_GOING_ON)
		return real.shutdown(fd, how);
	progress_abandon(fd);
	if (stand_in_find(fd, &tunnel))
		return stand_in_undo(fd, &tunnel);
	return socket_disconnect(fd);
}
