/* SPDX-License-Identifier: MIT */
/* offline HOST PORT: what goes on working, and what does not, in a program that may not use the network. */
#include "program.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/un.h>

static void show_name(const char *what, int result)
{
	printf("%s: %s\n", what, result == 0 ? "0" : gai_strerror(result));
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 2);
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct addrinfo *list;
	int pair[2], fd, server, client;

	show("a TCP socket", socket(AF_INET, SOCK_STREAM, 0));
	show("a UDP socket", socket(AF_INET6, SOCK_DGRAM, 0));
	show_name("a name", getaddrinfo("public.example", NULL, NULL, &list));
	printf("gethostbyname: %s\n", gethostbyname("public.example") ? "found" : "not found");
	show("an inherited TCP socket", connect_to(9, &place));

	show("a file", fd = open("/dev/null", O_RDWR));
	show("its duplicate", fcntl(fd, F_DUPFD, 50));
	show("a unix pair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	show("a write", write(pair[0], "x", 1));
	server = socket(AF_UNIX, SOCK_STREAM, 0);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "offline.sock");
	show("a unix bind", bind(server, (struct sockaddr *)&sun, sizeof(sun)));
	show("a unix listen", listen(server, 1));
	show("a unix connect", connect(client, (struct sockaddr *)&sun, sizeof(sun)));
	show("a unix accept", accept(server, NULL, NULL));
	return 0;
}
