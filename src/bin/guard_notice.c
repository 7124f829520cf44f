/* SPDX-License-Identifier: MIT */
/* The kernel's notices of trapped calls (seccomp_unotify(2)), and our answers. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "bin/guard_kernel.h"
#include "bin/guard_notice.h"

enum { SLICE = 5000000 /* nanoseconds */ };

/*
 * Whose slices are shorter may interrupt us (Linux 6.12): so who is answered, and all others on this
 * processor, run at once, and what is left of our turn is done when they wait. Ours is a little longer than
 * any default.
 */
static void slice_lengthen(void)
{
	struct guard_scheduling own = {.size = sizeof(own)};

	if (syscall(SYS_sched_getattr, 0, &own, sizeof(own), 0) < 0 || own.policy != SCHED_OTHER)
		return;
	own.runtime = SLICE;
	syscall(SYS_sched_setattr, 0, &own, 0);
}

void notice_open(int listener)
{
	slice_lengthen();
	/* Linux 6.6; an older kernel says no, and is slower. */
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

enum notice_result notice_take(int listener, struct seccomp_notif *notice)
{
	/* The kernel takes a notice only into zeros. */
	memset(notice, 0, sizeof(*notice));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, notice) == 0)
		return NOTICE_TAKEN;
	return errno == ENOENT || errno == EINTR || errno == EAGAIN ? NOTICE_NONE : NOTICE_LOST;
}

bool notice_valid(int listener, uint64_t id)
{
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

static bool answer(int listener, uint64_t id, int error, uint32_t flags)
{
	struct seccomp_notif_resp answer = {.id = id, .error = -error, .flags = flags};

	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0;
}

bool notice_answer(int listener, uint64_t id, int error)
{
	return answer(listener, id, error, 0);
}

bool notice_continue(int listener, uint64_t id)
{
	return answer(listener, id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

int notice_give(int listener, uint64_t id, int fd, bool close_on_exec)
{
	struct seccomp_notif_addfd given = {
		.id = id,
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.srcfd = (uint32_t)fd,
		.newfd_flags = close_on_exec ? O_CLOEXEC : 0,
	};

	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &given) < 0 ? errno : 0;
}

void notice_lend(int listener, uint64_t id, int fd)
{
	struct seccomp_notif_addfd given = {
		.id = id, .srcfd = (uint32_t)fd, .newfd_flags = O_CLOEXEC};
	const int number = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &given);
	struct seccomp_notif_resp answer = {.id = id, .val = number};

	if (number < 0)
		answer = (struct seccomp_notif_resp){.id = id, .error = -errno};
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}
