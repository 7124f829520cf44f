/* SPDX-License-Identifier: MIT */
/* Is there a guard beside this library, and what has it for us? */
#include "lib/guarded.h"

#include <stdatomic.h>
#include <sys/syscall.h>

#include "core/guard_sign.h"
#include "lib/libc.h"
#include "lib/real.h"

static atomic_bool known;

/* Returns the errno of the question; 0: it cannot be asked. */
static int ask(void)
{
	if (real.connect == NULL ||
		real.connect(GUARD_SIGN_FD, &guard_sign, sizeof(guard_sign)) == 0)
		return 0;
	return errno;
}

bool is_guarded(void)
{
	return guard_sign_is_guard(ask());
}

/* A filter stays for good, so what has been true once is so for ever. */
bool is_jailed(void)
{
	static atomic_bool jailed;

	if (!atomic_load_explicit(&jailed, memory_order_relaxed) && guard_sign_has_jail(ask()))
		atomic_store_explicit(&jailed, true, memory_order_relaxed);
	return atomic_load_explicit(&jailed, memory_order_relaxed);
}

int guarded_names(void)
{
	int fd = real.connect == NULL
			 ? -1
			 : real.connect(GUARD_SIGN_FD, &guard_sign_names, sizeof(guard_sign_names));

	if (fd >= 0)
		atomic_store_explicit(&known, true, memory_order_relaxed);
	return fd;
}

/* Without libc's own function it is no cancellation point, so it is for those whom no thread can cancel. */
int guarded_connect(int fd, const struct sockaddr *to, socklen_t len)
{
	unsigned long long a[GUARD_SIGN_ARGUMENTS];

	if (!atomic_load_explicit(&known, memory_order_relaxed) || !__libc_single_threaded ||
		!guard_sign_write(a, fd, to, len))
		return real.connect(fd, to, len);
	return (int)real.syscall(SYS_connect, a[0], a[1], a[2], a[3], a[4], a[5]);
}
