/* SPDX-License-Identifier: MIT */
/*
 * Which addresses the system asks for names.
 *
 * They are in the local network as a rule, or on this machine: Tor could not reach them, and they are not
 * to be asked. The file is read anew each time, since it changes with the network that a machine is in,
 * and few connections need it.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bin/guard_name_server.h"

enum { FILE_MAX = 8192 };

/* "": there is no such file. */
static void file_read(char text[static FILE_MAX])
{
	int fd = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? 0 : read(fd, text, FILE_MAX - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
}

/* The address in a line "nameserver ADDRESS", without its zone. False: it is another line. */
static bool line_address(char *line, struct addr *out)
{
	static const char keyword[] = "nameserver";
	char *address = line + sizeof(keyword) - 1;

	if (strncmp(line, keyword, sizeof(keyword) - 1) != 0 || !strchr(" \t", *address))
		return false;
	address += strspn(address, " \t");
	address[strcspn(address, " \t%")] = '\0';
	return addr_parse(out, address);
}

bool is_name_server(const struct addr *addr)
{
	char text[FILE_MAX], *rest;
	struct addr plain = *addr, server;
	bool any = false;

	addr_unmap(&plain);
	file_read(text);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (!line_address(line, &server))
			continue;
		if (addr_equal(&server, &plain))
			return true;
		any = true;
	}
	/* Without any, libc asks this machine. */
	return !any && addr_is_loopback(&plain);
}
