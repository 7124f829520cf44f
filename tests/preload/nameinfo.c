/* SPDX-License-Identifier: MIT */
/* nameinfo ADDRESS...: getnameinfo with every flag and with buffers of many sizes. */
#include "program.h"

#include <netdb.h>
#include <sys/un.h>

static const int flags[] = {0, NI_NUMERICHOST, NI_NAMEREQD, NI_NOFQDN, NI_NUMERICSERV, NI_DGRAM,
	NI_NUMERICHOST | NI_NAMEREQD, NI_NUMERICHOST | NI_NUMERICSERV, NI_NOFQDN | NI_NAMEREQD,
	0x4000};
static const char *const ports[] = {"0", "22", "80", "514", "61234"};

static void one(const char *what, const struct sockaddr *sa, socklen_t len, socklen_t host_len,
	socklen_t service_len, int flag)
{
	char host[NI_MAXHOST + 1], service[NI_MAXSERV + 1];
	int result;

	memset(host, 0, sizeof(host));
	memset(service, 0, sizeof(service));
	result = getnameinfo(sa, len, host_len ? host : NULL, host_len,
		service_len ? service : NULL, service_len, flag);
	printf("%s, %u %u %u flags %x: %d", what, len, host_len, service_len, (unsigned)flag,
		result);
	if (result == 0)
		printf(" %s %s", host, service);
	printf("\n");
}

static void sizes(const char *what, const struct place *place)
{
	for (socklen_t n = 0; n < 30; n++) {
		one(what, &place->sa, place->len, n, NI_MAXSERV, 0);
		one(what, &place->sa, place->len, NI_MAXHOST, n, 0);
		one(what, &place->sa, place->len, n, 0, NI_NUMERICHOST);
		one(what, &place->sa, n, NI_MAXHOST, NI_MAXSERV, 0);
	}
}

static void odd_families(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "/tmp/there"};
	struct sockaddr none = {.sa_family = AF_UNSPEC}, other = {.sa_family = 99};

	one("a path", (struct sockaddr *)&sun, sizeof(sun), 0, NI_MAXSERV, 0);
	one("AF_UNSPEC", &none, sizeof(none), NI_MAXHOST, NI_MAXSERV, 0);
	one("family 99", &other, sizeof(other), NI_MAXHOST, NI_MAXSERV, 0);
	one("neither", &none, sizeof(none), 0, 0, NI_NAMEREQD);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		for (size_t j = 0; j < sizeof(ports) / sizeof(ports[0]); j++) {
			const struct place place = place_of(argv[i], ports[j]);

			for (size_t k = 0; k < sizeof(flags) / sizeof(flags[0]); k++)
				one(argv[i], &place.sa, place.len, NI_MAXHOST, NI_MAXSERV,
					flags[k]);
			if (j == 1)
				sizes(argv[i], &place);
		}
	}
	odd_families();
	return 0;
}
