/* SPDX-License-Identifier: MIT */
/*
 * misuse HOST PORT [pointers]: what connect and its kin say about arguments that make no sense; with
 * "pointers", about memory that is not there.
 */
#include "program.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/un.h>

static void wrong_descriptors(const struct place *place)
{
	int pair[2], file = open("/dev/null", O_RDWR), path = open("/", O_PATH);

	show("connect -1", connect_to(-1, place));
	show("connect 1000000", connect_to(1000000, place));
	show("connect a file", connect_to(file, place));
	show("connect an O_PATH descriptor", connect_to(path, place));
	show("connect a pipe", pipe(pair) == 0 ? connect_to(pair[0], place) : -2);
	show("connect one of a pair",
		socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 ? connect_to(pair[0], place) : -2);
	show_peer("getpeername -1", -1, place);
	show_peer("getpeername of a file", file, place);
	show("bind -1", bind(-1, &place->sa, place->len));
	show("bind a file", bind(file, &place->sa, place->len));
	show("listen on -1", listen(-1, 1));
	show("listen on a file", listen(file, 1));
	show("accept -1", accept(-1, NULL, NULL));
	show("accept a file", accept4(file, NULL, NULL, 0));
	show("sendto -1", sendto(-1, "", 1, 0, &place->sa, place->len));
	show("sendto a file", sendto(file, "", 1, 0, &place->sa, place->len));
}

static void wrong_lengths(const struct place *place)
{
	static const socklen_t lengths[] = {0, 1, 2, 8, 15, 129, (socklen_t)-1};
	int fd = stream(place, 0);

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		printf("length %d, ", (int)lengths[i]);
		show("connect", connect(fd, &place->sa, lengths[i]));
	}
	show("a longer one than needed", connect(fd, &place->sa, sizeof(place->storage)));
	show_echo("a longer one than needed", fd);
}

static void wrong_families(const struct place *place)
{
	struct place other = place_of(place->sa.sa_family == AF_INET ? "::1" : "127.0.0.1", "1");
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "/nonexistent"};
	struct place none = *place;
	int fd = stream(place, 0), local = socket(AF_UNIX, SOCK_STREAM, 0);

	none.sa.sa_family = 200;
	show("the other family", connect_to(fd, &other));
	show("a unix address", connect(fd, (struct sockaddr *)&sun, sizeof(sun)));
	show("family 200", connect_to(fd, &none));
	show("an IP address on a unix socket", connect_to(local, place));
	show("a unix socket that is not there",
		connect(local, (struct sockaddr *)&sun, sizeof(sun)));
	show("AF_UNSPEC when unconnected",
		connect(fd, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr)));
}

static void wrong_moments(const struct place *place)
{
	const struct place nobody =
		place_of(place->sa.sa_family == AF_INET ? "127.0.0.1" : "::1", "0");
	int fd = stream(place, 0), server = stream(place, 0);

	show("connect", connect_to(fd, place));
	show("connect again", connect_to(fd, place));
	show("connect elsewhere", connect_to(fd, &nobody));
	show_peer("after that", fd, place);
	show_echo("after that", fd);
	show("listen when connected", listen(fd, 1));
	show("bind a server", bind(server, &nobody.sa, nobody.len));
	show("listen", listen(server, 1));
	show("connect a listening socket", connect_to(server, place));
	show("no such option", setsockopt(fd, SOL_SOCKET, 9999, &server, sizeof(server)));
}

static void wrong_pointers(const struct place *place)
{
	struct sockaddr *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	socklen_t len = sizeof(struct sockaddr_storage);
	int fd = stream(place, 0), open_fd = connected(place);

	show("connect to NULL", connect(fd, NULL, place->len));
	show("NULL to getpeername", getpeername(open_fd, NULL, &len));
	show("no length to getpeername", getpeername(open_fd, &(struct sockaddr){0}, NULL));
	setvbuf(stdout, NULL, _IONBF, 0);
	show("connect to unreadable memory", connect(fd, nowhere, place->len));
	show("unwritable memory to getpeername", getpeername(open_fd, nowhere, &len));
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 2);

	if (argc > 3) {
		wrong_pointers(&place);
		return 0;
	}
	wrong_descriptors(&place);
	wrong_lengths(&place);
	wrong_families(&place);
	wrong_moments(&place);
	return 0;
}
