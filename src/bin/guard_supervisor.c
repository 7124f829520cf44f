/* SPDX-License-Identifier: MIT */
/*
 * The supervisor: the process that answers for what the filter traps.
 *
 * It is the program's parent, because where Yama restricts ptrace(2) only an ancestor may read a
 * process's memory and duplicate its descriptors; and a subreaper, so that it remains the ancestor of
 * what detaches itself. It has a process group of its own, in the session of the program: no key of the
 * terminal and no `kill 0` ends it, and shells under the guard still belong to a session with a parent
 * in it. Nothing that it inherited stays open but standard error, and that while the program runs.
 *
 * When it ends, whatever is still trapped fails with ENOSYS: closed, not open.
 */
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

#include "base/text.h"
#include "bin/guard_cage.h"
#include "bin/guard_caller.h"
#include "bin/guard_calls.h"
#include "bin/guard_channel.h"
#include "bin/guard_kernel.h"
#include "bin/guard_loop.h"
#include "bin/guard_notice.h"
#include "bin/guard_operation.h"
#include "bin/guard_pool.h"
#include "bin/guard_relay.h"
#include "bin/guard_resolver.h"
#include "bin/guard_run.h"
#include "bin/guard_supervisor.h"
#include "bin/guard_swap.h"
#include "bin/guard_talk.h"
#include "bin/guard_words.h"
#include "bin/launch.h"
#include "bin/say.h"

enum { TICK = 20 /* milliseconds: a signal may wait so long */, TICK_SHARE = 4, MISSING_BUF = 768 };

struct guard_run guard_run;

static pid_t program;
static bool program_ended, nobody_left, over;
static struct watch channel_watch, listener_watch, child_watch;

/* ---- the program, until it is itself */

_Noreturn static void become_program(const struct guarded *guarded, int nursery)
{
	struct cage cage;
	char go;

	const struct proxy *proxy = &guard_run.settings->proxy;

	cage_enter(&cage, &guard_run.jail, guard_run.seal,
		guard_run.swaps && !proxy->path[0] ? proxy->tcp.port : 0);
	channel_send_descriptor(nursery, &cage, sizeof(cage), cage.listener);
	/* With the listener it could answer its own calls. */
	if (cage.listener >= 0)
		close(cage.listener);
	if (recv(nursery, &go, 1, 0) != 1)
		_exit(EXIT_OURS);
	sigaction(SIGCHLD, &guarded->child_action, NULL);
	sigprocmask(SIG_SETMASK, &guarded->signal_mask, NULL);
	launch_exec(guarded->path, guarded->argv);
}

/* ---- beginning */

_Noreturn static void give_up(int channel, const char *what, int error)
{
	struct message message = {.tiding = TIDING_FAILED, .value = error};

	strncpy(message.what, what, sizeof(message.what) - 1);
	channel_send(channel, &message);
	_exit(EXIT_OURS);
}

/* The least of these descriptors that is not below `from`; -1: none. */
static int least(const int *fds, size_t count, int from)
{
	int found = -1;

	for (size_t i = 0; i < count; i++)
		if (fds[i] >= from && (found < 0 || fds[i] < found))
			found = fds[i];
	return found;
}

/* Closes all but ours; standard error is kept for words. */
static void descriptors_leave(int channel, int nursery)
{
	const struct jail *jail = &guard_run.jail;
	const int ours[] = {channel, nursery, jail->broker, jail->resolver, jail->resolver6};
	const size_t count = sizeof(ours) / sizeof(*ours);
	int from = STDERR_FILENO + 1, nothing;

	for (int kept; (kept = least(ours, count, from)) >= 0; from = kept + 1)
		if (kept > from)
			syscall(SYS_close_range, from, kept - 1, 0);
	syscall(SYS_close_range, from, ~0U, 0);
	nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nothing < 0)
		return;
	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	close(nothing);
}

static void limits_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Can we do for the program what we have to? Its end of the nursery is a descriptor to try with. */
static const char *probe(int number)
{
	static const char here[] = "here";
	char there[sizeof(here)];
	struct socket_facts facts;
	int fd = guard_run.swaps ? -1 : caller_descriptor(program, number);

	if (guard_run.swaps)
		errno = swap_facts(program, number, &facts);
	if (guard_run.swaps ? errno != 0 : fd < 0)
		return "the program's descriptors are out of reach";
	if (fd >= 0)
		close(fd);
	errno = caller_read(program, (uintptr_t)here, there, sizeof(there));
	return errno ? "the program's memory is out of reach" : NULL;
}

/* Starts the process that will be the program, up to where it waits for a word. */
static int program_start(const struct guarded *guarded, int channel)
{
	struct cage cage = {.failed = "the process that was to be the program ended"};
	const char *failed;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		give_up(channel, "no socket pair", errno);
	program = fork();
	if (program < 0)
		give_up(channel, "no process", errno);
	if (program == 0) {
		close(ends[0]);
		become_program(guarded, ends[1]);
	}
	descriptors_leave(channel, ends[0]);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	channel_receive_descriptor(ends[0], &cage, sizeof(cage), &guard_run.listener);
	if (guard_run.listener < 0)
		give_up(channel, cage.failed, cage.error);
	guard_run.landlock = cage.landlock;
	failed = probe(ends[1]);
	if (failed)
		give_up(channel, failed, errno);
	return ends[0];
}

/* ---- going on */

static void notice_ready(struct watch *watch, uint32_t events)
{
	struct seccomp_notif notice;

	enum notice_result result = NOTICE_LOST;

	if (events & EPOLLIN)
		result = notice_take(watch->fd, &notice);
	if (result == NOTICE_TAKEN)
		calls_answer(&notice);
	if (result != NOTICE_LOST)
		return;
	nobody_left = true;
	loop_watch(watch, 0);
}

/* The kernel tells the listener of the last end before it tells a parent. */
static bool is_last(void)
{
	struct pollfd listener = {.fd = guard_run.listener, .events = POLLIN};

	return poll(&listener, 1, 0) == 1 && (listener.revents & POLLHUP) && !relay_is_behind();
}

static void status_tell(int status)
{
	struct message message = {.tiding = TIDING_STATUS, .value = status};

	program_ended = WIFEXITED(status) || WIFSIGNALED(status);
	if (program_ended)
		words_end();
	over = program_ended && is_last();
	if (over)
		message.tiding = TIDING_LAST;
	channel_send(channel_watch.fd, &message);
}

/* The front stops with the program. Who continues the program alone would not continue it. */
static void program_changed(int status)
{
	if (WIFCONTINUED(status) && channel_watch.events)
		kill(getppid(), SIGCONT);
	else
		status_tell(status);
}

static void children_reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) > 0)
		if (pid == program && !program_ended)
			program_changed(status);
}

static void child_ready(struct watch *watch, uint32_t events)
{
	struct signalfd_siginfo told;

	(void)events;
	if (read(watch->fd, &told, sizeof(told)) > 0)
		children_reap();
}

/* The front ends after the program. Where it does not, somebody has killed it: then that was meant. */
static void channel_ready(struct watch *watch, uint32_t events)
{
	struct message message;

	(void)events;
	if (!channel_receive(watch->fd, &message)) {
		loop_watch(watch, 0);
		if (!program_ended)
			kill(program, SIGKILL);
	} else if (message.tiding == TIDING_SIGNAL && !program_ended) {
		kill(program, message.value);
	}
}

static bool watch_begin(struct watch *watch, int fd, void (*ready)(struct watch *, uint32_t))
{
	*watch = (struct watch){.fd = fd, .ready = ready};
	return fd >= 0 && loop_watch(watch, EPOLLIN);
}

static bool watches_begin(int channel)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	return loop_open() &&
	       watch_begin(&child_watch, signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK),
		       child_ready) &&
	       watch_begin(&channel_watch, channel, channel_ready) &&
	       watch_begin(&listener_watch, guard_run.listener, notice_ready);
}

/*
 * Looks after what waits, from time to time while there is anything. Each look at a caller costs, so
 * where there are many the looks are fewer. Returns how long to wait for something else to happen.
 */
static int tick(void)
{
	static uint64_t due;
	uint64_t now;
	unsigned callers;

	if (!operation_any() && !talk_any())
		return -1;
	now = loop_now();
	if (now < due)
		return (int)(due - now);
	callers = operation_tick();
	talk_tick();
	due = now + TICK + callers / TICK_SHARE;
	return (int)(due - now);
}

/*
 * What programs have sent is delivered after their end, as the kernel would do it. It, too, gives a peer up
 * that takes nothing more of a dead program's bytes: after some 100 seconds (RFC 1122). We do so
 * after as long as a connection may take by the settings, which is 120 unless they say otherwise.
 */
static void deliver(void)
{
	const uint64_t patience = (uint64_t)guard_run.settings->timeout * 1000;
	uint64_t now = loop_now(), deadline = now + patience;
	unsigned long seen = 0;

	while (relay_is_behind() && now < deadline) {
		const int left = (int)(deadline - now), due = tick();

		loop_turn(due >= 0 && due < left ? due : left);
		now = loop_now();
		if (!relay_is_held_up(&seen))
			deadline = now + patience;
	}
}

static void missing_add(struct text *missing, const char *sentence)
{
	text_add_all(missing, missing->len > 0 ? "; " : "", sentence, (const char *)NULL);
}

/* What is missing, in a line that nobody has to ask for. `why`, with errno: there is no jail. */
static void missing_say(const char *why, int error)
{
	char buf[MISSING_BUF];
	struct text missing = text_over(buf, sizeof(buf));

	if (guard_run.jail.broker < 0) {
		missing_add(&missing, "there is no jail for datagrams (");
		text_add_all(&missing, why, ": ", strerror(error), (const char *)NULL);
		text_add(
			&missing, "), so programs that the library is not in cannot look names up");
	}
	if (!guard_run.landlock && !guard_run.seal)
		missing_add(&missing, "this kernel has no Landlock rules for the network (Linux "
				      "6.7), so a hostile program could slip past by racing");
	if (guard_run.swaps)
		missing_add(&missing, "descriptors cannot be duplicated here (pidfd_getfd), so "
				      "programs that the library is not in lose what they set on "
				      "a socket before they connect it");
	if (missing.len > 0 && guard_run.settings->log >= LOG_LEVEL_WARN)
		say("guard: %s", buf);
}

static void force_say(void)
{
	const bool jail = guard_run.jail.broker >= 0;

	if (guard_run.settings->log >= LOG_LEVEL_INFO)
		say("guard: in force: connections on behalf%s%s",
			guard_run.landlock ? ", Landlock" : "",
			guard_run.seal ? ", sealed in a network of its own"
			: jail         ? ", a jail for datagrams"
				       : "");
}

_Noreturn void supervisor_run(const struct guarded *guarded, int channel)
{
	const struct message started = {.tiding = TIDING_STARTED};
	struct message message = started;
	const char *why;
	int nursery, status, error;

	guard_run = (struct guard_run){
		.settings = guarded->settings,
		.program = launch_name(guarded->argv[0]),
		.run = launch_run(),
		.listener = -1,
		.seal = guarded->settings->guard == GUARD_SEAL,
	};
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	guard_run.swaps = swap_is_needed();
	error = jail_open(&guard_run.jail, &why) ? 0 : errno;
	if (guard_run.seal && guard_run.jail.broker < 0)
		give_up(channel, why, error);
	if (guard_run.seal && guard_run.swaps)
		give_up(channel, "descriptors cannot be duplicated (pidfd_getfd)", EPERM);
	nursery = program_start(guarded, channel);
	guard_run.names = guard_pool_open(&guard_run.pool, guarded->settings->pool_size);
	setpgid(0, 0);
	if (chdir("/") < 0 || !watches_begin(channel))
		give_up(channel, "no event loop", errno);
	limits_raise();
	notice_open(guard_run.listener);
	missing_say(why, error);
	force_say();
	resolver_begin(&guard_run.jail);
	message.value = program;
	if (!channel_send(channel, &message) || send(nursery, "", 1, MSG_NOSIGNAL) != 1)
		_exit(EXIT_OURS);
	close(nursery);
	while (!over && !nobody_left)
		loop_turn(tick());
	deliver();
	/* The listener may know of the last end before we do. */
	if (!program_ended && waitpid(program, &status, 0) == program)
		status_tell(status);
	_exit(0);
}
