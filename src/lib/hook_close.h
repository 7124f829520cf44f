/* SPDX-License-Identifier: MIT */
/* What is to be done before a descriptor ends, by close or by another's taking its number. */
#ifndef TUNIC_LIB_HOOK_CLOSE_H
#define TUNIC_LIB_HOOK_CLOSE_H

void closing(int fd);

#endif
