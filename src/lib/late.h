/* SPDX-License-Identifier: MIT */
/* Functions of libraries that come after us, or never. */
#ifndef TUNIC_LIB_LATE_H
#define TUNIC_LIB_LATE_H

/*
 * The function of this name that a call from `caller` would have come to without us. The library
 * may have been loaded by dlopen, out of sight of RTLD_NEXT and under any name; the module that
 * called us knows it. NULL: there is none but libc's own.
 */
void *late_symbol(const char *symbol, const void *caller);

#endif
