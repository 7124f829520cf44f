/* SPDX-License-Identifier: MIT */
/*
 * What a process does to itself so that all that it becomes and starts is guarded.
 *
 * In this order: under the seal, a network in which there is nobody; no rights are gained by starting
 * programs any more, without which an ordinary user may not have a filter; the rights with which the
 * locks could be opened are given away, for good; Landlock; the filter. Each is inherited by
 * every child and survives exec, and none can be taken off.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bin/guard_cage.h"
#include "bin/guard_filter.h"
#include "bin/guard_kernel.h"

#ifndef CAP_BPF /* Linux 5.8 */
#define CAP_BPF 39
#endif

/* The kernel has them as bits of two words, in this order. */
typedef struct __user_cap_data_struct rights_words[_LINUX_CAPABILITY_U32S_3];

static void rights_lower(rights_words words, int right)
{
	const uint32_t rest = ~CAP_TO_MASK(right);

	words[CAP_TO_INDEX(right)].effective &= rest;
	words[CAP_TO_INDEX(right)].permitted &= rest;
	words[CAP_TO_INDEX(right)].inheritable &= rest;
}

/*
 * The bounding set is root's alone to lower, and holds nobody who was started with a right that is
 * inheritable or ambient: those come through exec beside it. What is not inheritable is not ambient.
 * False: errno is set.
 */
static bool rights_drop(void)
{
	static const int rights[] = {CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN, CAP_SYS_PTRACE,
		CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_BPF};
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	rights_words words;

	if (syscall(SYS_capget, &header, words) < 0)
		return false;
	for (size_t i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		prctl(PR_CAPBSET_DROP, rights[i], 0, 0, 0);
		rights_lower(words, rights[i]);
	}
	return syscall(SYS_capset, &header, words) == 0;
}

static bool landlock_pass(int rules, uint16_t port)
{
	const struct guard_landlock_port rule = {GUARD_LANDLOCK_CONNECT_TCP, port};

	return syscall(SYS_landlock_add_rule, rules, GUARD_LANDLOCK_RULE_PORT, &rule, 0) == 0;
}

/* As a rule nothing is allowed: the supervisor, which is outside, connects for all. */
static bool landlock_enter(uint16_t passed)
{
	const struct guard_landlock_attributes attributes = {
		.handled_access_net = GUARD_LANDLOCK_CONNECT_TCP};
	const unsigned version = 1; /* a flag: tell the ABI */
	bool entered;
	int rules;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, version) < GUARD_LANDLOCK_ABI_NET)
		return false;
	rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
	if (rules < 0)
		return false;
	entered = (passed == 0 || landlock_pass(rules, passed)) &&
		  syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return entered;
}

static int filter_load(const struct sock_fprog *program)
{
	const unsigned long flags =
		SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, program);

	if (listener < 0 && errno == EINVAL)
		listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
	return (int)listener;
}

static void fail(struct cage *out, const char *what)
{
	out->failed = what;
	out->error = errno;
}

void cage_enter(struct cage *out, const struct jail *jail, bool seal, uint16_t passed)
{
	struct guard_filter_choice choice = {
		.jail = jail->broker >= 0,
		.seal = seal,
		.pretend_undumpable = geteuid() != 0,
	};
	struct sock_fprog program;

	*out = (struct cage){.listener = -1};
	if (seal && !jail_enter(jail)) {
		fail(out, "the program's network cannot be entered");
		return;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		fail(out, "no_new_privs");
		return;
	}
	if (!rights_drop()) {
		fail(out, "the rights that it may not have");
		return;
	}
	out->landlock = landlock_enter(passed);
	choice.landlock = out->landlock;
	if (!guard_filter_build(&choice, &program)) {
		fail(out, "the filter was not built");
		return;
	}
	out->listener = filter_load(&program);
	if (out->listener < 0)
		fail(out, "the filter was not loaded");
	free(program.filter);
}
