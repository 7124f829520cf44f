/* SPDX-License-Identifier: MIT */
/* Nothing here knows what the call is: only whether it may begin. */
#include "lib/gate.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "lib/progress.h"
#include "lib/socket.h"

static bool is_blocking(int fd, enum gate gate, int flags)
{
	return gate == GATE_WHOLE || ((flags & MSG_DONTWAIT) == 0 && socket_is_blocking(fd));
}

/* When the program's own patience ends: SO_RCVTIMEO or SO_SNDTIMEO. The opening has a deadline of its own. */
static uint64_t patience_end(int fd, enum gate gate)
{
	const int option = gate == GATE_WRITE ? SO_SNDTIMEO : SO_RCVTIMEO;
	struct timeval timeout = {0};
	const uint64_t patience = socket_patience(fd, option, &timeout);

	if (gate == GATE_WHOLE || !timerisset(&timeout))
		return UINT64_MAX;
	return connection_now() + patience;
}

static bool not_yet(void)
{
	if (errno != EINTR)
		errno = EAGAIN;
	return false;
}

bool gate_wait(int fd, enum gate gate, int flags)
{
	const enum progress_goal goal = gate == GATE_WRITE ? PROGRESS_MAY_WRITE : PROGRESS_ANSWERED;
	const int saved = errno;
	enum opening_state state;
	bool waits;

	if (opening_at(fd) == NULL || !library_is_ours())
		return true;
	waits = is_blocking(fd, gate, flags);
	errno = 0;
	state = progress_wait(fd, waits ? patience_end(fd, gate) : 0, goal);
	if (state == OPENING_FAILED && gate != GATE_WHOLE) {
		errno = progress_failure(fd);
		return errno == 0;
	}
	if (state == OPENING_GOING_ON || (state == OPENING_OPTIMISTIC && gate != GATE_WRITE))
		return not_yet();
	errno = saved;
	return true;
}

void gate_whole(int fd)
{
	const int saved = errno;

	gate_open(fd, GATE_WHOLE, 0);
	errno = saved;
}
