/* SPDX-License-Identifier: MIT */
/*
 * addrinfo [flags] NAME...: getaddrinfo for the names with every combination of services, families, types,
 * protocols and flags, and the list that each gives. "-" stands for NULL. With "flags", also the flags
 * that stand in the list.
 */
#include "program.h"

#include <dlfcn.h>
#include <netdb.h>

static const char *const services[] = {NULL, "80", "http", "no-such"};
static const char *const odd_services[] = {
	"", "0", "65535", "65536", "-1", " 80", "80x", "domain", "tftp", "shell"};
static const int families[] = {AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX, 99};
static const struct {
	int type, protocol;
} kinds[] = {{0, 0}, {SOCK_STREAM, 0}, {SOCK_DGRAM, 0}, {SOCK_RAW, 0}, {SOCK_STREAM, IPPROTO_TCP},
	{SOCK_STREAM, IPPROTO_UDP}, {0, IPPROTO_UDP}, {SOCK_RAW, IPPROTO_ICMP}, {77, 0}, {0, 99}};
static const int flags[] = {0, AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST,
	AI_NUMERICHOST | AI_CANONNAME, AI_NUMERICSERV, AI_ADDRCONFIG, AI_V4MAPPED,
	AI_V4MAPPED | AI_ALL, AI_V4MAPPED | AI_ADDRCONFIG | AI_CANONNAME, 0x40000000};

#define EACH(i, array) for (size_t i = 0; i < sizeof(array) / sizeof((array)[0]); i++)

static bool flags_too;

static const char *error_name(int error)
{
	switch (error) {
	case 0:
		return "0";
	case EAI_BADFLAGS:
		return "EAI_BADFLAGS";
	case EAI_NONAME:
		return "EAI_NONAME";
	case EAI_AGAIN:
		return "EAI_AGAIN";
	case EAI_FAIL:
		return "EAI_FAIL";
	case EAI_FAMILY:
		return "EAI_FAMILY";
	case EAI_SOCKTYPE:
		return "EAI_SOCKTYPE";
	case EAI_SERVICE:
		return "EAI_SERVICE";
	case EAI_MEMORY:
		return "EAI_MEMORY";
	case EAI_NODATA:
		return "EAI_NODATA";
	case EAI_ADDRFAMILY:
		return "EAI_ADDRFAMILY";
	default:
		return gai_strerror(error);
	}
}

static void print_entry(const struct addrinfo *entry)
{
	char host[INET6_ADDRSTRLEN + 16] = "?", port[16] = "?";

	getnameinfo(entry->ai_addr, entry->ai_addrlen, host, sizeof(host), port, sizeof(port),
		NI_NUMERICHOST | NI_NUMERICSERV);
	printf(" [%d/%d %d/%d %s %s%s%s]", entry->ai_family, entry->ai_addr->sa_family,
		entry->ai_socktype, entry->ai_protocol, host, port, entry->ai_canonname ? " " : "",
		entry->ai_canonname ? entry->ai_canonname : "");
	if (flags_too)
		printf(" flags %x", (unsigned)entry->ai_flags);
}

/* libc's own, past whoever stands before it: the list is libc's, and it has to be able to free it. */
static void free_by_libc(struct addrinfo *list)
{
	static void (*function)(struct addrinfo *);

	if (function == NULL)
		*(void **)&function = dlsym(RTLD_NEXT, "freeaddrinfo");
	function(list);
}

static void one(const char *name, const char *service, const struct addrinfo *hints)
{
	struct addrinfo *list = NULL;
	int result = getaddrinfo(name, service, hints, &list);

	printf("%s %s ", name ? name : "-", service ? service : "-");
	if (hints != NULL)
		printf("%x %d %d %d", (unsigned)hints->ai_flags, hints->ai_family,
			hints->ai_socktype, hints->ai_protocol);
	printf(": %s", error_name(result));
	for (const struct addrinfo *entry = list; result == 0 && entry != NULL;
		entry = entry->ai_next)
		print_entry(entry);
	printf("\n");
	if (result == 0)
		free_by_libc(list);
}

static void all_hints(const char *name, const char *service)
{
	one(name, service, NULL);
	EACH(i, families)
	{
		EACH(j, kinds)
		{
			EACH(k, flags)
			{
				const struct addrinfo hints = {.ai_family = families[i],
					.ai_socktype = kinds[j].type,
					.ai_protocol = kinds[j].protocol,
					.ai_flags = flags[k]};

				one(name, service, &hints);
			}
		}
	}
}

/* Service names do not depend on flags. */
static void few_hints(const char *name, const char *service)
{
	EACH(j, kinds)
	{
		const struct addrinfo hints = {
			.ai_socktype = kinds[j].type, .ai_protocol = kinds[j].protocol};

		one(name, service, &hints);
	}
}

int main(int argc, char **argv)
{
	flags_too = argc > 1 && strcmp(argv[1], "flags") == 0;
	for (int i = 1 + flags_too; i < argc; i++) {
		const char *name = strcmp(argv[i], "-") == 0 ? NULL : argv[i];

		EACH(j, services)
		all_hints(name, services[j]);
		EACH(j, odd_services)
		few_hints(name, odd_services[j]);
	}
	return 0;
}
