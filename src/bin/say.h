/* SPDX-License-Identifier: MIT */
/* What the command says of itself: one line on standard error, and an exit code with it. */
#ifndef TUNIC_BIN_SAY_H
#define TUNIC_BIN_SAY_H

/* As env(1), nice(1) and timeout(1) have them; every other code is the program's own. */
enum exit_code {
	EXIT_OURS = 125,       /* bad options or settings, or the shim cannot be loaded */
	EXIT_CANNOT_RUN = 126, /* the program is there but cannot be run, or not safely */
	EXIT_NOT_FOUND = 127,  /* there is no such program */
};

/*
 * One line "tunic: ..." on standard error. Control characters in what is printed become '?', so that
 * no file name can forge a second line or move the cursor.
 */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* The same, and then the end of tunic with `code`. */
_Noreturn __attribute__((format(printf, 2, 3))) void refuse(
	enum exit_code code, const char *format, ...);

#endif
