/* SPDX-License-Identifier: MIT */
/*
 * The program's signals while a wait is taken in pieces. A handler that runs between two of them
 * interrupts nothing, and the program, which has been promised EINTR, waits on. So signals are held
 * back, and each piece lets them in as the one wait would have: by the mask that the kernel puts in
 * place while it waits, and no longer.
 */
#ifndef TUNIC_LIB_SIGNALS_H
#define TUNIC_LIB_SIGNALS_H

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

/*
 * Holds back all of them but SIGIO, which also comes of what we say and hear on an O_ASYNC socket,
 * and must not interrupt for that. Returns the mask for the pieces: the program's own for this
 * wait, or, where that is NULL, `before`.
 */
static inline const sigset_t *signals_hold(sigset_t *before, const sigset_t *mask)
{
	sigset_t all;

	sigfillset(&all);
	sigdelset(&all, SIGIO);
	pthread_sigmask(SIG_SETMASK, &all, before);
	return mask != NULL ? mask : before;
}

/* What has come meanwhile comes now. Keeps errno. */
static inline void signals_release(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

#endif
