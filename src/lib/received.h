/* SPDX-License-Identifier: MIT */
/* The descriptors in a message's control data: taking some of them out. */
#ifndef TUNIC_LIB_RECEIVED_H
#define TUNIC_LIB_RECEIVED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Asks `keep` about every descriptor in the `*len` bytes of control data that the kernel has put at
 * `control` (cmsg(3), unix(7)), once each and in order, and takes out those for which it says no: an
 * SCM_RIGHTS message becomes shorter, or goes where it is left empty, as with a buffer that was too
 * small for it; what follows moves up, and *len is what is left. Other messages are not looked into.
 * Returns how many were taken out; where that is none, nothing has been written.
 */
size_t received_filter(void *control, size_t *len, bool (*keep)(int fd));

#endif
