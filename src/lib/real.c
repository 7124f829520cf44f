/* SPDX-License-Identifier: MIT */
/* Binds the real functions behind the hooks. */
#include "lib/real.h"

#include <string.h>

#include "lib/dynamic.h"

struct real real;

/* POSIX lets dlsym return functions as void *; ISO C has no cast for it, so copy the pointer. */
static bool bind_one(void *slot, const char *symbol)
{
	void *found = real.dlsym(RTLD_NEXT, symbol);

	memcpy(slot, &found, sizeof(found));
	return found != NULL;
}

bool real_same_object(const void *a, const void *b)
{
	Dl_info of_a, of_b;

	return dladdr(a, &of_a) != 0 && dladdr(b, &of_b) != 0 && of_a.dli_fbase == of_b.dli_fbase;
}

void real_bind_loader(void)
{
	void *found = dynamic_next("dlsym");

	memcpy(&real.dlsym, &found, sizeof(found));
	if (real.dlsym == NULL)
		return;
	bind_one(&real.dlopen, "dlopen");
#ifdef __GLIBC__
	bind_one(&real.dlmopen, "dlmopen");
	bind_one(&real.dlvsym, "dlvsym");
#endif
}

bool real_bind(void)
{
	bool whole = true;

	real_bind_loader();
	if (real.dlsym == NULL)
		return false;
#define HOOK(symbol) whole &= bind_one(&real.symbol, #symbol);
#define HOOK_MAY(symbol) bind_one(&real.symbol, #symbol);
#define ALIAS(alias, symbol)
#define LATE(symbol)
#define INNER(symbol)
#include "lib/hooks.def"
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE
#undef INNER
	return whole;
}
