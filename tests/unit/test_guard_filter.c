/* SPDX-License-Identifier: MIT */
/*
 * The guard's filter, call by call, for each machine: the programs are run by bpf.c. The numbers of
 * the system calls are written down here once more, since a table cannot check itself.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/if_tun.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "bin/guard_filter.h"
#include "bpf.h"
#include "core/policy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FOR_EACH(element, array) \
	for (__typeof__(&(array)[0]) element = (array); element < (array) + COUNT(array); element++)

#define ALLOWED SECCOMP_RET_ALLOW
#define ASKED SECCOMP_RET_USER_NOTIF
#define REFUSED(error) (SECCOMP_RET_ERRNO | (error))
#define PRETENDED SECCOMP_RET_ERRNO

enum { ARGUMENTS = 6, NONE = -1, X32 = 0x40000000, HIGHEST = 600 };
static const uint64_t garbage = UINT64_C(0xfeedface) << 32;

enum { X86_64, I386, AARCH64, ARM, MACHINES };
static const struct machine {
	const char *name;
	uint32_t arch;
	bool wide;
} machines[MACHINES] = {
	{"x86-64", AUDIT_ARCH_X86_64, true},
	{"i386", AUDIT_ARCH_I386, false},
	{"aarch64", AUDIT_ARCH_AARCH64, true},
	{"arm", AUDIT_ARCH_ARM, false},
};

static const struct guard_filter_choice full = {
	.jail = true, .landlock = true, .pretend_undumpable = true};
static const struct guard_filter_choice bare = {0};
static const struct guard_filter_choice sealed = {.jail = true, .landlock = true, .seal = true};

/* Every call that has rows, three that have none, and their numbers. */
enum call {
	ACCEPT4,
	BIND,
	CONNECT,
	GETPID,
	IOCTL,
	IO_URING_ENTER,
	IO_URING_REGISTER,
	IO_URING_SETUP,
	LISTEN,
	PIDFD_GETFD,
	PRCTL,
	PROCESS_VM_READV,
	PROCESS_VM_WRITEV,
	PTRACE,
	REQUEST_KEY,
	SENDMMSG,
	SENDMSG,
	SENDTO,
	SETNS,
	SETSOCKOPT,
	SOCKET,
	SOCKETCALL,
	SOCKETPAIR,
	CALLS,
};

static const int numbers[CALLS][MACHINES] = {
	[ACCEPT4] = {288, 364, 242, 366},
	[BIND] = {49, 361, 200, 282},
	[CONNECT] = {42, 362, 203, 283},
	[GETPID] = {39, 20, 172, 20},
	[IOCTL] = {16, 54, 29, 54},
	[IO_URING_ENTER] = {426, 426, 426, 426},
	[IO_URING_REGISTER] = {427, 427, 427, 427},
	[IO_URING_SETUP] = {425, 425, 425, 425},
	[LISTEN] = {50, 363, 201, 284},
	[PIDFD_GETFD] = {438, 438, 438, 438},
	[PRCTL] = {157, 172, 167, 172},
	[PROCESS_VM_READV] = {310, 347, 270, 376},
	[PROCESS_VM_WRITEV] = {311, 348, 271, 377},
	[PTRACE] = {101, 26, 117, 26},
	[REQUEST_KEY] = {249, 287, 218, 310},
	[SENDMMSG] = {307, 345, 269, 374},
	[SENDMSG] = {46, 370, 211, 296},
	[SENDTO] = {44, 369, 206, 290},
	[SETNS] = {308, 346, 268, 375},
	[SETSOCKOPT] = {54, 366, 208, 294},
	[SOCKET] = {41, 359, 198, 281},
	[SOCKETCALL] = {NONE, 102, NONE, NONE},
	[SOCKETPAIR] = {53, 360, 199, 288},
};

struct row {
	enum call call;
	uint64_t args[ARGUMENTS];
	uint32_t answer;
};

/* ---- asking a filter ------------------------------------------------------------------------- */

static struct sock_fprog build(
	const struct machine *machine, const struct guard_filter_choice *choice)
{
	struct sock_fprog filter;

	if (!guard_filter_build_for(machine->arch, choice, &filter))
		fail_msg("%s: %s", machine->name, strerror(errno));
	assert_true(bpf_valid(&filter));
	return filter;
}

static uint32_t answer_of(const struct sock_fprog *filter, const struct machine *machine,
	int number, const uint64_t args[static ARGUMENTS])
{
	struct seccomp_data data = {.nr = number, .arch = machine->arch};
	bool constant;

	memcpy(data.args, args, sizeof(data.args));
	return bpf_run(filter, &data, &constant);
}

/* As it is written, and with garbage above any of the arguments: the kernel sees no difference. */
static void check(const struct sock_fprog *filter, const struct machine *machine, int number,
	const uint64_t args[static ARGUMENTS], uint32_t answer)
{
	uint64_t dirty[ARGUMENTS], got;

	for (unsigned above = 0; above < 1u << ARGUMENTS; above++) {
		for (unsigned i = 0; i < ARGUMENTS; i++)
			dirty[i] = args[i] | (above >> i & 1 ? garbage : 0);
		got = answer_of(filter, machine, number, dirty);
		if (got != answer)
			fail_msg("%s: call %d(%#jx, %#jx, %#jx, %#jx): %#jx instead of %#x",
				machine->name, number, (uintmax_t)dirty[0], (uintmax_t)dirty[1],
				(uintmax_t)dirty[2], (uintmax_t)dirty[3], (uintmax_t)got, answer);
	}
}

static void check_rows(const struct guard_filter_choice *choice, const struct row *rows, size_t n)
{
	struct sock_fprog filter;

	FOR_EACH(machine, machines)
	{
		filter = build(machine, choice);
		for (size_t i = 0; i < n; i++) {
			const int number = numbers[rows[i].call][machine - machines];

			if (number != NONE)
				check(&filter, machine, number, rows[i].args, rows[i].answer);
		}
		free(filter.filter);
	}
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void calls_that_reach_out_are_asked_or_refused(void **state)
{
	static const struct row rows[] = {
		{CONNECT, {3, 0x7ffc0000, 16}, ASKED},
		{BIND, {3, 0x7ffc0000, 16}, ASKED},
		{LISTEN, {3, 5}, ASKED},
		{ACCEPT4, {3, 0, 0, SOCK_CLOEXEC}, ALLOWED},
		{IO_URING_SETUP, {8, 0x7ffc0000}, REFUSED(ENOSYS)},
		{IO_URING_ENTER, {3, 1, 1, 0}, REFUSED(ENOSYS)},
		{IO_URING_REGISTER, {3, 0}, REFUSED(ENOSYS)},
		{PIDFD_GETFD, {3, 4, 0}, REFUSED(EPERM)},
		{SETNS, {3, 0}, REFUSED(EPERM)},
		{REQUEST_KEY, {0x7ffc0000}, REFUSED(EPERM)},
		{IOCTL, {3, TUNSETIFF, 0x7ffc0000}, REFUSED(EPERM)},
		{IOCTL, {0, TIOCSTI, 0x7ffc0000}, REFUSED(EPERM)},
		{IOCTL, {0, TIOCLINUX, 0x7ffc0000}, REFUSED(EPERM)},
		{IOCTL, {0, TCGETS, TIOCSTI}, ALLOWED},
		{GETPID, {0}, ALLOWED},
	};
	(void)state;
	check_rows(&full, rows, COUNT(rows));
}

static void fast_open_is_refused_in_every_send(void **state)
{
	static const struct row rows[] = {
		{SENDTO, {3, 0, 0, 0}, ALLOWED},
		{SENDTO, {3, 0, 0, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE}, ALLOWED},
		{SENDTO, {3, 0, MSG_FASTOPEN, 0, MSG_FASTOPEN, MSG_FASTOPEN}, ALLOWED},
		{SENDTO, {3, 0, 0, MSG_FASTOPEN}, REFUSED(EOPNOTSUPP)},
		{SENDTO, {3, 0, 0, MSG_FASTOPEN | MSG_NOSIGNAL}, REFUSED(EOPNOTSUPP)},
		{SENDTO, {3, 0, 0, UINT32_MAX}, REFUSED(EOPNOTSUPP)},
		{SENDMSG, {3, 0, MSG_NOSIGNAL, MSG_FASTOPEN}, ALLOWED},
		{SENDMSG, {3, 0, MSG_FASTOPEN}, REFUSED(EOPNOTSUPP)},
		{SENDMSG, {3, 0, MSG_FASTOPEN | MSG_DONTWAIT}, REFUSED(EOPNOTSUPP)},
		{SENDMMSG, {3, 0, MSG_FASTOPEN, MSG_NOSIGNAL}, ALLOWED},
		{SENDMMSG, {3, 0, 2, MSG_FASTOPEN}, REFUSED(EOPNOTSUPP)},
		{SENDMMSG, {3, 0, 2, MSG_FASTOPEN | MSG_DONTWAIT}, REFUSED(EOPNOTSUPP)},
	};
	(void)state;
	check_rows(&full, rows, COUNT(rows));
	check_rows(&sealed, rows, COUNT(rows));
}

static void without_landlock_no_process_outside_can_be_taken_over(void **state)
{
	static const struct row held[] = {
		{PTRACE, {PTRACE_ATTACH, 77}, REFUSED(EPERM)},
		{PTRACE, {PTRACE_SEIZE, 77}, REFUSED(EPERM)},
		{PTRACE, {PTRACE_TRACEME}, ALLOWED},
		{PTRACE, {PTRACE_CONT, PTRACE_ATTACH}, ALLOWED},
		{PROCESS_VM_WRITEV, {77}, REFUSED(EPERM)},
		{PROCESS_VM_READV, {77}, ALLOWED},
	};
	static const struct row left_to_landlock[] = {
		{PTRACE, {PTRACE_ATTACH, 77}, ALLOWED},
		{PTRACE, {PTRACE_SEIZE, 77}, ALLOWED},
		{PROCESS_VM_WRITEV, {77}, ALLOWED},
	};
	(void)state;
	check_rows(&bare, held, COUNT(held));
	check_rows(&full, left_to_landlock, COUNT(left_to_landlock));
}

static void undumpable_is_pretended_only_where_the_choice_says_so(void **state)
{
	static const struct row pretended[] = {
		{PRCTL, {PR_SET_DUMPABLE, 1}, ALLOWED},
		{PRCTL, {PR_GET_DUMPABLE, 0}, ALLOWED},
		{PRCTL, {PR_SET_NO_NEW_PRIVS, 0}, ALLOWED},
	};
	static const struct row done[] = {{PRCTL, {PR_SET_DUMPABLE, 0}, ALLOWED}};
	static const uint64_t zero[ARGUMENTS] = {PR_SET_DUMPABLE};
	/* prctl's second argument is a long: this is not 0, and the kernel says EINVAL. */
	static const uint64_t wide[ARGUMENTS] = {PR_SET_DUMPABLE, UINT64_C(1) << 32};
	static const uint64_t dirty[ARGUMENTS] = {PR_SET_DUMPABLE | UINT64_C(1) << 32};
	struct sock_fprog filter;

	(void)state;
	check_rows(&bare, done, COUNT(done));
	check_rows(&full, pretended, COUNT(pretended));
	FOR_EACH(machine, machines)
	{
		const int number = numbers[PRCTL][machine - machines];

		filter = build(machine, &full);
		assert_int_equal(answer_of(&filter, machine, number, zero), PRETENDED);
		assert_int_equal(answer_of(&filter, machine, number, dirty), PRETENDED);
		assert_int_equal(answer_of(&filter, machine, number, wide),
			machine->wide ? ALLOWED : PRETENDED);
		free(filter.filter);
	}
}

static void sealed_only_connect_is_asked_and_the_denials_stay(void **state)
{
	static const struct row rows[] = {
		{CONNECT, {3, 0x7ffc0000, 16}, ASKED},
		{BIND, {3, 0x7ffc0000, 16}, ALLOWED},
		{LISTEN, {3, 5}, ALLOWED},
		{SOCKET, {AF_INET, SOCK_DGRAM, 0}, ALLOWED},
		{SOCKET, {AF_INET6, SOCK_DGRAM, IPPROTO_UDP}, ALLOWED},
		{SOCKET, {AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_PACKET, SOCK_RAW, 0}, REFUSED(EAFNOSUPPORT)},
		{SOCKET, {AF_VSOCK, SOCK_STREAM, 0}, REFUSED(EAFNOSUPPORT)},
		{IO_URING_SETUP, {8}, REFUSED(ENOSYS)},
		{PIDFD_GETFD, {3, 4, 0}, REFUSED(EPERM)},
		{SETNS, {3, 0}, REFUSED(EPERM)},
		{REQUEST_KEY, {0}, REFUSED(EPERM)},
		{IOCTL, {3, TUNSETIFF}, ALLOWED},
		{IOCTL, {0, TIOCSTI}, REFUSED(EPERM)},
		{SOCKETCALL, {SYS_CONNECT}, ASKED},
		{SOCKETCALL, {SYS_SOCKET}, ASKED},
		{SOCKETCALL, {SYS_SOCKETPAIR}, ASKED},
		{SOCKETCALL, {SYS_BIND}, ALLOWED},
		{SOCKETCALL, {SYS_SENDMSG}, ALLOWED},
	};
	(void)state;
	check_rows(&sealed, rows, COUNT(rows));
}

/* The arguments are in memory: what may not be decided by the number alone is the supervisor's. */
static void of_socketcall_all_that_needs_a_look_is_asked(void **state)
{
	static const struct row rows[] = {
		{SOCKETCALL, {0}, ALLOWED},
		{SOCKETCALL, {SYS_SOCKET, AF_UNIX, 1}, ASKED},
		{SOCKETCALL, {SYS_BIND}, ASKED},
		{SOCKETCALL, {SYS_CONNECT}, ASKED},
		{SOCKETCALL, {SYS_LISTEN}, ASKED},
		{SOCKETCALL, {SYS_ACCEPT}, ALLOWED},
		{SOCKETCALL, {SYS_GETSOCKNAME}, ALLOWED},
		{SOCKETCALL, {SYS_GETPEERNAME}, ALLOWED},
		{SOCKETCALL, {SYS_SOCKETPAIR}, ASKED},
		{SOCKETCALL, {SYS_SEND}, ALLOWED},
		{SOCKETCALL, {SYS_RECV}, ALLOWED},
		{SOCKETCALL, {SYS_SENDTO}, ASKED},
		{SOCKETCALL, {SYS_SENDTO, 0, 0, MSG_FASTOPEN}, ASKED},
		{SOCKETCALL, {SYS_RECVFROM}, ALLOWED},
		{SOCKETCALL, {SYS_SHUTDOWN}, ALLOWED},
		{SOCKETCALL, {SYS_SETSOCKOPT}, ASKED},
		{SOCKETCALL, {SYS_GETSOCKOPT}, ALLOWED},
		{SOCKETCALL, {SYS_SENDMSG}, ASKED},
		{SOCKETCALL, {SYS_RECVMSG}, ALLOWED},
		{SOCKETCALL, {SYS_ACCEPT4}, ALLOWED},
		{SOCKETCALL, {SYS_RECVMMSG}, ALLOWED},
		{SOCKETCALL, {SYS_SENDMMSG}, ASKED},
		{SOCKETCALL, {SYS_SENDMMSG + 1}, ALLOWED},
	};
	(void)state;
	check_rows(&full, rows, COUNT(rows));
	check_rows(&bare, rows, COUNT(rows));
}

/* ---- sockets --------------------------------------------------------------------------------- */

static void sockets_that_can_be_carried_are_made_and_no_others(void **state)
{
	static const struct row rows[] = {
		{SOCKET, {AF_UNIX, SOCK_STREAM, 0}, ALLOWED},
		{SOCKET, {AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0}, ALLOWED},
		{SOCKET, {AF_INET, SOCK_STREAM, 0}, ALLOWED},
		{SOCKET, {AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP}, ALLOWED},
		{SOCKET, {AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0}, ALLOWED},
		{SOCKET, {AF_INET, SOCK_STREAM, IPPROTO_MPTCP}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_INET6, SOCK_STREAM, IPPROTO_SCTP}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_INET, SOCK_STREAM, 256}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_INET, SOCK_STREAM, 0x10006}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_INET, SOCK_DCCP, IPPROTO_DCCP}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_INET, SOCK_PACKET, 0x300}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_INET, SOCK_RAW, IPPROTO_ICMP}, REFUSED(EACCES)},
		{SOCKET, {AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW}, REFUSED(EACCES)},
		{SOCKET, {AF_INET, SOCK_DGRAM, 0}, ASKED},
		{SOCKET, {AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP}, ASKED},
		{SOCKET, {AF_INET, SOCK_DGRAM, IPPROTO_ICMP}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_NETLINK, SOCK_RAW, NETLINK_ROUTE}, ALLOWED},
		{SOCKET, {AF_NETLINK, SOCK_DGRAM, NETLINK_GENERIC}, REFUSED(EAFNOSUPPORT)},
		{SOCKET, {AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER}, REFUSED(EAFNOSUPPORT)},
		{SOCKET, {AF_PACKET, SOCK_DGRAM, 0x300}, REFUSED(EAFNOSUPPORT)},
		{SOCKET, {0, SOCK_STREAM, 0}, REFUSED(EAFNOSUPPORT)},
		{SOCKET, {UINT32_MAX, SOCK_STREAM, 0}, REFUSED(EAFNOSUPPORT)},
		{SOCKET, {0x80000000 | AF_INET, SOCK_STREAM, 0}, REFUSED(EAFNOSUPPORT)},
		{SOCKETPAIR, {AF_UNIX, SOCK_DGRAM, 0}, ALLOWED},
		{SOCKETPAIR, {AF_INET, SOCK_STREAM, 0}, REFUSED(EOPNOTSUPP)},
		{SOCKETPAIR, {AF_TIPC, SOCK_DGRAM, 0}, REFUSED(EOPNOTSUPP)},
	};
	(void)state;
	check_rows(&full, rows, COUNT(rows));
}

static void without_a_jail_datagram_sockets_are_refused(void **state)
{
	static const struct row rows[] = {
		{SOCKET, {AF_INET, SOCK_DGRAM, 0}, REFUSED(EACCES)},
		{SOCKET, {AF_INET, SOCK_DGRAM, IPPROTO_UDP}, REFUSED(EACCES)},
		{SOCKET, {AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0}, REFUSED(EACCES)},
		{SOCKET, {AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6}, REFUSED(EPROTONOSUPPORT)},
		{SOCKET, {AF_UNIX, SOCK_DGRAM, 0}, ALLOWED},
	};
	(void)state;
	check_rows(&bare, rows, COUNT(rows));
}

static uint32_t as_the_shim(struct judgement judgement)
{
	return judgement.verdict == VERDICT_THROUGH
		       ? ALLOWED
		       : REFUSED((unsigned)refusal_rows[judgement.refusal].error);
}

/* The shim lets datagram sockets be made, and judges what they send. */
static uint32_t socket_answer(int family, int type, int protocol, uint32_t datagram)
{
	const uint32_t answer = as_the_shim(policy_socket(family, type, protocol));
	const bool inet = family == AF_INET || family == AF_INET6;

	return inet && type == SOCK_DGRAM && answer == ALLOWED ? datagram : answer;
}

static void check_sockets(
	const struct machine *machine, const struct guard_filter_choice *choice, uint32_t datagram)
{
	enum { FAMILIES = 48, TYPES = 16, PROTOCOLS = 300 };
	struct sock_fprog filter = build(machine, choice);

	for (int i = 0; i < FAMILIES * TYPES * PROTOCOLS; i++) {
		const int family = i % FAMILIES, type = i / FAMILIES % TYPES;
		const int protocol = i / FAMILIES / TYPES;
		const uint64_t args[ARGUMENTS] = {
			(unsigned)family, (unsigned)type, (unsigned)protocol};

		if (answer_of(&filter, machine, numbers[SOCKET][machine - machines], args) !=
			socket_answer(family, type, protocol, datagram))
			fail_msg("%s: socket(%d, %d, %d)", machine->name, family, type, protocol);
	}
	free(filter.filter);
}

static void the_filter_makes_the_sockets_that_the_shim_makes(void **state)
{
	(void)state;
	FOR_EACH(machine, machines)
	{
		check_sockets(machine, &full, ASKED);
		check_sockets(machine, &bare, REFUSED(EACCES));
		check_sockets(machine, &sealed, ALLOWED);
	}
}

static void the_filter_refuses_the_options_that_steer_packets(void **state)
{
	enum { LEVELS = 300, NAMES = 80 };
	struct sock_fprog filter;
	struct judgement judgement;

	(void)state;
	FOR_EACH(machine, machines)
	{
		const int number = numbers[SETSOCKOPT][machine - machines];

		filter = build(machine, &full);
		for (int i = 0; i < LEVELS * NAMES; i++) {
			const uint64_t args[ARGUMENTS] = {
				3, (unsigned)i / NAMES, (unsigned)i % NAMES, 0x7ffc0000, 4};

			judgement = policy_sockopt(i / NAMES, i % NAMES);
			check(&filter, machine, number, args,
				judgement.refusal == REFUSAL_STEERING ? as_the_shim(judgement)
								      : ALLOWED);
		}
		free(filter.filter);
	}
}

/* ---- numbers and machines -------------------------------------------------------------------- */

static bool has_rows(size_t machine, int number)
{
	FOR_EACH(call, numbers)
	{
		if ((*call)[machine] == number)
			return true;
	}
	return false;
}

static void calls_without_rows_are_allowed_by_their_number_alone(void **state)
{
	struct sock_fprog filter;
	bool constant;

	(void)state;
	FOR_EACH(machine, machines)
	{
		filter = build(machine, &bare);
		for (int number = 0; number < HIGHEST; number++) {
			const struct seccomp_data data = {.nr = number, .arch = machine->arch};

			if (has_rows((size_t)(machine - machines), number))
				continue;
			assert_int_equal(bpf_run(&filter, &data, &constant), ALLOWED);
			assert_true(constant);
		}
		free(filter.filter);
	}
}

static void x32_calls_do_not_exist(void **state)
{
	static const uint64_t args[ARGUMENTS] = {AF_INET, SOCK_STREAM, 0};
	struct sock_fprog filter = build(&machines[X86_64], &full);

	(void)state;
	for (int number = X32; number < X32 + HIGHEST; number++)
		check(&filter, &machines[X86_64], number, args, REFUSED(ENOSYS));
	check(&filter, &machines[X86_64], INT32_MAX, args, REFUSED(ENOSYS));
	check(&filter, &machines[X86_64], INT32_MIN, args, REFUSED(ENOSYS));
	free(filter.filter);
}

static void a_filter_knows_its_machine_and_the_32_bit_one_and_no_other(void **state)
{
	static const struct machine foreign = {"riscv", AUDIT_ARCH_RISCV64, true};
	static const uint64_t args[ARGUMENTS] = {AF_UNIX};
	struct sock_fprog filter;

	(void)state;
	FOR_EACH(machine, machines)
	{
		filter = build(machine, &full);
		check(&filter, &foreign, 0, args, REFUSED(ENOSYS));
		FOR_EACH(other, machines)
		{
			const bool kin = (machine - machines) / 2 == (other - machines) / 2;
			const int number = numbers[SOCKET][other - machines];

			check(&filter, other, number, args, kin ? ALLOWED : REFUSED(ENOSYS));
		}
		free(filter.filter);
	}
	errno = 0;
	assert_false(guard_filter_build_for(foreign.arch, &full, &filter));
	assert_int_equal(errno, EOPNOTSUPP);
}

static void this_machine_has_a_filter(void **state)
{
	struct sock_fprog filter;

	(void)state;
	assert_true(guard_filter_build(&full, &filter));
	assert_true(bpf_valid(&filter));
	free(filter.filter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_that_reach_out_are_asked_or_refused),
		cmocka_unit_test(fast_open_is_refused_in_every_send),
		cmocka_unit_test(without_landlock_no_process_outside_can_be_taken_over),
		cmocka_unit_test(undumpable_is_pretended_only_where_the_choice_says_so),
		cmocka_unit_test(sealed_only_connect_is_asked_and_the_denials_stay),
		cmocka_unit_test(of_socketcall_all_that_needs_a_look_is_asked),
		cmocka_unit_test(sockets_that_can_be_carried_are_made_and_no_others),
		cmocka_unit_test(without_a_jail_datagram_sockets_are_refused),
		cmocka_unit_test(the_filter_makes_the_sockets_that_the_shim_makes),
		cmocka_unit_test(the_filter_refuses_the_options_that_steer_packets),
		cmocka_unit_test(calls_without_rows_are_allowed_by_their_number_alone),
		cmocka_unit_test(x32_calls_do_not_exist),
		cmocka_unit_test(a_filter_knows_its_machine_and_the_32_bit_one_and_no_other),
		cmocka_unit_test(this_machine_has_a_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
