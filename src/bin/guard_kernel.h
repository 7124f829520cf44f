/* SPDX-License-Identifier: MIT */
/* What the kernel has and the headers of an older system do not say. */
#ifndef TUNIC_BIN_GUARD_KERNEL_H
#define TUNIC_BIN_GUARD_KERNEL_H

#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_ADDFD_FLAG_SEND /* Linux 5.14 */
#define SECCOMP_ADDFD_FLAG_SEND (1UL << 1)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP /* Linux 6.6 */
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, uint64_t)
#endif
#ifndef PIDFD_THREAD /* Linux 6.9 */
#define PIDFD_THREAD O_EXCL
#endif
#ifndef IPV6_FREEBIND /* Linux 4.15; glibc does not have it */
#define IPV6_FREEBIND 78
#endif
#ifndef SO_NETNS_COOKIE /* Linux 5.14 */
#define SO_NETNS_COOKIE 71
#endif

/* Landlock's rules about the network, Linux 6.7 (its ABI 4); older headers know of files alone. */
enum { GUARD_LANDLOCK_ABI_NET = 4 };
#define GUARD_LANDLOCK_CONNECT_TCP (1ULL << 1)
struct guard_landlock_attributes {
	uint64_t handled_access_fs, handled_access_net;
};
enum { GUARD_LANDLOCK_RULE_PORT = 2 };
struct guard_landlock_port {
	uint64_t allowed, port;
};

/* What sched_setattr(2) takes; its header cannot be had beside libc's <sched.h>. */
struct guard_scheduling {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime; /* of the ordinary policy: a slice, since Linux 6.12 */
	uint64_t deadline, period;
};

/* The kernel's own errno for "the signal first, then this call again"; programs never see it. */
enum { GUARD_ERESTARTSYS = 512 };

#endif
