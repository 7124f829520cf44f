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
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "lib/guarded.h"
#include "lib/real.h"

static enum step fail(struct connection *connection, enum connection_failure failure, int error)
{
	connection->phase = CONNECTION_BROKEN;
	connection->failure = failure;
	connection->error = error;
	return STEP_FAILED;
}

static int not_waiting(const struct connection *connection)
{
	return connection->ours ? 0 : MSG_DONTWAIT;
}

static enum step wait_for(struct connection *connection, short events)
{
	connection->events = events;
	return STEP_GOING_ON;
}

/* TCP_FASTOPEN_CONNECT puts the kernel's own connecting off to the first send, which then says EINPROGRESS. */
static bool is_not_yet(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINPROGRESS;
}

/* A call on the socket has failed: before the first byte is sent that is connect(2)'s own error. */
static enum step broken(struct connection *connection)
{
	return fail(connection,
		connection->phase == CONNECTION_REACHING ? CONNECTION_UNREACHED : CONNECTION_TALK,
		errno);
}

/*
 * We speak first, so the segment that ends the kernel's own greetings need not be sent alone: with this off it waits, for
 * 0.2 s at most, for what we say. From the request on it is on again, as on every socket that has just been connected.
 *
 * But the proxy's kernel then takes its time (40 ms) to acknowledge the request, and what the program says before
 * the answer would have to wait for that (Nagle's algorithm).
 */
static void acknowledge_at_once(const struct connection *connection, int whether)
{
	if (connection->proxy.ss_family != AF_UNIX)
		real.setsockopt(
			connection->fd, IPPROTO_TCP, TCP_QUICKACK, &whether, sizeof(whether));
}

/*
 * Sends what there is to send. DONE: all of it. The first send is also what tells the outcome of connect(2):
 * until that is over it says EAGAIN, and then the error, if there is one.
 */
static enum step send_all(struct connection *connection)
{
	const uint8_t *bytes;
	bool just_sent = false;
	size_t n;

	while (bytes = socks_client_emit(&connection->socks, &n), n > 0) {
		ssize_t sent =
			real.send(connection->fd, bytes, n, not_waiting(connection) | MSG_NOSIGNAL);

		if (sent < 0 && is_not_yet(errno))
			return wait_for(connection, POLLOUT);
		if (sent < 0 && errno != EINTR)
			return broken(connection);
		if (sent > 0) {
			socks_client_sent(&connection->socks, (size_t)sent);
			connection->phase = CONNECTION_TALKING;
			just_sent = true;
		}
	}
	if (just_sent && !connection->ours && !connection->hasty &&
		socks_client_asked(&connection->socks))
		acknowledge_at_once(connection, 1);
	/* The proxy will need its time: to look for the answer at once would be in vain. */
	return just_sent && !connection->ours ? wait_for(connection, POLLIN) : STEP_DONE;
}

/* Feeds the codec as far as it goes. Returns how many of the bytes it took. */
static size_t feed(struct socks_client *socks, const uint8_t *bytes, size_t n)
{
	size_t taken = 0, want;

	while (want = socks_client_want(socks), want > 0 && taken < n) {
		const size_t part = want < n - taken ? want : n - taken;

		socks_client_feed(socks, bytes + taken, part);
		taken += part;
	}
	return taken;
}

/*
 * What lies there is looked at first, and then taken as far as it is the proxy's: two calls, where taking just
 * what the codec wants next would be up to five.
 */
static enum step receive(struct connection *connection)
{
	const int flags = connection->ours ? 0 : MSG_DONTWAIT | MSG_PEEK;
	uint8_t bytes[SOCKS_REPLY_MAX];
	ssize_t n = real.recv(connection->fd, bytes, sizeof(bytes), flags);
	size_t taken;

	/* On a socket of ours the wait is recv's own; whoever looks at the clock has to come by after a signal. */
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || (errno == EINTR && flags == 0)))
		return wait_for(connection, POLLIN);
	if (n < 0 && errno == EINTR)
		return STEP_GOING_ON;
	if (n < 0)
		return broken(connection);
	connection->events = 0;
	if (n == 0)
		return socks_client_feed(&connection->socks, bytes, 0);
	taken = feed(&connection->socks, bytes, (size_t)n);
	if (!connection->ours &&
		real.recv(connection->fd, bytes, taken, MSG_DONTWAIT) != (ssize_t)taken)
		return fail(connection, CONNECTION_TALK, EPROTO);
	return socks_client_outcome(&connection->socks);
}

static enum step talk(struct connection *connection)
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
	switch (connection->phase) {
	case CONNECTION_STARTING:
		return wait_for(connection, 0);
	case CONNECTION_REACHING:
	case CONNECTION_TALKING:
		return talk(connection);
	case CONNECTION_OPEN:
		return STEP_DONE;
	case CONNECTION_BROKEN:
	default:
		return STEP_FAILED;
	}
}

enum step connection_give_up(struct connection *connection)
{
	return fail(connection, CONNECTION_DEADLINE, ETIMEDOUT);
}

void connection_prepare(struct connection *connection, int fd, const struct sockaddr *proxy,
	socklen_t proxy_len, const struct socks_client *socks)
{
	*connection = (struct connection){.fd = fd, .phase = CONNECTION_STARTING, .socks = *socks};
	memcpy(&connection->proxy, proxy, proxy_len);
	connection->proxy_len = proxy_len;
}

/* Of a unix socket there is no such state: it is connected, or it is not. */
static bool is_under_way(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	return real.getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       info.tcpi_state != TCP_CLOSE;
}

/*
 * A kernel that is interrupted goes on by itself. But a guard may have been interrupted before it has heard of the call
 * at all, and then nothing is under way.
 */
int connection_reach(const struct connection *connection)
{
	const struct sockaddr *proxy = (const struct sockaddr *)&connection->proxy;
	int error;

	if (!connection->hasty)
		acknowledge_at_once(connection, 0);
	do
		error = guarded_connect(connection->fd, proxy, connection->proxy_len) == 0 ? 0
											   : errno;
	while (error == EINTR && !is_under_way(connection->fd));
	return error;
}

enum step connection_begun(struct connection *connection, int error)
{
	if (error != 0 && error != EINPROGRESS && error != EINTR)
		return fail(connection, CONNECTION_UNREACHED, error);
	connection->phase = CONNECTION_REACHING;
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

bool connection_interrupted(void)
{
	const int saved = errno;
	struct sigaction action;
	bool found = false;

	for (int number = 1; number < NSIG && !found; number++)
		found = !is_fault(number) && sigaction(number, NULL, &action) == 0 &&
			!(action.sa_flags & SA_RESTART) && action.sa_handler != SIG_DFL &&
			action.sa_handler != SIG_IGN;
	errno = saved;
	return found;
}

enum step connection_finish(struct connection *connection, uint64_t deadline)
{
	enum step step;

	while (step = connection_step(connection), step == STEP_GOING_ON) {
		struct pollfd pollfd = {.fd = connection->fd, .events = connection->events};
		uint64_t now = connection_now();

		if (now >= deadline) {
			errno = ETIMEDOUT;
			return step;
		}
		if (real.poll(&pollfd, 1,
			    deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now)) < 0 &&
			errno == EINTR && connection_interrupted())
			return step;
	}
	return step;
}
