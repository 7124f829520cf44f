/* SPDX-License-Identifier: MIT */
/* Hooks: making sockets. */
#include "lib/library.h"
#include "lib/real.h"

EXPORTED int socket(int domain, int type, int protocol)
{
	struct judgement judgement;

	if (domain == AF_UNIX && real.socket != NULL)
		return real.socket(domain, type, protocol);
	if (!library_ready())
		return refuse_all();
	judgement = policy_socket(domain, type, protocol);
	if (judgement.verdict == VERDICT_REFUSE)
		return refuse(judgement.refusal, NULL);
	return real.socket(domain, type, protocol);
}
EXPORT_ALIAS(__socket, socket);

EXPORTED int socketpair(int domain, int type, int protocol, int fds[2])
{
	struct judgement judgement;

	if (domain == AF_UNIX && real.socketpair != NULL)
		return real.socketpair(domain, type, protocol, fds);
	if (!library_ready())
		return refuse_all();
	judgement = policy_socket(domain, type, protocol);
	if (judgement.verdict == VERDICT_REFUSE)
		return refuse(judgement.refusal, NULL);
	return real.socketpair(domain, type, protocol, fds);
}
