/* SPDX-License-Identifier: MIT */
/* Reading off a descriptor what policy needs to know. */
#include "lib/judge.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "lib/real.h"

static int option_of(int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return real.getsockopt(fd, SOL_SOCKET, name, &value, &len) == 0 ? value : -1;
}

enum socket_kind socket_kind(int fd, int *domain)
{
	int type, protocol;

	*domain = option_of(fd, SO_DOMAIN);
	if (*domain < 0) {
		*domain = AF_UNSPEC;
		return SOCKET_OTHER;
	}
	if (*domain == AF_UNIX)
		return SOCKET_UNIX;
	type = option_of(fd, SO_TYPE);
	protocol = option_of(fd, SO_PROTOCOL);
	if (policy_socket(*domain, type, protocol).verdict != VERDICT_THROUGH)
		return SOCKET_FORBIDDEN;
	if (*domain != AF_INET && *domain != AF_INET6)
		return SOCKET_OTHER;
	return type == SOCK_STREAM ? SOCKET_STREAM : SOCKET_DATAGRAM;
}

bool socket_bound(int fd, struct addr *addr)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	struct endpoint ep;

	if (real.getsockname(fd, (struct sockaddr *)&sa, &len) != 0 ||
		!endpoint_from_sockaddr(&ep, (const struct sockaddr *)&sa, len))
		return false;
	*addr = ep.addr;
	addr_unmap(addr);
	return true;
}

struct judgement judge_unix(const struct sockaddr *sa, socklen_t len)
{
	const size_t offset = offsetof(struct sockaddr_un, sun_path);
	const struct sockaddr_un *sun = (const struct sockaddr_un *)(const void *)sa;
	struct judgement judgement = {VERDICT_THROUGH, REFUSAL_NONE};
	char path[sizeof(sun->sun_path) + 1] = "", resolved[PATH_MAX];
	int saved = errno;

	if (len <= offset || len - offset >= sizeof(path) || sa->sa_family != AF_UNIX)
		return judgement;
	memcpy(path, sun->sun_path, len - offset);
	judgement = policy_unix(path, len - offset);
	/* The same socket may be reached by a link, or from another directory. */
	if (judgement.verdict == VERDICT_THROUGH && path[0] != '\0' && realpath(path, resolved))
		judgement = policy_unix(resolved, strlen(resolved));
	errno = saved;
	return judgement;
}
