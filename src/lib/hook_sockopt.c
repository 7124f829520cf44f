/* SPDX-License-Identifier: MIT */
/*
 * Hooks: socket options. Multicast is refused; a stand-in answers like the program's socket; and one
 * whose tunnel is opening like a socket that is being connected.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "lib/aside.h"
#include "lib/caller_memory.h"
#include "lib/library.h"
#include "lib/opening.h"
#include "lib/progress.h"
#include "lib/real.h"
#include "lib/stand_in.h"

static bool is_ip_level(int level)
{
	return level == IPPROTO_IP || level == IPPROTO_IPV6 || level == IPPROTO_TCP;
}

static void give(void *value, socklen_t *len, const void *answer, size_t size)
{
	if (*len > size)
		*len = (socklen_t)size;
	memcpy(value, answer, *len);
}

/* SO_ERROR: nothing yet, or why it failed, once. TCP_INFO: the handshake is still on. */
static bool answer_of_opening(int fd, int level, int name, void *value, socklen_t *len)
{
	const struct tcp_info connecting = {.tcpi_state = TCP_SYN_SENT};
	const bool asks_error = level == SOL_SOCKET && name == SO_ERROR;
	enum opening_state state;
	int error = 0;

	if (progress_get_aside(fd, level, name, &error)) {
		give(value, len, &error, sizeof(error));
		return true;
	}
	if (!asks_error && !(level == IPPROTO_TCP && name == TCP_INFO))
		return false;
	state = progress_step(fd, NULL);
	if (state == OPENING_FAILED && asks_error)
		error = progress_failure(fd);
	if (asks_error && (error != 0 || state == OPENING_GOING_ON))
		give(value, len, &error, sizeof(error));
	else if (!asks_error && state == OPENING_GOING_ON)
		give(value, len, &connecting, sizeof(connecting));
	else
		return false;
	return true;
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
	if (aside_is(level, name) && opening_any() &&
		progress_set_aside(fd, level, name, value, len))
		return 0;
	return real.setsockopt(fd, level, name, value, len);
}

/* The kernel writes first: it is the one to say EFAULT. What it writes is of no meaning. */
static bool is_writable(int fd, void *value, const socklen_t *len)
{
	const int saved = errno;
	bool writable = caller_memory_readable(len, sizeof(*len));
	socklen_t room = writable ? *len : 0;

	writable = writable && real.getsockopt(fd, SOL_SOCKET, SO_TYPE, value, &room) == 0;
	errno = saved;
	return writable;
}

EXPORTED int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict len)
{
	struct tunnelled tunnel;

	library_ready();
	if (opening_any() && opening_at(fd) != NULL && is_writable(fd, value, len) &&
		answer_of_opening(fd, level, name, value, len))
		return 0;
	if (stand_in_find(fd, &tunnel) && is_writable(fd, value, len) &&
		stand_in_getsockopt(&tunnel, level, name, value, len))
		return 0;
	return real.getsockopt(fd, level, name, value, len);
}
