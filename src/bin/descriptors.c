/* SPDX-License-Identifier: MIT */
/* What is known of an inherited socket, and what becomes of those that would lead past Tor. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/descriptors.h"
#include "bin/say.h"
#include "core/policy.h"

static int option_of(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, name, &value, &len) == 0 ? value : -1;
}

typedef int name_call(int fd, struct sockaddr *addr, socklen_t *len);

/* False: the socket has no such address. */
static bool endpoint_of(int fd, name_call *call, struct endpoint *out)
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

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? info.tcpi_state : -1;
}

/* False: `fd` is no socket. */
static bool held_socket_of(int fd, struct held_socket *out)
{
	*out = (struct held_socket){.domain = option_of(fd, SOL_SOCKET, SO_DOMAIN)};
	if (out->domain < 0)
		return false;
	out->type = option_of(fd, SOL_SOCKET, SO_TYPE);
	out->protocol = option_of(fd, SOL_SOCKET, SO_PROTOCOL);
	if ((out->domain != AF_INET && out->domain != AF_INET6) || out->type != SOCK_STREAM)
		return true;
	endpoint_of(fd, getsockname, &out->bound);
	out->listening = option_of(fd, SOL_SOCKET, SO_ACCEPTCONN) != 0;
	out->connected = endpoint_of(fd, getpeername, &out->peer);
	out->opening = !out->listening && !out->connected && tcp_state_of(fd) != TCP_CLOSE;
	return true;
}

/* Of one that is neither connected nor listening, anything may become; and where, is fixed by now. */
static bool is_unsealed(const struct settings *settings, const struct held_socket *held)
{
	return settings->guard == GUARD_SEAL && !held->connected && !held->listening &&
	       (held->domain == AF_INET || held->domain == AF_INET6);
}

static enum refusal judge(const struct settings *settings, int fd)
{
	struct judgement judgement;
	struct held_socket held;

	if (!held_socket_of(fd, &held))
		return REFUSAL_NONE;
	judgement = policy_held(settings, &held);
	if (judgement.verdict != VERDICT_REFUSE && is_unsealed(settings, &held))
		return REFUSAL_SEALED;
	return judgement.refusal;
}

static _Noreturn void refuse_standard(int fd, enum refusal refusal)
{
	static const char *const names[] = {"input", "output", "error"};
	const struct refusal_row *row = &refusal_rows[refusal];

	if (fd == STDERR_FILENO)
		exit(EXIT_OURS);
	refuse(EXIT_OURS, "nothing is started with this standard %s: %s; hint: %s", names[fd],
		row->sentence, row->hint[0] ? row->hint : "put a file or a pipe in its place");
}

static void take_away(const struct settings *settings, int fd, enum refusal refusal)
{
	static bool said[REFUSAL_COUNT];

	close(fd);
	if (settings->log >= LOG_LEVEL_WARN && !said[refusal])
		say("closed the inherited descriptor %d: %s", fd, refusal_rows[refusal].sentence);
	said[refusal] = true;
}

static void vet_one(const struct settings *settings, int fd)
{
	enum refusal refusal = judge(settings, fd);

	if (refusal != REFUSAL_NONE)
		take_away(settings, fd, refusal);
}

/* Returns whether the list was that of this process: then the folder itself is in it. */
static bool vet_listed(const struct settings *settings, DIR *dir)
{
	struct dirent *entry;
	bool own = false;
	unsigned long fd;

	while ((entry = readdir(dir))) {
		if (!text_parse_number(&fd, entry->d_name, INT_MAX))
			continue;
		if ((int)fd == dirfd(dir))
			own = true;
		else
			vet_one(settings, (int)fd);
	}
	return own;
}

static void vet_standard(const struct settings *settings)
{
	for (int fd = STDERR_FILENO; fd >= STDIN_FILENO; fd--) {
		enum refusal refusal = judge(settings, fd);

		if (refusal != REFUSAL_NONE)
			refuse_standard(fd, refusal);
	}
}

void descriptors_vet(const struct settings *settings)
{
	static const char list[] = "/proc/self/fd";
	DIR *dir;

	vet_standard(settings);
	dir = opendir(list);
	if (!dir)
		refuse(EXIT_OURS, "cannot tell which descriptors are open: %s: %s", list,
			strerror(errno));
	if (!vet_listed(settings, dir))
		refuse(EXIT_OURS,
			"cannot tell which descriptors are open: %s is not what it should be; "
			"hint: mount /proc",
			list);
	closedir(dir);
}
