/* SPDX-License-Identifier: MIT */
/* The hosts file, by way of libc, with every other source of names cut off. */
#ifndef TUNIC_LIB_LOCAL_NAMES_H
#define TUNIC_LIB_LOCAL_NAMES_H

#include <stdbool.h>

/*
 * Makes libc's own functions look names up in its files alone: not in DNS, nscd, or any other
 * service of nsswitch.conf. Once per process; has to come before any real function that may look
 * up. False: this libc cannot be restrained.
 */
bool local_names_restrain(void);

/*
 * The same. True: they may be asked about hosts now. False: this libc cannot be restrained, or the
 * hosts_file setting says no; they may only be given numeric addresses.
 */
bool local_names_ready(void);

/* Is this one of the databases (nsswitch.conf(5)) whose sources are ours to choose? */
bool local_names_holds(const char *database);

/* Is it certain that the hosts file has no such name? To find that out is quick, and no may be wrong. */
bool local_names_lack(const char *name);

/* Has the hosts file this name, with addresses of whatever family? Only when ready. */
bool local_names_has(const char *name);

/* Is this the machine's own host name (gethostname)? */
bool local_names_own(const char *name);

#endif
