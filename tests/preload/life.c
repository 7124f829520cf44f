/* SPDX-License-Identifier: MIT */
/*
 * life WHAT HOST PORT: connections around the turns of a process's life:
 *
 *	vfork    a child of vfork fails to start a program, connects and leaves by _exit
 *	clone    children of clone connect: with memory of their own, with ours, and with our descriptors, too
 *	unshare  the process, and then a thread of it, no longer shares descriptors and folder with others
 *	daemon   the process leaves its parent, its folder and its first three descriptors
 *	chroot   it is shut into an empty folder with an empty environment (root only)
 *	clear    its environment is emptied, and filled with other settings
 *	bare     it is started with descriptors 0, 1 and 2 closed: says it into the file "seen"
 */
#include "program.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct place place;

static void show_connection(const char *what)
{
	int fd = stream(&place, 0);

	show(what, connect_to(fd, &place));
	show_peer(what, fd, &place);
	show_echo(what, fd);
	close(fd);
}

static void with_vfork(void)
{
	volatile int result = -1;
	pid_t child = vfork();
	int status = -1;

	if (child == 0) {
		int fd;

		execl("/nowhere/nothing", "nothing", (char *)NULL);
		fd = stream(&place, 0);
		result = connect_to(fd, &place);
		close(fd);
		_exit(result);
	}
	waitpid(child, &status, 0);
	printf("in the child: %d, %d\n", result, status);
	show_connection("in the parent");
}

static int cloned(void *unused)
{
	int fd = stream(&place, 0);
	bool good = connect_to(fd, &place) == 0 && echoes(fd);

	(void)unused;
	close(fd);
	_exit(good ? 0 : 1);
}

/* No fork handler runs for such a child. */
static void with_clone(void)
{
	static const int shared[] = {0, CLONE_VM, CLONE_VM | CLONE_FILES | CLONE_FS};
	static char stack[262144] __attribute__((aligned(16)));

	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		pid_t child = clone(cloned, stack + sizeof(stack), shared[i] | SIGCHLD, NULL);
		int status = -1;

		waitpid(child, &status, 0);
		printf("in the child: %d\n", status);
		show_connection("in the parent");
	}
}

static void *apart(void *unused)
{
	show("unshare in a thread", unshare(CLONE_FILES | CLONE_FS));
	show("chdir in the thread", chdir("/"));
	show_connection("in the thread");
	return unused;
}

static void with_unshare(void)
{
	pthread_t thread;

	show("unshare", unshare(CLONE_FILES | CLONE_FS));
	show_connection("before");
	pthread_create(&thread, NULL, apart, NULL);
	pthread_join(thread, NULL);
	show_connection("after");
}

static void with_daemon(void)
{
	int pair[2];
	char said[512];
	ssize_t n, sum = 0;

	if (pipe(pair) != 0)
		exit(3);
	if (fork() == 0) {
		if (daemon(0, 0) != 0)
			exit(4);
		dup2(pair[1], 1);
		show_connection("in the daemon");
		exit(0);
	}
	close(pair[1]);
	while (n = read(pair[0], said + sum, sizeof(said) - (size_t)sum), n > 0)
		sum += n;
	printf("%.*s", (int)sum, said);
}

static void with_chroot(void)
{
	if (mkdir("empty", 0700) != 0 && errno != EEXIST)
		exit(3);
	clearenv();
	show("chroot", chroot("empty"));
	show("chdir", chdir("/"));
	show_connection("inside");
}

static void with_environment(void)
{
	clearenv();
	show_connection("without environment");
	setenv("TUNIC_PROXY", "127.0.0.1:1", 1);
	setenv("TUNIC_LOCAL", "nonsense", 1);
	show_connection("with another");
}

static void with_closed(void)
{
	int fd = stream(&place, 0);
	bool good = fd == 0 && connect_to(fd, &place) == 0 && echoes(fd);
	int seen = open("seen", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	dup2(seen, 5);
	dprintf(5, "socket %d, %s, file %d\n", fd, good ? "echo" : "no echo", seen);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *what;
		void (*live)(void);
	} lives[] = {{"vfork", with_vfork}, {"clone", with_clone}, {"unshare", with_unshare},
		{"daemon", with_daemon}, {"chroot", with_chroot}, {"clear", with_environment},
		{"bare", with_closed}};

	if (argc != 4)
		return 2;
	place = place_of(argv[2], argv[3]);
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		if (strcmp(lives[i].what, argv[1]) == 0) {
			lives[i].live();
			return 0;
		}
	}
	return 2;
}
