/* SPDX-License-Identifier: MIT */
/*
 * The guard's process tree, and the front of it.
 *
 *	shell --- front --- supervisor --- program --- ...
 *
 * The front is what the shell waits for: the process that tunic was started as. It passes on the
 * signals that it gets, stops and continues as the program does, and ends as the program ends. It stays
 * in the process group that the shell has made, as does the program, so the terminal means both: what
 * a key of the terminal, or the kernel otherwise, sends to the group is not passed on once more.
 *
 * Front and supervisor are not traceable by others of the same user. When the supervisor is killed the
 * program becomes the front's own child, and goes on without connections. When the front is killed,
 * so is the program.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bin/guard.h"
#include "bin/guard_channel.h"
#include "bin/guard_proc.h"
#include "bin/guard_report.h"
#include "bin/guard_supervisor.h"
#include "bin/say.h"
#include "core/guard_sign.h"

enum { STAT_BUF = 512 };

static int channel; /* to the supervisor; -1 once it has ended */
static pid_t supervisor, program;

/* ---- ending, stopping */

static void signal_take(int number)
{
	const struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t one, saved;

	sigaction(number, &action, NULL);
	sigemptyset(&one);
	sigaddset(&one, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &one, &saved);
	/* Stopped, and continued; or dead. */
	sigprocmask(SIG_SETMASK, &saved, NULL);
}

_Noreturn static void end_as(int status)
{
	const struct rlimit no_core = {0, 0};

	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	/* The program has left its core already. */
	setrlimit(RLIMIT_CORE, &no_core);
	signal_take(WTERMSIG(status));
	exit(128 + WTERMSIG(status));
}

/*
 * Who stops or continues the whole group means us, too; and what we hear of the program's stop then may
 * be old.
 */
static bool program_is_stopped(void)
{
	char stat[STAT_BUF];
	const char *name_end;

	proc_read(stat, sizeof(stat), program, "/stat");
	name_end = strrchr(stat, ')');
	return name_end && strncmp(name_end, ") T", 3) == 0;
}

static void follow(int status)
{
	if (WIFSTOPPED(status) && program_is_stopped())
		signal_take(WSTOPSIG(status));
	else if (WIFEXITED(status) || WIFSIGNALED(status))
		end_as(status);
}

/* ---- the two things that happen */

static void hear(void)
{
	struct message message;

	if (!channel_receive(channel, &message)) {
		close(channel);
		channel = -1;
		/* Only when it is gone for good is the program ours. */
		waitpid(supervisor, NULL, 0);
		return;
	}
	/* What the program has used is then known as used by a child of ours, as time(1) and others ask. */
	if (message.tiding == TIDING_LAST)
		waitpid(supervisor, NULL, 0);
	if (message.tiding == TIDING_LAST || message.tiding == TIDING_STATUS)
		follow(message.value);
}

/*
 * The kernel speaks to the leader of a session whose terminal goes away, and to groups; of ours the program
 * may have left, as shells do.
 */
static bool is_alone_in_group(void)
{
	return getpgid(program) != getpgrp() && getsid(program) == getsid(0);
}

/* A timer that was set before exec runs on in this process. The supervisor only continues us. */
static bool is_meant_for_program(const struct signalfd_siginfo *told)
{
	if (told->ssi_code <= 0)
		return (pid_t)told->ssi_pid != supervisor;
	return told->ssi_signo == SIGALRM || told->ssi_signo == SIGVTALRM ||
	       told->ssi_signo == SIGPROF || (told->ssi_code == SI_KERNEL && is_alone_in_group());
}

static void pass_on(int number)
{
	const struct message message = {.tiding = TIDING_SIGNAL, .value = number};

	/* Once the supervisor is gone the program is our child, and its number nobody else's. */
	if (channel < 0)
		kill(program, number);
	else
		channel_send(channel, &message);
}

static void signal_ready(int signals)
{
	struct signalfd_siginfo told;

	if (read(signals, &told, sizeof(told)) == sizeof(told) && is_meant_for_program(&told))
		pass_on((int)told.ssi_signo);
}

/* Without a supervisor the program is ours to wait for. */
static void program_look(void)
{
	int status;
	pid_t pid = waitpid(program, &status, WNOHANG | WUNTRACED);

	if (pid == program)
		follow(status);
	else if (pid < 0 && errno == ECHILD)
		refuse(EXIT_OURS, "guard: the supervisor was killed, and the program with it");
}

/* ---- beginning */

/* What the program closes must not be kept open by us; and a pipe should break when it does. */
static void descriptors_leave(void)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing >= 0) {
		dup2(nothing, STDIN_FILENO);
		dup2(nothing, STDOUT_FILENO);
		close(nothing);
	}
	for (int fd = STDERR_FILENO + 1; fd < channel; fd++)
		close(fd);
	close_range((unsigned)channel + 1, ~0U, 0);
}

_Noreturn static void front_run(void)
{
	struct pollfd waits[2];
	sigset_t all;
	int signals;

	descriptors_leave();
	sigfillset(&all);
	signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	for (;;) {
		waits[0] = (struct pollfd){.fd = channel, .events = POLLIN};
		waits[1] = (struct pollfd){.fd = signals, .events = POLLIN};
		if (channel < 0)
			program_look();
		if (poll(waits, 2, -1) < 0)
			continue;
		if (waits[0].revents)
			hear();
		if (waits[1].revents)
			signal_ready(signals);
	}
}

/* A channel of which the supervisor has the other end. -1: errno is set. */
static int supervisor_start(const struct guarded *guarded)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	supervisor = fork();
	if (supervisor == 0) {
		close(ends[0]);
		supervisor_run(guarded, ends[1]);
	}
	close(ends[1]);
	if (supervisor > 0)
		return ends[0];
	close(ends[0]);
	return -1;
}

static void signals_hold(struct guarded *guarded)
{
	const struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &guarded->signal_mask);
	/* Where a parent ignores it, the kernel keeps no status of children. */
	sigaction(SIGCHLD, &action, &guarded->child_action);
}

static void signals_release(const struct guarded *guarded)
{
	sigaction(SIGCHLD, &guarded->child_action, NULL);
	sigprocmask(SIG_SETMASK, &guarded->signal_mask, NULL);
}

static void missing(const struct settings *settings, const char *what, int error)
{
	if (report_is_wanted())
		refuse(EXIT_OURS,
			"--report: only the guard can tell, and it cannot be had here: %s: %s",
			what, strerror(error));
	if (settings->guard == GUARD_SEAL)
		refuse(EXIT_OURS,
			"guard: the seal cannot be had here: %s: %s; hint: guard = on needs less",
			what, strerror(error));
	if (settings->guard == GUARD_ON)
		refuse(EXIT_OURS,
			"guard: cannot be had here: %s: %s; hint: guard = auto starts what the "
			"shim alone can protect",
			what, strerror(error));
	if (settings->log >= LOG_LEVEL_WARN)
		say("guard: cannot be had here (%s: %s): the shim alone protects", what,
			strerror(error));
}

/* The answer of a guard; of a kernel without one, EBADF. */
static int ask(void)
{
	return connect(GUARD_SIGN_FD, &guard_sign, sizeof(guard_sign)) < 0 ? errno : 0;
}

bool guard_is_in_force(void)
{
	return guard_sign_is_guard(ask());
}

bool guard_is_wanted(const struct settings *settings)
{
	return settings->guard != GUARD_OFF || guard_is_in_force();
}

/*
 * Is the library in this process, by an LD_PRELOAD that we were started with? Then the supervisor's own
 * connections would be judged by it, and no exec gets rid of it.
 */
static bool is_shimmed(void)
{
	const void *connects = dlsym(RTLD_DEFAULT, "connect");
	const char *file;
	Dl_info info;

	if (!connects || dladdr(connects, &info) == 0)
		return false;
	file = strrchr(info.dli_fname, '/');
	return !strcmp(file ? file + 1 : info.dli_fname, "libtunic.so");
}

/*
 * Where standard input, output or error are closed, our own descriptors must not take their numbers,
 * and the program has to find them closed.
 */
static void numbers_take(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static void refuse_to_report(const struct settings *settings)
{
	if (report_is_wanted())
		refuse(EXIT_OURS, "--report: only the guard can tell; hint: %s",
			settings->guard == GUARD_OFF ? "guard = on has it"
						     : "the outer tunic has it, and can report");
}

void guard_launch(const struct settings *settings, const char *path, char *const *argv)
{
	struct guarded guarded = {.settings = settings, .path = path, .argv = argv};
	struct message message = {.tiding = TIDING_FAILED, .value = EPIPE, .what = "it ended"};

	if (settings->guard == GUARD_SEAL && guard_is_in_force() && ask() != GUARD_SIGN_SEAL)
		refuse(EXIT_OURS,
			"guard: this run is guarded and not sealed, which cannot be changed from "
			"within; hint: guard = seal for the outermost tunic");
	if (settings->guard == GUARD_OFF || guard_is_in_force()) {
		refuse_to_report(settings);
		return;
	}
	if (is_shimmed()) {
		missing(settings, "the library is in tunic itself, by LD_PRELOAD", EBUSY);
		return;
	}
	numbers_take();
	signals_hold(&guarded);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	channel = supervisor_start(&guarded);
	/* Before there is a program that could look. The supervisor's children have to be what they are. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (channel < 0)
		message.value = errno;
	else
		channel_receive(channel, &message);
	if (message.tiding == TIDING_STARTED) {
		program = message.value;
		front_run();
	}
	close(channel);
	while (supervisor > 0 && waitpid(-1, NULL, 0) > 0)
		;
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	signals_release(&guarded);
	missing(settings, message.what, message.value);
}
