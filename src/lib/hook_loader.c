/* SPDX-License-Identifier: MIT */
/*
 * Hooks: the dynamic linker's functions, by which a program comes past the other hooks.
 *
 *   dlsym, dlvsym   A handle of libc gives libc's own function (Python's ctypes, Java's JNA and .NET ask
 *                   so), and so does any search by version, since our symbols have none. Where that is
 *                   the one that a hook of ours stands before, the hook is given.
 *   dlopen          A module that is loaded with RTLD_DEEPBIND would bind to libc before us; it is
 *                   loaded without.
 *   dlmopen         What is loaded into another namespace brings a libc of its own; refused.
 *
 * libc finds the caller by its return address: for RTLD_NEXT, the search behind the caller's own
 * object, for RTLD_DEFAULT in the caller's own dependencies, for dlopen by the caller's RUNPATH and
 * $ORIGIN. So these calls leave here by a jump, and not by a call that would show us as the caller.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#ifdef __GLIBC__
#include "lib/hook_inner.h"
#endif
#include "lib/library.h"
#include "lib/real.h"

/* The call in such a return statement is a jump, however little the rest is optimised. */
#ifdef __clang__
#define JUMPING
#define JUMP __attribute__((musttail)) return
#else
#define JUMPING __attribute__((optimize("O2")))
#define JUMP return
#endif

enum { ALIASED = -1 };

/* Hooks by name; to name them here is to mean the first in the program's order, most times ours. */
static const struct {
	const char *symbol;
	void *hook;
	ptrdiff_t real; /* offset in struct real, of another function of libc's where it is INNER;
			   ALIASED: the name is libc's alone */
} rows[] = {
#define HOOK(symbol) {#symbol, symbol, offsetof(struct real, symbol)},
#define HOOK_MAY(symbol) HOOK(symbol)
#define ALIAS(alias, symbol) {#alias, symbol, ALIASED},
#define LATE(symbol)
#define INNER(symbol) {#symbol, symbol, offsetof(struct real, gethostid)},
#include "lib/hooks.def"
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE
#undef INNER
};

enum { NO_ROW = sizeof(rows) / sizeof(rows[0]) };

/*
 * Is this what the hook stands before? A function of its name in another object than the real one's is
 * that object's own (plugins have a `connect`, too), or belongs to another library that interposes and
 * must not be led back to itself.
 */
static bool stands_before(size_t row, const void *found)
{
	const void *behind;

	if (rows[row].real == ALIASED)
		return true;
	memcpy(&behind, (const char *)&real + rows[row].real, sizeof(behind));
	return behind != NULL && real_same_object(found, behind);
}

static size_t row_of(const char *symbol)
{
	for (size_t i = 0; i < NO_ROW; i++)
		if (strcmp(rows[i].symbol, symbol) == 0)
			return i;
	return NO_ROW;
}

/* The hook that stands before what was found under this name. NULL: none does. */
static void *hook_before(const void *found, const char *symbol)
{
	const size_t row = row_of(symbol);

	if (found == NULL || row == NO_ROW)
		return NULL;
	library_ready(); /* where it is not, the hooks refuse */
	return stands_before(row, found) ? rows[row].hook : NULL;
}

/* What a program gets that has asked an object for a symbol. */
static void *ours_or(void *found, const char *symbol)
{
	void *hook = hook_before(found, symbol);

	return hook != NULL ? hook : found;
}

/* Whoever comes first calls these, a sanitizer that starts before any constructor too. */
static void come_up(void)
{
	if (real.dlsym == NULL)
		real_bind_loader();
}

/* Does the answer depend on who asks? */
static bool asks_from_caller(const void *handle)
{
	return handle == RTLD_NEXT || handle == RTLD_DEFAULT;
}

JUMPING EXPORTED void *dlsym(void *restrict handle, const char *restrict symbol)
{
	come_up();
	if (asks_from_caller(handle))
		JUMP real.dlsym(handle, symbol);
	return ours_or(real.dlsym(handle, symbol), symbol);
}

#ifdef __GLIBC__
/*
 * Where the caller's search by version would end at what a hook stands before, the same search by the
 * name alone ends at the hook; or at libc's, for a library behind us that asks what comes next. That
 * is its newest version, as it is for a hook that was called by an older one. (A jump needs a function
 * of our own type; dlsym does not look at a third argument.)
 */
JUMPING EXPORTED void *dlvsym(
	void *restrict handle, const char *restrict symbol, const char *restrict version)
{
	__typeof__(dlvsym) *by_name;

	come_up();
	memcpy(&by_name, &real.dlsym, sizeof(by_name));
	if (asks_from_caller(handle)) {
		if (hook_before(real.dlvsym(RTLD_NEXT, symbol, version), symbol) != NULL)
			JUMP by_name(handle, symbol, version);
		JUMP real.dlvsym(handle, symbol, version);
	}
	return ours_or(real.dlvsym(handle, symbol, version), symbol);
}
#endif

JUMPING EXPORTED void *dlopen(const char *file, int mode)
{
	come_up();
#ifdef RTLD_DEEPBIND
	mode &= ~RTLD_DEEPBIND;
#endif
	JUMP real.dlopen(file, mode);
}

#ifdef __GLIBC__
/*
 * After a refusal the real function fails, too, for what dlerror then says: of a mode that is none.
 * (Of a namespace that is none it says so with the linker's lock held, in glibc 2.36.)
 */
JUMPING EXPORTED void *dlmopen(Lmid_t space, const char *file, int mode)
{
	come_up();
	if (space != LM_ID_BASE) {
		library_ready();
		refuse(REFUSAL_NAMESPACE, file);
		space = LM_ID_BASE;
		mode = 0;
	}
	JUMP real.dlmopen(space, file, mode & ~RTLD_DEEPBIND);
}
#endif
