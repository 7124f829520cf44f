/* SPDX-License-Identifier: MIT */
/* Snippets: system calls by their number, the ends of a process, other programs, and the dynamic linker. */
#include "snippet.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char **environ;

static void show_child(int status)
{
	if (WIFEXITED(status))
		printf("exit %d\n", WEXITSTATUS(status));
	else
		printf("signal %d\n", WTERMSIG(status));
}

/* Forks. True in the child. */
static bool in_child(void)
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		return true;
	waitpid(child, &status, 0);
	show_child(status);
	return false;
}

/* The end of a child whose exec came back. */
_Noreturn static void not_started(void)
{
	fprintf(stderr, "not started: %s\n", errno_name(errno));
	syscall(SYS_exit_group, 99);
	__builtin_unreachable();
}

static char *const echo_argv[] = {(char[]){"echo"}, (char[]){"started"}, NULL};

SNIPPET(syscall, SAFE)
{
	const struct place place = echo_place();
	long fd = call(SYS_socket, AF_INET, SOCK_STREAM, 0);

	show("a socket", fd);
	show("connected", call(SYS_connect, fd, &place.sa, (long)place.len));
	show_peer("peer", (int)fd, &place);
	show_echo("then", (int)fd);
	close((int)fd);
	printf("itself: %s\n", call(SYS_getpid) == getpid() ? "yes" : "no");
	show("no such call", call(9999));
}

/* Filters stay: filtered.c loads some. */
SNIPPET(prctl, SAFE)
{
	char before[16] = "", name[16] = "";

	call(PR_GET_NAME, before);
	show("named", call(PR_SET_NAME, "snippet"));
	show("its name", call(PR_GET_NAME, name));
	printf("%s\n", name);
	call(PR_SET_NAME, before);
	show("no filter", call(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0));
	show("no such option", call(9999, 0, 0, 0, 0));
}

#define ENDS(symbol)             \
	SNIPPET(symbol, SAFE)    \
	{                        \
		if (in_child())  \
			call(7); \
	}
ENDS(_exit)
ENDS(_Exit)

#define STARTS(symbol, safety, ...)        \
	SNIPPET(symbol, safety)            \
	{                                  \
		if (in_child()) {          \
			call(__VA_ARGS__); \
			not_started();     \
		}                          \
	}
STARTS(execve, SAFE, "/bin/echo", echo_argv, environ)
STARTS(execv, SAFE, "/bin/echo", echo_argv)
STARTS(execvp, SAFE, "echo", echo_argv)
STARTS(execvpe, SAFE, "echo", echo_argv, environ)
STARTS(execl, SAFE, "/bin/echo", "echo", "started", (char *)NULL)
STARTS(execlp, SAFE, "echo", "echo", "started", (char *)NULL)
STARTS(execle, SAFE, "/bin/echo", "echo", "started", (char *)NULL, environ)
STARTS(fexecve, SAFE, open("/bin/echo", O_RDONLY | O_CLOEXEC), echo_argv, environ)

/* The child by its address: it is there when the call has been made. */
static void show_spawned(int error, const pid_t *child)
{
	int status = -1;

	printf("spawned: %s\n", errno_name(error));
	if (error == 0 && waitpid(*child, &status, 0) == *child)
		show_child(status);
}

SNIPPET(posix_spawn, UNSAFE)
{
	pid_t child = 0;

	fflush(stdout);
	show_spawned(call(&child, "/bin/echo", NULL, NULL, echo_argv, environ), &child);
	show_spawned(call(&child, "/no/such", NULL, NULL, echo_argv, environ), &child);
}

SNIPPET(posix_spawnp, UNSAFE)
{
	pid_t child = 0;

	fflush(stdout);
	show_spawned(call(&child, "echo", NULL, NULL, echo_argv, environ), &child);
	show_spawned(call(&child, "no-such", NULL, NULL, echo_argv, environ), &child);
}

SNIPPET(posix_spawn_file_actions_adddup2, UNSAFE)
{
	posix_spawn_file_actions_t actions;
	char said[8] = "";
	pid_t child = 0;
	int ends[2];

	if (pipe(ends) < 0)
		return;
	posix_spawn_file_actions_init(&actions);
	printf("added: %s\n", errno_name(call(&actions, ends[1], STDOUT_FILENO)));
	printf("added: %s\n", errno_name(call(&actions, -1, STDOUT_FILENO)));
	fflush(stdout);
	show_spawned(posix_spawn(&child, "/bin/echo", &actions, NULL, echo_argv, environ), &child);
	close(ends[1]);
	printf("said: %zd %s\n", read(ends[0], said, sizeof(said) - 1), said);
	close(ends[0]);
	posix_spawn_file_actions_destroy(&actions);
}

static void spawn_moved(posix_spawn_file_actions_t *actions)
{
	char *const argv[] = {(char[]){"pwd"}, NULL};
	pid_t child = 0;

	fflush(stdout);
	show_spawned(posix_spawn(&child, "/bin/pwd", actions, NULL, argv, environ), &child);
	posix_spawn_file_actions_destroy(actions);
}

SNIPPET(posix_spawn_file_actions_addchdir_np, UNSAFE)
{
	posix_spawn_file_actions_t actions;

	posix_spawn_file_actions_init(&actions);
	printf("added: %s\n", errno_name(call(&actions, "/etc")));
	spawn_moved(&actions);
}

SNIPPET(posix_spawn_file_actions_addfchdir_np, UNSAFE)
{
	posix_spawn_file_actions_t actions;
	int fd = open("/etc", O_RDONLY | O_DIRECTORY);

	posix_spawn_file_actions_init(&actions);
	printf("added: %s\n", errno_name(call(&actions, fd)));
	spawn_moved(&actions);
	close(fd);
}

SNIPPET(system, UNSAFE)
{
	fflush(stdout);
	show_child(call("echo started; exit 3"));
	printf("a shell: %s\n", call(NULL) ? "yes" : "no");
}

SNIPPET(popen, UNSAFE)
{
	char line[32] = "";
	FILE *file = call("echo started", "r");

	printf("%s", file && fgets(line, sizeof(line), file) ? line : "nothing\n");
	show_child(file ? pclose(file) : -1);
}

SNIPPET(wordexp, UNSAFE)
{
	wordexp_t words;
	int result = call("$(echo started twice) ~nobody-at-all", &words, 0);

	printf("%d\n", result);
	for (size_t i = 0; result == 0 && i < words.we_wordc; i++)
		printf("%s\n", words.we_wordv[i]);
	if (result == 0)
		wordfree(&words);
}

#ifdef __GLIBC__
#define LIBC "libc.so.6"
#else
#define LIBC "libc.so"
#endif

SNIPPET(dlopen, UNSAFE)
{
	void *handle = call(LIBC, RTLD_LAZY);

	printf("libc: %s\n", handle && dlsym(handle, "connect") ? "has it" : "not");
	printf("no such: %s\n", call("no-such.so", RTLD_NOW) ? "opened" : dlerror());
	dlclose(handle);
}

SNIPPET(dlsym, UNSAFE)
{
	void *handle = dlopen(LIBC, RTLD_LAZY);

	printf("all: %s\n", call(RTLD_DEFAULT, "connect") ? "found" : "not");
	printf("next: %s\n", call(RTLD_NEXT, "connect") ? "found" : "not");
	printf("libc: %s\n", call(handle, "connect") ? "found" : "not");
	printf("one that is not interposed: %s\n",
		call(handle, "getenv") == call(RTLD_NEXT, "getenv") ? "libc's" : "another");
	printf("no such: %s\n", call(handle, "no such") ? "found" : dlerror());
	dlclose(handle);
}

#ifdef __GLIBC__
SNIPPET(execveat, SAFE)
{
	if (in_child()) {
		call(AT_FDCWD, "/bin/echo", echo_argv, environ, 0);
		not_started();
	}
}

SNIPPET(dlmopen, UNSAFE)
{
	void *handle = call(LM_ID_BASE, LIBC, RTLD_LAZY);

	printf("here: %s\n", handle ? "opened" : dlerror());
	dlclose(handle);
	handle = call(LM_ID_NEWLM, LIBC, RTLD_LAZY);
	printf("elsewhere: %s\n", handle ? "opened" : dlerror());
}

SNIPPET(dlvsym, UNSAFE)
{
	void *handle = dlopen(LIBC, RTLD_LAZY);

	printf("libc: %s\n", call(handle, "gethostbyname_r", OLDEST) ? "found" : "not");
	printf("next: %s\n", call(RTLD_NEXT, "gethostbyname_r", OLDEST) ? "found" : "not");
	printf("no such: %s\n", call(handle, "connect", "NONE") ? "found" : dlerror());
	dlclose(handle);
}

/* On the stream of another program, closed in the inside. */
SNIPPET(_IO_proc_open, UNSAFE)
{
	int (*close_it)(FILE *) = NULL;
	void *found = dlsym(RTLD_DEFAULT, "_IO_file_close_it");
	FILE *stream = popen("true", "r");
	char line[16] = "";

	memcpy(&close_it, &found, sizeof(found));
	close_it(stream);
	printf("%s\n", call(stream, "echo started", "r") == stream ? "the same" : "another");
	printf("%s", fgets(line, sizeof(line), stream) ? line : "nothing\n");
	show("ended", pclose(stream));
}
#endif
