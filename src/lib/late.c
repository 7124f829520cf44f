/* SPDX-License-Identifier: MIT */
/* Asks the linker each time: such a function is called seldom, and its library may go again. */
#include "lib/late.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/library.h"
#include "lib/real.h"

static bool is_libcs(const void *found)
{
	const void *function;

	memcpy(&function, &real._exit, sizeof(function));
	return real_same_object(found, function);
}

static void *of_module(const char *symbol, const void *within)
{
	void *module, *found;
	Dl_info info;

	if (dladdr(within, &info) == 0)
		return NULL;
	module = real.dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
	if (module == NULL)
		return NULL;
	found = real.dlsym(module, symbol);
	dlclose(module);
	return found;
}

void *late_symbol(const char *symbol, const void *caller)
{
	void *found;

	library_ready();
	found = real.dlsym(RTLD_NEXT, symbol);
	if (found == NULL)
		found = of_module(symbol, caller);
	/* A program's own search begins with us, and may end at libc. */
	if (found == NULL || real_same_object(found, &real) || is_libcs(found))
		return NULL;
	return found;
}
