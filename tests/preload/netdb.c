/* SPDX-License-Identifier: MIT */
/*
 * netdb WHAT...: functions of libc that look up names in its inside. WHAT is "networks", "hostid",
 * "ruserok HOST" or "remote HOST" (rcmd, rexec and their kin; they cannot succeed here).
 */
#include "program.h"

#include <netdb.h>

static void print_net(const char *function, const struct netent *entry)
{
	if (entry == NULL) {
		printf("%s: NULL, h_errno %d\n", function, h_errno);
		return;
	}
	printf("%s: %s, type %d, net %u\n", function, entry->n_name, entry->n_addrtype,
		entry->n_net);
}

static void networks(const char *known, const char *unknown)
{
	const char *const names[] = {known, unknown};
	char buffer[1024];
	struct netent entry, *found;
	int herror = 77;

	for (size_t i = 0; i < 2; i++) {
		print_net("getnetbyname", getnetbyname(names[i]));
		show_value("getnetbyname_r",
			getnetbyname_r(names[i], &entry, buffer, sizeof(buffer), &found, &herror));
		print_net("its result", found);
	}
	for (uint32_t net = 127; net < 129; net++) {
		print_net("getnetbyaddr", getnetbyaddr(net, AF_INET));
		show_value("getnetbyaddr_r", getnetbyaddr_r(net, AF_INET, &entry, buffer,
						     sizeof(buffer), &found, &herror));
		print_net("its result", found);
	}
}

static void remote_user(const char *host)
{
	const uint32_t addr = htonl(0xc6336407);

	show("ruserok", ruserok(host, 1, "somebody", "root"));
	show("ruserok_af", ruserok_af(host, 1, "somebody", "root", AF_INET6));
	show("iruserok", iruserok(addr, 1, "somebody", "root"));
	show("iruserok_af", iruserok_af(&addr, 1, "somebody", "root", AF_INET));
}

static void remote_shell(char *host)
{
	char *name = host;
	int second = -7;

	show("rcmd", rcmd(&name, htons(514), "me", "me", "true", &second));
	show("rcmd_af", rcmd_af(&name, htons(514), "me", "me", "true", &second, AF_INET6));
	show("rexec", rexec(&name, htons(512), "me", "secret", "true", &second));
	show("rexec_af", rexec_af(&name, htons(512), "me", "secret", "true", &second, AF_INET6));
	printf("name %s, second %d\n", name, second);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "networks") == 0)
			networks("loopback", "net.example");
		else if (strcmp(argv[i], "hostid") == 0)
			printf("%lx\n", (unsigned long)gethostid());
		else if (strcmp(argv[i], "ruserok") == 0 && i + 1 < argc)
			remote_user(argv[++i]);
		else if (strcmp(argv[i], "remote") == 0 && i + 1 < argc)
			remote_shell(argv[++i]);
		else
			return 2;
	}
	return 0;
}
