/* SPDX-License-Identifier: MIT */
/*
 * attempt HOST PORT [nonblocking]: a connect that fails, and what is left behind: the errno, an open
 * descriptor that serves for another try (where the proxy behaves), nothing pending on it, no descriptor
 * too many, and little of the processor's time.
 */
#include "program.h"

#include <sys/resource.h>

static double processor_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 2);
	int fd = stream(&place, argc > 3 ? SOCK_NONBLOCK : 0), error = -1;
	const int before = descriptors_open();
	const double start = processor_seconds();
	socklen_t len = sizeof(error);

	printf("%s\n", errno_name(connect_and_wait(fd, &place)));
	/* Somebody who waits in a loop uses up all of the second that such a failure takes. */
	if (processor_seconds() - start > 0.1)
		printf("used %.2f s of the processor\n", processor_seconds() - start);
	if (descriptors_open() != before)
		printf("%d descriptors more\n", descriptors_open() - before);
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0)
		printf("left pending: %s\n", errno_name(error));
	error = connect_and_wait(fd, &place);
	/* What the kernel says first to who did not wait for a connect that failed. */
	if (error == ECONNABORTED && argc > 3)
		error = connect_and_wait(fd, &place);
	if (error != 0 || !read_whole(fd, (char[6]){0}, 6) || !echoes(fd))
		printf("the second try: %s\n", errno_name(error));
	return 0;
}
