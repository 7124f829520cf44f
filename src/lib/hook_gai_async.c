/* SPDX-License-Identifier: MIT */
/*
 * Hook: getaddrinfo_a.
 *
 * libc would hand the requests to threads of its own, whose lookups nobody can interpose. We start
 * no threads for lookups, so both modes look up here and now, one request after the other, and the
 * call returns when the last is done. With GAI_NOWAIT the caller is then notified, as it asked to
 * be, of requests that have ended before the call did: a program sees that no request is ever
 * EAI_INPROGRESS and that the call takes its time, nothing else. The state of a request is where
 * libc keeps it, so gai_error, gai_suspend and gai_cancel are libc's own: the result, EAI_ALLDONE
 * and EAI_ALLDONE.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "lib/gai.h"
#include "lib/library.h"
#include "lib/real.h"

/* What a thread that is started for SIGEV_THREAD has to call. */
struct notice {
	void (*function)(union sigval);
	union sigval value;
};

/* Such a thread has no signals blocked, whatever its creator has. */
static void *notice_give(void *given)
{
	const struct notice notice = *(struct notice *)given;
	sigset_t none;

	free(given);
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
	notice.function(notice.value);
	return NULL;
}

static void notify_by_thread(const struct sigevent *event)
{
	struct notice *notice = malloc(sizeof(*notice));
	pthread_attr_t detached;
	pthread_t thread;

	if (notice == NULL)
		return;
	*notice = (struct notice){event->sigev_notify_function, event->sigev_value};
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread,
		    event->sigev_notify_attributes ? event->sigev_notify_attributes : &detached,
		    notice_give, notice) != 0)
		free(notice);
	pthread_attr_destroy(&detached);
}

/* sigqueue(3) would say SI_QUEUE; libc says where the signal comes from, and so do we. */
static void notify_by_signal(const struct sigevent *event)
{
	siginfo_t info = {.si_signo = event->sigev_signo, .si_code = SI_ASYNCNL};

	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value = event->sigev_value;
	real.syscall(SYS_rt_sigqueueinfo, info.si_pid, event->sigev_signo, &info);
}

static void notify(const struct sigevent *event)
{
	if (event == NULL)
		return;
	if (event->sigev_notify == SIGEV_THREAD)
		notify_by_thread(event);
	else if (event->sigev_notify == SIGEV_SIGNAL)
		notify_by_signal(event);
}

EXPORTED int getaddrinfo_a(
	int mode, struct gaicb *list[restrict], int n, struct sigevent *restrict event)
{
	if (mode != GAI_WAIT && mode != GAI_NOWAIT) {
		errno = EINVAL;
		return EAI_SYSTEM;
	}
	library_ready();
	for (int i = 0; i < n; i++)
		if (list[i] != NULL)
			list[i]->__return = gai_find(list[i]->ar_name, list[i]->ar_service,
				list[i]->ar_request, &list[i]->ar_result);
	if (mode == GAI_NOWAIT)
		notify(event);
	return 0;
}
