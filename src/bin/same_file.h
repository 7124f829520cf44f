/* SPDX-License-Identifier: MIT */
/* Two paths, one file. */
#ifndef TUNIC_BIN_SAME_FILE_H
#define TUNIC_BIN_SAME_FILE_H

#include <stdbool.h>

/* Do both paths lead to the same file or directory, whatever links are on the way? */
bool same_file(const char *a, const char *b);

#endif
