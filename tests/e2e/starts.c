/* SPDX-License-Identifier: MIT */
/*
 * starts WHERE HOW ENVIRONMENT FILE [ARGUMENT...]: starts FILE by the function HOW, and says
 * "NAME_OF_ERRNO" where that fails.
 *
 *	WHERE        main, vfork, thread, handler (of a signal, on a small stack of its own)
 *	ENVIRONMENT  whole, empty, edited (a PATH and what GIVEN_PRELOAD says as LD_PRELOAD),
 *	             twice (two LD_PRELOAD that are empty), many (100,000 variables more)
 *
 * system, popen and wordexp give FILE and the arguments to the shell.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

enum { MANY = 100000, SMALL_STACK = 32768 };

extern char **environ;

static char **envp, **argv;
static int error;

static void run_execve(void)
{
	execve(argv[0], argv, envp);
}
static void run_execv(void)
{
	execv(argv[0], argv);
}
static void run_execvp(void)
{
	execvp(argv[0], argv);
}
static void run_execvpe(void)
{
	execvpe(argv[0], argv, envp);
}
static void run_execl(void)
{
	execl(argv[0], argv[0], argv[1], (char *)NULL);
}
static void run_execlp(void)
{
	execlp(argv[0], argv[0], argv[1], (char *)NULL);
}
static void run_execle(void)
{
	execle(argv[0], argv[0], argv[1], (char *)NULL, envp);
}
static void run_execveat(void)
{
	execveat(AT_FDCWD, argv[0], argv, envp, 0);
}
static void run_fexecve(void)
{
	fexecve(open(argv[0], O_RDONLY), argv, envp);
}
static void run_path(void)
{
	fexecve(open(argv[0], O_PATH), argv, envp);
}
static void run_syscall_execve(void)
{
	syscall(SYS_execve, argv[0], argv, envp);
}

static void run_syscall_execveat(void)
{
	syscall(SYS_execveat, open(argv[0], O_PATH), "", argv, envp, AT_EMPTY_PATH);
}

/* The file by its directory. */
static void run_at(void)
{
	char *slash = strrchr(argv[0], '/');
	int dir;

	*slash = '\0';
	dir = open(argv[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	execveat(dir, slash + 1, argv, envp, 0);
}

static void end_as(int status)
{
	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	_exit(99);
}

static void end_with(pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, 0);
	end_as(status);
}

static void run_posix_spawn(void)
{
	pid_t pid;

	errno = posix_spawn(&pid, argv[0], NULL, NULL, argv, envp);
	if (errno == 0)
		end_with(pid);
}

static void run_posix_spawnp(void)
{
	pid_t pid;

	errno = posix_spawnp(&pid, argv[0], NULL, NULL, argv, envp);
	if (errno == 0)
		end_with(pid);
}

/* In the folder "elsewhere". */
static void run_moved(void)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, "elsewhere");
	errno = posix_spawn(&pid, argv[0], &actions, NULL, argv, envp);
	if (errno == 0)
		end_with(pid);
}

static const char *command(void)
{
	static char line[4096];

	for (char **argument = argv; *argument != NULL; argument++) {
		strcat(line, *argument);
		strcat(line, " ");
	}
	return line;
}

static void run_system(void)
{
	int status = system(command());

	if (status >= 0)
		end_as(status);
}

static void run_popen(void)
{
	FILE *stream = popen(command(), "r");
	int c;

	if (stream == NULL)
		return;
	while ((c = getc(stream)) != EOF)
		putchar(c);
	fflush(stdout);
	end_as(pclose(stream));
}

static void run_wordexp(void)
{
	char line[4200];
	wordexp_t words;

	snprintf(line, sizeof(line), "\"$(%s)\"", command());
	if (wordexp(line, &words, 0) != 0)
		return;
	puts(words.we_wordv[0]);
	exit(0);
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {{"execve", run_execve}, {"execv", run_execv}, {"execvp", run_execvp},
	{"execvpe", run_execvpe}, {"execl", run_execl}, {"execlp", run_execlp},
	{"execle", run_execle}, {"execveat", run_execveat}, {"at", run_at},
	{"fexecve", run_fexecve}, {"path", run_path}, {"syscall_execve", run_syscall_execve},
	{"syscall_execveat", run_syscall_execveat}, {"posix_spawn", run_posix_spawn},
	{"posix_spawnp", run_posix_spawnp}, {"moved", run_moved}, {"system", run_system},
	{"popen", run_popen}, {"wordexp", run_wordexp}};

static void (*run)(void);

static void try(void)
{
	errno = 0;
	run();
	error = errno;
}

static void in_main(void)
{
	try();
}

static void in_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		try();
		_exit(77);
	}
	if (error == 0)
		end_with(pid);
	waitpid(pid, NULL, 0);
}

static void *thread(void *unused)
{
	try();
	return unused;
}

static void in_thread(void)
{
	pthread_t id;

	pthread_create(&id, NULL, thread, NULL);
	pthread_join(id, NULL);
}

static void handler(int number)
{
	(void)number;
	try();
}

static void in_handler(void)
{
	static char stack[SMALL_STACK];
	const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	const struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};

	sigaltstack(&alternate, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
}

static const struct {
	const char *name;
	void (*in)(void);
} places[] = {
	{"main", in_main}, {"vfork", in_vfork}, {"thread", in_thread}, {"handler", in_handler}};

static void environment_choose(const char *name)
{
	static char preload[4096] = "LD_PRELOAD=", path[] = "PATH=/usr/bin:/bin",
		    empty[] = "LD_PRELOAD=";
	static char *edited[] = {path, preload, NULL}, *twice[] = {empty, path, empty, NULL};
	static char *many[MANY + 2], *none[] = {NULL};

	if (strcmp(name, "edited") == 0) {
		strcat(preload, getenv("GIVEN_PRELOAD"));
		environ = edited;
	} else if (strcmp(name, "twice") == 0) {
		environ = twice;
	} else if (strcmp(name, "empty") == 0) {
		environ = none;
	} else if (strcmp(name, "many") == 0) {
		many[0] = path;
		for (int i = 1; i <= MANY; i++)
			many[i] = strdup("A=b");
		environ = many;
	}
	envp = environ;
}

int main(int count, char **words)
{
	if (count < 5)
		return 2;
	argv = words + 4;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, words[2]) == 0)
			run = ways[i].run;
	environment_choose(words[3]);
	for (size_t i = 0; run != NULL && i < sizeof(places) / sizeof(places[0]); i++)
		if (strcmp(places[i].name, words[1]) == 0)
			places[i].in();
	puts(error ? strerrorname_np(error) : "0");
	return 1;
}
