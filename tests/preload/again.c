/* SPDX-License-Identifier: MIT */
/* again HOST PORT REFUSED: one descriptor, several lives: refused, connected, disconnected, connected. */
#include "program.h"

static void show_error(const char *what, int fd)
{
	socklen_t len = sizeof(int);
	int error = -1;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	printf("%s: SO_ERROR %s\n", what, errno_name(error));
}

static void disconnect(int fd)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	show("disconnect", connect(fd, &unspecified, sizeof(unspecified)));
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 3);
	const struct place refused = place_of(argv[1], argv[3]);
	int fd = stream(&place, 0);

	show("connect where nobody listens", connect_to(fd, &refused));
	show_error("then", fd);
	show_peer("then", fd, &refused);
	show("connect where nobody listens", connect_to(fd, &refused));
	for (int i = 0; i < 3; i++) {
		show("connect", connect_to(fd, &place));
		show_peer("then", fd, &place);
		show_echo("then", fd);
		show("connect again", connect_to(fd, &place));
		disconnect(fd);
		show_peer("then", fd, &place);
		show_error("disconnected", fd);
	}
	show("connect where nobody listens", connect_to(fd, &refused));
	return 0;
}
