/* SPDX-License-Identifier: MIT */
/*
 * frames FRAME [SYMBOL]: runs the snippets (snippets.c) in a frame:
 *
 *   plain               as they are linked into this program
 *   thread, fork        in another thread, in a child
 *   handler             in a signal handler, on a stack of its own; those alone that may be there
 *   module MODULE       in a module loaded with RTLD_LAZY | RTLD_LOCAL
 *   deep MODULE         in one loaded with RTLD_DEEPBIND
 *   default, next       calling what dlsym finds with RTLD_DEFAULT, with RTLD_NEXT
 *   libc, version       calling what dlsym, or dlvsym with the oldest version, finds by a handle of libc (or
 *                       libresolv)
 *   default-version, next-version
 *                       calling what dlvsym finds so with RTLD_DEFAULT, with RTLD_NEXT
 *   nothing             not at all: a constructor may have run them
 *
 * Names for what dlsym does not find are told on standard error at the end, and called as linked.
 */
#include "snippets.h"

#include "program.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#ifndef RTLD_DEEPBIND
#define RTLD_DEEPBIND 0
#endif

enum { HANDLER_STACK = 65536 };

static const char *only;

static const struct frame plain = {.find = NULL};

static void *in_thread(void *unused)
{
	snippets_run(&plain, only);
	return unused;
}

static void thread(void)
{
	pthread_t other;

	if (pthread_create(&other, NULL, in_thread, NULL) == 0)
		pthread_join(other, NULL);
}

static void child(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		snippets_run(&plain, only);
		exit(0);
	}
	waitpid(pid, &status, 0);
	if (status != 0)
		printf("the child's status: %d\n", status);
}

static void on_signal(int signal)
{
	(void)signal;
	snippets_run(&(struct frame){.signal_safe_alone = true}, only);
}

static void handler(void)
{
	static char stack[HANDLER_STACK];
	const stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};

	sigaltstack(&other, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
}

static void module(const char *path, int mode)
{
	void *opened = dlopen(path, mode), *found = opened ? dlsym(opened, "snippets_run") : NULL;
	snippets_function *run;

	memcpy(&run, &found, sizeof(found));
	if (run == NULL)
		printf("not loaded: %s\n", dlerror());
	else
		run(&plain, only);
}

/* ---- by dlsym ----------------------------------------------------------------------------------- */

static char missing[4096];

static any_function noted(void *found, const char *symbol)
{
	any_function function;
	size_t n = strlen(missing);

	memcpy(&function, &found, sizeof(found));
	if (found == NULL)
		snprintf(missing + n, sizeof(missing) - n, "%s\n", symbol);
	return function;
}

static any_function find_default(const char *symbol)
{
	return noted(dlsym(RTLD_DEFAULT, symbol), symbol);
}

static any_function find_next(const char *symbol)
{
	return noted(dlsym(RTLD_NEXT, symbol), symbol);
}

static void *libc_handle(void)
{
#ifdef __GLIBC__
	return dlopen("libc.so.6", RTLD_LAZY);
#else
	return dlopen("libc.so", RTLD_LAZY);
#endif
}

static any_function find_in_libc(const char *symbol)
{
	return noted(dlsym(libc_handle(), symbol), symbol);
}

#ifdef __GLIBC__
static void *oldest_in(void *handle, const char *symbol)
{
	void *found = dlvsym(handle, symbol, OLDEST);
	char version[32];

	for (int i = 0; found == NULL && i < 60; i++) {
		snprintf(version, sizeof(version), "GLIBC_2.%d", i);
		found = dlvsym(handle, symbol, version);
	}
	return found;
}

static any_function find_version(const char *symbol)
{
	void *found = oldest_in(libc_handle(), symbol);

	if (found == NULL)
		found = oldest_in(dlopen("libresolv.so.2", RTLD_LAZY), symbol);
	return noted(found, symbol);
}

static any_function find_default_version(const char *symbol)
{
	return noted(oldest_in(RTLD_DEFAULT, symbol), symbol);
}

static any_function find_next_version(const char *symbol)
{
	return noted(oldest_in(RTLD_NEXT, symbol), symbol);
}
#endif

static const struct {
	const char *name;
	struct frame frame;
} ways[] = {
	{"plain", {.find = NULL}},
	{"default", {.find = find_default}},
	{"next", {.find = find_next}},
	{"libc", {.find = find_in_libc}},
#ifdef __GLIBC__
	{"version", {.find = find_version}},
	{"default-version", {.find = find_default_version}},
	{"next-version", {.find = find_next_version}},
#endif
};

int main(int argc, char **argv)
{
	const char *frame = argc > 1 ? argv[1] : "";
	const bool in_module = strcmp(frame, "module") == 0 || strcmp(frame, "deep") == 0;

	only = argc > 2 + in_module ? argv[2 + in_module] : NULL;
	if (in_module && argc > 2)
		module(argv[2], RTLD_LAZY | RTLD_LOCAL | (*frame == 'd' ? RTLD_DEEPBIND : 0));
	else if (strcmp(frame, "thread") == 0)
		thread();
	else if (strcmp(frame, "fork") == 0)
		child();
	else if (strcmp(frame, "handler") == 0)
		handler();
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, frame) == 0)
			snippets_run(&ways[i].frame, only);
	fputs(missing, stderr);
	return 0;
}
