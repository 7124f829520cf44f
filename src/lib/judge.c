/* SPDX-License-Identifier: MIT */
/* Reading off a descriptor what policy needs to know. */
#include "lib/judge.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/guarded.h"
#include "lib/library.h"
#include "lib/log.h"
#include "lib/real.h"
#include "lib/received.h"

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
		/* A sandbox may keep the kernel from telling; what is not known is not let out. */
		return errno == ENOTSOCK || errno == EBADF ? SOCKET_OTHER : SOCKET_FORBIDDEN;
	}
	if (*domain == AF_UNIX)
		return SOCKET_UNIX;
	type = option_of(fd, SO_TYPE);
	protocol = option_of(fd, SO_PROTOCOL);
	if (policy_socket(*domain, type, protocol).verdict != VERDICT_THROUGH)
		return SOCKET_FORBIDDEN;
	if (*domain != AF_INET && *domain != AF_INET6)
		return SOCKET_OTHER;
	if (type == SOCK_STREAM)
		return SOCKET_STREAM;
	return is_jailed() ? SOCKET_OTHER : SOCKET_DATAGRAM;
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

typedef int (*name_call)(int fd, struct sockaddr *addr, socklen_t *len);

/* False: the socket has no such address. */
static bool endpoint_of(int fd, name_call call, struct endpoint *out)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	return call(fd, (struct sockaddr *)&sa, &len) == 0 &&
	       endpoint_from_sockaddr(out, (const struct sockaddr *)&sa, len);
}

static int tcp_state_of(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	return real.getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? info.tcpi_state : -1;
}

/* False: `fd` is no socket. One that the kernel does not tell about has a family of nobody's. */
static bool held_socket_of(int fd, struct held_socket *out)
{
	*out = (struct held_socket){.domain = option_of(fd, SO_DOMAIN)};
	if (out->domain < 0)
		return errno != ENOTSOCK && errno != EBADF;
	out->type = option_of(fd, SO_TYPE);
	out->protocol = option_of(fd, SO_PROTOCOL);
	if ((out->domain != AF_INET && out->domain != AF_INET6) || out->type != SOCK_STREAM)
		return true;
	endpoint_of(fd, real.getsockname, &out->bound);
	out->listening = option_of(fd, SO_ACCEPTCONN) != 0;
	out->connected = endpoint_of(fd, real.getpeername, &out->peer);
	out->opening = !out->listening && !out->connected && tcp_state_of(fd) != TCP_CLOSE;
	return true;
}

static bool held_socket_may_stay(const struct held_socket *held)
{
	const bool ready = library_ready();
	char where[ENDPOINT_TEXT_MAX] = "";
	struct judgement judgement;

	if (!ready && (held->domain == AF_INET || held->domain == AF_INET6))
		judgement = (struct judgement){VERDICT_REFUSE, REFUSAL_SETTINGS};
	else
		judgement = policy_held(library.settings, held);
	if (judgement.verdict != VERDICT_REFUSE)
		return true;
	if (held->connected || held->listening)
		endpoint_format(held->connected ? &held->peer : &held->bound, where);
	log_refusal(judgement.refusal, where[0] ? where : NULL);
	return false;
}

bool judge_held(int fd)
{
	const int saved = errno;
	struct held_socket held;
	const bool may = !held_socket_of(fd, &held) || held_socket_may_stay(&held);

	errno = saved;
	return may;
}

static bool keep_or_close(int fd)
{
	const int saved = errno;
	const bool keep = judge_held(fd);

	if (!keep)
		real.close(fd);
	errno = saved;
	return keep;
}

void judge_message(struct msghdr *message)
{
	size_t len = message->msg_controllen;

	if (received_filter(message->msg_control, &len, keep_or_close) == 0)
		return;
	message->msg_controllen = len;
	message->msg_flags |= MSG_CTRUNC;
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
