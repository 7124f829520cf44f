/* SPDX-License-Identifier: MIT */
/* Hooks: duplicates of a descriptor know the same peer, and the same epolls. */
#include <stdarg.h>

#include "lib/fd_table.h"
#include "lib/hook_close.h"
#include "lib/interest.h"
#include "lib/library.h"
#include "lib/opening.h"
#include "lib/real.h"

static int follow(int from, int to)
{
	if (to < 0 || to == from)
		return to;
	if (fd_table_any())
		fd_table_duplicate(from, to);
	if (opening_any())
		opening_duplicated(opening_at(from));
	interest_duplicate(from, to);
	return to;
}

/* `to` ends, if it is not the call that fails. */
static void taking_place_of(int from, int to)
{
	if (to != from && real.fcntl(from, F_GETFD) >= 0)
		closing(to);
}

EXPORTED int dup(int fd)
{
	library_ready();
	return follow(fd, real.dup(fd));
}

EXPORTED int dup2(int fd, int to)
{
	library_ready();
	taking_place_of(fd, to);
	return follow(fd, real.dup2(fd, to));
}
EXPORT_ALIAS(__dup2, dup2);

EXPORTED int dup3(int fd, int to, int flags)
{
	library_ready();
	taking_place_of(fd, to);
	return follow(fd, real.dup3(fd, to, flags));
}

/* Every command of fcntl takes at most one more argument, of the size of a pointer or smaller. */
#define FORWARD_FCNTL(function)                                       \
	EXPORTED int function(int fd, int command, ...)               \
	{                                                             \
		int result;                                           \
		va_list more;                                         \
		void *argument;                                       \
                                                                      \
		va_start(more, command);                              \
		argument = va_arg(more, void *);                      \
		va_end(more);                                         \
		library_ready();                                      \
		result = real.function(fd, command, argument);        \
		if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) \
			follow(fd, result);                           \
		return result;                                        \
	}

FORWARD_FCNTL(fcntl)
#ifdef __GLIBC__
FORWARD_FCNTL(fcntl64)
#endif
EXPORT_ALIAS(__fcntl, fcntl);
