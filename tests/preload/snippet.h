/* SPDX-License-Identifier: MIT */
/*
 * What the families of snippets (snippets_*.c) share, and what a snippet is.
 *
 * It does what a symbol is for and prints what it saw. What it calls comes as an argument, so that
 * the same snippet serves every name of a function and every way to get hold of it. SNIPPET(symbol,
 * SAFE) is of a function that POSIX, or its nature as a system call, lets a signal handler call;
 * the others (UNSAFE) allocate or lock in libc's inside.
 *
 * ECHO in the environment names a port of 127.0.0.1 where what is sent comes back.
 */
#ifndef TUNIC_TESTS_PRELOAD_SNIPPET_H
#define TUNIC_TESTS_PRELOAD_SNIPPET_H

#include "program.h"

#include "lib/real.h"

/* Hidden: a module's snippets are its own, whatever the program has that loads it. */
#pragma GCC visibility push(hidden)
#define HOOK(symbol)                                 \
	void try_##symbol(__typeof__(symbol) *call); \
	extern const bool safe_##symbol;
#define HOOK_MAY(symbol) HOOK(symbol)
#define ALIAS(alias, symbol)
#define LATE(symbol)
#define INNER(symbol)
#include "lib/hooks.def"
#undef HOOK
#undef HOOK_MAY
#undef ALIAS
#undef LATE
#undef INNER
#pragma GCC visibility pop

enum { UNSAFE, SAFE };
#define SNIPPET(symbol, safety)            \
	const bool safe_##symbol = safety; \
	void try_##symbol(__typeof__(symbol) *call)

static inline struct place echo_place(void)
{
	const char *port = getenv("ECHO");

	return place_of("127.0.0.1", port ? port : "0");
}

static inline int echo_connected(void)
{
	const struct place place = echo_place();

	return connected(&place);
}

/* The same with messages: what was sent comes back. */
static inline void show_sent(const char *what, int fd, long sent)
{
	char came[8] = "";

	show_value(what, sent);
	printf("came back: %s\n", read_whole(fd, came, 4) ? came : "nothing");
	close(fd);
}

/* A connection that is being made. */
static inline int begun(void)
{
	const struct place place = echo_place();
	int fd = stream(&place, SOCK_NONBLOCK);

	connect_to(fd, &place);
	return fd;
}

#endif
