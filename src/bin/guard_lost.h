/* SPDX-License-Identifier: MIT */
/* Results of connects that the caller has not heard, because a signal was quicker. */
#ifndef TUNIC_BIN_GUARD_LOST_H
#define TUNIC_BIN_GUARD_LOST_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A call that is interrupted is made anew, by the kernel or by the program. By then the socket may be
 * open: to begin anew would be to send a greeting to the proxy into the program's own stream. So the
 * result waits here for the next call on the same socket. Sockets are known by their cookies, which
 * the kernel gives out once.
 */
void lost_keep(uint64_t cookie, int error);

/* Is there any? */
bool lost_any(void);

/* Takes the result that waits for the socket. False: there is none. */
bool lost_take(uint64_t cookie, int *error);

#endif
