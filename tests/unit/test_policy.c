/* SPDX-License-Identifier: MIT */
/* What a program may do with the network, decision by decision. */
#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "core/policy.h"
#include "core/pool.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* How a judgement is written in the tables: a refusal, or one of these two. */
enum { THROUGH = -1, TUNNEL = -2 };

static int short_form(struct judgement judgement)
{
	switch (judgement.verdict) {
	case VERDICT_THROUGH:
		assert_int_equal(judgement.refusal, REFUSAL_NONE);
		return THROUGH;
	case VERDICT_TUNNEL:
		assert_int_equal(judgement.refusal, REFUSAL_NONE);
		return TUNNEL;
	case VERDICT_REFUSE:
		assert_int_not_equal(judgement.refusal, REFUSAL_NONE);
		return (int)judgement.refusal;
	}
	fail_msg("verdict %d", (int)judgement.verdict);
	return 0;
}

static struct settings defaults(void)
{
	struct options options;

	options_init(&options);
	return options.settings;
}

static struct settings settings_with(enum option option, const char *value)
{
	char buf[256];
	struct text error = text_over(buf, sizeof(buf));
	struct options options;

	options_init(&options);
	if (!options_set(&options, option, value, (struct option_origin){0}, &error))
		fail_msg("%s", buf);
	return options.settings;
}

static void every_refusal_has_an_errno_and_a_sentence(void **state)
{
	(void)state;
	assert_int_equal(refusal_rows[REFUSAL_NONE].error, 0);
	assert_string_equal(refusal_rows[REFUSAL_NONE].sentence, "");
	assert_string_equal(refusal_rows[REFUSAL_NONE].hint, "");
	for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
		assert_true(refusal_rows[i].error > 0);
		assert_true(strlen(refusal_rows[i].sentence) > 0);
		assert_non_null(refusal_rows[i].hint);
	}
	assert_int_equal(refusal_rows[REFUSAL_RAW].error, EACCES);
	assert_int_equal(refusal_rows[REFUSAL_FAMILY].error, EAFNOSUPPORT);
	assert_non_null(strstr(refusal_rows[REFUSAL_LOCAL].hint, "local = direct"));
}

static const struct {
	int domain, type, protocol, expected;
} sockets[] = {
	{AF_UNIX, SOCK_STREAM, 0, THROUGH},
	{AF_UNIX, SOCK_DGRAM, 0, THROUGH},
	{AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, THROUGH},

	{AF_INET, SOCK_STREAM, 0, THROUGH},
	{AF_INET, SOCK_STREAM, IPPROTO_TCP, THROUGH},
	{AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP, THROUGH},
	{AF_INET6, SOCK_STREAM, 0, THROUGH},
	{AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP, THROUGH},
	{AF_INET, SOCK_DGRAM, 0, THROUGH},
	{AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP, THROUGH},
	{AF_INET6, SOCK_DGRAM, IPPROTO_UDP, THROUGH},

	{AF_INET, SOCK_STREAM, 262 /* MPTCP */, REFUSAL_PROTOCOL},
	{AF_INET6, SOCK_STREAM, 262, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_STREAM, IPPROTO_SCTP, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_STREAM, 256 /* SMC */, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_STREAM, IPPROTO_UDP, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_DGRAM, IPPROTO_ICMP, REFUSAL_PROTOCOL},
	{AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_DGRAM, IPPROTO_TCP, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP, REFUSAL_PROTOCOL},
	{AF_INET6, SOCK_SEQPACKET, 0, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_DCCP, IPPROTO_DCCP, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_RDM, 0, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_PACKET, 0, REFUSAL_PROTOCOL},
	{AF_INET, 0, 0, REFUSAL_PROTOCOL},
	{AF_INET, SOCK_RAW, IPPROTO_ICMP, REFUSAL_RAW},
	{AF_INET, SOCK_RAW | SOCK_CLOEXEC, 0, REFUSAL_RAW},
	{AF_INET6, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_RAW, REFUSAL_RAW},

	{AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, THROUGH},
	{AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG, THROUGH},
	{AF_NETLINK, SOCK_RAW, NETLINK_AUDIT, THROUGH},
	{AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT, THROUGH},
	{AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, REFUSAL_FAMILY},
	{AF_NETLINK, SOCK_RAW, NETLINK_XFRM, REFUSAL_FAMILY},
	{AF_NETLINK, SOCK_RAW, NETLINK_GENERIC, REFUSAL_FAMILY},
	{AF_NETLINK, SOCK_RAW, -1, REFUSAL_FAMILY},

	{AF_PACKET, SOCK_RAW, 0, REFUSAL_FAMILY},
	{AF_PACKET, SOCK_DGRAM, 0, REFUSAL_FAMILY},
	{AF_VSOCK, SOCK_STREAM, 0, REFUSAL_FAMILY},
	{AF_BLUETOOTH, SOCK_STREAM, 3, REFUSAL_FAMILY},
	{AF_SMC, SOCK_STREAM, 0, REFUSAL_FAMILY},
	{AF_XDP, SOCK_RAW, 0, REFUSAL_FAMILY},
	{AF_ALG, SOCK_SEQPACKET, 0, REFUSAL_FAMILY},
	{AF_UNSPEC, SOCK_STREAM, 0, REFUSAL_FAMILY},
	{-1, SOCK_STREAM, 0, REFUSAL_FAMILY},
};

static void only_sockets_that_can_be_carried_are_made(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sockets); i++) {
		const int got = short_form(
			policy_socket(sockets[i].domain, sockets[i].type, sockets[i].protocol));

		if (got != sockets[i].expected)
			fail_msg("socket(%d, %d, %d) is %d", sockets[i].domain, sockets[i].type,
				sockets[i].protocol, got);
	}
}

/* A connect in a table. `direct` and `tunnel` are for local = direct and local = tunnel. */
static const struct {
	const char *target;
	int refuse, direct, tunnel;
} connects[] = {
	/* The proxy, which listens on 127.0.0.1:9050. */
	{"127.0.0.1:9050", THROUGH, THROUGH, THROUGH},
	{"[::ffff:127.0.0.1]:9050", THROUGH, THROUGH, THROUGH},
	{"127.0.0.2:9050", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"127.0.0.1:9051", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"[::1]:9050", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"0.0.0.0:9050", REFUSAL_LOCAL, THROUGH, TUNNEL},

	/* The pool, before this machine: 127.192.0.0/10 is loopback. */
	{"127.192.0.0:80", REFUSAL_POOL, REFUSAL_POOL, REFUSAL_POOL},
	{"127.255.255.255:80", REFUSAL_POOL, REFUSAL_POOL, REFUSAL_POOL},
	{"[::ffff:127.192.0.1]:80", REFUSAL_POOL, REFUSAL_POOL, REFUSAL_POOL},
	{"[100::5]:80", REFUSAL_POOL, REFUSAL_POOL, REFUSAL_POOL},
	{"127.191.255.255:80", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"[100:0:0:1::]:80", TUNNEL, TUNNEL, TUNNEL},

	/* This machine. */
	{"127.0.0.1:80", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"127.9.9.9:80", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"[::1]:80", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"[::]:80", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"[::ffff:127.0.0.1]:80", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"[::ffff:0.0.0.0]:80", REFUSAL_LOCAL, THROUGH, TUNNEL},
	{"127.0.0.53:53", REFUSAL_LOCAL, REFUSAL_LOCAL_PORT, TUNNEL},
	{"[::1]:53", REFUSAL_LOCAL, REFUSAL_LOCAL_PORT, TUNNEL},
	{"0.0.0.0:53", REFUSAL_LOCAL, REFUSAL_LOCAL_PORT, TUNNEL},
	{"127.0.0.1:853", REFUSAL_LOCAL, REFUSAL_LOCAL_PORT, TUNNEL},
	{"127.0.0.1:5353", REFUSAL_LOCAL, REFUSAL_LOCAL_PORT, TUNNEL},
	{"127.0.0.1:54", REFUSAL_LOCAL, THROUGH, TUNNEL},

	/* This network. */
	{"169.254.1.1:80", REFUSAL_LINK_LOCAL, REFUSAL_LINK_LOCAL, REFUSAL_LINK_LOCAL},
	{"[fe80::1]:80", REFUSAL_LINK_LOCAL, REFUSAL_LINK_LOCAL, REFUSAL_LINK_LOCAL},
	{"[::ffff:169.254.1.1]:80", REFUSAL_LINK_LOCAL, REFUSAL_LINK_LOCAL, REFUSAL_LINK_LOCAL},
	{"224.0.0.1:80", REFUSAL_BROADCAST, REFUSAL_BROADCAST, REFUSAL_BROADCAST},
	{"255.255.255.255:80", REFUSAL_BROADCAST, REFUSAL_BROADCAST, REFUSAL_BROADCAST},
	{"[ff02::1]:80", REFUSAL_BROADCAST, REFUSAL_BROADCAST, REFUSAL_BROADCAST},

	/* All else. */
	{"192.0.2.1:80", TUNNEL, TUNNEL, TUNNEL},
	{"192.0.2.1:53", TUNNEL, TUNNEL, TUNNEL},
	{"192.168.1.1:80", TUNNEL, TUNNEL, TUNNEL},
	{"[2001:db8::1]:443", TUNNEL, TUNNEL, TUNNEL},
	{"[fc00::1]:443", TUNNEL, TUNNEL, TUNNEL},
	{"[::ffff:192.0.2.1]:80", TUNNEL, TUNNEL, TUNNEL},
};

static struct endpoint endpoint_of(const char *text)
{
	struct endpoint endpoint;

	if (!endpoint_parse(&endpoint, text))
		fail_msg("no endpoint: %s", text);
	return endpoint;
}

static void expect_connect(
	const struct settings *settings, const char *target, bool named, int expected)
{
	const struct endpoint endpoint = endpoint_of(target);
	const int got = short_form(policy_connect(settings, &endpoint, named));

	if (got != expected)
		fail_msg("connect to %s with local %d is %d", target, (int)settings->local, got);
}

static void a_connect_is_judged_by_its_target(void **state)
{
	struct settings settings = defaults();

	(void)state;
	for (size_t i = 0; i < COUNT(connects); i++) {
		settings.local = LOCAL_REFUSE;
		expect_connect(&settings, connects[i].target, false, connects[i].refuse);
		settings.local = LOCAL_DIRECT;
		expect_connect(&settings, connects[i].target, false, connects[i].direct);
		settings.local = LOCAL_TUNNEL;
		expect_connect(&settings, connects[i].target, false, connects[i].tunnel);
	}
}

static void a_pool_address_with_a_name_is_tunnelled(void **state)
{
	const struct settings settings = defaults();

	(void)state;
	expect_connect(&settings, "127.192.0.1:80", true, TUNNEL);
	expect_connect(&settings, "[::ffff:127.192.0.1]:80", true, TUNNEL);
	expect_connect(&settings, "[100::5]:80", true, TUNNEL);
}

static void the_ports_of_name_servers_are_open_through_the_pool(void **state)
{
	struct settings settings = defaults();

	(void)state;
	settings.local = LOCAL_DIRECT;
	expect_connect(&settings, "127.192.0.1:53", true, TUNNEL);
}

static void a_proxy_elsewhere_is_found_by_its_own_address(void **state)
{
	struct settings settings = settings_with(OPTION_PROXY, "[::1]:9150");

	(void)state;
	expect_connect(&settings, "[::1]:9150", false, THROUGH);
	expect_connect(&settings, "127.0.0.1:9050", false, REFUSAL_LOCAL);
	settings = settings_with(OPTION_PROXY, "[::ffff:192.0.2.9]:1080");
	expect_connect(&settings, "192.0.2.9:1080", false, THROUGH);
	expect_connect(&settings, "[::ffff:192.0.2.9]:1080", false, THROUGH);
	expect_connect(&settings, "192.0.2.9:1081", false, TUNNEL);
}

static void a_proxy_inside_the_pool_is_still_the_proxy(void **state)
{
	const struct settings settings = settings_with(OPTION_PROXY, "127.200.0.1:9050");

	(void)state;
	expect_connect(&settings, "127.200.0.1:9050", false, THROUGH);
	expect_connect(&settings, "127.200.0.1:9051", false, REFUSAL_POOL);
}

/* A proxy on a unix socket leaves the TCP part empty; nothing may be taken for it. */
static void a_proxy_on_a_unix_socket_has_no_ip_address(void **state)
{
	struct settings settings = settings_with(OPTION_PROXY, "unix:/run/tor/socks");
	struct endpoint nowhere = {.port = 0};

	(void)state;
	expect_connect(&settings, "127.0.0.1:9050", false, REFUSAL_LOCAL);
	assert_int_not_equal(short_form(policy_connect(&settings, &nowhere, false)), THROUGH);
	settings.proxy.tcp = endpoint_of("127.0.0.1:9050");
	expect_connect(&settings, "127.0.0.1:9050", false, REFUSAL_LOCAL);
}

static void the_pool_is_what_the_settings_say(void **state)
{
	static const struct {
		const char *addr;
		bool by_default, in_ten;
	} addresses[] = {
		{"127.192.0.0", true, false},
		{"127.255.255.255", true, false},
		{"127.128.0.1", false, false},
		{"10.1.2.3", false, true},
		{"::ffff:127.192.0.1", true, false},
		{"::ffff:10.1.2.3", false, true},
		{"100::1", true, true},
		{"100:0:0:1::1", false, false},
		{"192.0.2.1", false, false},
	};
	const struct settings usual = defaults();
	const struct settings ten = settings_with(OPTION_POOL_IPV4, "10.0.0.0/8");

	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct addr addr;

		assert_true(addr_parse(&addr, addresses[i].addr));
		assert_int_equal(policy_in_pool(&usual, &addr), addresses[i].by_default);
		assert_int_equal(policy_in_pool(&ten, &addr), addresses[i].in_ten);
	}
}

static void an_address_of_the_pool_stands_for_a_slot(void **state)
{
	static const struct {
		const char *addr;
		uint32_t slot;
	} addresses[] = {
		{"127.192.0.0", 0},
		{"127.192.1.2", 258},
		{"::ffff:127.192.1.2", 258},
		{"100::102", 258},
		{"100::1:0:0", POOL_NO_SLOT},
		{"127.128.0.1", POOL_NO_SLOT},
		{"192.0.2.1", POOL_NO_SLOT},
	};
	const struct settings usual = defaults();

	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct addr addr;

		assert_true(addr_parse(&addr, addresses[i].addr));
		assert_int_equal(policy_pool_slot(&usual, &addr), addresses[i].slot);
	}
}

static void only_loopback_listens_unless_inbound_is_allowed(void **state)
{
	static const struct {
		const char *bound;
		int expected;
	} cases[] = {
		{"127.0.0.1", THROUGH},
		{"127.3.2.1", THROUGH},
		{"::1", THROUGH},
		{"::ffff:127.0.0.1", THROUGH},
		{"0.0.0.0", REFUSAL_INBOUND},
		{"::", REFUSAL_INBOUND},
		{"192.168.1.2", REFUSAL_INBOUND},
		{"::ffff:192.168.1.2", REFUSAL_INBOUND},
		{"fe80::1", REFUSAL_INBOUND},
		{"2001:db8::1", REFUSAL_INBOUND},
	};
	const struct settings closed = defaults();
	const struct settings open = settings_with(OPTION_ALLOW_INBOUND, "yes");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr addr;

		assert_true(addr_parse(&addr, cases[i].bound));
		assert_int_equal(short_form(policy_inbound(&closed, &addr)), cases[i].expected);
		assert_int_equal(short_form(policy_inbound(&open, &addr)), THROUGH);
	}
}

static const struct {
	const char *path;
	int expected;
} unix_paths[] = {
	{"/run/nscd/socket", REFUSAL_RESOLVER},
	{"/var/run/nscd/socket", REFUSAL_RESOLVER},
	{"/run/avahi-daemon/socket", REFUSAL_RESOLVER},
	{"/var/run/avahi-daemon/socket", REFUSAL_RESOLVER},
	{"/run/systemd/resolve/io.systemd.Resolve", REFUSAL_RESOLVER},
	{"/run/systemd/resolve/io.systemd.Resolve.Monitor", REFUSAL_RESOLVER},
	{"/var/run/systemd/resolve/io.systemd.Resolve", REFUSAL_RESOLVER},
	{"/var/lib/sss/pipes/nss", REFUSAL_RESOLVER},
	{"/run/nslcd/socket", REFUSAL_RESOLVER},
	{"/var/run/nslcd/socket", REFUSAL_RESOLVER},
	{"/run/mdnsd", REFUSAL_RESOLVER},
	{"/var/run/mdnsd", REFUSAL_RESOLVER},
	{"/run/samba/winbindd/pipe", REFUSAL_RESOLVER},
	{"/var/run/samba/winbindd/pipe", REFUSAL_RESOLVER},
	{"//run///nscd//socket", REFUSAL_RESOLVER},
	{"/./run/./nscd/./socket", REFUSAL_RESOLVER},
	{"/run/.//./nscd/socket", REFUSAL_RESOLVER},
	{"/var//./run/nscd/socket", REFUSAL_RESOLVER},

	{"/run/nscd/socket2", THROUGH},
	{"/run/nscd/", THROUGH},
	{"/run/nscd", THROUGH},
	{"/run/nscd/.socket", THROUGH},
	{"/run/nscd/socket.", THROUGH},
	{"/run/nscd./socket", THROUGH},
	{"/tmp/run/nscd/socket", THROUGH},
	{"/run/systemd/resolve/io.systemd", THROUGH},
	{"/run/dbus/system_bus_socket", THROUGH},
	{"/var/run/dbus/system_bus_socket", THROUGH},
	{"/tmp/.X11-unix/X0", THROUGH},
	{"/var/lib/sss/pipes/pam", THROUGH},
	{"/run/mdnsd/socket", THROUGH},
	{"/run/mdnsd.pid", THROUGH},
	{"relative", THROUGH},
	{"/", THROUGH},
	{"/var/run/", THROUGH},
	{".", THROUGH},
	{"", THROUGH},
};

static void local_resolvers_are_refused_by_their_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(unix_paths); i++) {
		const char *path = unix_paths[i].path;
		char bytes[108];

		if (short_form(policy_unix(path, strlen(path))) != unix_paths[i].expected)
			fail_msg("%s without a NUL", path);
		if (short_form(policy_unix(path, strlen(path) + 1)) != unix_paths[i].expected)
			fail_msg("%s with a NUL", path);
		memset(bytes, 'x', sizeof(bytes));
		memcpy(bytes, path, strlen(path) + 1);
		if (short_form(policy_unix(bytes, sizeof(bytes))) != unix_paths[i].expected)
			fail_msg("%s with bytes after its NUL", path);
	}
}

static void abstract_names_and_long_paths_pass(void **state)
{
	static const char abstract[] = "\0/run/nscd/socket";
	char longest[300];

	(void)state;
	assert_int_equal(short_form(policy_unix(abstract, sizeof(abstract) - 1)), THROUGH);
	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	assert_int_equal(short_form(policy_unix(longest, sizeof(longest))), THROUGH);
}

static const struct {
	int level, name, expected;
} sockopts[] = {
	{IPPROTO_IP, IP_ADD_MEMBERSHIP, REFUSAL_MULTICAST},
	{IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, REFUSAL_MULTICAST},
	{IPPROTO_IP, MCAST_JOIN_GROUP, REFUSAL_MULTICAST},
	{IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, REFUSAL_MULTICAST},
	{IPPROTO_IPV6, IPV6_JOIN_GROUP, REFUSAL_MULTICAST},
	{IPPROTO_IPV6, IPV6_JOIN_ANYCAST, REFUSAL_MULTICAST},
	{IPPROTO_IPV6, MCAST_JOIN_GROUP, REFUSAL_MULTICAST},
	{IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, REFUSAL_MULTICAST},

	{IPPROTO_IP, IP_DROP_MEMBERSHIP, THROUGH},
	{IPPROTO_IP, IP_TTL, THROUGH},
	{IPPROTO_IP, IPV6_JOIN_GROUP /* is IP_RECVORIGDSTADDR there */, THROUGH},
	{IPPROTO_IPV6, IPV6_V6ONLY, THROUGH},
	{IPPROTO_IPV6, IP_ADD_MEMBERSHIP /* is IPV6_XFRM_POLICY there */, THROUGH},
	{IPPROTO_TCP, TCP_NODELAY, THROUGH},
	{IPPROTO_TCP, IP_ADD_MEMBERSHIP, THROUGH},
	{SOL_SOCKET, SO_KEEPALIVE, THROUGH},
	{SOL_SOCKET, MCAST_JOIN_GROUP, THROUGH},
};

static void joining_a_multicast_group_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sockopts); i++) {
		const int got = short_form(policy_sockopt(sockopts[i].level, sockopts[i].name));

		if (got != sockopts[i].expected)
			fail_msg("setsockopt(%d, %d) is %d", sockopts[i].level, sockopts[i].name,
				got);
	}
}

static void only_public_addresses_are_looked_up_backwards(void **state)
{
	static const struct {
		const char *addr;
		bool allowed;
	} cases[] = {
		{"8.8.8.8", true},
		{"2001:db8::1", true},
		{"::ffff:8.8.8.8", true},
		{"127.0.0.1", false},
		{"::1", false},
		{"0.0.0.0", false},
		{"::", false},
		{"10.0.0.1", false},
		{"172.16.0.1", false},
		{"192.168.0.1", false},
		{"100.64.0.1", false},
		{"fc00::1", false},
		{"::ffff:192.168.0.1", false},
		{"::ffff:127.0.0.1", false},
		{"169.254.0.1", false},
		{"fe80::1", false},
		{"224.0.0.1", false},
		{"255.255.255.255", false},
		{"ff02::1", false},
		{"127.192.0.1", false},
		{"100::1", false},
	};
	const struct settings settings = defaults();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr addr;

		assert_true(addr_parse(&addr, cases[i].addr));
		if (policy_may_reverse(&settings, &addr) != cases[i].allowed)
			fail_msg("%s", cases[i].addr);
	}
}

static void a_pool_in_public_space_is_not_looked_up_backwards(void **state)
{
	const struct settings settings = settings_with(OPTION_POOL_IPV4, "198.18.0.0/15");
	struct addr addr;

	(void)state;
	assert_true(addr_parse(&addr, "198.18.0.1"));
	assert_false(policy_may_reverse(&settings, &addr));
	assert_true(addr_parse(&addr, "198.20.0.1"));
	assert_true(policy_may_reverse(&settings, &addr));
}

/* A socket as somebody else hands it over; the text is an endpoint, NULL: none. */
static int held_judged(const struct settings *settings, struct held_socket held, const char *peer)
{
	if (peer) {
		held.connected = true;
		assert_true(endpoint_parse(&held.peer, peer));
	}
	return short_form(policy_held(settings, &held));
}

static void a_held_socket_is_judged_by_what_it_is(void **state)
{
	const struct settings settings = defaults();
	const struct held_socket unix_ = {.domain = AF_UNIX, .type = SOCK_STREAM},
				 route = {AF_NETLINK, SOCK_RAW, NETLINK_ROUTE,
					 .bound = {.port = 0}},
				 packet = {.domain = AF_PACKET, .type = SOCK_RAW},
				 raw = {AF_INET, SOCK_RAW, IPPROTO_ICMP, .bound = {.port = 0}},
				 sctp = {AF_INET6, SOCK_STREAM, IPPROTO_SCTP, .bound = {.port = 0}},
				 udp = {AF_INET, SOCK_DGRAM, IPPROTO_UDP, .bound = {.port = 0}},
				 tcp = {AF_INET6, SOCK_STREAM, IPPROTO_TCP, .bound = {.port = 0}};
	struct held_socket opening = tcp;

	(void)state;
	opening.opening = true;
	assert_int_equal(held_judged(&settings, unix_, NULL), THROUGH);
	assert_int_equal(held_judged(&settings, route, NULL), THROUGH);
	assert_int_equal(held_judged(&settings, packet, NULL), REFUSAL_FAMILY);
	assert_int_equal(held_judged(&settings, raw, NULL), REFUSAL_RAW);
	assert_int_equal(held_judged(&settings, sctp, NULL), REFUSAL_PROTOCOL);
	assert_int_equal(held_judged(&settings, udp, NULL), REFUSAL_DATAGRAM);
	assert_int_equal(held_judged(&settings, udp, "127.0.0.1:9050"), REFUSAL_DATAGRAM);
	assert_int_equal(held_judged(&settings, tcp, NULL), THROUGH);
	assert_int_equal(held_judged(&settings, opening, NULL), REFUSAL_HELD);
}

static void a_held_connection_is_judged_by_its_peer(void **state)
{
	static const struct {
		const char *peer;
		int refuse, direct, tunnel; /* with that for `local` */
	} rows[] = {
		{"127.0.0.1:9050", THROUGH, THROUGH, THROUGH},
		{"[::ffff:127.0.0.1]:9050", THROUGH, THROUGH, THROUGH},
		{"127.0.0.1:9051", REFUSAL_LOCAL, THROUGH, REFUSAL_HELD},
		{"[::1]:80", REFUSAL_LOCAL, THROUGH, REFUSAL_HELD},
		{"127.0.0.1:53", REFUSAL_LOCAL, REFUSAL_LOCAL_PORT, REFUSAL_HELD},
		{"127.192.0.0:80", REFUSAL_POOL, REFUSAL_POOL, REFUSAL_POOL},
		{"198.51.100.7:9050", REFUSAL_HELD, REFUSAL_HELD, REFUSAL_HELD},
		{"[2001:db8::7]:80", REFUSAL_HELD, REFUSAL_HELD, REFUSAL_HELD},
		{"10.0.0.1:80", REFUSAL_HELD, REFUSAL_HELD, REFUSAL_HELD},
		{"169.254.1.1:80", REFUSAL_LINK_LOCAL, REFUSAL_LINK_LOCAL, REFUSAL_LINK_LOCAL},
	};
	const struct held_socket tcp = {.domain = AF_INET6, .type = SOCK_STREAM};
	const struct settings refuse = defaults(), direct = settings_with(OPTION_LOCAL, "direct"),
			      tunnel = settings_with(OPTION_LOCAL, "tunnel");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].peer);
		assert_int_equal(held_judged(&refuse, tcp, rows[i].peer), rows[i].refuse);
		assert_int_equal(held_judged(&direct, tcp, rows[i].peer), rows[i].direct);
		assert_int_equal(held_judged(&tunnel, tcp, rows[i].peer), rows[i].tunnel);
	}
}

static void a_held_listener_is_judged_by_where_it_listens(void **state)
{
	const struct settings settings = defaults(),
			      allowed = settings_with(OPTION_ALLOW_INBOUND, "yes");
	struct held_socket tcp = {.domain = AF_INET6, .type = SOCK_STREAM, .listening = true};

	(void)state;
	assert_true(endpoint_parse(&tcp.bound, "[::]:80"));
	assert_int_equal(held_judged(&settings, tcp, NULL), REFUSAL_INBOUND);
	assert_int_equal(held_judged(&allowed, tcp, NULL), THROUGH);
	assert_true(endpoint_parse(&tcp.bound, "[::ffff:127.0.0.1]:80"));
	assert_int_equal(held_judged(&settings, tcp, NULL), THROUGH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_refusal_has_an_errno_and_a_sentence),
		cmocka_unit_test(only_sockets_that_can_be_carried_are_made),
		cmocka_unit_test(a_connect_is_judged_by_its_target),
		cmocka_unit_test(a_pool_address_with_a_name_is_tunnelled),
		cmocka_unit_test(the_ports_of_name_servers_are_open_through_the_pool),
		cmocka_unit_test(a_proxy_elsewhere_is_found_by_its_own_address),
		cmocka_unit_test(a_proxy_inside_the_pool_is_still_the_proxy),
		cmocka_unit_test(a_proxy_on_a_unix_socket_has_no_ip_address),
		cmocka_unit_test(the_pool_is_what_the_settings_say),
		cmocka_unit_test(an_address_of_the_pool_stands_for_a_slot),
		cmocka_unit_test(only_loopback_listens_unless_inbound_is_allowed),
		cmocka_unit_test(local_resolvers_are_refused_by_their_paths),
		cmocka_unit_test(abstract_names_and_long_paths_pass),
		cmocka_unit_test(joining_a_multicast_group_is_refused),
		cmocka_unit_test(only_public_addresses_are_looked_up_backwards),
		cmocka_unit_test(a_pool_in_public_space_is_not_looked_up_backwards),
		cmocka_unit_test(a_held_socket_is_judged_by_what_it_is),
		cmocka_unit_test(a_held_connection_is_judged_by_its_peer),
		cmocka_unit_test(a_held_listener_is_judged_by_where_it_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
