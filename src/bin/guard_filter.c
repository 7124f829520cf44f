/* SPDX-License-Identifier: MIT */
/*
 * The guard's seccomp filter: the table guard.def as a program for the kernel.
 *
 * libseccomp composes the CALL rows: it knows every machine's numbers, tells the machines apart,
 * and answers ENOSYS to foreign ones and to x32. Two things cannot be said to it, and are put in
 * front of its program:
 *
 * - "Refuse what is not listed." A rule of its compares for equality under a mask, at most once per
 *   argument, and rules have no order.
 * - i386's socketcall. For a rule about connect it makes one about socketcall by itself, and of a
 *   condition on sendto's flags a condition on a register that holds nothing of the kind.
 *
 * So the RANKED rows become
 *
 *	machine?  number?  -> row, row, row, ... answer
 *	anything else      -> libseccomp's program
 *
 * Both parts look at the number before any argument. The kernel tries each number when the filter
 * is loaded, and where the answer does not hang on an argument it never runs the filter for it.
 *
 * All jumps of a filter lead forward. The front is therefore written from its end to its start:
 * what an instruction jumps to is there already, and nothing has to be patched.
 */
#include <errno.h>
#include <linux/if_tun.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bin/guard_filter.h"
#include "bin/guard_memory.h"

/* A machine, and the one whose programs it runs as well. Each is a column of NUMBERS. */
enum { X86_64, I386, AARCH64, ARM, MACHINES, FAMILY = 2 };
static const uint32_t machines[MACHINES] = {
	[X86_64] = SCMP_ARCH_X86_64,
	[I386] = SCMP_ARCH_X86,
	[AARCH64] = SCMP_ARCH_AARCH64,
	[ARM] = SCMP_ARCH_ARM,
};

enum when { ALWAYS, SEALED, UNSEALED, JAIL, NO_JAIL, NO_LANDLOCK, UNDUMPABLE };

/* argument & mask == value; none where the mask is 0. */
struct condition {
	unsigned argument;
	uint64_t mask, value;
};

enum { CONDITIONS = 3, TYPE_MASK = 0xf };

/* The columns of guard.def. */
#define CONDITION(argument, mask, value) \
	{                                \
		argument, mask, value    \
	}
#define ANY CONDITION(0, 0, 0)
#define INT(argument, value) CONDITION(argument, UINT32_MAX, value)
#define LONG(argument, value) CONDITION(argument, UINT64_MAX, value)
#define FLAG(argument, bit) CONDITION(argument, bit, bit)
#define TYPE(argument, value) CONDITION(argument, TYPE_MASK, value)
#define OPTION(level, name) INT(1, level), INT(2, name)
#define INET CONDITION(0, UINT32_MAX - 8, AF_INET)
_Static_assert((AF_INET & 8) == 0 && AF_INET6 == (AF_INET | 8), "INET: they differ in one bit");

#define ALLOW SECCOMP_RET_ALLOW
#define ASK SECCOMP_RET_USER_NOTIF
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))
#define PRETEND SECCOMP_RET_ERRNO

struct row {
	int call; /* libseccomp's number, or one of enum ranked_call */
	enum when when;
	uint32_t answer;
	struct condition conditions[CONDITIONS];
};

#define NUMBERS(call, ...)
#define RANKED(call, when, answer, reason, ...)
#define CALL(call, when, answer, reason, ...) {SCMP_SYS(call), when, answer, {__VA_ARGS__}},
static const struct row composed[] = {
#include "bin/guard.def"
};
#undef CALL
#undef RANKED
#undef NUMBERS

#define CALL(call, when, answer, reason, ...)
#define RANKED(call, when, answer, reason, ...)
#define NUMBERS(call, ...) RANKED_##call,
enum ranked_call {
#include "bin/guard.def"
	RANKED_CALLS
};
#undef NUMBERS

enum { NONE = -1 };
#define NUMBERS(call, ...) [RANKED_##call] = {__VA_ARGS__},
static const int numbers[RANKED_CALLS][MACHINES] = {
#include "bin/guard.def"
};
#undef NUMBERS
#undef RANKED

#define NUMBERS(call, ...)
#define RANKED(call, when, answer, reason, ...) {RANKED_##call, when, answer, {__VA_ARGS__}},
static const struct row ranked[] = {
#include "bin/guard.def"
};
#undef RANKED
#undef NUMBERS
#undef CALL

enum {
	COMPOSED = sizeof(composed) / sizeof(*composed),
	RANKS = sizeof(ranked) / sizeof(*ranked),
	/* The most that they can come to, as the put_ functions below have it. */
	ROW_LENGTH = 3 * CONDITIONS + 1,
	MACHINE_LENGTH = 2 * RANKED_CALLS + 3,
	FRONT_LENGTH = RANKS * ROW_LENGTH + FAMILY * MACHINE_LENGTH + 2,
};
_Static_assert(ROW_LENGTH <= UINT8_MAX && MACHINE_LENGTH <= UINT8_MAX,
	"a conditional jump leads no further");

static bool holds(enum when when, const struct guard_filter_choice *choice)
{
	switch (when) {
	case ALWAYS:
		return true;
	case SEALED:
		return choice->seal;
	case UNSEALED:
		return !choice->seal;
	case JAIL:
		return !choice->seal && choice->jail;
	case NO_JAIL:
		return !choice->seal && !choice->jail;
	case NO_LANDLOCK:
		return !choice->landlock;
	case UNDUMPABLE:
		return choice->pretend_undumpable;
	}
	return true;
}

/* ---- the front, written from its end ---- */

/* `code` is filled from its end; a place in it is told by how many instructions follow. */
struct front {
	struct sock_filter code[FRONT_LENGTH];
	size_t length;
};

static void put(struct front *front, unsigned code, uint32_t k, size_t otherwise)
{
	front->length++;
	front->code[FRONT_LENGTH - front->length] =
		(struct sock_filter){(uint16_t)code, 0, (uint8_t)otherwise, k};
}

static void put_load(struct front *front, size_t offset)
{
	put(front, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0);
}

static void put_jump(struct front *front, size_t place)
{
	put(front, BPF_JMP | BPF_JA, (uint32_t)(front->length - place), 0);
}

/* On to the next instruction where the value is `k`, else to `place`. */
static void put_equal(struct front *front, uint32_t k, size_t place)
{
	put(front, BPF_JMP | BPF_JEQ | BPF_K, k, front->length - place);
}

static void put_row(struct front *front, const struct row *row)
{
	const size_t next = front->length;

	put(front, BPF_RET | BPF_K, row->answer, 0);
	for (const struct condition *c = row->conditions + CONDITIONS; c-- > row->conditions;) {
		if (c->mask == 0)
			continue;
		put_equal(front, (uint32_t)c->value, next);
		put(front, BPF_ALU | BPF_AND | BPF_K, (uint32_t)c->mask, 0);
		/* The lower half is the first one on all of these machines. */
		put_load(front,
			offsetof(struct seccomp_data, args) + c->argument * sizeof(uint64_t));
	}
}

/* Returns the place of the first row. */
static size_t put_call(
	struct front *front, enum ranked_call call, const struct guard_filter_choice *choice)
{
	for (size_t i = RANKS; i-- > 0;) {
		if (ranked[i].call == (int)call && holds(ranked[i].when, choice))
			put_row(front, &ranked[i]);
	}
	return front->length;
}

/* From here to the rows of the call, or to `end`; on another machine to the next instruction. */
static void put_machine(
	struct front *front, unsigned machine, const size_t rows[static RANKED_CALLS], size_t end)
{
	const size_t next = front->length;

	put_jump(front, end);
	for (size_t call = 0; call < RANKED_CALLS; call++) {
		if (numbers[call][machine] == NONE)
			continue;
		put_jump(front, rows[call]);
		put_equal(front, (uint32_t)numbers[call][machine], front->length - 1);
	}
	put_load(front, offsetof(struct seccomp_data, nr));
	put_equal(front, machines[machine], next);
}

static void build_front(
	struct front *front, unsigned family, const struct guard_filter_choice *choice)
{
	size_t rows[RANKED_CALLS];
	const size_t end = front->length = 0;

	for (unsigned call = 0; call < RANKED_CALLS; call++)
		rows[call] = put_call(front, call, choice);
	put_jump(front, end);
	for (unsigned machine = family; machine < family + FAMILY; machine++)
		put_machine(front, machine, rows, end);
	put_load(front, offsetof(struct seccomp_data, arch));
}

/* ---- libseccomp's part; like its functions, these return 0 or an errno, negative ---- */

static int set_machines(scmp_filter_ctx context, unsigned family)
{
	bool native_stays = false;
	int result;

	for (unsigned machine = family; machine < family + FAMILY; machine++) {
		native_stays |= machines[machine] == seccomp_arch_native();
		result = seccomp_arch_add(context, machines[machine]);
		if (result != 0 && result != -EEXIST)
			return result;
	}
	return native_stays ? 0 : seccomp_arch_remove(context, seccomp_arch_native());
}

static int add_row(scmp_filter_ctx context, const struct row *row)
{
	struct scmp_arg_cmp compares[CONDITIONS];
	unsigned n = 0;

	for (const struct condition *c = row->conditions; c < row->conditions + CONDITIONS; c++) {
		if (c->mask != 0)
			compares[n++] =
				SCMP_CMP(c->argument, SCMP_CMP_MASKED_EQ, c->mask, c->value);
	}
	return seccomp_rule_add_array(context, row->answer, row->call, n, compares);
}

static int compose(
	scmp_filter_ctx context, unsigned family, const struct guard_filter_choice *choice)
{
	int result = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, REFUSE(ENOSYS));

	if (result == 0)
		result = set_machines(context, family);
	for (size_t i = 0; i < COMPOSED && result == 0; i++) {
		if (holds(composed[i].when, choice))
			result = add_row(context, &composed[i]);
	}
	return result;
}

static int compose_into(int fd, unsigned family, const struct guard_filter_choice *choice)
{
	scmp_filter_ctx context = seccomp_init(ALLOW);
	int result;

	if (context == NULL)
		return -ENOMEM;
	result = compose(context, family, choice);
	if (result == 0)
		result = seccomp_export_bpf(context, fd);
	seccomp_release(context);
	return result;
}

/* ---- both ---- */

/* The front, and behind it what is in the file. */
static int join(const struct front *front, int fd, struct sock_fprog *out)
{
	const size_t in_front = front->length * sizeof(*front->code);
	const off_t behind = lseek(fd, 0, SEEK_END);
	struct sock_filter *code = behind < 0 ? NULL : malloc(in_front + (size_t)behind);

	if (code == NULL)
		return -ENOMEM;
	memcpy(code, front->code + FRONT_LENGTH - front->length, in_front);
	if (pread(fd, code + front->length, (size_t)behind, 0) != behind) {
		free(code);
		return -EIO;
	}
	out->filter = code;
	out->len = (unsigned short)(front->length + (size_t)behind / sizeof(*code));
	return 0;
}

static int build(unsigned family, const struct guard_filter_choice *choice, struct sock_fprog *out)
{
	const int fd = guard_memory_make("tunic filter", 0);
	struct front front;
	int result;

	if (fd < 0)
		return -errno;
	build_front(&front, family, choice);
	result = compose_into(fd, family, choice);
	if (result == 0)
		result = join(&front, fd, out);
	close(fd);
	return result;
}

bool guard_filter_build_for(
	uint32_t arch, const struct guard_filter_choice *choice, struct sock_fprog *out)
{
	int result = -EOPNOTSUPP;

	for (unsigned machine = 0; machine < MACHINES; machine++) {
		if (machines[machine] == arch)
			result = build(machine - machine % FAMILY, choice, out);
	}
	errno = -result;
	return result == 0;
}

bool guard_filter_build(const struct guard_filter_choice *choice, struct sock_fprog *out)
{
	return guard_filter_build_for(seccomp_arch_native(), choice, out);
}
