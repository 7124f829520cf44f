/* SPDX-License-Identifier: MIT */
/* What a program may do with the network: every decision, and none of the doing. */
#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "core/policy.h"
#include "core/pool.h"

enum { PORT_DNS = 53, PORT_DNS_TLS = 853, PORT_MDNS = 5353 };

const struct refusal_row refusal_rows[REFUSAL_COUNT] = {
#define REFUSAL(symbol, error_, sentence_, hint_) \
	[REFUSAL_##symbol] = {.error = error_, .sentence = sentence_, .hint = hint_},
	[REFUSAL_NONE] = {.error = 0, .sentence = "", .hint = ""},
#include "core/refusals.def"
#undef REFUSAL
};

static struct judgement through(void)
{
	return (struct judgement){VERDICT_THROUGH, REFUSAL_NONE};
}

static struct judgement tunnel(void)
{
	return (struct judgement){VERDICT_TUNNEL, REFUSAL_NONE};
}

static struct judgement refuse(enum refusal refusal)
{
	return (struct judgement){VERDICT_REFUSE, refusal};
}

static struct judgement judge_ip_socket(int type, int protocol)
{
	switch (type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) {
	case SOCK_STREAM:
		return protocol == 0 || protocol == IPPROTO_TCP ? through()
								: refuse(REFUSAL_PROTOCOL);
	case SOCK_DGRAM:
		return protocol == 0 || protocol == IPPROTO_UDP ? through()
								: refuse(REFUSAL_PROTOCOL);
	case SOCK_RAW:
		return refuse(REFUSAL_RAW);
	default:
		return refuse(REFUSAL_PROTOCOL);
	}
}

/* Only protocols that talk about this machine, and to the kernel alone. */
static struct judgement judge_netlink_socket(int protocol)
{
	switch (protocol) {
	case NETLINK_ROUTE:
	case NETLINK_SOCK_DIAG:
	case NETLINK_AUDIT:
	case NETLINK_KOBJECT_UEVENT:
		return through();
	default:
		return refuse(REFUSAL_FAMILY);
	}
}

struct judgement policy_socket(int domain, int type, int protocol)
{
	switch (domain) {
	case AF_UNIX:
		return through();
	case AF_INET:
	case AF_INET6:
		return judge_ip_socket(type, protocol);
	case AF_NETLINK:
		return judge_netlink_socket(protocol);
	default:
		return refuse(REFUSAL_FAMILY);
	}
}

bool policy_is_proxy(const struct settings *settings, const struct endpoint *target)
{
	struct endpoint to = *target;

	addr_unmap(&to.addr);
	return settings->proxy.path[0] == '\0' && endpoint_equal(&to, &settings->proxy.tcp);
}

static struct judgement judge_this_machine(enum local local, uint16_t port)
{
	switch (local) {
	case LOCAL_TUNNEL:
		return tunnel();
	case LOCAL_DIRECT:
		/* A name server here would ask the clear net on the program's behalf. */
		if (port == PORT_DNS || port == PORT_DNS_TLS || port == PORT_MDNS)
			return refuse(REFUSAL_LOCAL_PORT);
		return through();
	case LOCAL_REFUSE:
		break;
	}
	return refuse(REFUSAL_LOCAL);
}

struct judgement policy_connect(
	const struct settings *settings, const struct endpoint *target, bool named)
{
	struct endpoint to = *target;

	addr_unmap(&to.addr);
	if (policy_is_proxy(settings, &to))
		return through();
	if (policy_in_pool(settings, &to.addr))
		return named ? tunnel() : refuse(REFUSAL_POOL);
	if (addr_is_loopback(&to.addr) || addr_is_unspecified(&to.addr))
		return judge_this_machine(settings->local, to.port);
	if (addr_is_link_local(&to.addr))
		return refuse(REFUSAL_LINK_LOCAL);
	if (addr_is_multicast(&to.addr))
		return refuse(REFUSAL_BROADCAST);
	return tunnel();
}

/* The prefix of the pool that the address is in. NULL: it is in none. */
static const struct prefix *pool_prefix(const struct settings *settings, const struct addr *plain)
{
	if (prefix_contains(&settings->pool_ipv4, plain))
		return &settings->pool_ipv4;
	return prefix_contains(&settings->pool_ipv6, plain) ? &settings->pool_ipv6 : NULL;
}

bool policy_in_pool(const struct settings *settings, const struct addr *addr)
{
	struct addr plain = *addr;

	addr_unmap(&plain);
	return pool_prefix(settings, &plain) != NULL;
}

uint32_t policy_pool_slot(const struct settings *settings, const struct addr *addr)
{
	struct addr plain = *addr;
	const struct prefix *prefix;

	addr_unmap(&plain);
	prefix = pool_prefix(settings, &plain);
	return prefix != NULL ? prefix_index(prefix, &plain) : POOL_NO_SLOT;
}

struct judgement policy_inbound(const struct settings *settings, const struct addr *bound)
{
	struct addr plain = *bound;

	addr_unmap(&plain);
	if (settings->allow_inbound || addr_is_loopback(&plain))
		return through();
	return refuse(REFUSAL_INBOUND);
}

static struct judgement judge_peer(const struct settings *settings, const struct endpoint *peer)
{
	struct judgement judgement = policy_connect(settings, peer, false);

	return judgement.verdict == VERDICT_TUNNEL ? refuse(REFUSAL_HELD) : judgement;
}

struct judgement policy_held(const struct settings *settings, const struct held_socket *held)
{
	struct judgement judgement = policy_socket(held->domain, held->type, held->protocol);

	if (judgement.verdict == VERDICT_REFUSE)
		return judgement;
	if (held->domain != AF_INET && held->domain != AF_INET6)
		return through();
	if (held->type != SOCK_STREAM)
		return refuse(REFUSAL_DATAGRAM);
	if (held->listening)
		return policy_inbound(settings, &held->bound.addr);
	if (held->opening)
		return refuse(REFUSAL_HELD);
	return held->connected ? judge_peer(settings, &held->peer) : through();
}

/*
 * Writes the path without doubled slashes and without "." components, and with /run for /var/run,
 * which is a link to it. Cuts what is longer than `out`: no resolver's path is.
 */
static void path_normalise(char out[static 128], const char *path, size_t len)
{
	static const char var_run[] = "/var/run/";
	size_t used = 0;

	for (size_t i = 0; i < len && path[i] && used < 127; i++) {
		const bool begins = used > 0 && out[used - 1] == '/';
		const bool last = i + 1 == len || path[i + 1] == '\0';

		if (begins && path[i] == '/')
			continue;
		if (begins && path[i] == '.' && (last || path[i + 1] == '/'))
			continue;
		out[used++] = path[i];
	}
	out[used] = '\0';
	if (strncmp(out, var_run, sizeof(var_run) - 1) == 0)
		memmove(out, out + 4, used - 4 + 1);
}

struct judgement policy_unix(const char *path, size_t len)
{
	/* Services that answer names, and ask the clear net for them. */
	static const char *const resolvers[] = {
		"/run/nscd/socket",
		"/run/nslcd/socket",
		"/run/avahi-daemon/socket",
		"/run/mdnsd",
		"/run/samba/winbindd/pipe",
		"/var/lib/sss/pipes/nss",
	};
	static const char resolved[] = "/run/systemd/resolve/io.systemd.Resolve";
	char normal[128];

	path_normalise(normal, path, len);
	for (size_t i = 0; i < sizeof(resolvers) / sizeof(resolvers[0]); i++) {
		if (strcmp(normal, resolvers[i]) == 0)
			return refuse(REFUSAL_RESOLVER);
	}
	/* Also its siblings, such as io.systemd.Resolve.Monitor. */
	if (strncmp(normal, resolved, sizeof(resolved) - 1) == 0)
		return refuse(REFUSAL_RESOLVER);
	return through();
}

static bool joins_ipv4_group(int name)
{
	return name == IP_ADD_MEMBERSHIP || name == IP_ADD_SOURCE_MEMBERSHIP;
}

static bool joins_ipv6_group(int name)
{
	return name == IPV6_JOIN_GROUP || name == IPV6_JOIN_ANYCAST;
}

static bool joins_any_group(int name)
{
	return name == MCAST_JOIN_GROUP || name == MCAST_JOIN_SOURCE_GROUP;
}

/*
 * Options that lead a socket's packets another way than its address says: by source routes and
 * extension headers, by a mark for the routing table. (The kernel heeds IP_UNICAST_IF for no address
 * of this machine, and SO_BINDTODEVICE keeps others out of a listener; tunnel.c sees to that.)
 */
static bool steers_ipv4(int name)
{
	return name == IP_OPTIONS || name == IP_TRANSPARENT || name == IP_HDRINCL;
}

static bool steers_ipv6(int name)
{
	switch (name) {
	case IPV6_2292PKTOPTIONS:
	case IPV6_2292RTHDR:
	case IPV6_PKTINFO:
	case IPV6_RTHDR:
	case IPV6_RTHDRDSTOPTS:
	case IPV6_HOPOPTS:
	case IPV6_DSTOPTS:
	case IPV6_NEXTHOP:
	case IPV6_TRANSPARENT:
	case IPV6_HDRINCL:
		return true;
	default:
		return false;
	}
}

struct judgement policy_sockopt(int level, int name)
{
	if (level == IPPROTO_IP && (joins_ipv4_group(name) || joins_any_group(name)))
		return refuse(REFUSAL_MULTICAST);
	if (level == IPPROTO_IPV6 && (joins_ipv6_group(name) || joins_any_group(name)))
		return refuse(REFUSAL_MULTICAST);
	if ((level == IPPROTO_IP && steers_ipv4(name)) ||
		(level == IPPROTO_IPV6 && steers_ipv6(name)) ||
		(level == SOL_SOCKET && name == SO_MARK))
		return refuse(REFUSAL_STEERING);
	return through();
}

bool policy_may_reverse(const struct settings *settings, const struct addr *addr)
{
	struct addr plain = *addr;

	addr_unmap(&plain);
	return !(addr_is_loopback(&plain) || addr_is_unspecified(&plain) ||
		 addr_is_private(&plain) || addr_is_link_local(&plain) ||
		 addr_is_multicast(&plain) || policy_in_pool(settings, &plain));
}
