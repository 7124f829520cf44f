/* SPDX-License-Identifier: MIT */
/* The settings: every type's texts, every source, and what is said about mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/near.h"
#include "core/options.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct options options;
static char error_buf[1024];
static struct text error;

static int start_fresh(void **state)
{
	(void)state;
	options_init(&options);
	error = text_over(error_buf, sizeof(error_buf));
	return 0;
}

static const char *value_of(enum option option)
{
	static char buf[4200];
	struct text out = text_over(buf, sizeof(buf));

	options_format(&options, option, &out);
	assert_false(out.cut);
	return buf;
}

static const char *origin_of(enum option option)
{
	static char buf[4200];
	struct text out = text_over(buf, sizeof(buf));

	options_format_origin(&options, option, &out);
	return buf;
}

static bool set(enum option option, const char *value)
{
	error = text_over(error_buf, sizeof(error_buf));
	return options_set(
		&options, option, value, (struct option_origin){SOURCE_COMMAND_LINE, 0}, &error);
}

static void the_defaults_are_those_of_their_rows(void **state)
{
	(void)state;
	for (enum option i = 0; i < OPTION_COUNT; i++) {
		assert_string_equal(value_of(i), option_rows[i].default_text);
		assert_string_equal(origin_of(i), "default");
		assert_true(set(i, option_rows[i].default_text));
	}
	assert_int_equal(options.settings.local, LOCAL_REFUSE);
	assert_int_equal(options.settings.isolate, ISOLATE_PROGRAM);
	assert_int_equal(options.settings.names, NAMES_RESOLVE);
	assert_int_equal(options.settings.setuid, SETUID_REFUSE);
	assert_int_equal(options.settings.pipeline, PIPELINE_AUTO);
	assert_int_equal(options.settings.log, LOG_LEVEL_WARN);
	assert_int_equal(options.settings.timeout, 120);
	assert_int_equal(options.settings.pool_size, 4096);
	assert_int_equal(options.settings.name_cache, 60);
	assert_true(options.settings.hosts_file);
	assert_false(options.settings.warn_literal);
	assert_false(options.settings.allow_inbound);
	assert_int_equal(options.settings.proxy.tcp.port, 9050);
	assert_int_equal(options.settings.pool_ipv4.bits, 10);
	assert_int_equal(options.settings.pool_ipv6.bits, 64);
}

static void rows_name_their_variable_and_flag(void **state)
{
	(void)state;
	assert_string_equal(option_rows[OPTION_POOL_IPV4].key, "pool_ipv4");
	assert_string_equal(option_rows[OPTION_POOL_IPV4].environment, "TUNIC_POOL_IPV4");
	assert_string_equal(option_rows[OPTION_POOL_IPV4].flag, "pool-ipv4");
	assert_string_equal(option_rows[OPTION_ALLOW_INBOUND].flag, "allow-inbound");
	for (enum option i = 0; i < OPTION_COUNT; i++) {
		assert_int_equal(strlen(option_rows[i].flag), strlen(option_rows[i].key));
		assert_null(strchr(option_rows[i].flag, '_'));
		assert_int_equal(option_find(option_rows[i].key), i);
		assert_int_equal(option_find(option_rows[i].flag), i);
	}
	assert_int_equal(option_find("pool"), OPTION_COUNT);
	assert_int_equal(option_find("TAG"), OPTION_COUNT);
	assert_int_equal(option_find(""), OPTION_COUNT);
}

#define A10 "aaaaaaaaaa"
#define A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10

/* Texts that are values; `shown` is how they come back, NULL: as they went in. */
static const struct {
	enum option option;
	const char *text, *shown;
} good[] = {
	{OPTION_PROXY, "127.0.0.1:9050", NULL},
	{OPTION_PROXY, "192.0.2.1:1", NULL},
	{OPTION_PROXY, "127.0.0.1:65535", NULL},
	{OPTION_PROXY, "[::1]:9050", NULL},
	{OPTION_PROXY, "[2001:db8::1]:9050", NULL},
	{OPTION_PROXY, "[::ffff:127.0.0.1]:9050", "127.0.0.1:9050"},
	{OPTION_PROXY, "unix:/run/tor/socks", NULL},
	{OPTION_PROXY, "unix:/" A100 "aaaaaa", NULL}, /* 107 bytes and a NUL */
	{OPTION_TAG, "", NULL},
	{OPTION_TAG, "two words", NULL},
	{OPTION_TAG, "m\xc3\xbcller", NULL},
	{OPTION_TAG, "x<torS0X>", NULL},
	{OPTION_TAG, "program", NULL},
	{OPTION_TAG, "Program:curl", NULL},
	{OPTION_TAG, "my program:curl", NULL},
	{OPTION_TAG, A100 A100 A10 A10 A10 A10 A10 "aaaaa", NULL},
	{OPTION_ISOLATE, "none", NULL},
	{OPTION_ISOLATE, "run", NULL},
	{OPTION_ISOLATE, "program", NULL},
	{OPTION_ISOLATE, "process", NULL},
	{OPTION_ISOLATE, "destination", NULL},
	{OPTION_NAMES, "resolve", NULL},
	{OPTION_NAMES, "fake", NULL},
	{OPTION_POOL_IPV4, "10.0.0.0/8", NULL},
	{OPTION_POOL_IPV4, "127.192.0.4/30", NULL},
	{OPTION_POOL_IPV4, "240.0.0.0/8", NULL},
	{OPTION_POOL_IPV4, "127.128.0.0/9", NULL},
	{OPTION_POOL_IPV6, "fc00::/32", NULL},
	{OPTION_POOL_IPV6, "100::/118", NULL},
	{OPTION_HOSTS_FILE, "yes", NULL},
	{OPTION_HOSTS_FILE, "no", NULL},
	{OPTION_ALLOW_INBOUND, "yes", NULL},
	{OPTION_ALLOW_INBOUND, "no", NULL},
	{OPTION_LOCAL, "refuse", NULL},
	{OPTION_LOCAL, "direct", NULL},
	{OPTION_LOCAL, "tunnel", NULL},
	{OPTION_SETUID, "refuse", NULL},
	{OPTION_SETUID, "unprivileged", NULL},
	{OPTION_POOL_SIZE, "4096", NULL},
	{OPTION_POOL_SIZE, "65536", NULL},
	{OPTION_NAME_CACHE, "0", NULL},
	{OPTION_NAME_CACHE, "86400", NULL},
	{OPTION_TIMEOUT, "1", NULL},
	{OPTION_TIMEOUT, "86400", NULL},
	{OPTION_TIMEOUT, "007", "7"},
	{OPTION_PIPELINE, "auto", NULL},
	{OPTION_PIPELINE, "yes", NULL},
	{OPTION_PIPELINE, "no", NULL},
	{OPTION_LOG, "quiet", NULL},
	{OPTION_LOG, "warn", NULL},
	{OPTION_LOG, "info", NULL},
	{OPTION_LOG, "debug", NULL},
	{OPTION_LOG_FILE, "", NULL},
	{OPTION_LOG_FILE, "/var/log/tunic.log", NULL},
};

static void every_value_comes_back_as_it_was_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		if (!set(good[i].option, good[i].text))
			fail_msg("%s", error_buf);
		assert_string_equal(error_buf, "");
		assert_string_equal(
			value_of(good[i].option), good[i].shown ? good[i].shown : good[i].text);
	}
}

static void words_have_the_numbers_of_their_enums(void **state)
{
	(void)state;
	assert_true(set(OPTION_ISOLATE, "none"));
	assert_int_equal(options.settings.isolate, ISOLATE_NONE);
	assert_true(set(OPTION_ISOLATE, "destination"));
	assert_int_equal(options.settings.isolate, ISOLATE_DESTINATION);
	assert_true(set(OPTION_NAMES, "fake"));
	assert_int_equal(options.settings.names, NAMES_FAKE);
	assert_true(set(OPTION_LOCAL, "direct"));
	assert_int_equal(options.settings.local, LOCAL_DIRECT);
	assert_true(set(OPTION_LOCAL, "tunnel"));
	assert_int_equal(options.settings.local, LOCAL_TUNNEL);
	assert_true(set(OPTION_SETUID, "unprivileged"));
	assert_int_equal(options.settings.setuid, SETUID_UNPRIVILEGED);
	assert_true(set(OPTION_PIPELINE, "yes"));
	assert_int_equal(options.settings.pipeline, PIPELINE_YES);
	assert_true(set(OPTION_LOG, "quiet"));
	assert_int_equal(options.settings.log, LOG_LEVEL_QUIET);
	assert_true(set(OPTION_LOG, "debug"));
	assert_int_equal(options.settings.log, LOG_LEVEL_DEBUG);
	assert_true(set(OPTION_HOSTS_FILE, "no"));
	assert_false(options.settings.hosts_file);
	assert_true(set(OPTION_ALLOW_INBOUND, "yes"));
	assert_true(options.settings.allow_inbound);
}

static void a_proxy_is_a_path_or_an_endpoint_never_both(void **state)
{
	(void)state;
	assert_true(set(OPTION_PROXY, "unix:/run/tor/socks"));
	assert_string_equal(options.settings.proxy.path, "/run/tor/socks");
	assert_int_equal(options.settings.proxy.tcp.addr.family, ADDR_NONE);
	assert_int_equal(options.settings.proxy.tcp.port, 0);
	assert_true(set(OPTION_PROXY, "127.0.0.1:9150"));
	assert_string_equal(options.settings.proxy.path, "");
	assert_int_equal(options.settings.proxy.tcp.port, 9150);
}

/* Texts that are none, and a part of what is said about them. */
static const struct {
	enum option option;
	const char *text, *said;
} bad[] = {
	{OPTION_PROXY, "", "is not ADDRESS:PORT, [IPV6]:PORT"},
	{OPTION_PROXY, "socks5://127.0.0.1:9050", "not spoken yet: write 127.0.0.1:9050"},
	{OPTION_PROXY, "socks5h://localhost:9050", "not spoken yet"},
	{OPTION_PROXY, "http://127.0.0.1:8118", "not spoken yet"},
	{OPTION_PROXY, "localhost:9050", "has a host name"},
	{OPTION_PROXY, "tor.example.org:9050", "has a host name"},
	{OPTION_PROXY, "127.0.0.1", "has no port: write 127.0.0.1:9050"},
	{OPTION_PROXY, "::1", "needs brackets and a port: write [::1]:9050"},
	{OPTION_PROXY, "::1:9050", "needs brackets and a port"},
	{OPTION_PROXY, "[::1]", "is not ADDRESS:PORT"},
	{OPTION_PROXY, "9050", "is a port alone"},
	{OPTION_PROXY, "127.0.0.1:0", "ports 1 to 65535"},
	{OPTION_PROXY, "127.0.0.1:65536", "ports 1 to 65535"},
	{OPTION_PROXY, "127.0.0.1:9050 ", "is not ADDRESS:PORT"},
	{OPTION_PROXY, "256.0.0.1:9050", "is not ADDRESS:PORT"},
	{OPTION_PROXY, "[fe80::1%eth0]:9050", "is not ADDRESS:PORT"},
	{OPTION_PROXY, "0.0.0.0:9050", "not an address of one machine"},
	{OPTION_PROXY, "[::]:9050", "not an address of one machine"},
	{OPTION_PROXY, "224.0.0.1:9050", "not an address of one machine"},
	{OPTION_PROXY, "[::ffff:0.0.0.0]:9050", "not an address of one machine"},
	{OPTION_PROXY, "/run/tor/socks", "is a path: write unix:/path"},
	{OPTION_PROXY, "unix:", "no absolute path"},
	{OPTION_PROXY, "unix:run/tor/socks", "no absolute path"},
	{OPTION_PROXY, "unix:/" A100 "aaaaaaa", "too long for a unix socket"},
	{OPTION_TAG, "<torS0X>", "begins with <torS0X>"},
	{OPTION_TAG, "<torS0X>0", "begins with <torS0X>"},
	{OPTION_TAG, "program:curl", "begins with program: as the tags that isolate makes"},
	{OPTION_TAG, "program:", "begins with program:"},
	{OPTION_TAG, "run:x", "begins with run:"},
	{OPTION_TAG, "process:x", "begins with process:"},
	{OPTION_TAG, "host:example.org", "begins with host:"},
	{OPTION_TAG, "a\tb", "control character"},
	{OPTION_TAG, "a\x7f", "control character"},
	{OPTION_TAG, A100 A100 A10 A10 A10 A10 A10 "aaaaaa", "longer than 255 bytes"},
	{OPTION_ISOLATE, "", "is not one of none, run, program, process, destination"},
	{OPTION_ISOLATE, "Program", "is not one of none, run, program, process, destination"},
	{OPTION_ISOLATE, "prog", "is not one of"},
	{OPTION_NAMES, "dns", "is not one of resolve, fake"},
	{OPTION_POOL_IPV4, "", "is not an IPv4 network"},
	{OPTION_POOL_IPV4, "127.192.0.0", "is not an IPv4 network"},
	{OPTION_POOL_IPV4, "127.192.0.1/10", "no bit set after its prefix"},
	{OPTION_POOL_IPV4, "100::/64", "is not an IPv4 network"},
	{OPTION_POOL_IPV4, "10.0.0.0/7", "/8 to /30"},
	{OPTION_POOL_IPV4, "10.0.0.0/31", "/8 to /30"},
	{OPTION_POOL_IPV4, "10.0.0.0/33", "is not an IPv4 network"},
	{OPTION_POOL_IPV4, "127.0.0.0/8", "loopback"},
	{OPTION_POOL_IPV4, "127.0.0.0/30", "loopback"},
	{OPTION_POOL_IPV4, "0.0.0.0/8", "unspecified"},
	{OPTION_POOL_IPV4, "224.0.0.0/8", "multicast"},
	{OPTION_POOL_IPV4, "239.1.0.0/16", "multicast"},
	{OPTION_POOL_IPV4, "255.0.0.0/8", "multicast"},
	{OPTION_POOL_IPV6, "", "is not an IPv6 network"},
	{OPTION_POOL_IPV6, "127.192.0.0/10", "is not an IPv6 network"},
	{OPTION_POOL_IPV6, "100::1/64", "no bit set after its prefix"},
	{OPTION_POOL_IPV6, "100::/31", "/32 to /118"},
	{OPTION_POOL_IPV6, "100::/119", "/32 to /118"},
	{OPTION_POOL_IPV6, "::/64", "loopback"},
	{OPTION_POOL_IPV6, "::/118", "loopback"},
	{OPTION_POOL_IPV6, "ff02::/64", "multicast"},
	{OPTION_POOL_IPV6, "::ffff:10.0.0.0/104", "IPv4-mapped"},
	{OPTION_HOSTS_FILE, "", "is not one of no, yes"},
	{OPTION_HOSTS_FILE, "on", "is not one of no, yes"},
	{OPTION_HOSTS_FILE, "true", "is not one of no, yes"},
	{OPTION_HOSTS_FILE, "1", "is not one of no, yes"},
	{OPTION_HOSTS_FILE, "Yes", "is not one of no, yes"},
	{OPTION_LOCAL, "allow", "is not one of refuse, direct, tunnel"},
	{OPTION_POOL_SIZE, "", "from 4096 to 65536"},
	{OPTION_POOL_SIZE, "4095", "from 4096 to 65536"},
	{OPTION_POOL_SIZE, "65537", "from 4096 to 65536"},
	{OPTION_POOL_SIZE, "-1", "from 4096 to 65536"},
	{OPTION_NAME_CACHE, "", "from 0 to 86400"},
	{OPTION_NAME_CACHE, "86401", "from 0 to 86400"},
	{OPTION_NAME_CACHE, "no", "from 0 to 86400"},
	{OPTION_TIMEOUT, "", "from 1 to 86400"},
	{OPTION_TIMEOUT, "0", "from 1 to 86400"},
	{OPTION_TIMEOUT, "86401", "from 1 to 86400"},
	{OPTION_TIMEOUT, "1.5", "from 1 to 86400"},
	{OPTION_TIMEOUT, "-1", "from 1 to 86400"},
	{OPTION_TIMEOUT, " 1", "from 1 to 86400"},
	{OPTION_TIMEOUT, "60s", "from 1 to 86400"},
	{OPTION_TIMEOUT, "99999999999999999999999", "from 1 to 86400"},
	{OPTION_SETUID, "yes", "is not one of refuse, unprivileged"},
	{OPTION_PIPELINE, "maybe", "is not one of auto, yes, no"},
	{OPTION_LOG, "verbose", "is not one of quiet, warn, info, debug"},
	{OPTION_LOG_FILE, "tunic.log", "is not an absolute path"},
	{OPTION_LOG_FILE, "~/tunic.log", "is not an absolute path"},
};

static void every_mistake_is_named_and_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct options before = options;

		if (set(bad[i].option, bad[i].text))
			fail_msg(
				"%s = '%s' was taken", option_rows[bad[i].option].key, bad[i].text);
		if (!strstr(error_buf, bad[i].said))
			fail_msg("%s", error_buf);
		assert_null(strchr(error_buf, '\n'));
		assert_memory_equal(&options, &before, sizeof(options));
	}
}

static void a_path_may_be_as_long_as_the_kernels(void **state)
{
	char path[PATH_MAX + 1];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[PATH_MAX - 1] = '\0';
	assert_true(set(OPTION_LOG_FILE, path));
	assert_string_equal(value_of(OPTION_LOG_FILE), path);
	path[PATH_MAX - 1] = 'a';
	path[PATH_MAX] = '\0';
	assert_false(set(OPTION_LOG_FILE, path));
	assert_non_null(strstr(error_buf, "too long"));
}

static void a_mistake_on_the_command_line_names_the_flag(void **state)
{
	(void)state;
	assert_false(set(OPTION_POOL_IPV4, "x\n"));
	assert_string_equal(error_buf,
		"--pool-ipv4: 'x\\x0a' is not an IPv4 network such as 127.192.0.0/10, "
		"with no bit set after its prefix");
}

static void origins_are_told_as_their_users_know_them(void **state)
{
	(void)state;
	strcpy(options.user_file, "/users/u/.config/tunic/tunic.conf");
	strcpy(options.named_file, "/etc/other.conf");
	options.origin[OPTION_TAG] = (struct option_origin){SOURCE_SYSTEM_FILE, 3};
	assert_string_equal(origin_of(OPTION_TAG), "/etc/tunic.conf:3");
	options.origin[OPTION_TAG] = (struct option_origin){SOURCE_USER_FILE, 14};
	assert_string_equal(origin_of(OPTION_TAG), "/users/u/.config/tunic/tunic.conf:14");
	options.origin[OPTION_TAG] = (struct option_origin){SOURCE_NAMED_FILE, 1};
	assert_string_equal(origin_of(OPTION_TAG), "/etc/other.conf:1");
	options.origin[OPTION_LOG_FILE] = (struct option_origin){SOURCE_ENVIRONMENT, 0};
	assert_string_equal(origin_of(OPTION_LOG_FILE), "environment TUNIC_LOG_FILE");
	options.origin[OPTION_LOG_FILE] = (struct option_origin){SOURCE_COMMAND_LINE, 0};
	assert_string_equal(origin_of(OPTION_LOG_FILE), "command line --log-file");
}

static void one_turn_is_for_yes_and_for_the_proxy_that_was_found_to_be_tor(void **state)
{
	(void)state;
	assert_false(options_one_turn(&options, NULL));
	assert_false(options_one_turn(&options, ""));
	assert_false(options_one_turn(&options, "127.0.0.1:9150"));
	assert_true(options_one_turn(&options, "127.0.0.1:9050"));
	assert_true(set(OPTION_PROXY, "unix:/run/tor/socks"));
	assert_false(options_one_turn(&options, "127.0.0.1:9050"));
	assert_true(options_one_turn(&options, "unix:/run/tor/socks"));
	assert_true(set(OPTION_PIPELINE, "no"));
	assert_false(options_one_turn(&options, "unix:/run/tor/socks"));
	assert_true(set(OPTION_PIPELINE, "yes"));
	assert_true(options_one_turn(&options, NULL));
}

static void near_words_are_few_letters_away(void **state)
{
	(void)state;
	assert_int_equal(near_distance("local", "local"), 0);
	assert_int_equal(near_distance("locl", "local"), 1);
	assert_int_equal(near_distance("Local", "local"), 0);
	assert_int_equal(near_distance("xlocal", "local"), 1);
	assert_int_equal(near_distance("locax", "local"), 1);
	assert_int_equal(near_distance("lcoal", "local"), 2);
	assert_int_equal(near_distance("lo", "local"), NEAR_NOT);
	assert_int_equal(near_distance("llllocal", "local"), NEAR_NOT);
	assert_int_equal(near_distance("xyg", "tag"), NEAR_NOT);
	assert_int_equal(near_distance("", "tag"), NEAR_NOT);
	assert_int_equal(near_distance("a" A100, "tag"), NEAR_NOT);
	assert_int_equal(option_nearest("pool-ipv4"), OPTION_POOL_IPV4);
	assert_int_equal(option_nearest("pool_ipv5"), OPTION_POOL_IPV4);
	assert_int_equal(option_nearest("isolation"), OPTION_COUNT);
	assert_int_equal(option_nearest("lag"), OPTION_TAG);
}

static bool read_text(const char *text)
{
	strcpy(options.named_file, "/c");
	error = text_over(error_buf, sizeof(error_buf));
	return options_read_text(&options, SOURCE_NAMED_FILE, text, strlen(text), &error);
}

static void a_text_sets_options_and_their_lines(void **state)
{
	(void)state;
	assert_true(read_text("# mine\ntag = a\n\nlog_file = /tmp/log\n"));
	assert_string_equal(value_of(OPTION_TAG), "a");
	assert_string_equal(origin_of(OPTION_TAG), "/c:2");
	assert_string_equal(value_of(OPTION_LOG_FILE), "/tmp/log");
	assert_string_equal(origin_of(OPTION_LOG_FILE), "/c:4");
	assert_string_equal(origin_of(OPTION_LOCAL), "default");
}

static void a_mistake_in_a_text_is_told_with_file_and_line(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{"\nlocal = yes\n", "/c:2: local: 'yes' is not one of refuse, direct, tunnel"},
		{"locl = direct", "/c:1: 'locl' is no setting: did you mean local?"},
		{"unknown = 1", "/c:1: 'unknown' is no setting"},
		{"TAG = x", "/c:1: 'TAG' is no setting: did you mean tag?"},
		{"tag = a\n#\ntag = a\n", "/c:3: 'tag' is already set in line 1"},
		{"log_file = /a\nlog-file = /b\n", "/c:2: 'log-file' is already set in line 1"},
		{"tag", "/c:1: 'tag' has no '=': a setting is written KEY = VALUE"},
		{"\xef\xbb\xbftag = a",
			"/c:1: '\\xef\\xbb\\xbftag = a' begins with a byte order mark (BOM): save "
			"the file as UTF-8 without one"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		(void)start_fresh(NULL);
		assert_false(read_text(cases[i].text));
		assert_string_equal(error_buf, cases[i].said);
	}
}

static void a_long_bad_line_is_quoted_in_part(void **state)
{
	(void)state;
	assert_false(read_text(A100 A100));
	assert_non_null(strstr(error_buf, "aaa'... has no '='"));
}

static void what_stood_before_a_bad_line_stays_set(void **state)
{
	(void)state;
	assert_false(read_text("tag = a\nlocal = yes\nnames = fake\n"));
	assert_string_equal(value_of(OPTION_TAG), "a");
	assert_string_equal(value_of(OPTION_LOCAL), "refuse");
	assert_string_equal(value_of(OPTION_NAMES), "resolve");
}

static bool read_environment(const char *const *env)
{
	error = text_over(error_buf, sizeof(error_buf));
	return options_read_environment(&options, env, &error);
}

static void variables_set_options(void **state)
{
	static const char *const env[] = {"HOME=/users/u", "TUNIC_TAG=a=b", "TUNIC_LOCAL=direct",
		"TUNIC_RUN=r1", "TUNIC_CONFIG=relative", "TUNIC_IS_TOR=x", "TUNIC_", "TUNIC_LOCAL",
		"TUNICS=1", "XTUNIC_X=1", NULL};

	(void)state;
	assert_true(read_environment(env));
	assert_string_equal(value_of(OPTION_TAG), "a=b");
	assert_string_equal(value_of(OPTION_LOCAL), "direct");
	assert_string_equal(origin_of(OPTION_LOCAL), "environment TUNIC_LOCAL");
	assert_string_equal(origin_of(OPTION_LOG), "default");
}

static void an_empty_variable_is_an_empty_text(void **state)
{
	static const char *const no_tag[] = {"TUNIC_TAG=", "TUNIC_LOG_FILE=", NULL};
	static const char *const no_local[] = {"TUNIC_LOCAL=", NULL};

	(void)state;
	assert_true(set(OPTION_TAG, "a"));
	assert_true(read_environment(no_tag));
	assert_string_equal(value_of(OPTION_TAG), "");
	assert_false(read_environment(no_local));
	assert_string_equal(error_buf, "TUNIC_LOCAL: '' is not one of refuse, direct, tunnel");
}

static void a_mistake_in_the_environment_names_the_variable(void **state)
{
	static const struct {
		const char *variable, *said;
	} cases[] = {
		{"TUNIC_TIMEOUT=soon",
			"TUNIC_TIMEOUT: 'soon' is not a whole number of seconds from 1 to 86400"},
		{"TUNIC_LOCL=direct",
			"environment: 'TUNIC_LOCL' is no setting: did you mean TUNIC_LOCAL?"},
		{"TUNIC_local=direct",
			"environment: 'TUNIC_local' is no setting: did you mean TUNIC_LOCAL?"},
		{"TUNIC_CONF=/etc/x",
			"environment: 'TUNIC_CONF' is no setting: did you mean TUNIC_CONFIG?"},
		{"TUNIC_RUM=1", "environment: 'TUNIC_RUM' is no setting: did you mean TUNIC_RUN?"},
		{"TUNIC_SOMETHING=1", "environment: 'TUNIC_SOMETHING' is no setting"},
		{"TUNIC_=1", "environment: 'TUNIC_' is no setting"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *const env[] = {cases[i].variable, NULL};

		assert_false(read_environment(env));
		assert_string_equal(error_buf, cases[i].said);
	}
}

static void a_variable_that_is_there_twice_is_an_error(void **state)
{
	static const char *const env[] = {"TUNIC_TAG=a", "TUNIC_TAG=a", NULL};

	(void)state;
	assert_false(read_environment(env));
	assert_string_equal(error_buf, "TUNIC_TAG is in the environment twice");
}

/* The files of a machine that the loader below sees, and which of them it read. */
static struct {
	const char *path, *content; /* NULL content: there, but unreadable */
} files[3];
static char was_read[512];

static enum read_result read_pretended(
	const char *path, char *buf, size_t cap, size_t *len, struct text *why)
{
	strcat(was_read, path);
	strcat(was_read, " ");
	for (size_t i = 0; i < COUNT(files); i++) {
		if (!files[i].path || strcmp(path, files[i].path) != 0)
			continue;
		if (!files[i].content) {
			text_add(why, "Permission denied");
			return READ_FAILED;
		}
		*len = strlen(files[i].content);
		assert_true(*len <= cap);
		memcpy(buf, files[i].content, *len);
		return READ_OK;
	}
	return READ_ABSENT;
}

static int start_machine(void **state)
{
	memset(files, 0, sizeof(files));
	was_read[0] = '\0';
	return start_fresh(state);
}

static bool load_with(const char *const *env, bool secure, const char *named_file)
{
	const struct options_sources sources = {read_pretended, env, secure, named_file};

	return options_load(&options, &sources, &error);
}

static const char *const home_only[] = {"HOME=/users/u", NULL};

static void without_any_file_the_defaults_hold(void **state)
{
	(void)state;
	memset(&options, 0xff, sizeof(options));
	assert_true(load_with(home_only, false, NULL));
	assert_string_equal(was_read, "/etc/tunic.conf /users/u/.config/tunic/tunic.conf ");
	for (enum option i = 0; i < OPTION_COUNT; i++) {
		assert_string_equal(value_of(i), option_rows[i].default_text);
		assert_string_equal(origin_of(i), "default");
	}
}

static void each_source_goes_before_the_one_before_it(void **state)
{
	static const char *const env[] = {"HOME=/users/u", "TUNIC_TAG=from-environment", NULL};

	(void)state;
	files[0].path = "/etc/tunic.conf";
	files[0].content = "tag = from-etc\nlocal = direct\nlog = info\n";
	files[1].path = "/users/u/.config/tunic/tunic.conf";
	files[1].content = "tag = from-home\nlocal = tunnel\n";
	assert_true(load_with(env, false, NULL));
	assert_string_equal(value_of(OPTION_TAG), "from-environment");
	assert_string_equal(origin_of(OPTION_TAG), "environment TUNIC_TAG");
	assert_string_equal(value_of(OPTION_LOCAL), "tunnel");
	assert_string_equal(origin_of(OPTION_LOCAL), "/users/u/.config/tunic/tunic.conf:2");
	assert_string_equal(value_of(OPTION_LOG), "info");
	assert_string_equal(origin_of(OPTION_LOG), "/etc/tunic.conf:3");
}

static void the_users_file_lies_where_xdg_says(void **state)
{
	static const char *const absolute[] = {"HOME=/users/u", "XDG_CONFIG_HOME=/x", NULL};
	static const char *const relative[] = {
		"HOMER=/other", "HOME=/users/u", "XDG_CONFIG_HOME=x", NULL};
	static const char *const empty[] = {"HOME=/users/u", "XDG_CONFIG_HOME=", NULL};
	static const char *const homeless[] = {"HOME=", NULL};
	static const char *const nothing[] = {NULL};
	static const struct {
		const char *const *env;
		const char *read;
	} cases[] = {
		{absolute, "/etc/tunic.conf /x/tunic/tunic.conf "},
		{relative, "/etc/tunic.conf /users/u/.config/tunic/tunic.conf "},
		{empty, "/etc/tunic.conf /users/u/.config/tunic/tunic.conf "},
		{homeless, "/etc/tunic.conf "},
		{nothing, "/etc/tunic.conf "},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		(void)start_machine(state);
		assert_true(load_with(cases[i].env, false, NULL));
		assert_string_equal(was_read, cases[i].read);
	}
}

static void a_named_file_stands_in_for_the_usual_ones(void **state)
{
	static const char *const env[] = {"HOME=/users/u", "TUNIC_CONFIG=/named", NULL};

	(void)state;
	files[0].path = "/named";
	files[0].content = "tag = from-named";
	assert_true(load_with(env, false, NULL));
	assert_string_equal(was_read, "/named ");
	assert_string_equal(origin_of(OPTION_TAG), "/named:1");
}

static void the_command_lines_file_goes_before_the_environments(void **state)
{
	static const char *const env[] = {"TUNIC_CONFIG=/named", NULL};

	(void)state;
	files[0].path = "own.conf";
	files[0].content = "tag = own";
	assert_true(load_with(env, false, "own.conf"));
	assert_string_equal(was_read, "own.conf ");
	assert_string_equal(origin_of(OPTION_TAG), "own.conf:1");
}

static void a_named_file_has_to_exist(void **state)
{
	static const char *const env[] = {"TUNIC_CONFIG=/named", NULL};

	(void)state;
	assert_false(load_with(env, false, NULL));
	assert_string_equal(
		error_buf, "configuration '/named' cannot be read: there is no such file");
}

static void a_file_that_cannot_be_read_is_an_error(void **state)
{
	static const char *const paths[] = {"/etc/tunic.conf", "/users/u/.config/tunic/tunic.conf"};

	for (size_t i = 0; i < COUNT(paths); i++) {
		(void)start_machine(state);
		files[0].path = paths[i];
		assert_false(load_with(home_only, false, NULL));
		assert_non_null(strstr(error_buf, paths[i]));
		assert_non_null(strstr(error_buf, "cannot be read: Permission denied"));
	}
}

static void a_bad_line_in_any_file_is_an_error(void **state)
{
	static const char *const paths[] = {"/etc/tunic.conf", "/users/u/.config/tunic/tunic.conf"};

	for (size_t i = 0; i < COUNT(paths); i++) {
		(void)start_machine(state);
		files[0].path = paths[i];
		files[0].content = "local = maybe\n";
		assert_false(load_with(home_only, false, NULL));
		assert_memory_equal(error_buf, paths[i], strlen(paths[i]));
		assert_non_null(strstr(error_buf, ":1: local: 'maybe'"));
	}
}

static void bad_names_of_files_are_errors(void **state)
{
	static const char *const relative[] = {"TUNIC_CONFIG=tunic.conf", NULL};
	static const char *const empty[] = {"TUNIC_CONFIG=", NULL};
	char path[PATH_MAX + 1];

	(void)state;
	assert_false(load_with(relative, false, NULL));
	assert_string_equal(
		error_buf, "TUNIC_CONFIG: 'tunic.conf' is not an absolute path: begin it with '/'");
	(void)start_machine(state);
	assert_false(load_with(empty, false, NULL));
	assert_string_equal(error_buf, "TUNIC_CONFIG: '' is no file");
	(void)start_machine(state);
	assert_false(load_with(home_only, false, ""));
	assert_string_equal(error_buf, "--config: '' is no file");
	(void)start_machine(state);
	memset(path, 'a', PATH_MAX);
	path[PATH_MAX] = '\0';
	assert_false(load_with(home_only, false, path));
	assert_non_null(strstr(error_buf, "is too long for a path"));
	assert_string_equal(was_read, "");
}

static void a_home_that_is_too_long_is_an_error(void **state)
{
	char home[PATH_MAX];
	const char *const env[] = {home, NULL};

	(void)state;
	memset(home, 'a', sizeof(home));
	memcpy(home, "HOME=/", 6);
	home[sizeof(home) - 1] = '\0';
	assert_false(load_with(env, false, NULL));
	assert_non_null(strstr(error_buf, "the user's configuration: "));
	assert_non_null(strstr(error_buf, "is too long for a path"));
}

static void with_anothers_rights_only_the_system_counts(void **state)
{
	static const char *const env[] = {"HOME=/users/u", "XDG_CONFIG_HOME=/x",
		"TUNIC_CONFIG=/named", "TUNIC_LOCAL=direct", "TUNIC_RUN=r1", "TUNIC_BAD=1", NULL};

	(void)state;
	files[0].path = "/etc/tunic.conf";
	files[0].content = "log = info";
	assert_true(load_with(env, true, NULL));
	assert_string_equal(was_read, "/etc/tunic.conf ");
	assert_string_equal(value_of(OPTION_LOCAL), "refuse");
	assert_string_equal(value_of(OPTION_LOG), "info");
	(void)start_machine(state);
	assert_false(load_with(env, true, "/named"));
	assert_non_null(strstr(error_buf, "--config: '/named' is not read"));
	assert_string_equal(was_read, "");
}

static void inside_a_run_the_environment_is_everything(void **state)
{
	static const char *const env[] = {
		"HOME=/users/u", "TUNIC_CONFIG=/named", "TUNIC_RUN=r1", "TUNIC_LOCAL=direct", NULL};

	(void)state;
	assert_true(load_with(env, false, NULL));
	assert_string_equal(was_read, "");
	assert_string_equal(value_of(OPTION_LOCAL), "direct");
	(void)start_machine(state);
	assert_false(load_with(env, false, "/named"));
	assert_non_null(strstr(error_buf, "inside a tunic run"));
}

static void an_empty_run_is_no_run(void **state)
{
	static const char *const env[] = {"TUNIC_RUN=", NULL};

	(void)state;
	assert_true(load_with(env, false, NULL));
	assert_string_equal(was_read, "/etc/tunic.conf ");
}

static void a_mistake_in_the_environment_fails_the_whole_loading(void **state)
{
	static const char *const env[] = {"TUNIC_LOCAL=maybe", NULL};

	(void)state;
	assert_false(load_with(env, false, NULL));
	assert_non_null(strstr(error_buf, "TUNIC_LOCAL: 'maybe'"));
}

#define FRESH(test) cmocka_unit_test_setup(test, start_fresh)
#define MACHINE(test) cmocka_unit_test_setup(test, start_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(the_defaults_are_those_of_their_rows),
		FRESH(rows_name_their_variable_and_flag),
		FRESH(every_value_comes_back_as_it_was_set),
		FRESH(words_have_the_numbers_of_their_enums),
		FRESH(a_proxy_is_a_path_or_an_endpoint_never_both),
		FRESH(every_mistake_is_named_and_changes_nothing),
		FRESH(a_path_may_be_as_long_as_the_kernels),
		FRESH(a_mistake_on_the_command_line_names_the_flag),
		FRESH(origins_are_told_as_their_users_know_them),
		FRESH(one_turn_is_for_yes_and_for_the_proxy_that_was_found_to_be_tor),
		FRESH(near_words_are_few_letters_away),
		FRESH(a_text_sets_options_and_their_lines),
		FRESH(a_mistake_in_a_text_is_told_with_file_and_line),
		FRESH(a_long_bad_line_is_quoted_in_part),
		FRESH(what_stood_before_a_bad_line_stays_set),
		FRESH(variables_set_options),
		FRESH(an_empty_variable_is_an_empty_text),
		FRESH(a_mistake_in_the_environment_names_the_variable),
		FRESH(a_variable_that_is_there_twice_is_an_error),
		MACHINE(without_any_file_the_defaults_hold),
		MACHINE(each_source_goes_before_the_one_before_it),
		MACHINE(the_users_file_lies_where_xdg_says),
		MACHINE(a_named_file_stands_in_for_the_usual_ones),
		MACHINE(the_command_lines_file_goes_before_the_environments),
		MACHINE(a_named_file_has_to_exist),
		MACHINE(a_file_that_cannot_be_read_is_an_error),
		MACHINE(a_bad_line_in_any_file_is_an_error),
		MACHINE(bad_names_of_files_are_errors),
		MACHINE(a_home_that_is_too_long_is_an_error),
		MACHINE(with_anothers_rights_only_the_system_counts),
		MACHINE(inside_a_run_the_environment_is_everything),
		MACHINE(an_empty_run_is_no_run),
		MACHINE(a_mistake_in_the_environment_fails_the_whole_loading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
