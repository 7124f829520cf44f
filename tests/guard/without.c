/* SPDX-License-Identifier: MIT */
/*
 * Starts a program on a kernel that lacks something, as old ones and containers do.
 *
 *	without pidfd_getfd|landlock|namespaces|listener|executable-memory|cookies PROGRAM [ARGUMENT...]
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* The call fails where argument & mask == value; always, where the mask is 0. */
struct lack {
	const char *name;
	unsigned call, error, argument, mask, value;
};

static const struct lack lacks[] = {
	{"pidfd_getfd", SYS_pidfd_getfd, EPERM, 0, 0, 0},
	{"landlock", SYS_landlock_create_ruleset, ENOSYS, 0, 0, 0},
	{"namespaces", SYS_unshare, EPERM, 0, 0, 0},
	{"listener", SYS_seccomp, ENOSYS, 0, 0, 0},
	{"executable-memory", SYS_memfd_create, EACCES, 1, MFD_NOEXEC_SEAL, 0},
	{"cookies", SYS_getsockopt, ENOPROTOOPT, 2, ~0U, SO_NETNS_COOKIE},
};

static int take_away(const struct lack *lack)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, lack->call, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			(unsigned)offsetof(struct seccomp_data, args) + 8 * lack->argument),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, lack->mask),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, lack->value, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | lack->error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};

	/* It has effects of its own, so only who needs it has it. */
	if (geteuid() != 0)
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < sizeof(lacks) / sizeof(*lacks); i++)
		if (strcmp(argv[1], lacks[i].name) == 0 && take_away(&lacks[i]) == 0)
			execvp(argv[2], argv + 2);
	return 127;
}
