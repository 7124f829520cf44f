/* SPDX-License-Identifier: MIT */
/* The step of `ways` that starts a program with an emptied environment; ways.c includes this. */
#include <fcntl.h>
#include <spawn.h>
#include <wordexp.h>

static char *nothing[] = {NULL};

/* The steps of the child that goes on, as a command of the shell. */
static const char *command_of(char **argv)
{
	static char line[1024];

	for (; *argv != NULL; argv++) {
		strcat(line, *argv);
		strcat(line, " ");
	}
	return line;
}

static int spawned(int error, pid_t child)
{
	int status = 0;

	errno = error;
	if (error != 0)
		return -1;
	waitpid(child, &status, 0);
	exit(WEXITSTATUS(status));
}

static int spoken(int status)
{
	if (status < 0)
		return -1;
	exit(WEXITSTATUS(status));
}

static int popened(FILE *stream)
{
	int c;

	if (stream == NULL)
		return -1;
	while ((c = getc(stream)) != EOF)
		putchar(c);
	exit(WEXITSTATUS(pclose(stream)));
}

/* A stream that popen has made, closed inside, is given another program. */
static FILE *reopened(const char *command)
{
	FILE *(*proc_open)(FILE *, const char *, const char *), *stream = popen("true", "r");
	int (*close_it)(FILE *);

	*(void **)&proc_open = alias("_IO_proc_open");
	*(void **)&close_it = alias("_IO_file_close_it");
	close_it(stream);
	return proc_open(stream, command, "r");
}

static int expanded(char **argv)
{
	char line[1100];
	wordexp_t out;

	snprintf(line, sizeof(line), "\"$(%s)\"", command_of(argv));
	if (wordexp(line, &out, 0) != 0)
		return -1;
	puts(out.we_wordv[0]);
	exit(0);
}

static int moved(char **argv)
{
	posix_spawn_file_actions_t actions;
	pid_t child = 0;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, ".");
	posix_spawn_file_actions_addfchdir_np(&actions, open(".", O_RDONLY));
	return spawned(posix_spawn(&child, argv[0], &actions, NULL, argv, nothing), child);
}

/* As the runtimes of other languages start programs. */
static int vforked(char **argv)
{
	const long call[6] = {(intptr_t)argv[0], (intptr_t)argv, (intptr_t)nothing};
	const pid_t child = vfork();

	if (child == 0) {
		enter_kernel(SYS_execve, call);
		_exit(127);
	}
	return spawned(child < 0 ? errno : 0, child);
}

/* start HOW PROGRAM: the program goes on with the steps that follow. */
static int way_start(char **args)
{
	const char *how = args[0];
	char **argv = args + 1;
	pid_t child = 0;

	environ = nothing;
	if (strcmp(how, "execve") == 0)
		return execve(argv[0], argv, nothing);
	if (strcmp(how, "execv") == 0)
		return execv(argv[0], argv);
	if (strcmp(how, "execvp") == 0)
		return execvp(argv[0], argv);
	if (strcmp(how, "execvpe") == 0)
		return execvpe(argv[0], argv, nothing);
	if (strcmp(how, "execl") == 0)
		return execl("/bin/sh", "sh", "-c", command_of(argv), (char *)NULL);
	if (strcmp(how, "execlp") == 0)
		return execlp("sh", "sh", "-c", command_of(argv), (char *)NULL);
	if (strcmp(how, "execle") == 0)
		return execle("/bin/sh", "sh", "-c", command_of(argv), (char *)NULL, nothing);
	if (strcmp(how, "execveat") == 0)
		return execveat(AT_FDCWD, argv[0], argv, nothing, 0);
	if (strcmp(how, "fexecve") == 0)
		return fexecve(open(argv[0], O_RDONLY), argv, nothing);
	if (strcmp(how, "syscall") == 0)
		return (int)syscall(SYS_execve, argv[0], argv, nothing);
	if (strcmp(how, "instruction") == 0)
		return vforked(argv);
	if (strcmp(how, "posix_spawn") == 0)
		return spawned(posix_spawn(&child, argv[0], NULL, NULL, argv, nothing), child);
	if (strcmp(how, "posix_spawnp") == 0)
		return spawned(posix_spawnp(&child, argv[0], NULL, NULL, argv, nothing), child);
	if (strcmp(how, "moved") == 0)
		return moved(argv);
	if (strcmp(how, "system") == 0)
		return spoken(system(command_of(argv)));
	if (strcmp(how, "popen") == 0)
		return popened(popen(command_of(argv), "r"));
	if (strcmp(how, "_IO_popen") == 0) {
		FILE *(*function)(const char *, const char *);

		function = (__typeof__(function))alias(how);
		return popened(function(command_of(argv), "r"));
	}
	if (strcmp(how, "_IO_proc_open") == 0)
		return popened(reopened(command_of(argv)));
	if (strcmp(how, "__libc_system") == 0) {
		int (*function)(const char *);

		*(void **)&function = dlvsym(RTLD_DEFAULT, how, "GLIBC_PRIVATE");
		return spoken(function(command_of(argv)));
	}
	if (strcmp(how, "wordexp") == 0)
		return expanded(argv);
	give_up("no such function", how);
}
