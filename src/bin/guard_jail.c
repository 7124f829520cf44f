/* SPDX-License-Identifier: MIT */
/*
 * The jail: a network in which every address is this machine and nobody answers but our resolver.
 *
 * Tor carries no datagrams, but programs cannot do without sockets for them: resolvers that are not
 * libc's send queries, and many ask such a socket about network interfaces. So they get them from a
 * network namespace that has a loopback device and one route: all there is, is here. A query to
 * whatever name server reaches our resolver; anything else is told at once that nobody is there.
 *
 * A namespace may be entered by its owner alone, and an ordinary user owns one in a user namespace of
 * his own only. So a process stays in there, and makes sockets on demand. The program is not in there as
 * a rule; it holds sockets that are. Under the seal it is.
 *
 * Root needs no users of its own for that. It is not given any: in such a place all files but root's
 * would be nobody's, and no program could become another user.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bin/guard_channel.h"
#include "bin/guard_jail.h"
#include "bin/guard_kernel.h"

enum { PORT_DNS = 53, MAP_BUF = 64 };

/* A socket; or, in place of a domain, a namespace of the jail's. */
struct wish {
	int domain, type, protocol;
};
enum { WISH_USERS = -1, WISH_NETWORK = -2 };

/* ---- inside ---- */

static bool file_write(const char *path, const char *text)
{
	const size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written;

	if (fd < 0)
		return false;
	written = write(fd, text, len) == (ssize_t)len;
	close(fd);
	return written;
}

/* The user and group stay what they are: without a name in there they would own nothing. */
static bool ids_map(unsigned user, unsigned group)
{
	char users[MAP_BUF], groups[MAP_BUF];

	snprintf(users, sizeof(users), "%u %u 1", user, user);
	snprintf(groups, sizeof(groups), "%u %u 1", group, group);
	return file_write("/proc/self/setgroups", "deny") &&
	       file_write("/proc/self/uid_map", users) && file_write("/proc/self/gid_map", groups);
}

/*
 * With an address that is not loopback: libcs ask for addresses of a family (AI_ADDRCONFIG) where they see
 * one of it. It is one for measuring, and nobody's.
 */
static bool loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	const struct sockaddr_in own = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc6120001) /* 198.18.0.1 */};
	struct ifreq second = {.ifr_name = "lo:1"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up;

	memcpy(&second.ifr_addr, &own, sizeof(own));
	up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0 &&
	     ioctl(fd, SIOCSIFADDR, &second) == 0;
	if (fd >= 0)
		close(fd);
	return up;
}

/* "Every address of the family is local, on lo": a default route among the local ones. */
struct route_request {
	struct nlmsghdr header;
	struct rtmsg route;
	struct rtattr attribute;
	uint32_t device;
};

static bool route_add(int netlink, unsigned char family)
{
	struct route_request request = {
		.header = {.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_NEWROUTE,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK},
		.route = {.rtm_family = family,
			.rtm_table = RT_TABLE_LOCAL,
			.rtm_protocol = RTPROT_STATIC,
			.rtm_scope = RT_SCOPE_HOST,
			.rtm_type = RTN_LOCAL},
		.attribute = {.rta_len = RTA_LENGTH(sizeof(uint32_t)), .rta_type = RTA_OIF},
		.device = if_nametoindex("lo"),
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[256];
	} reply;

	if (send(netlink, &request, sizeof(request), 0) != sizeof(request) ||
		recv(netlink, &reply, sizeof(reply), 0) <
			(ssize_t)sizeof(reply.header) + (ssize_t)sizeof(reply.error.error) ||
		reply.header.nlmsg_type != NLMSG_ERROR)
		return false;
	errno = -reply.error.error;
	return reply.error.error == 0;
}

/* A machine without IPv6 has no such route, and no such sockets. */
static bool routes_add(void)
{
	int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bool added;

	if (netlink < 0)
		return false;
	route_add(netlink, AF_INET6);
	added = route_add(netlink, AF_INET);
	close(netlink);
	return added;
}

static bool network_furnish(void)
{
	return loopback_up() && routes_add();
}

/* Returns NULL, or what failed. */
static const char *network_make(void)
{
	static const char no_network[] = "no network in its namespace";
	const unsigned user = geteuid(), group = getegid();

	/* A container's root may have a network and no say in it. */
	if (unshare(CLONE_NEWNET) == 0 && network_furnish())
		return NULL;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 || !ids_map(user, group))
		return "no namespace of its own";
	return network_furnish() ? NULL : no_network;
}

static int resolver_make(int domain)
{
	const int on = 1;
	struct sockaddr_storage any = {.ss_family = (sa_family_t)domain};
	in_port_t port = htons(PORT_DNS);
	int fd = socket(domain, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	/* The port is at the same place in both families. */
	memcpy((char *)&any + offsetof(struct sockaddr_in, sin_port), &port, sizeof(port));
	if (domain == AF_INET6) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
		/* A route makes no address that one may answer from; of IPv4 it does. */
		setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on));
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	} else {
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	}
	if (bind(fd, (const struct sockaddr *)&any,
		    domain == AF_INET6 ? sizeof(struct sockaddr_in6)
				       : sizeof(struct sockaddr_in)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int wish_fulfil(const struct wish *wish)
{
	switch (wish->domain) {
	case WISH_USERS:
		return open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	case WISH_NETWORK:
		return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	default:
		return socket(wish->domain, wish->type | SOCK_CLOEXEC, wish->protocol);
	}
}

/* Answers each wish with a descriptor, or with the errno that there is instead. */
_Noreturn static void serve(int channel)
{
	struct wish wish;

	while (recv(channel, &wish, sizeof(wish), 0) == sizeof(wish)) {
		int fd = wish_fulfil(&wish);
		int error = fd < 0 ? errno : 0;

		channel_send_descriptor(channel, &error, sizeof(error), fd);
		if (fd >= 0)
			close(fd);
	}
	_exit(0);
}

/* By this a socket of the jail's is told from others. */
static bool cookie_of(int fd, uint64_t *out)
{
	socklen_t len = sizeof(*out);

	return getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, out, &len) == 0;
}

/* Returns what failed, with errno, or NULL. */
static const char *resolvers_make(int *resolver, int *resolver6)
{
	const char *why = network_make();
	uint64_t cookie;

	if (why)
		return why;
	*resolver = resolver_make(AF_INET);
	if (*resolver < 0)
		return "no name server in its namespace";
	if (!cookie_of(*resolver, &cookie)) {
		*resolver = -1;
		return "sockets do not tell their network before Linux 5.14";
	}
	*resolver6 = resolver_make(AF_INET6);
	return NULL;
}

_Noreturn static void jail_run(int channel)
{
	int resolver = -1, resolver6 = -1;
	const char *why = resolvers_make(&resolver, &resolver6);
	const int error = errno;

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	channel_send_descriptor(channel, &why, sizeof(why), resolver);
	channel_send_descriptor(channel, &error, sizeof(error), resolver6);
	if (why)
		_exit(0);
	/* Nothing that the run has open may live on in here. */
	dup2(channel, STDIN_FILENO);
	syscall(SYS_close_range, STDIN_FILENO + 1, ~0U, 0);
	serve(STDIN_FILENO);
}

/* ---- outside ---- */

bool jail_open(struct jail *out, const char **why)
{
	int ends[2], error = EPIPE;
	pid_t pid;

	*out = (struct jail){-1, -1, -1};
	*why = "no process";
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		/* Away from the group that a `kill 0` of the program means. */
		setpgid(0, 0);
		jail_run(ends[1]);
	}
	close(ends[1]);
	/* The text is where it was before the fork. */
	if (pid > 0 &&
		channel_receive_descriptor(ends[0], why, sizeof(*why), &out->resolver) ==
			sizeof(*why) &&
		channel_receive_descriptor(ends[0], &error, sizeof(error), &out->resolver6) ==
			sizeof(error) &&
		out->resolver >= 0) {
		out->broker = ends[0];
		return true;
	}
	close(ends[0]);
	errno = pid > 0 ? error : errno;
	return false;
}

int jail_socket(const struct jail *jail, int domain, int type, int protocol)
{
	const struct wish wish = {domain, type, protocol};
	int fd = -1, error = EACCES;

	if (send(jail->broker, &wish, sizeof(wish), MSG_NOSIGNAL) == sizeof(wish))
		channel_receive_descriptor(jail->broker, &error, sizeof(error), &fd);
	/* One that was sent, and did not arrive, found no number free here. */
	if (fd < 0)
		errno = error ? error : EMFILE;
	return fd;
}

/* The kernel tells by EINVAL that a process is among those users already. */
bool jail_enter(const struct jail *jail)
{
	const int users = jail_socket(jail, WISH_USERS, 0, 0);
	const int network = users < 0 ? -1 : jail_socket(jail, WISH_NETWORK, 0, 0);
	const bool entered = network >= 0 &&
			     (setns(users, CLONE_NEWUSER) == 0 || errno == EINVAL) &&
			     setns(network, CLONE_NEWNET) == 0;
	const int error = errno;

	if (users >= 0)
		close(users);
	if (network >= 0)
		close(network);
	errno = error;
	return entered;
}

bool jail_holds(const struct jail *jail, int fd)
{
	uint64_t inside, its;

	return jail->resolver >= 0 && cookie_of(jail->resolver, &inside) && cookie_of(fd, &its) &&
	       inside == its;
}
