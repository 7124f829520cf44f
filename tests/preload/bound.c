/* SPDX-License-Identifier: MIT */
/*
 * bound HOST PORT LOCAL...: sockets that are bound to an address of their own before they connect, and
 * IPv6 sockets of both kinds.
 */
#include "program.h"

static void bound(const char *local, const struct place *place)
{
	struct place own = place_of(local, "0"), before = {.len = sizeof(before.storage)},
		     after = before;
	int fd = stream(&own, 0);
	char text[64];

	printf("-- bound to %s\n", local);
	show("bind", bind(fd, &own.sa, own.len));
	getsockname(fd, &before.sa, &before.len);
	show("connect", connect_to(fd, place));
	show_peer("then", fd, place);
	show_echo("then", fd);
	getsockname(fd, &after.sa, &after.len);
	printf("own: %s, %s port\n", place_text(&after, text),
		place_port(&before) == place_port(&after) ? "the same" : "another");
	close(fd);
}

static void only(int value, const struct place *place)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	printf("-- IPV6_V6ONLY %d\n", value);
	show("set it", setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof(value)));
	if (show("connect", connect_to(fd, place)) == 0) {
		show_peer("then", fd, place);
		show_echo("then", fd);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	const struct place place = place_of_arguments(argc, argv, 2);

	for (int i = 3; i < argc; i++)
		bound(argv[i], &place);
	if (place.sa.sa_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&place.v6.sin6_addr)) {
		only(0, &place);
		only(1, &place);
	}
	return 0;
}
