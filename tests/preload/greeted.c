/* SPDX-License-Identifier: MIT */
/* greeted HOST PORT: the first bytes that a server says arrive whole, and none before them. */
#include "program.h"

static void greeted(const char *what, const struct place *place, int flags, size_t at_a_time)
{
	int fd = stream(place, flags);
	char bytes[6];
	bool whole = true;

	printf("%s: %s", what, errno_name(connect_and_wait(fd, place)));
	for (size_t i = 0; i < sizeof(bytes) && whole; i += at_a_time)
		whole = read_whole(fd, bytes + i, at_a_time);
	printf(", %.*s, %s\n", whole ? 5 : 0, bytes, echoes(fd) ? "echo" : "no echo");
	close(fd);
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 2);

	greeted("at once", &place, 0, 6);
	greeted("by bytes", &place, 0, 1);
	greeted("non-blocking", &place, SOCK_NONBLOCK, 3);
	return 0;
}
