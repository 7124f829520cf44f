/* SPDX-License-Identifier: MIT */
/*
 * Hooks: everything in libc that makes a process another program, or starts one.
 *
 * Each is the same three steps: the environment is completed (child_environment), the file is judged
 * (child_program), and the real function gets exactly that file. libc's own functions call each other
 * by inner ways that no hook sees, so each is hooked for itself, and the walk along PATH is our own:
 * a file that the real function found behind a failure would not have been judged.
 *
 * Errors travel as numbers here; the exported functions put them where theirs go. All but the last
 * group may run in a vfork child or a signal handler: they allocate on the stack alone.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include "lib/child_environment.h"
#include "lib/child_program.h"
#include "lib/gate.h"
#include "lib/guarded.h"
#include "lib/library.h"
#include "lib/progress.h"
#include "lib/real.h"
#include "target/search.h"

enum { ARGUMENTS_MAX = CHILD_ENVIRONMENT_MAX / sizeof(char *) };

static const char shell_path[] = "/bin/sh"; /* libc's _PATH_BSHELL */

/* One call, whichever it was; what a kind of call does not use stays empty. */
struct start {
	const char *path;
	char *const *argv, *const *envp;
	int dir, flags;
	pid_t *pid;
	const posix_spawn_file_actions_t *actions;
	const posix_spawnattr_t *attributes;
};

/* Has any file action changed the directory of a child to be? */
static atomic_bool spawn_moves;

/* ---- the steps: 0, or the errno; where they end well an exec does not come back ---------------- */

static int go_execve(const struct start *start)
{
	int error = child_program_judge(AT_FDCWD, start->path);

	if (error == 0) {
		real.execve(start->path, start->argv, start->envp);
		error = errno;
	}
	return error;
}

/* exec's arrays are of char *, though nobody writes to what they point to. */
static char *argument_of(const char *string)
{
	char *argument;

	memcpy(&argument, &string, sizeof(argument));
	return argument;
}

/* execvp(3): what the kernel cannot run is a script of the shell. */
static int go_by_shell(const struct start *start)
{
	struct start shell = {.path = shell_path, .envp = start->envp};
	size_t count = 0;
	char **argv;

	while (start->argv[count] != NULL)
		count++;
	if (count > ARGUMENTS_MAX)
		return E2BIG;
	argv = __builtin_alloca((count + 3) * sizeof(*argv));
	argv[0] = argument_of(shell_path);
	argv[1] = argument_of(start->path);
	argv[2] = NULL;
	for (size_t i = 1; i <= count; i++)
		argv[i + 1] = start->argv[i];
	shell.argv = argv;
	return go_execve(&shell);
}

static int go_along_path(const struct start *start)
{
	struct search search = search_begin(start->path);
	char path[PATH_MAX];
	struct start candidate = *start;
	int error = ENOENT;
	bool denied = false;

	candidate.path = path;
	while (search_next(&search, path)) {
		error = child_program_judge(AT_FDCWD, path);
		if (error == EACCES || error == EPERM)
			return error;
		if (error == 0) {
			real.execve(path, start->argv, start->envp);
			error = errno;
		}
		if (error == ENOEXEC)
			return go_by_shell(&candidate);
		if (!search_goes_on(error))
			return error;
		denied = denied || error == EACCES;
	}
	return denied ? EACCES : error;
}

static int go_execvpe(const struct start *start)
{
	int error;

	if (*start->path == '\0')
		return ENOENT;
	if (strchr(start->path, '/') == NULL)
		return go_along_path(start);
	error = go_execve(start);
	return error == ENOEXEC ? go_by_shell(start) : error;
}

static int go_execveat(const struct start *start)
{
	int error = child_program_judge(start->dir, start->path);

	if (error == 0) {
		real.syscall(SYS_execveat, (long)start->dir, start->path, start->argv, start->envp,
			(long)start->flags);
		error = errno;
	}
	return error;
}

static int go_fexecve(const struct start *start)
{
	int error = start->dir < 0 ? 0 : child_program_judge(start->dir, "");

	if (error == 0) {
		real.fexecve(start->dir, start->argv, start->envp);
		error = errno;
	}
	return error;
}

static int go_spawn(const struct start *start)
{
	int error;

	/* The file that the child will find by this path is not the one that we would look at. */
	if (start->actions != NULL && start->path[0] != '/' &&
		atomic_load_explicit(&spawn_moves, memory_order_relaxed) && !is_guarded()) {
		refuse(REFUSAL_CHILD_MOVED, NULL);
		return errno;
	}
	error = child_program_judge(AT_FDCWD, start->path);
	if (error != 0)
		return error;
	return real.posix_spawn(start->pid, start->path, start->actions, start->attributes,
		start->argv, start->envp);
}

static int go_spawnp(const struct start *start)
{
	struct start found = *start;
	char path[PATH_MAX];

	if (strchr(start->path, '/') != NULL)
		return go_spawn(start);
	if (search_program(path, start->path) != 0)
		return real.posix_spawnp(start->pid, start->path, start->actions, start->attributes,
			start->argv, start->envp);
	found.path = path;
	return go_spawn(&found);
}

/* Goes on with the environment completed, on this function's stack. */
static int complete(struct start *start, int (*go)(const struct start *))
{
	struct child_environment environment;

	library_ready(); /* where it is not, the child will refuse the network just as we do */
	progress_finish_inherited();
	environment = child_environment_of(start->envp);
	if (environment.size > CHILD_ENVIRONMENT_MAX)
		return E2BIG;
	if (environment.size > 0)
		start->envp =
			child_environment_make(__builtin_alloca(environment.size), &environment);
	return go(start);
}

static int failed(int error)
{
	errno = error;
	return -1;
}

/* ---- exec --------------------------------------------------------------------------------------- */

static int exec(
	int (*go)(const struct start *), const char *path, char *const argv[], char *const envp[])
{
	struct start start = {.path = path, .argv = argv, .envp = envp};

	return failed(complete(&start, go));
}

EXPORTED int execve(const char *path, char *const argv[], char *const envp[])
{
	return exec(go_execve, path, argv, envp);
}

EXPORTED int execv(const char *path, char *const argv[])
{
	return exec(go_execve, path, argv, environ);
}

EXPORTED int execvpe(const char *file, char *const argv[], char *const envp[])
{
	return exec(go_execvpe, file, argv, envp);
}

EXPORTED int execvp(const char *file, char *const argv[])
{
	return exec(go_execvpe, file, argv, environ);
}

EXPORTED int execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags)
{
	struct start start = {.path = path, .argv = argv, .envp = envp, .dir = dir, .flags = flags};

	return failed(complete(&start, go_execveat));
}

EXPORTED int fexecve(int fd, char *const argv[], char *const envp[])
{
	struct start start = {.path = "", .argv = argv, .envp = envp, .dir = fd};

	/* libc does not take this for an empty one, as execve does. */
	if (envp == NULL)
		return failed(EINVAL);
	return failed(complete(&start, go_fexecve));
}

/* How many arguments there are before the NULL, the first included. */
static size_t arguments_count(const char *first, va_list more)
{
	size_t count = 0;

	for (const char *argument = first; argument != NULL; argument = va_arg(more, const char *))
		count++;
	return count;
}

static void arguments_take(char **argv, const char *first, va_list more)
{
	for (const char *argument = first; argument != NULL; argument = va_arg(more, const char *))
		*argv++ = argument_of(argument);
	*argv = NULL;
}

/* `environment` may use `more`, which then stands behind the NULL. */
#define DEFINE_EXECL(function, go, environment)                         \
	EXPORTED int function(const char *path, const char *first, ...) \
	{                                                               \
		char *const *envp;                                      \
		size_t count;                                           \
		char **argv;                                            \
		va_list more;                                           \
                                                                        \
		va_start(more, first);                                  \
		count = arguments_count(first, more);                   \
		va_end(more);                                           \
		if (count > ARGUMENTS_MAX)                              \
			return failed(E2BIG);                           \
		argv = __builtin_alloca((count + 1) * sizeof(*argv));   \
		va_start(more, first);                                  \
		arguments_take(argv, first, more);                      \
		envp = environment;                                     \
		va_end(more);                                           \
		return exec(go, path, argv, envp);                      \
	}

DEFINE_EXECL(execl, go_execve, environ)
DEFINE_EXECL(execlp, go_execvpe, environ)
DEFINE_EXECL(execle, go_execve, va_arg(more, char *const *))

/* ---- posix_spawn: judged and completed in the parent -------------------------------------------- */

static int spawn(struct start *start, int (*go)(const struct start *))
{
	const int saved = errno;
	const int error = complete(start, go);

	errno = saved;
	return error;
}

EXPORTED int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	struct start start = {.path = path,
		.argv = argv,
		.envp = envp,
		.pid = pid,
		.actions = actions,
		.attributes = attributes};

	return spawn(&start, go_spawn);
}

EXPORTED int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	struct start start = {.path = file,
		.argv = argv,
		.envp = envp,
		.pid = pid,
		.actions = actions,
		.attributes = attributes};

	return spawn(&start, go_spawnp);
}

/*
 * What posix_spawn will do is libc's secret, so the child's duplicate of a connection that opens is
 * waited for here: the descriptor itself may well close on exec.
 */
EXPORTED int posix_spawn_file_actions_adddup2(
	posix_spawn_file_actions_t *actions, int fd, int duplicate)
{
	gate_whole(fd);
	return real.posix_spawn_file_actions_adddup2(actions, fd, duplicate);
}

EXPORTED int posix_spawn_file_actions_addchdir_np(
	posix_spawn_file_actions_t *actions, const char *path)
{
	library_ready();
	atomic_store_explicit(&spawn_moves, true, memory_order_relaxed);
	return real.posix_spawn_file_actions_addchdir_np(actions, path);
}

EXPORTED int posix_spawn_file_actions_addfchdir_np(posix_spawn_file_actions_t *actions, int fd)
{
	library_ready();
	atomic_store_explicit(&spawn_moves, true, memory_order_relaxed);
	return real.posix_spawn_file_actions_addfchdir_np(actions, fd);
}

/* ---- what goes by the shell, with `environ` as it stands ---------------------------------------- */

/* 0, or the errno that says why there can be no shell. */
static int shell_ready(void)
{
	library_ready();
	progress_finish_inherited();
	if (!child_environment_restore())
		return ENOMEM;
	return child_program_judge(AT_FDCWD, shell_path);
}

EXPORTED int system(const char *command)
{
	int error = shell_ready();

	if (error != 0 && command != NULL)
		return failed(error);
	return real.system(command);
}

EXPORTED FILE *popen(const char *command, const char *mode)
{
	int error = shell_ready();

	if (error == 0)
		return real.popen(command, mode);
	errno = error;
	return NULL;
}
#ifdef __GLIBC__
EXPORT_ALIAS(__libc_system, system);
EXPORT_ALIAS(_IO_popen, popen) __attribute_malloc__;

EXPORTED FILE *_IO_proc_open(FILE *stream, const char *command, const char *mode)
{
	int error = shell_ready();

	if (error == 0)
		return real._IO_proc_open(stream, command, mode);
	errno = error;
	return NULL;
}
#endif

/* Without a shell there is no command substitution, and that is what it says then. */
EXPORTED int wordexp(const char *words, wordexp_t *out, int flags)
{
	return real.wordexp(words, out, shell_ready() == 0 ? flags : flags | WRDE_NOCMD);
}
