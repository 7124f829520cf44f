/* SPDX-License-Identifier: MIT */
/*
 * What this kernel makes of the guard's filter: children load it and make the calls themselves, as
 * whoever runs the test and, if that is root, as nobody too.
 */
#include <errno.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bin/guard_filter.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HIGH (1L << 32)

enum { NOBODY = 65534, PATIENCE_MS = 10000, ANSWER = EXDEV };

static const struct guard_filter_choice full = {
	.jail = true, .landlock = true, .pretend_undumpable = true};
static const struct guard_filter_choice none = {0};

/* A call and the errno that it has to fail with, or 0. */
struct row {
	const char *what;
	long number, args[5];
	int error;
};

/* The children have no cmocka: what is wrong they say themselves, and end. */
static void must(bool good, const char *what, int error)
{
	if (good)
		return;
	fprintf(stderr, "as user %d: %s: %s\n", (int)geteuid(), what, strerror(error));
	_exit(1);
}

/* Returns the listener. */
static int load(const struct guard_filter_choice *choice)
{
	struct sock_fprog filter;
	long listener;

	must(guard_filter_build(choice, &filter), "build", errno);
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs", errno);
	listener = syscall(
		SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
	must(listener >= 0, "load", errno);
	free(filter.filter);
	return (int)listener;
}

static int error_of(const struct row *row)
{
	const long *a = row->args;

	return syscall(row->number, a[0], a[1], a[2], a[3], a[4]) < 0 ? errno : 0;
}

static void make_calls(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const int error = error_of(&rows[i]);

		must(error == rows[i].error, rows[i].what, error);
	}
}

static void run_as(uid_t uid, void (*body)(void))
{
	int status;
	const pid_t child = fork();

	if (child == 0) {
		must(uid == geteuid() || setresuid(uid, uid, uid) == 0, "setresuid", errno);
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void run(void (*body)(void))
{
	run_as(geteuid(), body);
	if (geteuid() == 0)
		run_as(NOBODY, body);
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void make_refused_calls(void)
{
	static const struct row rows[] = {
		{"AF_UNIX", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}, 0},
		{"TCP", SYS_socket, {AF_INET, SOCK_STREAM, IPPROTO_TCP}, 0},
		{"TCP, wide", SYS_socket, {HIGH | AF_INET, HIGH | SOCK_STREAM, HIGH}, 0},
		{"route", SYS_socket, {AF_NETLINK, SOCK_RAW, NETLINK_ROUTE}, 0},
		{"UDP", SYS_socket, {AF_INET, SOCK_DGRAM, 0}, EACCES},
		{"UDP, wide", SYS_socket, {HIGH | AF_INET, SOCK_DGRAM, 0}, EACCES},
		{"UDP, wider", SYS_socket, {AF_INET, HIGH | SOCK_DGRAM, HIGH | IPPROTO_UDP},
			EACCES},
		{"raw", SYS_socket, {AF_INET, SOCK_RAW, IPPROTO_ICMP}, EACCES},
		{"ping", SYS_socket, {AF_INET, SOCK_DGRAM, IPPROTO_ICMP}, EPROTONOSUPPORT},
		{"MPTCP", SYS_socket, {AF_INET, SOCK_STREAM, IPPROTO_MPTCP}, EPROTONOSUPPORT},
		{"packets", SYS_socket, {AF_PACKET, SOCK_RAW, 0x300}, EAFNOSUPPORT},
		{"generic", SYS_socket, {AF_NETLINK, SOCK_RAW, NETLINK_GENERIC}, EAFNOSUPPORT},
		{"VSOCK", SYS_socket, {AF_VSOCK, SOCK_STREAM, 0}, EAFNOSUPPORT},
		{"pair", SYS_socketpair, {AF_INET, SOCK_STREAM, 0, 0}, EOPNOTSUPP},
		{"fast open", SYS_sendto, {0, 0, 0, MSG_FASTOPEN}, EOPNOTSUPP},
		{"fast open", SYS_sendmsg, {0, 0, MSG_FASTOPEN}, EOPNOTSUPP},
		{"fast open, wide", SYS_sendmsg, {0, 0, HIGH | MSG_FASTOPEN}, EOPNOTSUPP},
		{"fast open", SYS_sendmmsg, {0, 0, 0, MSG_FASTOPEN}, EOPNOTSUPP},
		{"sendto", SYS_sendto, {-1, 0, 0, 0}, EBADF},
		{"source route", SYS_setsockopt, {-1, IPPROTO_IP, IP_OPTIONS}, EPERM},
		{"source route, wide", SYS_setsockopt, {-1, HIGH, HIGH | IP_OPTIONS}, EPERM},
		{"mark", SYS_setsockopt, {-1, SOL_SOCKET, SO_MARK}, EPERM},
		{"keepalive", SYS_setsockopt, {-1, SOL_SOCKET, SO_KEEPALIVE}, EBADF},
		{"ring", SYS_io_uring_setup, {8, 0}, ENOSYS},
		{"ring", SYS_io_uring_enter, {-1, 1, 0, 0, 0}, ENOSYS},
		{"ring", SYS_io_uring_register, {-1, IORING_REGISTER_PROBE, 0, 0}, ENOSYS},
		{"theft", SYS_pidfd_getfd, {-1, 0, 0}, EPERM},
		{"namespace", SYS_setns, {-1, 0}, EPERM},
		{"key", SYS_request_key, {0, 0, 0, 0}, EPERM},
		{"tap", SYS_ioctl, {-1, TUNSETIFF, 0}, EPERM},
		{"typing", SYS_ioctl, {-1, TIOCSTI, 0}, EPERM},
		{"typing, wide", SYS_ioctl, {-1, HIGH | TIOCSTI, 0}, EPERM},
		{"looking", SYS_ioctl, {-1, TCGETS, 0}, EBADF},
		{"attach", SYS_ptrace, {PTRACE_ATTACH, -1}, EPERM},
		{"seize", SYS_ptrace, {PTRACE_SEIZE, -1}, EPERM},
		{"injection", SYS_process_vm_writev, {-1, 0, 0, 0, 0}, EPERM},
		{"undumpable", SYS_prctl, {PR_SET_DUMPABLE, 0}, 0},
		{"dumpable?", SYS_prctl, {PR_SET_DUMPABLE, 2}, EINVAL},
	};
	close(load(&none));
	make_calls(rows, COUNT(rows));
	must(prctl(PR_GET_DUMPABLE) == 0, "undumpable in earnest", 0);
}

static void refused_calls_fail_with_their_errno(void **state)
{
	(void)state;
	run(make_refused_calls);
}

static void make_undumpable(void)
{
	close(load(&full));
	must(prctl(PR_SET_DUMPABLE, 1) == 0, "dumpable", errno);
	must(prctl(PR_SET_DUMPABLE, 0) == 0, "undumpable", errno);
	must(prctl(PR_GET_DUMPABLE) == 1, "undumpable in pretence", 0);
}

static void a_program_that_makes_itself_undumpable_is_told_so_and_stays_dumpable(void **state)
{
	(void)state;
	run(make_undumpable);
}

/* ---- questions ------------------------------------------------------------------------------- */

static const struct row asked[] = {
	{"connect", SYS_connect, {77, 1, 2}, ANSWER},
	{"bind", SYS_bind, {77, 1, 2}, ANSWER},
	{"listen", SYS_listen, {77, 1}, ANSWER},
	{"UDP", SYS_socket, {AF_INET, SOCK_DGRAM, 0}, ANSWER},
	{"UDP, wide", SYS_socket, {HIGH | AF_INET6, SOCK_DGRAM, HIGH | IPPROTO_UDP}, ANSWER},
};

static void answer(int listener, const struct row *row)
{
	struct pollfd ready = {.fd = listener, .events = POLLIN};
	struct seccomp_notif question = {0};
	struct seccomp_notif_resp response = {.error = -ANSWER};

	must(poll(&ready, 1, PATIENCE_MS) == 1 && ready.revents & POLLIN, row->what, ETIMEDOUT);
	must(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &question) == 0, "receive", errno);
	must(question.data.nr == row->number, row->what, EPROTO);
	must((long)question.data.args[0] == row->args[0], row->what, EPROTO);
	response.id = question.id;
	must(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0, "send", errno);
}

static void ask_and_answer(void)
{
	const int listener = load(&full);
	int status;
	const pid_t child = fork();

	if (child == 0) {
		close(listener);
		make_calls(asked, COUNT(asked));
		_exit(0);
	}
	for (size_t i = 0; i < COUNT(asked); i++)
		answer(listener, &asked[i]);
	must(waitpid(child, &status, 0) == child && status == 0, "asking", 0);
}

static void asked_calls_come_to_the_listener_and_get_its_answer(void **state)
{
	(void)state;
	run(ask_and_answer);
}

static void ask_nobody(void)
{
	close(load(&full));
	for (size_t i = 0; i < COUNT(asked); i++) {
		const int error = error_of(&asked[i]);

		must(error == ENOSYS, asked[i].what, error);
	}
}

static void asked_calls_fail_when_nobody_listens(void **state)
{
	(void)state;
	run(ask_nobody);
}

/* ---- i386 ------------------------------------------------------------------------------------ */

#ifdef __x86_64__
/* What 64-bit code can do, too, and then with garbage in the upper halves. Returns -errno. */
static int i386_call(const struct row *row)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(row->number), "b"(row->args[0]), "c"(row->args[1]),
			 "d"(row->args[2]), "S"(row->args[3])
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

static void make_i386_calls(void)
{
	enum {
		GETPID = 20,
		SOCKETCALL = 102,
		SETNS = 346,
		SOCKET = 359,
		CONNECT = 362,
		SENDTO = 369
	};
	static const struct row rows[] = {
		{"socketcall socket", SOCKETCALL, {SYS_SOCKET, 0}, ENOSYS},
		{"socketcall connect", SOCKETCALL, {SYS_CONNECT, 0}, ENOSYS},
		{"socketcall connect, wide", SOCKETCALL, {HIGH | SYS_CONNECT, 0}, ENOSYS},
		{"socketcall sendmsg", SOCKETCALL, {SYS_SENDMSG, 0}, ENOSYS},
		{"socketcall recv", SOCKETCALL, {SYS_RECV, 0}, EFAULT},
		{"connect", CONNECT, {-1, 0, 0}, ENOSYS},
		{"UDP", SOCKET, {AF_INET, SOCK_DGRAM, 0}, ENOSYS},
		{"UDP, wide", SOCKET, {HIGH | AF_INET, HIGH | SOCK_DGRAM, HIGH}, ENOSYS},
		{"packets", SOCKET, {AF_PACKET, SOCK_RAW, 0}, EAFNOSUPPORT},
		{"packets, wide", SOCKET, {HIGH | AF_PACKET, SOCK_RAW, 0}, EAFNOSUPPORT},
		{"fast open", SENDTO, {-1, 0, 0, MSG_FASTOPEN}, EOPNOTSUPP},
		{"fast open, wide", SENDTO, {-1, 0, 0, HIGH | MSG_FASTOPEN}, EOPNOTSUPP},
		{"sendto", SENDTO, {-1, 0, 0, 0}, EBADF},
		{"namespace", SETNS, {-1, 0}, EPERM},
	};
	static const struct row getpid_row = {.number = GETPID};

	close(load(&full));
	must(i386_call(&getpid_row) == getpid(), "getpid", 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const int result = i386_call(&rows[i]);

		must(result == -rows[i].error, rows[i].what, -result);
	}
}

static void i386_calls_of_64_bit_code_are_judged_like_its_own(void **state)
{
	(void)state;
	run(make_i386_calls);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_calls_fail_with_their_errno),
		cmocka_unit_test(
			a_program_that_makes_itself_undumpable_is_told_so_and_stays_dumpable),
		cmocka_unit_test(asked_calls_come_to_the_listener_and_get_its_answer),
		cmocka_unit_test(asked_calls_fail_when_nobody_listens),
#ifdef __x86_64__
		cmocka_unit_test(i386_calls_of_64_bit_code_are_judged_like_its_own),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
