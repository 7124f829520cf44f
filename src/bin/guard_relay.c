/* SPDX-License-Identifier: MIT */
/*
 * Two sockets of which each gets what the other receives.
 *
 * Bytes go through a pipe in the kernel (splice) and never through our memory. Each direction is
 * either reading, while its pipe is empty, or writing, while it is not: so a slow reader holds its
 * writer back. An end of one direction is passed on by shutdown, and the other goes on; an error on
 * either socket ends both, abruptly, as it came.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bin/guard_loop.h"
#include "bin/guard_relay.h"

enum { PIPE_SIZE = 1 << 18, TURNS = 16 /* until others may have their turn */ };

struct relay;

/* One socket, and the direction that begins at it. */
struct side {
	struct watch watch; /* first: the loop gives us this */
	struct relay *relay;
	struct side *other;
	int pipe[2];
	size_t held; /* bytes in the pipe */
	bool ended;  /* nothing more comes from this socket, and the other one knows */
};

struct relay {
	struct side near, far;
};

static unsigned behind;     /* relays whose program has not ended its direction */
static unsigned waiting;    /* of these, those with bytes that the proxy does not take */
static unsigned long taken; /* times that the proxy took some of a program's bytes */

/* Between two states of a side that differ in it: has the proxy got all that the program sent? */
static bool side_is_behind(const struct side *side)
{
	return side == &side->relay->near && !side->ended;
}

static bool side_waits(const struct side *side)
{
	return side_is_behind(side) && side->held > 0;
}

static void relay_end(struct relay *relay, bool abruptly)
{
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	struct side *sides[] = {&relay->near, &relay->far};

	behind -= side_is_behind(&relay->near);
	waiting -= side_waits(&relay->near);
	for (int i = 0; i < 2; i++) {
		loop_watch(&sides[i]->watch, 0);
		if (abruptly)
			setsockopt(
				sides[i]->watch.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(sides[i]->watch.fd);
		close(sides[i]->pipe[0]);
		close(sides[i]->pipe[1]);
	}
	free(relay);
}

static ssize_t move(int from, int to, size_t n)
{
	return splice(from, NULL, to, NULL, n, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

static void side_end(struct side *side)
{
	behind -= side_is_behind(side);
	side->ended = true;
	shutdown(side->other->watch.fd, SHUT_WR);
}

/* More bytes, or fewer, are in the pipe. */
static void side_moved(struct side *side, ssize_t n)
{
	waiting -= side_waits(side);
	side->held += (size_t)n;
	waiting += side_waits(side);
	taken += n < 0 && side == &side->relay->near;
}

/* Moves what there is. False: the connection is broken. */
static bool side_pump(struct side *side)
{
	for (int turn = 0; turn < TURNS && !side->ended; turn++) {
		const bool reads = side->held == 0;
		const ssize_t n = reads ? move(side->watch.fd, side->pipe[1], PIPE_SIZE)
					: move(side->pipe[0], side->other->watch.fd, side->held);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			side_end(side);
		else
			side_moved(side, reads ? n : -n);
	}
	return true;
}

/* What a socket has to be watched for: both directions touch it. */
static uint32_t interest(const struct side *side)
{
	return (!side->ended && side->held == 0 ? EPOLLIN : 0) |
	       (side->other->held > 0 ? EPOLLOUT : 0);
}

static void side_ready(struct watch *watch, uint32_t events)
{
	struct side *side = (struct side *)(void *)watch;
	struct relay *relay = side->relay;

	if (!side_pump(&relay->near) || !side_pump(&relay->far)) {
		relay_end(relay, true);
		return;
	}
	if ((relay->near.ended && relay->far.ended) ||
		((events & (EPOLLERR | EPOLLHUP)) && side->ended)) {
		relay_end(relay, events & EPOLLERR);
		return;
	}
	if (!loop_watch(&relay->near.watch, interest(&relay->near)) ||
		!loop_watch(&relay->far.watch, interest(&relay->far)))
		relay_end(relay, true);
}

static bool side_begin(struct relay *relay, struct side *side, struct side *other, int fd)
{
	side->watch = (struct watch){.fd = fd, .ready = side_ready};
	side->relay = relay;
	side->other = other;
	if (pipe2(side->pipe, O_CLOEXEC | O_NONBLOCK) < 0) {
		side->pipe[0] = side->pipe[1] = -1;
		return false;
	}
	/* Larger moves are fewer; an ordinary user may have only so many. */
	fcntl(side->pipe[0], F_SETPIPE_SZ, PIPE_SIZE);
	return true;
}

/*
 * What waits for the program to read it is as much as a pipe takes. More, and the kernel would take
 * megabytes, has left the processor's cache when it is read at last. The program is on this machine, so there
 * is no way between on which more would have to be. The kernel doubles what it is told.
 */
static void backlog_limit(int near)
{
	const int room = PIPE_SIZE / 2;

	setsockopt(near, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
}

void relay_begin(int near, int far)
{
	struct relay *relay = calloc(1, sizeof(*relay));
	bool begun;

	if (!relay) {
		close(near);
		close(far);
		return;
	}
	behind++;
	backlog_limit(near);
	begun = side_begin(relay, &relay->near, &relay->far, near);
	begun = side_begin(relay, &relay->far, &relay->near, far) && begun;
	if (!begun || !loop_watch(&relay->near.watch, EPOLLIN) ||
		!loop_watch(&relay->far.watch, EPOLLIN))
		relay_end(relay, true);
}

bool relay_is_behind(void)
{
	return behind > 0;
}

bool relay_is_held_up(unsigned long *seen)
{
	const bool moved = *seen != taken;

	*seen = taken;
	return !moved && behind == waiting;
}
