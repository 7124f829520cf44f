/* SPDX-License-Identifier: MIT */
/*
 * The step of `ways` that calls a function of inner.def; ways.c includes this. It is linked to them
 * as programs were when libc still declared them, and as libc's own libraries are. Each asks about
 * page.test, or turns to this machine's own loopback address, where nobody listens.
 */
#include "lib/hook_inner.h"

#define FORGOTTEN(type, symbol, parameters, arguments, refused) \
	__asm__(".symver " #symbol "," #symbol "@" OLDEST);
#define PRIVATE(type, symbol, parameters, refused) \
	__asm__(".symver " #symbol "," #symbol "@GLIBC_PRIVATE");
#include "lib/inner.def"

void *__resolv_context_get(void);
__asm__(".symver __resolv_context_get,__resolv_context_get@GLIBC_PRIVATE");

enum { PROGRAM = 0x20000077, VERSION = 1, PROCEDURE = 1, ANY_SOCKET = -1, RPC_SUCCESS = 0 };

static const char asked_host[] = "page.test";
static struct sockaddr_in machine = {.sin_family = AF_INET};
static struct timeval moment = {.tv_usec = 1000};
static struct hostent entry;
static struct netent net_entry;
static unsigned char server[1024]; /* a SVCXPRT without a port */
static int some_fd, error, host_error;
static int32_t life;

/* An argument of no bytes. */
static int encode(void)
{
	return 1;
}

static FILE *trusted(void)
{
	FILE *hosts = tmpfile();

	fprintf(hosts, "%s\n", asked_host);
	rewind(hosts);
	return hosts;
}

static struct sockaddr_un resolver_place = {.sun_family = AF_UNIX, .sun_path = "/run/nscd/socket"};
static const unsigned char some_address[] = {203, 0, 113, 9};
static unsigned char some_query[NS_PACKETSZ];

static int some_query_size(void)
{
	char host[] = "page.test", type[] = "1", *args[] = {host, type};

	return query_for(args, some_query);
}

#define ANY ((any_function)encode)
#define INNER(symbol, done)              \
	static bool inner_##symbol(void) \
	{                                \
		return done;             \
	}
#include "ways_inner.def"
#undef INNER

/* inner FUNCTION */
static int way_inner(char **args)
{
	static const struct {
		const char *symbol;
		bool (*done)(void);
	} functions[] = {
#define INNER(symbol, done) {#symbol, inner_##symbol},
#include "ways_inner.def"
#undef INNER
	};

	machine.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	some_fd = ANY_SOCKET;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strcmp(functions[i].symbol, args[0]) == 0) {
			errno = 0;
			return functions[i].done() ? 0 : -1;
		}
	give_up("no such function", args[0]);
}
