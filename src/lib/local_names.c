/* SPDX-License-Identifier: MIT */
/*
 * glibc lets a program choose its sources of names (__nss_configure_lookup). With "files" for
 * hosts, libc reads the hosts file with its own code, so that aliases, several addresses and their
 * order are those the program would get without us, and a path inside libc that we did not foresee
 * finds no resolver either: a database chosen so is not asked of nscd.
 */
#include "lib/local_names.h"

#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "lib/hosts_copy.h"
#include "lib/library.h"
#include "lib/real.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool restrained;

static const char *const databases[] = {"hosts", "services", "networks", "netgroup"};

static bool restrain_one(const char *database)
{
#ifdef __GLIBC__
	return real.__nss_configure_lookup != NULL &&
	       real.__nss_configure_lookup(database, "files") == 0;
#else
	(void)database;
	return false;
#endif
}

/* Not all of them name hosts, but nscd or a directory server would be asked about them. */
static void restrain(void)
{
	restrained = true;
	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++)
		restrained = restrain_one(databases[i]) && restrained;
}

bool local_names_holds(const char *database)
{
	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++)
		if (strcmp(databases[i], database) == 0)
			return true;
	return false;
}

bool local_names_restrain(void)
{
	pthread_once(&once, restrain);
	return restrained;
}

bool local_names_ready(void)
{
	return local_names_restrain() && library.settings->hosts_file;
}

bool local_names_lack(const char *name)
{
	return hosts_copy_lacks(_PATH_HOSTS, name, time(NULL));
}

bool local_names_has(const char *name)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list;

	if (local_names_lack(name))
		return false;
	if (real.getaddrinfo(name, NULL, &hints, &list) != 0)
		return false;
	freeaddrinfo(list);
	return true;
}

bool local_names_own(const char *name)
{
	char own[HOST_NAME_MAX + 1];

	if (gethostname(own, sizeof(own)) != 0)
		return false;
	own[HOST_NAME_MAX] = '\0';
	return text_equal_nocase(own, name);
}
