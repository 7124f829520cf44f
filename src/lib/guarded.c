/* SPDX-License-Identifier: MIT */
/* Is there a guard beside this library? */
#include "lib/guarded.h"

#include "core/guard_sign.h"
#include "lib/real.h"

bool is_guarded(void)
{
	return real.connect != NULL &&
	       real.connect(GUARD_SIGN_FD, &guard_sign, sizeof(guard_sign)) < 0 &&
	       errno == GUARD_SIGN_ERROR;
}
