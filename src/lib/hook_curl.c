/* SPDX-License-Identifier: MIT */
/*
 * Hooks: libcurl and names under .onion.
 *
 * From 8.1 on libcurl refuses such a name before it asks any resolver (RFC 7686), so no hook of
 * libc's is ever called. A SOCKS proxy in the environment would cure curl and break others that
 * read the same variable. So, when a transfer begins whose URL names an onion service, and the
 * program has chosen no proxy itself, libcurl is told to connect to the name's stand-in address
 * (CURLOPT_CONNECT_TO): the URL, and so the Host header and what TLS checks, stays as it is, and
 * the connect takes the same way as every other. A redirect from elsewhere to an onion name is
 * still refused by libcurl.
 */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/late.h"
#include "lib/library.h"
#include "lib/lookup.h"
#include "lib/real.h"

/* What we use of libcurl's interface, stable since 2004; so curl/curl.h is not needed. */
enum {
	CURL_ERROR_INIT = 2, /* CURLE_FAILED_INIT, and CURLM_BAD_EASY_HANDLE for a multi handle */
	CURL_INFO_EFFECTIVE_URL = 0x100000 + 1,
	CURL_OPT_PROXY = 10000 + 4,
	CURL_OPT_CONNECT_TO = 10000 + 243,
	CURL_OPT_PRE_PROXY = 10000 + 262,
};

struct curl_slist;
typedef void CURL;
typedef void CURLM;

EXPORTED int curl_easy_setopt(CURL *handle, int option, ...);
EXPORTED int curl_easy_perform(CURL *handle);
EXPORTED int curl_multi_add_handle(CURLM *multi, CURL *handle);

/* Onion hosts seen and their CONNECT_TO lists, which libcurl wants to keep: so they stay for ever.
 */
struct onion {
	char host[NAME_BUF];
	struct curl_slist *connect_to;
	struct onion *next;
};

static struct onion *_Atomic onions;
static atomic_bool program_leads;

/* The real function; NULL: it is not there at all. */
#define CURL_FUNCTION(type, name, symbol, caller)         \
	type name = NULL;                                 \
	void *found_##name = late_symbol(symbol, caller); \
	memcpy(&name, &found_##name, sizeof(name))

typedef int (*perform_function)(CURL *);
typedef int (*add_function)(CURLM *, CURL *);
typedef int (*setopt_function)(CURL *, int, ...);
typedef int (*getinfo_function)(CURL *, int, ...);
typedef struct curl_slist *(*append_function)(struct curl_slist *, const char *);

/* Has the environment a proxy for libcurl? Then it will not look names up itself. "" is none. */
static bool environment_has_proxy(void)
{
	static const char *const names[] = {
		"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return true;
	}
	return false;
}

/* The host of a URL as it stands there, when it is an onion name. */
static bool onion_host(char host[static NAME_BUF], const char *url)
{
	const char *start = strstr(url, "://"), *at;
	char normal[NAME_BUF];
	size_t n;

	start = start ? start + 3 : url;
	n = strcspn(start, "/?#");
	at = memrchr(start, '@', n);
	if (at != NULL) {
		n -= (size_t)(at + 1 - start);
		start = at + 1;
	}
	n = strcspn(start, "/?#:") < n ? strcspn(start, "/?#:") : n;
	if (n >= NAME_BUF)
		return false;
	memcpy(host, start, n);
	host[n] = '\0';
	return name_judge(normal, host) == NAME_ONION;
}

/*
 * The rule "HOST::ADDR:", empty ports being whatever port and the same. It names the host, because it
 * stays on the handle: what that fetches later, or is redirected to, goes its own way.
 */
static struct curl_slist *rule_make(const char *host, append_function append)
{
	struct lookup_answer answer;
	char addr[ADDR_TEXT_MAX], rule[2 * NAME_BUF];
	struct text text = text_over(rule, sizeof(rule));

	if (lookup_name(host, ADDR_V4, &answer) != LOOKUP_FOUND)
		return NULL;
	text_add_all(
		&text, host, "::", addr_format(&answer.addrs[0], addr), ":", (const char *)NULL);
	return append(NULL, rule);
}

static struct curl_slist *connect_to_of(const char *host, append_function append)
{
	struct onion *onion;

	for (onion = atomic_load(&onions); onion != NULL; onion = onion->next)
		if (strcmp(onion->host, host) == 0)
			return onion->connect_to;
	onion = calloc(1, sizeof(*onion));
	if (onion == NULL)
		return NULL;
	onion->connect_to = rule_make(host, append);
	if (onion->connect_to == NULL) {
		free(onion);
		return NULL;
	}
	text_copy(onion->host, sizeof(onion->host), host);
	onion->next = atomic_load(&onions);
	while (!atomic_compare_exchange_weak(&onions, &onion->next, onion))
		;
	return onion->connect_to;
}

/* A transfer begins: if it goes to an onion service, say where to connect. */
static void lead(CURL *handle, const void *caller)
{
	CURL_FUNCTION(getinfo_function, getinfo, "curl_easy_getinfo", caller);
	CURL_FUNCTION(setopt_function, setopt, "curl_easy_setopt", caller);
	CURL_FUNCTION(append_function, append, "curl_slist_append", caller);
	struct curl_slist *connect_to;
	char host[NAME_BUF];
	char *url = NULL;

	if (getinfo == NULL || setopt == NULL || append == NULL)
		return;
	if (!library_ready() || atomic_load(&program_leads) || environment_has_proxy())
		return;
	if (getinfo(handle, CURL_INFO_EFFECTIVE_URL, &url) != 0 || url == NULL ||
		!onion_host(host, url))
		return;
	connect_to = connect_to_of(host, append);
	if (connect_to != NULL)
		setopt(handle, CURL_OPT_CONNECT_TO, connect_to);
}

/* Does the program say itself where its transfers connect? */
static bool leads_itself(int option, const void *argument)
{
	if (option == CURL_OPT_CONNECT_TO)
		return argument != NULL;
	return (option == CURL_OPT_PROXY || option == CURL_OPT_PRE_PROXY) && argument != NULL &&
	       *(const char *)argument != '\0';
}

/* Every option takes one argument, a long, a pointer or a curl_off_t. */
EXPORTED int curl_easy_setopt(CURL *handle, int option, ...)
{
	CURL_FUNCTION(setopt_function, setopt, "curl_easy_setopt", __builtin_return_address(0));
	void *argument;
	va_list more;

	va_start(more, option);
	argument = va_arg(more, void *);
	va_end(more);
	if (leads_itself(option, argument))
		atomic_store(&program_leads, true);
	return setopt != NULL ? setopt(handle, option, argument) : CURL_ERROR_INIT;
}

EXPORTED int curl_easy_perform(CURL *handle)
{
	const void *caller = __builtin_return_address(0);
	CURL_FUNCTION(perform_function, perform, "curl_easy_perform", caller);

	lead(handle, caller);
	return perform != NULL ? perform(handle) : CURL_ERROR_INIT;
}

EXPORTED int curl_multi_add_handle(CURLM *multi, CURL *handle)
{
	const void *caller = __builtin_return_address(0);
	CURL_FUNCTION(add_function, add, "curl_multi_add_handle", caller);

	lead(handle, caller);
	return add != NULL ? add(multi, handle) : CURL_ERROR_INIT;
}
