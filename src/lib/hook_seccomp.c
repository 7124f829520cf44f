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

#include <alloca.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
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

/* False: there is no filter that could be read, or both together could not be loaded; then the kernel judges. */
static bool filter_read(struct sock_fprog *out, const void *arguments)
{
	if (MACHINE == 0 || arguments == NULL || !caller_memory_readable(arguments, sizeof(*out)))
		return false;
	memcpy(out, arguments, sizeof(*out));
	return out->len > 0 && out->len <= BPF_MAXINSNS - QUESTIONS &&
	       caller_memory_readable(out->filter, out->len * sizeof(*out->filter));
}

/*
 * The longer one is on the stack, since behind a strict filter no memory could be given back; and no longer than
 * it has to be, since a thread or a signal handler may have a stack of a few pages.
 */
static __attribute__((noinline)) long load(bool by_prctl, unsigned flags, const void *arguments)
{
	struct sock_fprog program;
	struct sock_filter *both;

	if (filter_read(&program, arguments)) {
		/* cppcheck-suppress allocaCalled ; arrays of a size that is not constant are not ours */
		both = alloca((QUESTIONS + program.len) * sizeof(*both));
		memcpy(both, questions, sizeof(questions));
		memcpy(both + QUESTIONS, program.filter, program.len * sizeof(*both));
		program = (struct sock_fprog){QUESTIONS + program.len, both};
		arguments = &program;
	}
	return by_prctl ? real.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, arguments, 0, 0)
			: real.syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, arguments);
}

long filter_loaded(unsigned operation, unsigned flags, const void *arguments)
{
	return operation == SECCOMP_SET_MODE_FILTER
		       ? load(false, flags, arguments)
		       : real.syscall(SYS_seccomp, operation, flags, arguments);
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
		return (int)load(true, 0, (const void *)a[1]);
	return real.prctl(option, a[0], a[1], a[2], a[3]);
}
