/* SPDX-License-Identifier: MIT */
/* A piece of program for every symbol that the library interposes, and who can run them. */
#ifndef TUNIC_TESTS_PRELOAD_SNIPPETS_H
#define TUNIC_TESTS_PRELOAD_SNIPPETS_H

#include <stdbool.h>
#include <stddef.h>

typedef void (*any_function)(void);

/* Which rows a run takes, and what they call in place of what they are linked to: NULL keeps that. */
struct frame {
	bool signal_safe_alone;
	any_function (*find)(const char *symbol);
};

/* Runs the snippets in the order of hooks.def. `only`: a symbol, or NULL for all. */
typedef void snippets_function(const struct frame *frame, const char *only);
snippets_function snippets_run;

#endif
