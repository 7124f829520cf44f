/* SPDX-License-Identifier: MIT */
/* filtered: what a program hears that loads filters for its own system calls, and what they then do. */
#include "program.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define ALLOWED BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSED BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EUCLEAN)

static struct sock_filter allowing[BPF_MAXINSNS + 1]; /* main fills it */
static struct sock_filter unknown[] = {{.code = 0xffff}, ALLOWED};

/* Both registers begin with zero. */
static struct sock_filter counting_on_zero[] = {
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2),
	BPF_STMT(BPF_MISC | BPF_TXA, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
	REFUSED,
	ALLOWED,
};

static struct sock_filter refusing[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsockopt, 0, 1),
	REFUSED,
	ALLOWED,
};

/* By each of the ways. */
static void load(const char *what, struct sock_filter *filter, unsigned short length)
{
	struct sock_fprog program = {length, filter};

	puts(what);
	show("prctl", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0));
	show("prctl, by syscall",
		syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0));
	show("seccomp", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static void misuse(void)
{
	void *nowhere = mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct sock_filter *half =
		mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(half + 1024, 4096, PROT_NONE);
	load("nowhere", nowhere, 4);
	load("half of it nowhere", half, 4096);
	load("nothing", allowing, 0);
	load("too long", allowing, BPF_MAXINSNS + 1);
	load("unknown", unknown, 2);
	show("prctl, NULL", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0));
	show("prctl, nowhere", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nowhere, 0, 0));
	show("prctl, no mode", prctl(PR_SET_SECCOMP, 9, 0, 0, 0));
	show("seccomp, NULL", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL));
	show("seccomp, no flag", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1u << 30, NULL));
	show("seccomp, no operation", syscall(SYS_seccomp, 99, 0, NULL));
}

static void options_of(int fd)
{
	int value = 0;
	socklen_t len = sizeof(value);

	show("a buffer", getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &value, &len));
	show("its number, of TCP", getsockopt(fd, IPPROTO_TCP, SO_TYPE, &value, &len));
	show("its number, of IP", getsockopt(fd, IPPROTO_IP, SO_TYPE, &value, &len));
}

static void on_little_stack(int number)
{
	(void)number;
	load("on a stack of eight pages", allowing, 1);
}

/* Below the stack nothing may be written. */
static void handle_on_little_stack(void)
{
	const size_t page = 4096, size = 8 * page;
	char *map =
		mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const stack_t stack = {.ss_sp = map + page, .ss_size = size};
	const struct sigaction action = {.sa_handler = on_little_stack, .sa_flags = SA_ONSTACK};

	mprotect(map, page, PROT_NONE);
	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
}

int main(void)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char name[16] = "";

	setvbuf(stdout, NULL, _IONBF, 0);
	for (int i = 0; i <= BPF_MAXINSNS; i++)
		allowing[i] = (struct sock_filter)ALLOWED;
	prctl(PR_SET_NAME, "somebody");
	show("the name", prctl(PR_GET_NAME, name));
	printf("%s\n", name);
	show("no new rights", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	misuse();
	handle_on_little_stack();
	load("the longest", allowing, BPF_MAXINSNS);
	load("zero", counting_on_zero, 5);
	options_of(fd);
	load("refusing", refusing, 4);
	options_of(fd);
	return 0;
}
