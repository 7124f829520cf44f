/* SPDX-License-Identifier: MIT */
/* Is there a guard beside this library, and what has it for us? */
#include "lib/guarded.h"

#include <stdatomic.h>

#include "core/guard_sign.h"
#include "lib/real.h"

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
	return real.connect == NULL
		       ? -1
		       : real.connect(GUARD_SIGN_FD, &guard_sign_names, sizeof(guard_sign_names));
}
