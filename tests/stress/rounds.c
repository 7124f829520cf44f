/* SPDX-License-Identifier: MIT */
/*
 * Starts programs that look names up, as fast as it can, from several processes at once.
 *
 *	rounds COUNT PROCESSES
 *
 * In each round a process starts this program anew, by fork, vfork or posix_spawn in turn, and every
 * other time with an emptied environment. The new program looks a name up, tells its address, and
 * looks up backwards an address that another program of the run was told: a pool that is shared knows
 * its name. The process that started it does the same with the new address. Every tenth program asks
 * the proxy for a name, every tenth connects to what it looked up and has a byte echoed.
 *
 * The last line is "COUNT rounds, N hung, M wrong". A round hangs that takes a minute.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAMES = 2000, PROCESSES_MAX = 64, PATIENCE = 60 /* seconds */, NAME_SIZE = 32 };
enum kind { ONION, RESOLVED, CONNECTED };

extern char **environ;

/* What all processes share. */
static struct {
	atomic_uint done, hung, wrong;
	_Atomic in_addr_t known[NAMES]; /* what some program was told; 0: nothing yet */
} * shared;

static void name_make(char name[static NAME_SIZE], unsigned i)
{
	snprintf(name, NAME_SIZE, "name-%u.onion", i);
}

/* ---- the program that is started ------------------------------------------------------------- */

static in_addr_t address_of(const char *name)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct sockaddr_in first;
	struct addrinfo *list;

	if (getaddrinfo(name, "80", &hints, &list) != 0)
		return 0;
	memcpy(&first, list->ai_addr, sizeof(first));
	freeaddrinfo(list);
	return first.sin_addr.s_addr;
}

static bool stands_for(in_addr_t address, const char *name)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = address};
	char said[NI_MAXHOST];

	return getnameinfo((const struct sockaddr *)&in, sizeof(in), said, sizeof(said), NULL, 0,
		       NI_NAMEREQD) == 0 &&
	       strcmp(said, name) == 0;
}

static bool echoes(in_addr_t address)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = address};
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	char byte = 0;

	return fd >= 0 && connect(fd, (const struct sockaddr *)&in, sizeof(in)) == 0 &&
	       send(fd, "x", 1, 0) == 1 && recv(fd, &byte, 1, 0) == 1 && byte == 'x';
}

/* round KIND NAME OTHER-NAME OTHER-ADDRESS: writes the name's address; the status says what failed. */
static int round_run(char **args)
{
	const enum kind kind = (enum kind)atoi(args[0]);
	const in_addr_t address = address_of(kind == RESOLVED ? "www.example" : args[1]);
	const in_addr_t other = (in_addr_t)strtoul(args[3], NULL, 10);

	if (address == 0 || write(STDOUT_FILENO, &address, sizeof(address)) != sizeof(address))
		return 1;
	if (kind == RESOLVED && address != inet_addr("198.51.100.99"))
		return 2;
	if (other != 0 && !stands_for(other, args[2]))
		return 3;
	return kind == CONNECTED && !echoes(address) ? 4 : 0;
}

/* ---- a process that starts them -------------------------------------------------------------- */

static pid_t spawned(char **argv, char **env, int out)
{
	posix_spawn_file_actions_t actions;
	pid_t child = -1;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	errno = posix_spawn(&child, argv[0], &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	return errno == 0 ? child : -1;
}

static pid_t started(unsigned round, char **argv, int out)
{
	static char *nothing[] = {NULL};
	char **env = round % 2 == 0 ? environ : nothing;
	pid_t child;

	if (round % 3 == 0)
		return spawned(argv, env, out);
	child = round % 3 == 1 ? fork() : vfork();
	if (child != 0)
		return child;
	dup2(out, STDOUT_FILENO);
	execve(argv[0], argv, env);
	_exit(126);
}

/* What the program tells before it ends. 0: nothing; it hangs, and is ended here. */
static in_addr_t answer_of(int in, pid_t child)
{
	struct pollfd ready = {.fd = in, .events = POLLIN};
	in_addr_t address = 0;

	if (poll(&ready, 1, PATIENCE * 1000) == 1 &&
		read(in, &address, sizeof(address)) == sizeof(address) &&
		poll(&ready, 1, PATIENCE * 1000) == 1)
		return address;
	if (ready.revents == 0) {
		shared->hung++;
		kill(child, SIGKILL);
	}
	return 0;
}

static void round_start(unsigned round)
{
	const unsigned i = (unsigned)rand() % NAMES, j = (unsigned)rand() % NAMES;
	const enum kind kind = round % 10 == 0 ? RESOLVED : round % 10 == 1 ? CONNECTED : ONION;
	char self[] = "/proc/self/exe", word[] = "round", digit[] = {(char)('0' + kind), '\0'};
	char name[NAME_SIZE], other_name[NAME_SIZE], other[16];
	char *argv[] = {self, word, digit, name, other_name, other, NULL};
	in_addr_t address;
	int ends[2], status = -1;
	pid_t child;

	name_make(name, i);
	name_make(other_name, j);
	snprintf(other, sizeof(other), "%u", shared->known[j]);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	child = started(round, argv, ends[1]);
	close(ends[1]);
	address = child > 0 ? answer_of(ends[0], child) : 0;
	close(ends[0]);
	if (child > 0)
		waitpid(child, &status, 0);
	if (status != 0 || (kind != RESOLVED && !stands_for(address, name))) {
		shared->wrong++;
		fprintf(stderr, "round %u: %s is %08x, status %#x\n", round, name, ntohl(address),
			(unsigned)status);
	}
	if (kind != RESOLVED)
		shared->known[i] = address;
	shared->done++;
}

static _Noreturn void process_run(unsigned which, unsigned rounds)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	srand(which);
	for (unsigned round = 0; round < rounds; round++)
		round_start(round + which);
	_exit(0);
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Until all have ended, or nothing more happens; then they end with us. */
static void watch(unsigned processes)
{
	unsigned seen = 0, idle = 0;

	while (processes > 0 && idle < 3 * PATIENCE) {
		while (processes > 0 && waitpid(-1, NULL, WNOHANG) > 0)
			processes--;
		idle = shared->done == seen ? idle + 1 : 0;
		seen = shared->done;
		if (processes > 0)
			sleep(1);
	}
	shared->hung += processes;
}

int main(int argc, char **argv)
{
	unsigned count, processes;

	if (argc == 6 && strcmp(argv[1], "round") == 0)
		return round_run(argv + 2);
	count = argc == 3 ? (unsigned)atoi(argv[1]) : 0;
	processes = argc == 3 ? (unsigned)atoi(argv[2]) : 0;
	if (count == 0 || processes == 0 || processes > PROCESSES_MAX) {
		fprintf(stderr, "usage: rounds COUNT PROCESSES\n");
		return 2;
	}
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 2;
	for (unsigned i = 0; i < processes; i++)
		if (fork() == 0)
			process_run(i, count / processes + (i < count % processes));
	watch(processes);
	printf("%u rounds, %u hung, %u wrong\n", shared->done, shared->hung, shared->wrong);
	return shared->done == count && shared->hung == 0 && shared->wrong == 0 ? 0 : 1;
}
