/* SPDX-License-Identifier: MIT */
/*
 * The table of all snippets (snippet.h), one for every row of hooks.def: where one is missing this
 * does not link.
 *
 * With FRAME=constructor in the environment all of them run before main, wherever this is linked
 * into. LATE names a module with functions of libcurl's names (late.c).
 */
#include "snippets.h"

#include "snippet.h"

#include <netdb.h>

static void try_late(const char *symbol)
{
	const char *path = getenv("LATE");
	void *module = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	void *found = module ? dlsym(module, "late_run") : NULL;
	void (*run)(const char *);

	memcpy(&run, &found, sizeof(found));
	if (run == NULL)
		printf("not loaded: %s\n", dlerror());
	else
		run(symbol);
}

/* ---- the table ---------------------------------------------------------------------------------- */

#define HOOK(symbol)                                          \
	static void run_##symbol(any_function function)       \
	{                                                     \
		try_##symbol((__typeof__(symbol) *)function); \
	}
#define HOOK_MAY(symbol) HOOK(symbol)
#define ALIAS(alias, symbol)
#define LATE(symbol)                                    \
	static void run_##symbol(any_function function) \
	{                                               \
		(void)function;                         \
		try_late(#symbol);                      \
	}
/* They would connect; inner.bats calls some. */
#define INNER(symbol)                                               \
	static void run_##symbol(any_function function)             \
	{                                                           \
		printf("%s\n", function != NULL ? "there" : "not"); \
	}
#include "lib/hooks.def"
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE
#undef INNER

static const bool unsafe;

static const struct {
	const char *symbol;
	const bool *signal_safe;
	any_function linked;
	void (*run)(any_function function);
} snippets[] = {
#define HOOK(symbol) {#symbol, &safe_##symbol, (any_function)symbol, run_##symbol},
#define HOOK_MAY(symbol) HOOK(symbol)
#define ALIAS(alias, symbol) {#alias, &safe_##symbol, NULL, run_##symbol},
#define LATE(symbol) {#symbol, &unsafe, (any_function)try_late, run_##symbol},
#define INNER(symbol) {#symbol, &unsafe, NULL, run_##symbol},
#include "lib/hooks.def"
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE
#undef INNER
};

/*
 * Another name of a function is looked up: those that libc keeps for programs linked long ago have its
 * oldest version, and those for its own parts cannot be linked to.
 */
static void *alias(const char *symbol)
{
	void *found = dlsym(RTLD_DEFAULT, symbol);

#ifdef __GLIBC__
	if (found == NULL)
		found = dlvsym(RTLD_DEFAULT, symbol, OLDEST);
	if (found == NULL)
		found = dlvsym(RTLD_DEFAULT, symbol, "GLIBC_PRIVATE");
#endif
	return found;
}

static any_function function_of(const char *symbol, any_function linked, const struct frame *frame)
{
	any_function function = frame->find != NULL ? frame->find(symbol) : NULL;
	void *found;

	if (function == NULL)
		function = linked;
	if (function == NULL) {
		found = alias(symbol);
		memcpy(&function, &found, sizeof(found));
	}
	return function;
}

void snippets_run(const struct frame *frame, const char *only)
{
	/* It has some of the names of long ago. */
	dlopen("libresolv.so.2", RTLD_LAZY | RTLD_GLOBAL);
	for (size_t i = 0; i < sizeof(snippets) / sizeof(snippets[0]); i++) {
		any_function function;

		if ((only != NULL && strcmp(only, snippets[i].symbol) != 0) ||
			(frame->signal_safe_alone && !*snippets[i].signal_safe))
			continue;
		function = function_of(snippets[i].symbol, snippets[i].linked, frame);
		printf("--- %s\n", snippets[i].symbol);
		errno = h_errno = 0;
		if (function != NULL)
			snippets[i].run(function);
		else
			printf("not in this libc\n");
		fflush(stdout);
	}
}

/* What is started from here would do the same. */
__attribute__((constructor)) static void start(void)
{
	const char *frame = getenv("FRAME");

	if (frame == NULL || strcmp(frame, "constructor") != 0)
		return;
	unsetenv("FRAME");
	snippets_run(&(struct frame){.find = NULL}, NULL);
}
