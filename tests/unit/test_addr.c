/* SPDX-License-Identifier: MIT */
/* Addresses: text, prefixes, the questions asked about them, socket addresses. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/addr.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct addr addr_of(const char *text)
{
	struct addr addr;

	assert_true(addr_parse(&addr, text));
	return addr;
}

static struct prefix prefix_of(const char *text)
{
	struct prefix prefix;

	assert_true(prefix_parse(&prefix, text));
	return prefix;
}

static void addresses_are_read_and_written(void **state)
{
	static const char *const same[] = {"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1",
		"2001:db8::7", "::ffff:198.51.100.7", "fe80::1",
		"1111:2222:3333:4444:5555:6666:7777:8888"};
	char text[ADDR_TEXT_MAX];
	(void)state;

	for (size_t i = 0; i < COUNT(same); i++) {
		struct addr addr = addr_of(same[i]);

		assert_string_equal(addr_format(&addr, text), same[i]);
	}
	assert_string_equal(addr_format(&(struct addr){.family = ADDR_NONE}, text), "");
}

static void other_text_is_no_address(void **state)
{
	static const char *const bad[] = {"", " ", "localhost", "1.2.3", "1.2.3.4.5", "1.2.3.256",
		"01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "0x7f.1", "2130706433", "[::1]", "fe80::1%lo",
		":::", "1::2::3", "12345::", "1.2.3.4/8", "::ffff:1.2.3"};
	struct addr addr = {.family = ADDR_NONE};
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(addr_parse(&addr, bad[i]));
		assert_int_equal(addr.family, ADDR_NONE);
	}
}

static void endpoints_are_read_and_written(void **state)
{
	static const char *const same[] = {"127.0.0.1:9050", "0.0.0.0:1", "[::1]:65535",
		"[1111:2222:3333:4444:5555:6666:255.255.255.255]:65535"};
	char text[ENDPOINT_TEXT_MAX];
	struct endpoint ep;
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		assert_true(endpoint_parse(&ep, same[i]));
		assert_string_equal(endpoint_format(&ep, text), same[i]);
	}
	assert_true(endpoint_parse(&ep, same[3]));
	assert_string_equal(
		endpoint_format(&ep, text), "[1111:2222:3333:4444:5555:6666:ffff:ffff]:65535");
}

static void other_text_is_no_endpoint(void **state)
{
	static const char *const bad[] = {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0",
		"127.0.0.1:65536", "127.0.0.1:80x", "127.0.0.1: 80", "localhost:80", "::1:80",
		"[::1]", "[::1]80", "[::1]:", "[::1:80", "[127.0.0.1]:80", "[]:80", ":80",
		"[1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111:2222]:80"};
	struct endpoint ep = {.port = 7};
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(endpoint_parse(&ep, bad[i]));
		assert_int_equal(ep.port, 7);
	}
}

static void other_text_is_no_prefix(void **state)
{
	static const char *const bad[] = {"", "/", "/8", "127.0.0.0", "127.0.0.0/", "127.0.0.0/33",
		"127.0.0.1/8", "127.192.0.0/9", "0.0.0.1/31", "100::/129", "100::1/64",
		"100::/063x", "100::/0064", "127.0.0.0/+8", "8::/0"};
	struct prefix prefix = {.bits = 7};
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(prefix_parse(&prefix, bad[i]));
		assert_int_equal(prefix.bits, 7);
	}
}

static void prefixes_hold_what_begins_alike(void **state)
{
	static const struct {
		const char *prefix, *addr;
		bool inside;
	} rows[] = {
		{"127.192.0.0/10", "127.192.0.0", true},
		{"127.192.0.0/10", "127.255.255.255", true},
		{"127.192.0.0/10", "127.191.255.255", false},
		{"127.192.0.0/10", "128.192.0.0", false},
		{"1.2.3.4/32", "1.2.3.4", true},
		{"1.2.3.4/32", "1.2.3.5", false},
		{"0.0.0.0/0", "255.1.2.3", true},
		{"0.0.0.0/0", "::", false},
		{"::/0", "0.0.0.0", false},
		{"::/0", "ffff::", true},
		{"100::/64", "100::ffff:ffff:ffff:ffff", true},
		{"100::/64", "100:0:0:1::", false},
		{"::1/128", "::1", true},
		{"::1/128", "::", false},
		{"2001:db8::/33", "2001:db8:7fff::", true},
		{"2001:db8::/33", "2001:db8:8000::", false},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct prefix prefix = prefix_of(rows[i].prefix);
		struct addr addr = addr_of(rows[i].addr);

		assert_int_equal(prefix_contains(&prefix, &addr), rows[i].inside);
	}
}

static void a_scope_does_not_matter_to_a_prefix(void **state)
{
	struct addr addr = addr_of("fe80::1");
	(void)state;

	addr.scope = 3;
	assert_true(addr_is_link_local(&addr));
}

static void places_in_a_prefix_are_numbered(void **state)
{
	static const struct {
		const char *prefix;
		uint32_t capacity, index;
		const char *addr;
	} rows[] = {
		{"127.192.0.0/10", 0x400000, 0, "127.192.0.0"},
		{"127.192.0.0/10", 0x400000, 0x3fffff, "127.255.255.255"},
		{"127.192.0.0/10", 0x400000, 0x010203, "127.193.2.3"},
		{"1.2.3.4/32", 1, 0, "1.2.3.4"},
		{"0.0.0.0/1", 0x80000000, 0x7fffffff, "127.255.255.255"},
		{"0.0.0.0/0", UINT32_MAX, 0xfffffffe, "255.255.255.254"},
		{"100::/64", UINT32_MAX, 1, "100::1"},
		{"100::/64", UINT32_MAX, 0xfffffffe, "100::ffff:fffe"},
		{"100::/97", 0x80000000, 0x7fffffff, "100::7fff:ffff"},
		{"100::/120", 256, 255, "100::ff"},
		{"100::/128", 1, 0, "100::"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct prefix prefix = prefix_of(rows[i].prefix);
		struct addr addr = addr_of(rows[i].addr);
		struct addr found = prefix_at(&prefix, rows[i].index);

		assert_int_equal(prefix_capacity(&prefix), rows[i].capacity);
		assert_true(addr_equal(&found, &addr));
		assert_int_equal(prefix_index(&prefix, &addr), rows[i].index);
	}
}

static void a_place_too_far_has_no_number(void **state)
{
	struct prefix prefix = prefix_of("100::/64");
	struct addr just = addr_of("100::1:0:0");
	struct addr far = addr_of("100::8000:0:0:0");
	(void)state;

	assert_int_equal(prefix_index(&prefix, &just), UINT32_MAX);
	assert_int_equal(prefix_index(&prefix, &far), UINT32_MAX);
}

static void equal_means_all_of_it(void **state)
{
	struct addr v4 = addr_of("127.0.0.1");
	struct addr mapped = addr_of("::ffff:127.0.0.1");
	struct addr local = addr_of("fe80::1");
	struct addr scoped = local;
	const struct endpoint a = {v4, 80}, b = {v4, 81}, c = {mapped, 80};
	(void)state;

	scoped.scope = 2;
	assert_true(addr_equal(&v4, &v4));
	assert_false(addr_equal(&v4, &mapped));
	assert_false(addr_equal(&local, &scoped));
	assert_false(addr_equal(&(struct addr){ADDR_V4, {0}, 0}, &(struct addr){ADDR_V6, {0}, 0}));
	assert_true(endpoint_equal(&a, &a));
	assert_false(endpoint_equal(&a, &b));
	assert_false(endpoint_equal(&a, &c));
}

static void only_mapped_addresses_are_unmapped(void **state)
{
	static const char *const rows[][2] = {
		{"::ffff:127.0.0.1", "127.0.0.1"},
		{"::ffff:0.0.0.0", "0.0.0.0"},
		{"::127.0.0.1", "::127.0.0.1"},
		{"::1", "::1"},
		{"1::ffff:7f00:1", "1::ffff:7f00:1"},
		{"127.0.0.1", "127.0.0.1"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct addr addr = addr_of(rows[i][0]);
		struct addr expected = addr_of(rows[i][1]);

		addr_unmap(&addr);
		assert_true(addr_equal(&addr, &expected));
	}
}

static void the_questions_have_their_answers(void **state)
{
	static const struct {
		const char *addr;
		const char *is; /* l oopback, u nspecified, m ulticast, k: link-local, p rivate */
	} rows[] = {
		{"127.0.0.1", "l"},
		{"127.255.255.255", "l"},
		{"126.255.255.255", ""},
		{"128.0.0.0", ""},
		{"::1", "l"},
		{"::2", ""},
		{"::ffff:127.0.0.1", ""},
		{"0.0.0.0", "u"},
		{"0.0.0.1", ""},
		{"::", "u"},
		{"223.255.255.255", ""},
		{"224.0.0.1", "m"},
		{"239.255.255.255", "m"},
		{"240.0.0.0", ""},
		{"255.255.255.255", "m"},
		{"255.255.255.254", ""},
		{"ff02::1", "m"},
		{"fe00::", ""},
		{"169.254.0.0", "k"},
		{"169.254.255.255", "k"},
		{"169.253.255.255", ""},
		{"fe80::1", "k"},
		{"febf:ffff::", "k"},
		{"fec0::", ""},
		{"10.0.0.0", "p"},
		{"10.255.255.255", "p"},
		{"11.0.0.0", ""},
		{"172.15.255.255", ""},
		{"172.16.0.0", "p"},
		{"172.31.255.255", "p"},
		{"172.32.0.0", ""},
		{"192.168.0.0", "p"},
		{"192.168.255.255", "p"},
		{"192.169.0.0", ""},
		{"100.63.255.255", ""},
		{"100.64.0.0", "p"},
		{"100.127.255.255", "p"},
		{"100.128.0.0", ""},
		{"fbff::", ""},
		{"fc00::", "p"},
		{"fdff::", "p"},
		{"198.51.100.7", ""},
		{"2001:db8::7", ""},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct addr addr = addr_of(rows[i].addr);

		assert_int_equal(addr_is_loopback(&addr), strchr(rows[i].is, 'l') != NULL);
		assert_int_equal(addr_is_unspecified(&addr), strchr(rows[i].is, 'u') != NULL);
		assert_int_equal(addr_is_multicast(&addr), strchr(rows[i].is, 'm') != NULL);
		assert_int_equal(addr_is_link_local(&addr), strchr(rows[i].is, 'k') != NULL);
		assert_int_equal(addr_is_private(&addr), strchr(rows[i].is, 'p') != NULL);
	}
}

static void no_address_is_nothing(void **state)
{
	const struct addr none = {.family = ADDR_NONE};
	const struct prefix nowhere = {.base = {.family = ADDR_NONE}};
	(void)state;

	assert_false(addr_is_unspecified(&none));
	assert_false(addr_is_loopback(&none));
	assert_false(prefix_contains(&nowhere, &none));
}

static socklen_t sockaddr_of(struct sockaddr_storage *ss, const char *text, int domain)
{
	struct endpoint ep;

	assert_true(endpoint_parse(&ep, text));
	return endpoint_to_sockaddr(&ep, domain, ss);
}

static bool read_back(struct endpoint *ep, const struct sockaddr_storage *ss, socklen_t len)
{
	return endpoint_from_sockaddr(ep, (const struct sockaddr *)ss, len);
}

static void socket_addresses_are_what_libc_has(void **state)
{
	const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 198, 51, 100, 7};
	struct sockaddr_storage ss;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	(void)state;

	assert_int_equal(sockaddr_of(&ss, "198.51.100.7:80", AF_INET), sizeof(in));
	memcpy(&in, &ss, sizeof(in));
	assert_int_equal(in.sin_family, AF_INET);
	assert_int_equal(ntohs(in.sin_port), 80);
	assert_int_equal(ntohl(in.sin_addr.s_addr), 0xc6336407);
	assert_int_equal(sockaddr_of(&ss, "198.51.100.7:80", AF_INET6), sizeof(in6));
	memcpy(&in6, &ss, sizeof(in6));
	assert_int_equal(in6.sin6_family, AF_INET6);
	assert_int_equal(ntohs(in6.sin6_port), 80);
	assert_memory_equal(&in6.sin6_addr, mapped, 16);
	assert_int_equal(sockaddr_of(&ss, "[::1]:80", AF_INET), 0);
	assert_int_equal(sockaddr_of(&ss, "127.0.0.1:80", AF_UNIX), 0);
	assert_int_equal(endpoint_to_sockaddr(&(struct endpoint){.port = 80}, AF_INET6, &ss), 0);
}

static void socket_addresses_are_read_back(void **state)
{
	static const char *const texts[] = {"198.51.100.7:80", "[2001:db8::7]:65535"};
	(void)state;

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct sockaddr_storage ss;
		struct endpoint ep, expected;
		socklen_t len = sockaddr_of(&ss, texts[i], i == 0 ? AF_INET : AF_INET6);

		assert_true(endpoint_parse(&expected, texts[i]));
		assert_true(read_back(&ep, &ss, len));
		assert_true(endpoint_equal(&ep, &expected));
		assert_true(read_back(&ep, &ss, sizeof(ss)));
		assert_true(endpoint_equal(&ep, &expected));
	}
}

/* The kernel takes sockaddr_in whole, sockaddr_in6 also without its scope. */
static void short_socket_addresses_are_refused(void **state)
{
	struct sockaddr_storage ss;
	struct endpoint ep;
	(void)state;

	sockaddr_of(&ss, "198.51.100.7:80", AF_INET);
	for (socklen_t len = 0; len < sizeof(struct sockaddr_in); len++)
		assert_false(read_back(&ep, &ss, len));
	sockaddr_of(&ss, "[2001:db8::7]:80", AF_INET6);
	for (socklen_t len = 0; len < 24; len++)
		assert_false(read_back(&ep, &ss, len));
	assert_true(read_back(&ep, &ss, 24));
	ss.ss_family = AF_UNIX;
	assert_false(read_back(&ep, &ss, sizeof(ss)));
	ss.ss_family = AF_UNSPEC;
	assert_false(read_back(&ep, &ss, sizeof(ss)));
	assert_false(endpoint_from_sockaddr(&ep, NULL, 0));
}

static void only_link_local_addresses_have_a_scope(void **state)
{
	struct endpoint ep = {addr_of("fe80::1"), 80};
	struct sockaddr_storage ss;
	(void)state;

	ep.addr.scope = 3;
	assert_int_equal(endpoint_to_sockaddr(&ep, AF_INET6, &ss), sizeof(struct sockaddr_in6));
	assert_true(read_back(&ep, &ss, sizeof(struct sockaddr_in6)));
	assert_int_equal(ep.addr.scope, 3);
	assert_true(read_back(&ep, &ss, 24));
	assert_int_equal(ep.addr.scope, 0);
	ep = (struct endpoint){addr_of("2001:db8::7"), 80};
	ep.addr.scope = 3;
	endpoint_to_sockaddr(&ep, AF_INET6, &ss);
	assert_true(read_back(&ep, &ss, sizeof(struct sockaddr_in6)));
	assert_int_equal(ep.addr.scope, 0);
}

int main(void)
{
	const struct CMUnitTest addr[] = {
		cmocka_unit_test(addresses_are_read_and_written),
		cmocka_unit_test(other_text_is_no_address),
		cmocka_unit_test(endpoints_are_read_and_written),
		cmocka_unit_test(other_text_is_no_endpoint),
		cmocka_unit_test(other_text_is_no_prefix),
		cmocka_unit_test(prefixes_hold_what_begins_alike),
		cmocka_unit_test(a_scope_does_not_matter_to_a_prefix),
		cmocka_unit_test(places_in_a_prefix_are_numbered),
		cmocka_unit_test(a_place_too_far_has_no_number),
		cmocka_unit_test(equal_means_all_of_it),
		cmocka_unit_test(only_mapped_addresses_are_unmapped),
		cmocka_unit_test(the_questions_have_their_answers),
		cmocka_unit_test(no_address_is_nothing),
		cmocka_unit_test(socket_addresses_are_what_libc_has),
		cmocka_unit_test(socket_addresses_are_read_back),
		cmocka_unit_test(short_socket_addresses_are_refused),
		cmocka_unit_test(only_link_local_addresses_have_a_scope),
	};

	return cmocka_run_group_tests(addr, NULL, NULL);
}
