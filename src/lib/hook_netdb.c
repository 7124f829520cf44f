/* SPDX-License-Identifier: MIT */
/*
 * Hooks: functions of libc that look names up in its inside, where nobody can interpose.
 *
 * Once libc is restrained to its files (local_names.h) such a lookup finds the files alone, so it
 * is enough to come first and then to let libc do it. What also connects in there is refused: rcmd
 * and rexec, whose protocols send a name and a password in the clear.
 */
#include <errno.h>
#include <stdint.h>

#include "lib/library.h"
#include "lib/local_names.h"
#include "lib/real.h"

/* May the real function be called? Else errno is set. */
static bool restrained(void)
{
	if (!library_ready())
		return denied(REFUSAL_SETTINGS, NULL);
	return local_names_restrain() || denied(REFUSAL_RESOLVER, NULL);
}

EXPORTED struct netent *getnetbyname(const char *name)
{
	if (restrained())
		return real.getnetbyname(name);
	h_errno = TRY_AGAIN;
	return NULL;
}

EXPORTED struct netent *getnetbyaddr(uint32_t net, int type)
{
	if (restrained())
		return real.getnetbyaddr(net, type);
	h_errno = TRY_AGAIN;
	return NULL;
}

/* Ends a call of the _r kind with nothing found. */
static int nothing(struct netent **result, int *herror)
{
	*result = NULL;
	*herror = TRY_AGAIN;
	return errno;
}

EXPORTED int getnetbyname_r(const char *restrict name, struct netent *restrict entry,
	char *restrict buffer, size_t n, struct netent **restrict result, int *restrict herror)
{
	return restrained() ? real.getnetbyname_r(name, entry, buffer, n, result, herror)
			    : nothing(result, herror);
}

EXPORTED int getnetbyaddr_r(uint32_t net, int type, struct netent *restrict entry,
	char *restrict buffer, size_t n, struct netent **restrict result, int *restrict herror)
{
	return restrained() ? real.getnetbyaddr_r(net, type, entry, buffer, n, result, herror)
			    : nothing(result, herror);
}

/* Where /etc/hostid does not say it, it comes from the address of this machine's own name. */
EXPORTED long gethostid(void)
{
	return restrained() ? real.gethostid() : 0;
}

EXPORTED int ruserok(const char *host, int superuser, const char *remote, const char *local)
{
	return restrained() ? real.ruserok(host, superuser, remote, local) : -1;
}

EXPORTED int ruserok_af(
	const char *host, int superuser, const char *remote, const char *local, sa_family_t family)
{
	return restrained() ? real.ruserok_af(host, superuser, remote, local, family) : -1;
}

EXPORTED int iruserok(uint32_t addr, int superuser, const char *remote, const char *local)
{
	return restrained() ? real.iruserok(addr, superuser, remote, local) : -1;
}

EXPORTED int iruserok_af(
	const void *addr, int superuser, const char *remote, const char *local, sa_family_t family)
{
	return restrained() ? real.iruserok_af(addr, superuser, remote, local, family) : -1;
}

static int refuse_remote(char **host)
{
	return refuse(REFUSAL_REMOTE_SHELL, *host);
}

EXPORTED int rcmd(char **restrict host, unsigned short port, const char *restrict local,
	const char *restrict remote, const char *restrict command, int *restrict second)
{
	(void)port, (void)local, (void)remote, (void)command, (void)second;
	return refuse_remote(host);
}

EXPORTED int rcmd_af(char **restrict host, unsigned short port, const char *restrict local,
	const char *restrict remote, const char *restrict command, int *restrict second,
	sa_family_t family)
{
	(void)port, (void)local, (void)remote, (void)command, (void)second, (void)family;
	return refuse_remote(host);
}

EXPORTED int rexec(char **restrict host, int port, const char *restrict user,
	const char *restrict password, const char *restrict command, int *restrict second)
{
	(void)port, (void)user, (void)password, (void)command, (void)second;
	return refuse_remote(host);
}

EXPORTED int rexec_af(char **restrict host, int port, const char *restrict user,
	const char *restrict password, const char *restrict command, int *restrict second,
	sa_family_t family)
{
	(void)port, (void)user, (void)password, (void)command, (void)second, (void)family;
	return refuse_remote(host);
}

/* <nss.h>: a program chooses its sources of names. Those of host names stay as we have chosen them. */
EXPORTED int __nss_configure_lookup(const char *database, const char *sources)
{
	library_ready();
	if (database != NULL && local_names_holds(database))
		return 0;
	if (real.__nss_configure_lookup == NULL) {
		errno = ENOSYS;
		return -1;
	}
	return real.__nss_configure_lookup(database, sources);
}
