/* SPDX-License-Identifier: MIT */
/*
 * device HOST PORT WAY...: sockets that are tied to one network before they connect. WAY is device:NAME,
 * unicast:NAME or an address to bind to.
 */
#include "program.h"

#include <net/if.h>

static int tie(int fd, int domain, const char *way)
{
	const char *name = strchr(way, ':') + 1;
	const uint32_t index = htonl(if_nametoindex(name));

	if (strncmp(way, "device:", 7) == 0)
		return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name));
	return domain == AF_INET
		       ? setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &index, sizeof(index))
		       : setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_IF, &index, sizeof(index));
}

static int own(int fd, const char *text)
{
	const struct place place = place_of(text, "0");

	return bind(fd, &place.sa, place.len);
}

static void tied(const struct place *place, const char *way)
{
	const bool option = strncmp(way, "device:", 7) == 0 || strncmp(way, "unicast:", 8) == 0;
	int fd = stream(place, 0);
	const struct timeval second = {.tv_sec = 1};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof(second));
	show(way, option ? tie(fd, place->sa.sa_family, way) : own(fd, way));
	if (show("connect", connect_to(fd, place)) == 0) {
		show_peer("then", fd, place);
		show_echo("then", fd);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 3);

	for (int i = 3; i < argc; i++)
		tied(&place, argv[i]);
	return 0;
}
