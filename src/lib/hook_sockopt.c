/* SPDX-License-Identifier: MIT */
/* Hooks: socket options. Multicast is refused; a stand-in answers like the program's socket. */
#include <netinet/in.h>

#include "lib/library.h"
#include "lib/real.h"
#include "lib/stand_in.h"

static bool is_ip_level(int level)
{
	return level == IPPROTO_IP || level == IPPROTO_IPV6 || level == IPPROTO_TCP;
}

EXPORTED int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	struct judgement judgement;
	struct tunnelled tunnel;

	library_ready();
	judgement = policy_sockopt(level, name);
	if (judgement.verdict == VERDICT_REFUSE)
		return refuse(judgement.refusal, NULL);
	if (is_ip_level(level) && stand_in_find(fd, &tunnel) && stand_in_swallows(&tunnel, level))
		return 0;
	return real.setsockopt(fd, level, name, value, len);
}

EXPORTED int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict len)
{
	struct tunnelled tunnel;

	library_ready();
	if (value != NULL && len != NULL && stand_in_find(fd, &tunnel) &&
		stand_in_getsockopt(&tunnel, level, name, value, len))
		return 0;
	return real.getsockopt(fd, level, name, value, len);
}
