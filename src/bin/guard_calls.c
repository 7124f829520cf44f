/* SPDX-License-Identifier: MIT */
/* Which trapped call is answered by whom, whatever the machine that it is made for. */
#include <errno.h>
#include <linux/audit.h>
#include <stddef.h>

#include "bin/guard_calls.h"
#include "bin/guard_connect.h"
#include "bin/guard_datagram.h"
#include "bin/guard_inbound.h"
#include "bin/guard_notice.h"
#include "bin/guard_run.h"
#include "bin/guard_socketcall.h"
#include "bin/guard_tally.h"

typedef void answerer(const struct seccomp_notif *notice);

enum { SOCKET, CONNECT, BIND, LISTEN, CALLS };
enum { SOCKETCALL = 102 };

static answerer *const answerers[CALLS] = {
	[SOCKET] = guard_socket,
	[CONNECT] = guard_connect,
	[BIND] = guard_bind,
	[LISTEN] = guard_listen,
};

/* As guard.def has them. i386's socketcall, whose arguments are in memory, is answered apart. */
static const struct {
	uint32_t machine;
	int numbers[CALLS];
} machines[] = {
	{AUDIT_ARCH_X86_64, {[SOCKET] = 41, [CONNECT] = 42, [BIND] = 49, [LISTEN] = 50}},
	{AUDIT_ARCH_I386, {[SOCKET] = 359, [CONNECT] = 362, [BIND] = 361, [LISTEN] = 363}},
	{AUDIT_ARCH_AARCH64, {[SOCKET] = 198, [CONNECT] = 203, [BIND] = 200, [LISTEN] = 201}},
	{AUDIT_ARCH_ARM, {[SOCKET] = 281, [CONNECT] = 283, [BIND] = 282, [LISTEN] = 284}},
};

static answerer *answerer_of(const struct seccomp_data *call)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		for (int j = 0; j < CALLS && machines[i].machine == call->arch; j++)
			if (machines[i].numbers[j] == call->nr)
				return answerers[j];
	return NULL;
}

void calls_answer(const struct seccomp_notif *notice)
{
	answerer *const answer = answerer_of(&notice->data);

	tally_caller((pid_t)notice->pid);
	if (answer)
		answer(notice);
	else if (notice->data.arch == AUDIT_ARCH_I386 && notice->data.nr == SOCKETCALL)
		guard_socketcall(notice);
	else
		notice_answer(guard_run.listener, notice->id, ENOSYS);
	tally_caller(0);
}
