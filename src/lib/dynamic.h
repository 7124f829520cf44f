/* SPDX-License-Identifier: MIT */
/* A symbol of the objects that are loaded behind ours, found without asking the dynamic linker. */
#ifndef TUNIC_LIB_DYNAMIC_H
#define TUNIC_LIB_DYNAMIC_H

/*
 * What RTLD_NEXT would find for us: the function of that name in the first object behind ours that
 * has it in its hash table (DT_GNU_HASH), in the version that stands there first. NULL: none has.
 */
void *dynamic_next(const char *symbol);

#endif
