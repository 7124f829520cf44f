/* SPDX-License-Identifier: MIT */
/*
 * A tunnel is opened on the program's own descriptor wherever that can reach the proxy. It cannot
 * when the proxy is a unix socket or of the other address family; then a stand-in of the right
 * family is opened beside it and put in its place once the proxy has agreed (stand_in.h).
 */
#include "lib/tunnel.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/tcp.h>

#include "lib/aside.h"
#include "lib/connection.h"
#include "lib/explain.h"
#include "lib/fd_table.h"
#include "lib/judge.h"
#include "lib/library.h"
#include "lib/progress.h"
#include "lib/proxy.h"
#include "lib/readiness.h"
#include "lib/real.h"
#include "lib/socket.h"
#include "lib/stand_in.h"

/* One connect of the program. */
struct attempt {
	int fd;
	struct tunnelled tunnel;
	const struct socks_target *target;
	struct connection connection;
	uint64_t deadline; /* when the proxy has to have answered */
	struct aside aside;
	struct stand_in_registrations lost; /* the program's, until they are made again */
	bool left;                          /* it goes on without its caller */
};

static bool process_identity(char out[static 64])
{
	struct text text = text_over(out, 64);

	text_add_all(&text, library.nonce, ".", (const char *)NULL);
	text_add_number(&text, (unsigned long long)getpid());
	return !text.cut;
}

void tunnel_tag(char out[static ISOLATE_TAG_BUF], const struct socks_target *target)
{
	char process[64];
	const struct isolate_facts facts = {
		.program = library.program,
		.run = library.run,
		.process = process,
		.target = target,
	};

	process[0] = '\0';
	if (library.settings->isolate == ISOLATE_PROCESS)
		process_identity(process);
	isolate_tag(out, library.settings, &facts);
}

/* Prepares the conversation with the credentials that isolation asks for. False: errno is set. */
static bool start_socks(
	struct socks_client *socks, enum socks_command command, const struct socks_target *target)
{
	char tag[ISOLATE_TAG_BUF];
	struct socks_login login;
	bool isolated;

	tunnel_tag(tag, target);
	isolated = tag[0] != '\0';
	if ((isolated && !isolate_login(&login, tag, library.one_turn)) ||
		!socks_client_start(
			socks, command, target, isolated ? &login : NULL, library.one_turn)) {
		errno = EINVAL;
		return false;
	}
	return true;
}

static uint64_t deadline_of_settings(void)
{
	return connection_now() + (uint64_t)library.settings->timeout * 1000;
}

/* A socket to ask the proxy on: nobody else's, so it may block, for as long as the settings say. */
static int asking_socket(void)
{
	const struct timeval timeout = {.tv_sec = (time_t)library.settings->timeout};
	int fd = real.socket(proxy_domain(), SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
		real.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	}
	return fd;
}

/*
 * A fresh socket of our own that can reach the proxy, not connected yet. -1: errno is set. One for a
 * unix socket blocks: while the proxy's queue is full it would get EAGAIN, and have nothing to wait for.
 */
static int own_socket(void)
{
	const struct timeval timeout = {.tv_sec = (time_t)library.settings->timeout};
	const int domain = proxy_domain();
	const int mode = domain == AF_UNIX ? 0 : SOCK_NONBLOCK;
	int fd = real.socket(domain, SOCK_STREAM | SOCK_CLOEXEC | mode, 0);

	if (fd >= 0 && domain == AF_UNIX)
		real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	return fd;
}

static void prepare(
	struct connection *connection, int fd, int domain, const struct socks_client *socks)
{
	struct sockaddr_storage proxy;
	socklen_t len = proxy_address(domain, &proxy);

	connection_prepare(connection, fd, (const struct sockaddr *)&proxy, len, socks);
	connection->hasty = library.settings->optimistic;
}

/* A question goes on whatever signals come: the functions that ask have no way to say EINTR. */
static enum step ask(struct connection *connection)
{
	const uint64_t deadline = deadline_of_settings();
	enum step step = connection_begun(connection, connection_reach(connection));

	while (step == STEP_GOING_ON) {
		step = connection_finish(connection, deadline);
		if (step == STEP_GOING_ON && errno == ETIMEDOUT)
			step = connection_give_up(connection);
	}
	return step;
}

bool tunnel_ask(enum socks_command command, const struct socks_target *question,
	struct socks_target *answer, bool *denied)
{
	struct connection connection;
	struct socks_client socks;
	enum step step;
	int fd;

	*denied = false;
	if (!start_socks(&socks, command, question))
		return false;
	fd = asking_socket();
	if (fd < 0)
		return false;
	prepare(&connection, fd, proxy_domain(), &socks);
	connection.ours = true;
	step = ask(&connection);
	real.close(fd);
	if (step == STEP_DONE) {
		*answer = connection.socks.target;
		return true;
	}
	*denied = connection.socks.failure == SOCKS_FAILURE_REPLY;
	if (!*denied)
		explain(&connection, question);
	errno = connection.error;
	return false;
}

/*
 * A blocking socket blocks in the kernel while the proxy is being reached, so our deadline is lent
 * to it as SO_SNDTIMEO; a shorter one of the program's stays and is the deadline of all. Returns
 * milliseconds.
 */
static uint64_t lend_deadline(int fd, struct timeval *saved, bool *lent)
{
	const uint64_t ours = (uint64_t)library.settings->timeout * 1000;
	const struct timeval timeout = {.tv_sec = (time_t)library.settings->timeout};
	const uint64_t theirs = socket_patience(fd, SO_SNDTIMEO, saved);

	if (theirs != 0 && theirs <= ours)
		return theirs;
	*lent = real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) == 0;
	return ours;
}

static void take_back(int fd, const struct timeval *saved)
{
	const int error = errno;

	real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, saved, sizeof(*saved));
	errno = error;
}

/*
 * Makes the socket unconnected again, as it is after a connect that failed while its caller waited. That leaves an
 * error in it, which is taken: the caller hears of it now.
 */
static void disconnect(int fd, const struct tunnelled *tunnel)
{
	const int saved = errno;

	if (tunnel->carrier == CARRIER_OWN || stand_in_undo(fd, tunnel) != 0)
		socket_disconnect(fd);
	socket_error(fd);
	errno = saved;
}

bool tunnel_leaves_device(int fd)
{
	const int saved = errno;
	char device[IFNAMSIZ];
	socklen_t len = sizeof(device);
	const int result = real.getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &len);
	bool free = result == 0 ? len == 0 : errno == ENOPROTOOPT;

	if (!free)
		free = real.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0) == 0;
	errno = saved;
	return free;
}

/* An address of its own ties a socket to that family: an IPv6 one may be bound to a mapped address. */
static bool is_bound_to_another_family(int fd)
{
	struct addr own;

	if (!socket_bound(fd, &own) || (own.family == ADDR_V6 && addr_is_unspecified(&own)))
		return false;
	return own.family != library.settings->proxy.tcp.addr.family;
}

/*
 * IPV6_V6ONLY would keep an IPv6 socket from reaching an IPv4 proxy; the program gains nothing from
 * it on a connecting socket, and it can only be cleared before a bind. False: it cannot be cleared.
 */
static bool takes_mapped(int fd)
{
	const int off = 0;
	socklen_t len = sizeof(int);
	int only = 0;

	if (proxy_domain() != AF_INET)
		return true;
	if (real.getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &len) == 0 && only == 0)
		return true;
	return real.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) == 0;
}

/* Can the program's own socket reach the TCP proxy? False: it has to be a stand-in. */
static bool reaches_proxy(int fd, int domain)
{
	if (!tunnel_leaves_device(fd))
		return false;
	return domain != AF_INET6 || (!is_bound_to_another_family(fd) && takes_mapped(fd));
}

/*
 * Puts a socket that reaches the proxy in the place of the program's, and connects it where that
 * has to be done before. *begun is then what connect said. False: errno is set.
 */
static bool stand_in(struct attempt *attempt, int *begun)
{
	struct connection *connection = &attempt->connection;
	bool placed;
	int own;

	if (stand_in_would_replace_a_used_one(attempt->fd)) {
		errno = EISCONN;
		return false;
	}
	own = own_socket();
	if (own < 0)
		return false;
	if (proxy_is_unix()) {
		connection->fd = own;
		*begun = connection_reach(connection);
	}
	placed = *begun <= 0 && stand_in_place(own, attempt->fd, &attempt->lost) == 0;
	stand_in_close(own);
	connection->fd = attempt->fd;
	if (*begun > 0) {
		connection_begun(connection, *begun);
		explain(connection, attempt->target);
		errno = *begun;
	}
	return placed;
}

/* The kernel would not even begin. What it says of a socket that was in use before is the program's to hear. */
static int not_begun(struct attempt *attempt, int error)
{
	progress_abandon(attempt->fd);
	if (error != EISCONN && error != EALREADY) {
		connection_begun(&attempt->connection, error);
		explain(&attempt->connection, attempt->target);
		disconnect(attempt->fd, &attempt->tunnel);
	}
	errno = error;
	return -1;
}

static bool has_begun(int error)
{
	return error == 0 || error == EINPROGRESS || error == EINTR;
}

/*
 * A stand-in is registered where the program's socket was. Not before it is known for an opening: a thread that sleeps in one of
 * the epolls would see that it can write.
 */
static void register_again(struct attempt *attempt)
{
	for (size_t i = 0; i < attempt->lost.n; i++) {
		const struct interest *lost = &attempt->lost.of[i];
		struct epoll_event event = {.events = lost->events, .data.u64 = lost->data};

		readiness_control(lost->epoll, EPOLL_CTL_ADD, lost->fd, &event);
	}
	attempt->lost.n = 0;
}

static enum progress_published publish(struct attempt *attempt)
{
	const enum progress_published published = progress_publish(attempt->fd, &attempt->tunnel,
		&attempt->connection, attempt->target, attempt->deadline);

	if (published != PROGRESS_NO_ROOM)
		register_again(attempt);
	return published;
}

/* A socket that does not block: the program's own calls do the rest. */
static int open_later(struct attempt *attempt, int begun)
{
	if (begun < 0)
		begun = connection_reach(&attempt->connection);
	if (!has_begun(begun))
		return not_begun(attempt, begun);
	progress_begun(attempt->fd, begun);
	errno = EINPROGRESS;
	return -1;
}

/* The caller's own time is up, or a signal came: as with the kernel's own connect, it goes on without the caller. */
static int leave_it_going(struct attempt *attempt)
{
	const int error = errno == EINTR ? EINTR : EINPROGRESS;

	aside_give_back(&attempt->aside, attempt->fd);
	attempt->left = true;
	if (publish(attempt) != PROGRESS_PUBLISHED) {
		disconnect(attempt->fd, &attempt->tunnel);
		errno = error == EINTR ? ECONNABORTED : ETIMEDOUT;
		return -1;
	}
	errno = error;
	return -1;
}

static int failed(struct attempt *attempt)
{
	explain(&attempt->connection, attempt->target);
	disconnect(attempt->fd, &attempt->tunnel);
	errno = attempt->connection.error;
	return -1;
}

/* Waits here, and nobody else knows of the connection: there is no other thread. */
static int open_alone(struct attempt *attempt, int begun, uint64_t until)
{
	struct connection *connection = &attempt->connection;
	enum step step;

	if (begun < 0)
		begun = connection_reach(connection);
	if (!has_begun(begun))
		return not_begun(attempt, begun);
	attempt->tunnel.owed = begun == 0;
	step = connection_begun(connection, begun);
	if (step == STEP_GOING_ON && begun == EINTR && connection_interrupted()) {
		errno = EINTR;
		return leave_it_going(attempt);
	}
	if (step == STEP_GOING_ON)
		step = connection_finish(connection, until);
	if (step == STEP_GOING_ON && (errno == EINTR || until < attempt->deadline))
		return leave_it_going(attempt);
	if (step == STEP_GOING_ON)
		step = connection_give_up(connection);
	if (step == STEP_FAILED)
		return failed(attempt);
	attempt->tunnel.owed = false;
	fd_table_record(attempt->fd, &attempt->tunnel);
	return 0;
}

/* The program hears of a failure now, or (0) has heard of it: the socket is like new after this. */
static int over(int fd, int error)
{
	socket_disconnect(fd);
	socket_error(fd);
	errno = error ? error : ECONNABORTED;
	return -1;
}

static int start_over(int fd)
{
	const int error = progress_failure(fd);

	progress_abandon(fd);
	return over(fd, error);
}

/*
 * To a program that does not wait for its connect the kernel says 0 once when it asks again. It does not know of
 * that where it was we who did not wait, or where the socket is a unix socket; then we say it.
 */
static void owe(int fd, bool owed)
{
	const int saved = errno;
	struct tunnelled tunnel;

	if (fd_table_find(fd, &tunnel) && tunnel.owed != owed) {
		tunnel.owed = owed;
		fd_table_record(fd, &tunnel);
	}
	errno = saved;
}

bool tunnel_pays(int fd)
{
	struct tunnelled tunnel;

	if (!fd_table_any() || !fd_table_find(fd, &tunnel) || !tunnel.owed)
		return false;
	owe(fd, false);
	return true;
}

/* Another thread has closed the descriptor: how its connect ends is nothing to anybody. */
static bool was_closed(int fd)
{
	struct tunnelled tunnel;
	uint64_t cookie;

	return !fd_table_peek(fd, &cookie, &tunnel) || fd_table_cookie(fd) != cookie;
}

static int wait_until(int fd, uint64_t until)
{
	switch (progress_wait(fd, until, PROGRESS_MAY_WRITE)) {
	case OPENING_GOING_ON:
		errno = errno == EINTR ? EINTR : EINPROGRESS;
		return -1;
	case OPENING_FAILED:
	case OPENING_TOLD:
		return start_over(fd);
	default:
		if (socket_is_connected(fd) || was_closed(fd))
			return 0;
		/* Another thread has ended it, by shutdown for instance. */
		return over(fd, socket_error(fd));
	}
}

/* Waits here, while other threads may see and step it as well. */
static int open_among_threads(struct attempt *attempt, int begun, uint64_t until)
{
	int result;

	if (begun < 0)
		begun = connection_reach(&attempt->connection);
	if (!has_begun(begun))
		return not_begun(attempt, begun);
	if (progress_begun(attempt->fd, begun) == OPENING_GOING_ON && begun == EINTR &&
		connection_interrupted()) {
		errno = EINTR;
		return -1;
	}
	result = wait_until(attempt->fd, until);
	if (result != 0 && begun == 0)
		owe(attempt->fd, true);
	return result;
}

/* Where there is no room for another opening, even a socket that does not block has to wait. */
static int open_now(struct attempt *attempt, int begun, uint64_t until)
{
	int result, saved;

	aside_put(&attempt->aside, attempt->fd);
	result = open_alone(attempt, begun, until);
	saved = errno;
	if (!attempt->left)
		aside_give_back(&attempt->aside, attempt->fd);
	register_again(attempt);
	errno = saved;
	return result;
}

static int open_waiting(struct attempt *attempt, int begun)
{
	const bool seen = !__libc_single_threaded || library.settings->optimistic;
	const enum progress_published published = seen ? publish(attempt) : PROGRESS_NO_ROOM;
	struct timeval saved = {0};
	bool lent = false;
	uint64_t until;
	int result;

	if (published == PROGRESS_BEFORE)
		return tunnel_open_again(attempt->fd, &attempt->tunnel);
	until = connection_now() + lend_deadline(attempt->fd, &saved, &lent);
	if (published == PROGRESS_PUBLISHED)
		result = open_among_threads(attempt, begun, until);
	else
		result = open_now(attempt, begun, until);
	if (lent)
		take_back(attempt->fd, &saved);
	return result;
}

/*
 * The kernel's own connect has come to its end without the program: it says 0, once, and then EISCONN. A unix
 * socket knows nothing of that.
 */
static int acknowledge(int fd, const struct tunnelled *tunnel)
{
	struct sockaddr_storage proxy;
	socklen_t len = proxy_address(
		tunnel->carrier == CARRIER_OWN ? tunnel->domain : proxy_domain(), &proxy);

	if (tunnel_pays(fd))
		return 0;
	return real.connect(fd, (const struct sockaddr *)&proxy, len);
}

int tunnel_open(int fd, int domain, const struct endpoint *shown, const struct socks_target *target)
{
	struct attempt attempt = {
		.fd = fd,
		.tunnel = {.target = *shown, .domain = domain},
		.target = target,
		.deadline = deadline_of_settings(),
	};
	struct socks_client socks;
	int begun = -1;

	if (!start_socks(&socks, SOCKS_COMMAND_CONNECT, target))
		return -1;
	/* The kernel says 0 once to who did not wait for the outcome of its connect, and then EISCONN. */
	prepare(&attempt.connection, fd, domain, &socks);
	if (socket_is_connected(fd)) {
		/* It may be another thread that has begun, since the caller looked. */
		if (opening_at(fd) != NULL)
			return tunnel_open_again(fd, &attempt.tunnel);
		if (attempt.connection.proxy_len > 0)
			return acknowledge(fd, &attempt.tunnel);
		if (tunnel_pays(fd))
			return 0;
		errno = EISCONN;
		return -1;
	}
	if (attempt.connection.proxy_len == 0 || !reaches_proxy(fd, domain)) {
		attempt.tunnel.carrier =
			proxy_is_unix() ? CARRIER_STAND_IN_UNIX : CARRIER_STAND_IN_TCP;
		prepare(&attempt.connection, fd, proxy_domain(), &socks);
		if (!stand_in(&attempt, &begun))
			return -1;
		attempt.tunnel.owed = begun == 0 && !socket_is_blocking(fd);
	}
	if (socket_is_blocking(fd))
		return open_waiting(&attempt, begun);
	switch (publish(&attempt)) {
	case PROGRESS_PUBLISHED:
		return open_later(&attempt, begun);
	case PROGRESS_BEFORE:
		return tunnel_open_again(fd, &attempt.tunnel);
	case PROGRESS_NO_ROOM:
	default:
		return open_now(&attempt, begun, attempt.deadline);
	}
}

static int wait_again(int fd, const struct tunnelled *tunnel)
{
	struct timeval timeout;
	const uint64_t theirs = socket_patience(fd, SO_SNDTIMEO, &timeout);

	if (wait_until(fd, theirs ? connection_now() + theirs : UINT64_MAX) != 0) {
		errno = errno == EINPROGRESS ? EALREADY : errno;
		return -1;
	}
	acknowledge(fd, tunnel);
	return 0;
}

int tunnel_open_again(int fd, const struct tunnelled *tunnel)
{
	switch (progress_step(fd, NULL)) {
	case OPENING_GOING_ON:
		if (socket_is_blocking(fd))
			return wait_again(fd, tunnel);
		errno = EALREADY;
		return -1;
	case OPENING_FAILED:
	case OPENING_TOLD:
		return start_over(fd);
	default:
		return acknowledge(fd, tunnel);
	}
}
