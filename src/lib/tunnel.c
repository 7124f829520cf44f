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

#include "lib/connection.h"
#include "lib/explain.h"
#include "lib/fd_table.h"
#include "lib/judge.h"
#include "lib/library.h"
#include "lib/proxy.h"
#include "lib/real.h"
#include "lib/stand_in.h"

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

	process_identity(process);
	isolate_tag(out, library.settings, &facts);
}

/* Prepares the conversation with the credentials that isolation asks for. False: errno is set. */
static bool start_socks(
	struct socks_client *socks, enum socks_command command, const struct socks_target *target)
{
	const bool tor = library.settings->pipeline == PIPELINE_YES;
	char tag[ISOLATE_TAG_BUF];
	struct socks_login login;
	bool isolated;

	tunnel_tag(tag, target);
	isolated = tag[0] != '\0';
	if ((isolated && !isolate_login(&login, tag, tor)) ||
		!socks_client_start(socks, command, target, isolated ? &login : NULL, tor)) {
		errno = EINVAL;
		return false;
	}
	return true;
}

static uint64_t deadline_of_settings(void)
{
	return connection_now() + (uint64_t)library.settings->timeout * 1000;
}

/*
 * A fresh socket of our own, on its way to the proxy. -1: errno is set. A non-blocking unix socket
 * would get EAGAIN while the proxy's queue is full, and nothing to wait for; so that one blocks.
 */
static int open_own_socket(struct connection *connection, const struct socks_client *socks)
{
	const struct timeval timeout = {.tv_sec = (time_t)library.settings->timeout};
	const int domain = proxy_domain();
	const int mode = domain == AF_UNIX ? 0 : SOCK_NONBLOCK;
	struct sockaddr_storage proxy;
	socklen_t len = proxy_address(domain, &proxy);
	int fd = real.socket(domain, SOCK_STREAM | SOCK_CLOEXEC | mode, 0);

	if (fd < 0)
		return -1;
	if (domain == AF_UNIX)
		real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	connection_start(connection, fd, (const struct sockaddr *)&proxy, len, socks);
	return fd;
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
	fd = open_own_socket(&connection, &socks);
	if (fd < 0)
		return false;
	step = connection_finish(&connection, deadline_of_settings());
	close(fd);
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

/* Opens the tunnel beside the program's socket, and puts it in its place when it is open. */
static int open_beside(int fd, const struct socks_client *socks, const struct socks_target *target)
{
	struct connection connection;
	int own, result = -1;

	if (stand_in_would_replace_a_used_one(fd)) {
		errno = EISCONN;
		return -1;
	}
	own = open_own_socket(&connection, socks);
	if (own < 0)
		return -1;
	if (connection_finish(&connection, deadline_of_settings()) == STEP_DONE) {
		result = stand_in_place(own, fd);
	} else {
		explain(&connection, target);
		errno = connection.error;
	}
	stand_in_close(own);
	return result;
}

/*
 * A blocking socket blocks in the kernel while the proxy is being reached, so our deadline is lent
 * to it as SO_SNDTIMEO; a shorter one of the program's stays and is the deadline of all. Returns
 * milliseconds.
 */
static uint64_t lend_deadline(int fd, struct timeval *saved)
{
	const uint64_t ours = (uint64_t)library.settings->timeout * 1000;
	const struct timeval lent = {.tv_sec = (time_t)library.settings->timeout};
	socklen_t len = sizeof(*saved);
	uint64_t theirs = 0;

	if (real.getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, saved, &len) == 0)
		theirs = (uint64_t)saved->tv_sec * 1000 + (uint64_t)saved->tv_usec / 1000;
	if (theirs != 0 && theirs <= ours)
		return theirs;
	real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &lent, sizeof(lent));
	return ours;
}

/*
 * SO_RCVLOWAT of more than a byte would keep poll from telling that the proxy's short answers have
 * come. So it is 1 until the tunnel is open. Returns what it was.
 */
static int lower_receive_mark(int fd)
{
	const int one = 1;
	socklen_t len = sizeof(int);
	int mark = 1;

	if (real.getsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &mark, &len) == 0 && mark > 1)
		real.setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof(one));
	return mark;
}

/*
 * Makes the socket unconnected again. That leaves an error in it, which is taken where the program
 * hears of the failure now; after EINTR it may look for the outcome there, and finds that.
 */
static void disconnect(int fd, bool told)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	socklen_t len = sizeof(int);
	int error;

	real.connect(fd, &unspecified, sizeof(unspecified));
	if (told)
		real.getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
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

/* Opens the tunnel on the program's own descriptor. */
static int open_within(int fd, const struct sockaddr *proxy, socklen_t len,
	const struct socks_client *socks, const struct socks_target *target)
{
	const bool blocking = (real.fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
	struct timeval saved = {0};
	uint64_t budget =
		blocking ? lend_deadline(fd, &saved) : (uint64_t)library.settings->timeout * 1000;
	uint64_t deadline = connection_now() + budget;
	const int mark = lower_receive_mark(fd);
	struct connection connection;
	enum step step = connection_start(&connection, fd, proxy, len, socks);

	if (blocking)
		real.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &saved, sizeof(saved));
	connection.interruptible = blocking;
	if (step == STEP_GOING_ON)
		step = connection_finish(&connection, deadline);
	if (mark > 1)
		real.setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof(mark));
	if (step == STEP_DONE)
		return 0;
	/* A socket was in use before us: what the kernel says of it is the program's to hear. */
	if (connection.failure != CONNECTION_UNREACHED ||
		(connection.error != EISCONN && connection.error != EALREADY)) {
		if (connection.failure != CONNECTION_INTERRUPTED)
			explain(&connection, target);
		disconnect(fd, connection.failure != CONNECTION_INTERRUPTED);
	}
	errno = connection.error;
	return -1;
}

int tunnel_open(int fd, int domain, const struct endpoint *shown, const struct socks_target *target)
{
	struct tunnelled tunnel = {.target = *shown, .domain = domain};
	struct sockaddr_storage proxy;
	struct socks_client socks;
	socklen_t len = proxy_address(domain, &proxy);
	int result;

	if (!start_socks(&socks, SOCKS_COMMAND_CONNECT, target))
		return -1;
	if (len == 0 || !reaches_proxy(fd, domain))
		tunnel.carrier = proxy_is_unix() ? CARRIER_STAND_IN_UNIX : CARRIER_STAND_IN_TCP;
	result = tunnel.carrier != CARRIER_OWN
			 ? open_beside(fd, &socks, target)
			 : open_within(fd, (const struct sockaddr *)&proxy, len, &socks, target);
	if (result == 0)
		fd_table_record(fd, &tunnel);
	return result;
}
