/* SPDX-License-Identifier: MIT */
/*
 * storm HOST PORT N: N connects of each kind while a signal comes every millisecond, whose handler connects
 * too every now and then: connect is safe in a signal handler.
 */
#include "program.h"

#include <signal.h>
#include <sys/time.h>

static struct place place;
static volatile sig_atomic_t signals, from_handler, failed_there;

static void on_alarm(int number)
{
	const int saved = errno;
	int fd;

	(void)number;
	if (++signals % 16 == 0) {
		fd = stream(&place, 0);
		if (connect_to(fd, &place) == 0)
			from_handler = 1;
		else
			failed_there = errno;
		close(fd);
	}
	errno = saved;
}

static void storm(bool on)
{
	const struct itimerval timer = {
		.it_interval.tv_usec = on * 1000, .it_value.tv_usec = on * 1000};

	setitimer(ITIMER_REAL, &timer, NULL);
}

int main(int argc, char **argv)
{
	const struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	int n, good[2] = {0};

	place = place_of_arguments(argc, argv, 3);
	n = atoi(argv[3]);
	sigaction(SIGALRM, &action, NULL);
	storm(true);
	for (int i = 0; i < 2 * n || signals < 64; i++) {
		int fd = stream(&place, i % 2 ? SOCK_NONBLOCK : 0);

		if (connect_and_wait(fd, &place) == 0 && i < 2 * n)
			good[i % 2]++;
		close(fd);
	}
	storm(false);
	printf("%d and %d of %d\n", good[0], good[1], n);
	printf("in the handler: %s, %s\n", from_handler ? "connected" : "not once",
		errno_name(failed_there));
	return 0;
}
