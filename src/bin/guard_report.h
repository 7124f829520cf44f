/* SPDX-License-Identifier: MIT */
/* What the guard had to do, in a file that the user has named (--report). */
#ifndef TUNIC_BIN_GUARD_REPORT_H
#define TUNIC_BIN_GUARD_REPORT_H

#include <stdbool.h>

/* Takes the file that the user has named, or NULL. Ends tunic (125) where it cannot be written. */
void report_prepare(const char *file);

bool report_is_wanted(void);

/* Puts the text into it: all, or what was there before stays. Returns 0 or an errno. */
int report_write(const char *text);

#endif
