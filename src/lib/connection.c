/* SPDX-License-Identifier: MIT */
/*
 * Reaching the proxy and speaking SOCKS on a descriptor that is (or will be) the program's.
 *
 * The blocking mode of the descriptor is the program's and is never changed: every send and receive
 * carries MSG_DONTWAIT, and waiting is poll's. No byte is read that is not the proxy's, because
 * what comes after its reply belongs to the program.
 */
#include "lib/connection.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "lib/real.h"

static enum step fail(struct connection *connection, enum connection_failure failure, int error)
{
	connection->phase = CONNECTION_BROKEN;
	connection->failure = failure;
	connection->error = error;
	return STEP_FAILED;
}

static enum step wait_for(struct connection *connection, short events)
{
	connection->events = events;
	return STEP_GOING_ON;
}

/*
 * Is the kernel's own connect over? A second connect tells the outcome and, where it went well,
 * takes the success that the kernel still owes: without it a later connect of the program would get
 * that.
 */
static enum step step_reaching(struct connection *connection)
{
	struct pollfd pollfd = {.fd = connection->fd, .events = POLLOUT};

	if (poll(&pollfd, 1, 0) <= 0)
		return wait_for(connection, POLLOUT);
	if (real.connect(connection->fd, (const struct sockaddr *)&connection->proxy,
		    connection->proxy_len) != 0)
		return fail(connection, CONNECTION_UNREACHED, errno);
	connection->phase = CONNECTION_TALKING;
	return STEP_DONE;
}

/* Sends what there is to send. DONE: all of it. */
static enum step send_all(struct connection *connection)
{
	const uint8_t *bytes;
	size_t n;

	while (bytes = socks_client_emit(&connection->socks, &n), n > 0) {
		ssize_t sent = send(connection->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return wait_for(connection, POLLOUT);
		if (sent < 0 && errno != EINTR)
			return fail(connection, CONNECTION_TALK, errno);
		if (sent > 0)
			socks_client_sent(&connection->socks, (size_t)sent);
	}
	return STEP_DONE;
}

static enum step receive(struct connection *connection)
{
	uint8_t bytes[SOCKS_REPLY_MAX];
	size_t want = socks_client_want(&connection->socks);
	ssize_t n = recv(
		connection->fd, bytes, want < sizeof(bytes) ? want : sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return wait_for(connection, POLLIN);
	if (n < 0 && errno == EINTR)
		return STEP_GOING_ON;
	if (n < 0)
		return fail(connection, CONNECTION_TALK, errno);
	connection->events = 0;
	return socks_client_feed(&connection->socks, bytes, (size_t)n);
}

static enum step step_talking(struct connection *connection)
{
	enum step step = socks_client_outcome(&connection->socks);

	connection->events = 0;
	while (step == STEP_GOING_ON && connection->events == 0) {
		step = send_all(connection);
		if (step == STEP_DONE)
			step = receive(connection);
	}
	if (step == STEP_DONE)
		connection->phase = CONNECTION_OPEN;
	if (step == STEP_FAILED && connection->phase != CONNECTION_BROKEN)
		fail(connection, CONNECTION_TALK, socks_client_errno(&connection->socks));
	return step;
}

enum step connection_step(struct connection *connection)
{
	if (connection->phase == CONNECTION_REACHING && step_reaching(connection) == STEP_GOING_ON)
		return STEP_GOING_ON;
	if (connection->phase == CONNECTION_TALKING)
		return step_talking(connection);
	return connection->phase == CONNECTION_OPEN ? STEP_DONE : STEP_FAILED;
}

enum step connection_start(struct connection *connection, int fd, const struct sockaddr *proxy,
	socklen_t proxy_len, const struct socks_client *socks)
{
	*connection = (struct connection){.fd = fd, .phase = CONNECTION_REACHING, .socks = *socks};
	memcpy(&connection->proxy, proxy, proxy_len);
	connection->proxy_len = proxy_len;
	if (real.connect(fd, proxy, proxy_len) == 0)
		connection->phase = CONNECTION_TALKING;
	else if (errno != EINPROGRESS && errno != EINTR)
		return fail(connection, CONNECTION_UNREACHED, errno);
	return connection_step(connection);
}

uint64_t connection_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* What a thread's own mistakes raise interrupts no wait, and runtimes have handlers for it. */
static bool is_fault(int number)
{
	return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL ||
	       number == SIGTRAP || number == SIGABRT || number == SIGSYS;
}

/*
 * poll is interrupted by every handler, connect only by those without SA_RESTART. Which one it was
 * nobody tells; so connect is interrupted where the program has any such.
 */
static bool handlers_interrupt(void)
{
	struct sigaction action;

	for (int number = 1; number < NSIG; number++)
		if (!is_fault(number) && sigaction(number, NULL, &action) == 0 &&
			!(action.sa_flags & SA_RESTART) && action.sa_handler != SIG_DFL &&
			action.sa_handler != SIG_IGN)
			return true;
	return false;
}

enum step connection_finish(struct connection *connection, uint64_t deadline)
{
	enum step step;

	while (step = connection_step(connection), step == STEP_GOING_ON) {
		struct pollfd pollfd = {.fd = connection->fd, .events = connection->events};
		uint64_t now = connection_now();

		if (now >= deadline)
			return fail(connection, CONNECTION_DEADLINE, ETIMEDOUT);
		if (poll(&pollfd, 1, deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now)) <
				0 &&
			errno == EINTR && connection->interruptible && handlers_interrupt())
			return fail(connection, CONNECTION_INTERRUPTED, EINTR);
	}
	return step;
}
