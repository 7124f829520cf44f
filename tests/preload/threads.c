/* SPDX-License-Identifier: MIT */
/*
 * threads HOST PORT NAME ROUNDS [fork]: sixteen threads that connect, look names up and close, all at once;
 * with "fork", while the first thread forks children that connect, too. Nobody may hang: a child that does
 * is ended by its alarm, and counted.
 */
#include "program.h"

#include <netdb.h>
#include <pthread.h>
#include <sys/wait.h>

enum { THREADS = 16 };

static struct place place;
static const char *name;
static int rounds;

static bool connects(void)
{
	struct place peer = {.len = sizeof(peer.storage)};
	int fd = stream(&place, 0);
	bool good = connect_to(fd, &place) == 0 && echoes(fd) &&
		    getpeername(fd, &peer.sa, &peer.len) == 0 &&
		    place_port(&peer) == place_port(&place);

	close(fd);
	return good;
}

static bool one_round(void)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list;

	if (!connects() || getaddrinfo(name, "80", &hints, &list) != 0)
		return false;
	freeaddrinfo(list);
	return true;
}

static void *all_rounds(void *good)
{
	for (int i = 0; i < rounds; i++)
		*(int *)good += one_round();
	return NULL;
}

/*
 * It looks no name up: glibc's resolver has a lock (resolv_conf.c) that fork does not care for, so a
 * child may wait for ever in getaddrinfo beside threads that are in it, bare as well.
 */
static bool child_does_well(void)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		alarm(20);
		_exit(connects() ? 0 : 1);
	}
	waitpid(child, &status, 0);
	return status == 0;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	int good[THREADS] = {0}, sum = 0, children = 0;
	const int before = descriptors_open();

	place = place_of_arguments(argc, argv, 4);
	name = argv[3];
	rounds = atoi(argv[4]);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, all_rounds, &good[i]);
	for (int i = 0; argc > 5 && i < rounds; i++)
		children += child_does_well();
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum += good[i];
	}
	printf("%d of %d rounds", sum, THREADS * rounds);
	if (argc > 5)
		printf(", %d of %d children", children, rounds);
	printf(", %d descriptors left over\n", descriptors_open() - before);
	return 0;
}
