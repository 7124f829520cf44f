/* SPDX-License-Identifier: MIT */
/* Is there a guard beside this library, and what has it for us? */
#ifndef TUNIC_LIB_GUARDED_H
#define TUNIC_LIB_GUARDED_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Then a supervisor sees to what this library cannot be in. One trapped system call, so it is asked
 * where the answer matters. Changes errno.
 */
bool is_guarded(void);

/*
 * Do this process's datagram sockets come from the guard's jail, where whatever is sent stays? Changes
 * errno.
 */
bool is_jailed(void);

/* connect(2), for less where guarded_names has told of a guard. */
int guarded_connect(int fd, const struct sockaddr *to, socklen_t len);

/* A descriptor of the names of the run, close-on-exec; -1: no guard has any. Changes errno. */
int guarded_names(void);

#endif
