/* SPDX-License-Identifier: MIT */
/* Binds the real functions behind the hooks. */
#include "lib/real.h"

#include <dlfcn.h>
#include <string.h>

struct real real;

/* POSIX lets dlsym return functions as void *; ISO C has no cast for it, so copy the pointer. */
static bool bind_one(void *slot, const char *symbol)
{
	void *found = dlsym(RTLD_NEXT, symbol);

	memcpy(slot, &found, sizeof(found));
	return found != NULL;
}

bool real_bind(void)
{
	bool whole = true;

#define HOOK(symbol) whole &= bind_one(&real.symbol, #symbol);
#define HOOK_MAY(symbol) bind_one(&real.symbol, #symbol);
#define ALIAS(alias, symbol)
#define LATE(symbol)
#include "lib/hooks.def"
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE
	return whole;
}
