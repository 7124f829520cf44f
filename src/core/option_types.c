/* SPDX-License-Identifier: MIT */
/*
 * The types of options.def: each one's way from text to value and back.
 *
 * A row `OPTION(local, LOCAL, LOCAL, …)` is bound to parse_LOCAL and format_LOCAL by the table at
 * the end. What is not exactly as said is an error: a setting that was read generously is one that
 * does something else than its author thinks.
 */
#include <string.h>

#include "core/isolate.h"
#include "core/option_types.h"
#include "core/pool.h"

#define TOR_FORM "<torS0X>" /* see isolate.c */

enum {
	SECONDS_MAX = 86400,
	TAG_BUF = sizeof(((struct settings *)0)->tag),
	PATH_BUF = sizeof(((struct settings *)0)->log_file),
};

/* The place of a word in a list that ends in NULL, -1 if it is not there; `why` then lists all. */
static int word_find(const char *const *words, const char *value, struct text *why)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], value) == 0)
			return i;
	}
	text_add(why, "is not one of");
	for (int i = 0; words[i]; i++)
		text_add_all(why, i == 0 ? " " : ", ", words[i], (const char *)NULL);
	return -1;
}

/* A type whose values are words, in the order of their numbers. */
#define WORDS(TYPE, c_type, ...)                                                   \
	static const char *const words_##TYPE[] = {__VA_ARGS__, NULL};             \
	static bool parse_##TYPE(void *field, const char *value, struct text *why) \
	{                                                                          \
		const int i = word_find(words_##TYPE, value, why);                 \
                                                                                   \
		if (i >= 0)                                                        \
			*(c_type *)field = (c_type)i;                              \
		return i >= 0;                                                     \
	}                                                                          \
	static void format_##TYPE(const void *field, struct text *out)             \
	{                                                                          \
		text_add(out, words_##TYPE[*(const c_type *)field]);               \
	}

WORDS(BOOL, bool, "no", "yes")
WORDS(ISOLATE, enum isolate, "none", "run", "program", "process", "destination")
WORDS(NAMES, enum names, "resolve", "fake")
WORDS(LOCAL, enum local, "refuse", "direct", "tunnel")
WORDS(GUARD, enum guard, "off", "auto", "on", "seal")
WORDS(SETUID, enum setuid, "refuse", "unprivileged")
WORDS(PIPELINE, enum pipeline, "auto", "yes", "no")
WORDS(LOG, enum log_level, "quiet", "warn", "info", "debug")

static bool parse_SECONDS(void *field, const char *value, struct text *why)
{
	unsigned long seconds;

	if (!text_parse_number(&seconds, value, SECONDS_MAX) || seconds == 0) {
		text_add(why, "is not a whole number of seconds from 1 to 86400");
		return false;
	}
	*(unsigned *)field = (unsigned)seconds;
	return true;
}

static void format_SECONDS(const void *field, struct text *out)
{
	text_add_number(out, *(const unsigned *)field);
}

static bool parse_SECONDS_OR_0(void *field, const char *value, struct text *why)
{
	unsigned long seconds;

	if (!text_parse_number(&seconds, value, SECONDS_MAX)) {
		text_add(why, "is not a whole number of seconds from 0 to 86400");
		return false;
	}
	*(unsigned *)field = (unsigned)seconds;
	return true;
}

static void format_SECONDS_OR_0(const void *field, struct text *out)
{
	format_SECONDS(field, out);
}

static bool parse_NAMES_COUNT(void *field, const char *value, struct text *why)
{
	unsigned long names;

	if (!text_parse_number(&names, value, POOL_SLOTS_MAX) || names < POOL_SLOTS_MIN) {
		text_add(why, "is not a number of names from 4096 to 65536");
		return false;
	}
	*(uint32_t *)field = (uint32_t)names;
	return true;
}

static void format_NAMES_COUNT(const void *field, struct text *out)
{
	text_add_number(out, *(const uint32_t *)field);
}

static bool has_control_byte(const char *value)
{
	for (; *value; value++) {
		if ((unsigned char)*value < ' ' || *value == 127)
			return true;
	}
	return false;
}

static bool parse_TAG(void *field, const char *value, struct text *why)
{
	const char *kind = isolate_kind_of(value);

	if (kind)
		text_add_all(why, "begins with ", kind, " as the tags that isolate makes",
			(const char *)NULL);
	else if (strncmp(value, TOR_FORM, sizeof(TOR_FORM) - 1) == 0)
		text_add(why, "begins with " TOR_FORM ", which Tor keeps for itself");
	else if (has_control_byte(value))
		text_add(why, "contains a control character");
	else if (strlen(value) >= TAG_BUF)
		text_add(why, "is longer than 255 bytes");
	else
		return text_copy(field, TAG_BUF, value);
	return false;
}

static void format_TAG(const void *field, struct text *out)
{
	text_add(out, field);
}

static bool parse_PATH(void *field, const char *value, struct text *why)
{
	if (value[0] != '\0' && value[0] != '/')
		text_add(why, "is not an absolute path: it has to begin with '/'");
	else if (strlen(value) >= PATH_BUF)
		text_add(why, "is too long for a path");
	else
		return text_copy(field, PATH_BUF, value);
	return false;
}

static void format_PATH(const void *field, struct text *out)
{
	text_add(out, field);
}

/* Does the prefix hold an address that means something of its own? */
static bool prefix_is_taken(const struct prefix *prefix)
{
	static const char *const meaningful[] = {
		"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1"};

	for (size_t i = 0; i < sizeof(meaningful) / sizeof(meaningful[0]); i++) {
		struct addr addr;

		if (addr_parse(&addr, meaningful[i]) && prefix_contains(prefix, &addr))
			return true;
	}
	return addr_is_multicast(&prefix->base);
}

/* IPv4 in IPv6 clothes: the kernel and the policy take it for the IPv4 address it stands for. */
static bool prefix_is_mapped(const struct prefix *prefix)
{
	struct addr base = prefix->base;

	addr_unmap(&base);
	return base.family != prefix->base.family;
}

/* What a pool of one family has to look like, and how to say it. */
struct pool_rule {
	enum addr_family family;
	unsigned bits_min, bits_max; /* room for a few names at least */
	const char *form, *size;
};

/* What keeps a text from being a pool; NULL: nothing, and *out is the pool. */
static const char *pool_parse(struct prefix *out, const char *value, const struct pool_rule *rule)
{
	if (!prefix_parse(out, value) || out->base.family != rule->family)
		return rule->form;
	if (out->bits < rule->bits_min || out->bits > rule->bits_max)
		return rule->size;
	if (prefix_is_taken(out))
		return "contains a loopback, unspecified or multicast address";
	if (prefix_is_mapped(out))
		return "is made of IPv4-mapped addresses, which mean IPv4";
	return NULL;
}

static bool parse_pool(
	void *field, const char *value, const struct pool_rule *rule, struct text *why)
{
	struct prefix prefix;
	const char *complaint = pool_parse(&prefix, value, rule);

	if (complaint)
		text_add(why, complaint);
	else
		*(struct prefix *)field = prefix;
	return !complaint;
}

static bool parse_PREFIX_V4(void *field, const char *value, struct text *why)
{
	static const struct pool_rule rule = {ADDR_V4, 8, 30,
		"is not an IPv4 network such as 127.192.0.0/10, with no bit set after its prefix",
		"is too large or too small: /8 to /30 are allowed"};

	return parse_pool(field, value, &rule, why);
}

static bool parse_PREFIX_V6(void *field, const char *value, struct text *why)
{
	static const struct pool_rule rule = {ADDR_V6, 32, 118,
		"is not an IPv6 network such as 100::/64, with no bit set after its prefix",
		"is too large or too small: /32 to /118 are allowed"};

	return parse_pool(field, value, &rule, why);
}

static void format_prefix(const struct prefix *prefix, struct text *out)
{
	char base[ADDR_TEXT_MAX];

	text_add_all(out, addr_format(&prefix->base, base), "/", (const char *)NULL);
	text_add_number(out, prefix->bits);
}

static void format_PREFIX_V4(const void *field, struct text *out)
{
	format_prefix(field, out);
}

static void format_PREFIX_V6(const void *field, struct text *out)
{
	format_prefix(field, out);
}

/* Reads the path of "unix:/path". Returns what is wrong with it; NULL: nothing. */
static const char *proxy_parse_unix(struct proxy *proxy, const char *path)
{
	if (path[0] != '/')
		return "has no absolute path: write unix:/path";
	if (!text_copy(proxy->path, sizeof(proxy->path), path))
		return "has a path that is too long for a unix socket: 107 bytes are allowed";
	return NULL;
}

/* Is it "HOST:PORT", with something else than an address for HOST? */
static bool is_name_and_port(const char *value)
{
	const char *colon = strrchr(value, ':');
	unsigned long port;

	if (!colon || value[0] == '[' || strspn(value, "0123456789.:") == strlen(value))
		return false;
	return text_parse_number(&port, colon + 1, 65535);
}

/* The likely mistake in what is neither an endpoint nor "unix:…". */
static const char *proxy_mistake(const char *value)
{
	struct addr addr;
	unsigned long port;

	if (strstr(value, "://"))
		return "names a scheme, which is not spoken yet: write 127.0.0.1:9050";
	if (value[0] == '/')
		return "is a path: write unix:/path";
	if (addr_parse(&addr, value) && addr.family == ADDR_V4)
		return "has no port: write 127.0.0.1:9050";
	if (addr_parse(&addr, value))
		return "is IPv6, and needs brackets and a port: write [::1]:9050";
	if (text_parse_number(&port, value, 65535))
		return "is a port alone: write 127.0.0.1:9050";
	if (is_name_and_port(value))
		return "has a host name, and looking it up is what the proxy is for: write its "
		       "address, as in 127.0.0.1:9050";
	return "is not ADDRESS:PORT, [IPV6]:PORT (ports 1 to 65535) or unix:/path";
}

/* Reads "ADDRESS:PORT". Returns what is wrong with it; NULL: nothing. */
static const char *proxy_parse_tcp(struct proxy *proxy, const char *value)
{
	if (!endpoint_parse(&proxy->tcp, value))
		return proxy_mistake(value);
	addr_unmap(&proxy->tcp.addr);
	if (addr_is_unspecified(&proxy->tcp.addr) || addr_is_multicast(&proxy->tcp.addr))
		return "is not an address of one machine: write 127.0.0.1:9050";
	return NULL;
}

static bool parse_PROXY(void *field, const char *value, struct text *why)
{
	struct proxy proxy = {.path = ""};
	const char *complaint;

	if (strncmp(value, "unix:", 5) == 0)
		complaint = proxy_parse_unix(&proxy, value + 5);
	else
		complaint = proxy_parse_tcp(&proxy, value);
	if (complaint)
		text_add(why, complaint);
	else
		*(struct proxy *)field = proxy;
	return !complaint;
}

static void format_PROXY(const void *field, struct text *out)
{
	const struct proxy *proxy = field;
	char endpoint[ENDPOINT_TEXT_MAX];

	if (proxy->path[0] != '\0')
		text_add_all(out, "unix:", proxy->path, (const char *)NULL);
	else
		text_add(out, endpoint_format(&proxy->tcp, endpoint));
}

static const struct option_type types[OPTION_COUNT] = {
#define OPTION(id, KEY, type, default_text, argument, sentence) {parse_##type, format_##type},
#include "core/options.def"
#undef OPTION
};

static const size_t offsets[OPTION_COUNT] = {
#define OPTION(id, KEY, type, default_text, argument, sentence) offsetof(struct settings, id),
#include "core/options.def"
#undef OPTION
};

const struct option_type *option_type(enum option option)
{
	return &types[option];
}

void *option_field(struct settings *settings, enum option option)
{
	return (char *)settings + offsets[option];
}

const void *option_value(const struct settings *settings, enum option option)
{
	return (const char *)settings + offsets[option];
}
