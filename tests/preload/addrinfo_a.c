/* SPDX-License-Identifier: MIT */
/*
 * addrinfo_a NAME...: getaddrinfo_a, in both modes and with each way of being told, and what gai_error,
 * gai_suspend and gai_cancel say when all is done.
 */
#include "program.h"

#include <netdb.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>

enum { NAMES_MAX = 16 };

static struct gaicb requests[NAMES_MAX], *list[NAMES_MAX + 1];
static const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
static int names;
static sem_t told;

static const char *gai_name(int error)
{
	return error == 0                ? "0"
	       : error == EAI_INPROGRESS ? "EAI_INPROGRESS"
	       : error == EAI_CANCELED   ? "EAI_CANCELED"
	       : error == EAI_ALLDONE    ? "EAI_ALLDONE"
	       : error == EAI_SYSTEM     ? "EAI_SYSTEM"
	       : error == EAI_NONAME     ? "EAI_NONAME"
	       : error == EAI_AGAIN      ? "EAI_AGAIN"
	       : error == EAI_SERVICE    ? "EAI_SERVICE"
					 : "?";
}

/* A list with a hole in it, as it is allowed to have. */
static void prepare(char **words)
{
	for (int i = 0; i < names; i++) {
		requests[i] = (struct gaicb){
			.ar_name = words[i], .ar_service = "80", .ar_request = &hints};
		list[i + 1] = &requests[i];
	}
	list[0] = NULL;
}

static void print_results(void)
{
	for (int i = 0; i < names; i++) {
		struct addrinfo *entry = requests[i].ar_result;

		printf("  %s: %s, cancel %s", requests[i].ar_name,
			gai_name(gai_error(&requests[i])), gai_name(gai_cancel(&requests[i])));
		for (; entry != NULL; entry = entry->ai_next) {
			struct place place = {.len = entry->ai_addrlen};
			char text[64];

			memcpy(&place.storage, entry->ai_addr, entry->ai_addrlen);
			printf(" %s:%d", place_text(&place, text), place_port(&place));
		}
		printf("\n");
		if (requests[i].ar_result != NULL)
			freeaddrinfo(requests[i].ar_result);
	}
}

/* Waits for all to end; however that is seen, it has been seen then. */
static void suspend(void)
{
	const struct timespec limit = {.tv_sec = 20};
	int result = 0;

	for (int i = 0; i < 100 && result != EAI_ALLDONE; i++)
		result = gai_suspend((const struct gaicb *const *)list, names + 1, &limit);
	printf("  suspend %s\n", gai_name(result));
}

static struct {
	bool in_the_first, blocked;
	int value;
} notice;

static void on_thread(union sigval value)
{
	sigset_t blocked;

	pthread_sigmask(SIG_BLOCK, NULL, &blocked);
	notice.in_the_first = gettid() == getpid();
	notice.blocked = sigismember(&blocked, SIGUSR2) == 1;
	notice.value = value.sival_int;
	sem_post(&told);
}

static void by_nothing(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_NONE};

	printf("none: %s\n", gai_name(getaddrinfo_a(GAI_NOWAIT, list, names + 1, &event)));
	suspend();
}

static void by_signal(void)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
	const struct timespec limit = {.tv_sec = 20};
	sigset_t set;
	siginfo_t info = {.si_signo = 0};

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	printf("signal: %s\n", gai_name(getaddrinfo_a(GAI_NOWAIT, list, names + 1, &event)));
	sigtimedwait(&set, &info, &limit);
	printf("  told by signal %d, code %d, value %d, from %s\n", info.si_signo, info.si_code,
		info.si_value.sival_int, info.si_pid == getpid() ? "itself" : "another");
}

static void by_thread(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_value.sival_int = 43};
	struct timespec limit;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	event.sigev_notify_function = on_thread;
	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += 20;
	printf("thread: %s\n", gai_name(getaddrinfo_a(GAI_NOWAIT, list, names + 1, &event)));
	if (sem_timedwait(&told, &limit) != 0)
		printf("  not told\n");
	else
		printf("  told in %s thread, value %d, SIGUSR2 is %s\n",
			notice.in_the_first ? "the first" : "another", notice.value,
			notice.blocked ? "blocked" : "open");
}

static void wait_for_all(void)
{
	printf("wait: %s\n", gai_name(getaddrinfo_a(GAI_WAIT, list, names + 1, NULL)));
}

int main(int argc, char **argv)
{
	void (*const manners[])(void) = {wait_for_all, by_nothing, by_signal, by_thread};

	names = argc - 1 < NAMES_MAX ? argc - 1 : NAMES_MAX;
	sem_init(&told, 0, 0);
	for (size_t i = 0; i < sizeof(manners) / sizeof(manners[0]); i++) {
		prepare(argv + 1);
		manners[i]();
		print_results();
	}
	errno = 0;
	printf("mode 7: %s", gai_name(getaddrinfo_a(7, list, names + 1, NULL)));
	printf(" %s\n", errno_name(errno));
	printf("nothing: %s\n", gai_name(getaddrinfo_a(GAI_NOWAIT, list, 1, NULL)));
	return 0;
}
