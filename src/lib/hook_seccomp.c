/* SPDX-License-Identifier: MIT */
/*
 * Hooks: a program puts a filter before its system calls (seccomp(2)).
 *
 * We examine each descriptor that comes in a message (judge.c). A browser's children forbid themselves that in
 * so many words: their filter ends whoever asks what kind of socket a descriptor is. So that nothing has to
 * pass unseen there, what judge.c and fd_table.c ask is allowed in front of the program's filter:
 *
 *	getsockname, getpeername, six options of getsockopt  -> allowed
 *	anything else                                        -> the program's filter, as if it had just begun
 *
 * They change nothing, and tell of descriptors that the process holds already. Of several filters the strictest
 * decides, and each of the program's goes through here, but one that is loaded past libc. On i386, where these
 * calls have one number with all others of sockets, a program's filter is left as it is.
 */
#include "lib/hook_seccomp.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "lib/caller_memory.h"
#include "lib/library.h"
#include "lib/real.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define MACHINE AUDIT_ARCH_AARCH64
#else
#define MACHINE 0 /* nobody's */
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

/* All jumps lead forward; HERE is the number of the instruction itself. */
#define IS(value, HERE, then, otherwise) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, (then) - (HERE)-1, (otherwise) - (HERE)-1)

enum { OF_SOCKET = 11, ALLOW = 17, REST = 18, QUESTIONS };

static const struct sock_filter questions[QUESTIONS] = {
	LOAD(arch),
	IS(MACHINE, 1, 2, REST),
	LOAD(nr),
	IS(SYS_getsockname, 3, ALLOW, 4),
	IS(SYS_getpeername, 4, ALLOW, 5),
	IS(SYS_getsockopt, 5, 6, REST),
	LOAD(args[1]),
	IS(SOL_SOCKET, 7, OF_SOCKET, 8),
	IS(IPPROTO_TCP, 8, 9, REST),
	LOAD(args[2]),
	IS(TCP_INFO, 10, ALLOW, REST),
	[OF_SOCKET] = LOAD(args[2]),
	IS(SO_DOMAIN, 12, ALLOW, 13),
	IS(SO_TYPE, 13, ALLOW, 14),
	IS(SO_PROTOCOL, 14, ALLOW, 15),
	IS(SO_ACCEPTCONN, 15, ALLOW, 16),
	IS(SO_COOKIE, 16, ALLOW, REST),
	[ALLOW] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	/* A filter may count on zero to begin with. Past a load of it the kernel's cache of calls would not look. */
	[REST] = BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0),
};

struct longer_filter {
	struct sock_filter filter[BPF_MAXINSNS];
	struct sock_fprog program;
};

/*
 * What to load in the place of the program's filter: the same behind our questions. Where there is none that
 * could be read, or it is so long that both could not be loaded, that is itself, and the kernel judges.
 */
static const void *longer(struct longer_filter *out, const void *arguments)
{
	struct sock_fprog program;

	if (MACHINE == 0 || arguments == NULL ||
		!caller_memory_readable(arguments, sizeof(program)))
		return arguments;
	memcpy(&program, arguments, sizeof(program));
	if (program.len == 0 || program.len > BPF_MAXINSNS - QUESTIONS ||
		!caller_memory_readable(program.filter, program.len * sizeof(*program.filter)))
		return arguments;
	memcpy(out->filter, questions, sizeof(questions));
	memcpy(out->filter + QUESTIONS, program.filter, program.len * sizeof(*program.filter));
	out->program = (struct sock_fprog){QUESTIONS + program.len, out->filter};
	return &out->program;
}

long filter_loaded(unsigned operation, unsigned flags, const void *arguments)
{
	struct longer_filter filter;

	if (operation == SECCOMP_SET_MODE_FILTER)
		arguments = longer(&filter, arguments);
	return real.syscall(SYS_seccomp, operation, flags, arguments);
}

/* A function of its own: all other calls of prctl do without so large a frame. */
static __attribute__((noinline)) int filter_loaded_by_prctl(const unsigned long a[4])
{
	struct longer_filter filter;

	return real.prctl(PR_SET_SECCOMP, a[0], longer(&filter, (const void *)a[1]), a[2], a[3]);
}

/* The kernel gets five arguments in any case; those that a caller did not give hold something. */
EXPORTED int prctl(int option, ...)
{
	unsigned long a[4];
	va_list more;

	va_start(more, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(more, unsigned long);
	va_end(more);
	library_ready();
	if (option == PR_SET_SECCOMP && a[0] == SECCOMP_MODE_FILTER)
		return filter_loaded_by_prctl(a);
	return real.prctl(option, a[0], a[1], a[2], a[3]);
}
