/* SPDX-License-Identifier: MIT */
/*
 * numbers HOST PORT N: descriptor numbers that were somebody else's before, numbers beyond 1024, and N
 * connections after which no descriptor is left over.
 */
#include "program.h"

#include <sys/resource.h>

static void show_fresh(const char *what, int fd, const struct place *place)
{
	show_peer(what, fd, place);
	show(what, connect_to(fd, place));
	show_echo(what, fd);
	close(fd);
}

static void reused(const struct place *place)
{
	int first = connected(place), second;

	close(first);
	second = stream(place, 0);
	printf("the number is %s\n", first == second ? "the same" : "another");
	show_fresh("after close", second, place);

	first = connected(place);
	second = stream(place, 0);
	dup2(second, first);
	close(second);
	show_fresh("after dup2 over it", first, place);

	first = connected(place);
	close_range((unsigned)first, ~0U, 0);
	show_fresh("after close_range", stream(place, 0), place);

	first = connected(place);
	closefrom(first);
	show_fresh("after closefrom", stream(place, 0), place);
}

static void high(const struct place *place)
{
	static const int numbers[] = {1023, 1024, 1025, 4000, 9000};
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max < 10000 ? limit.rlim_max : 10000;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int fd = stream(place, 0);

		printf("number %d\n", dup2(fd, numbers[i]));
		close(fd);
		show_fresh("there", numbers[i], place);
	}
}

static void many(const struct place *place, int n)
{
	const int before = descriptors_open();
	int good = 0;

	for (int i = 0; i < n; i++) {
		int fd = stream(place, i % 2 ? SOCK_NONBLOCK : 0);

		good += connect_and_wait(fd, place) == 0 && echoes(fd);
		close(fd);
	}
	printf("%d of %d connections, %d descriptors left over\n", good, n,
		descriptors_open() - before);
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 3);

	reused(&place);
	high(&place);
	many(&place, atoi(argv[3]));
	return 0;
}
