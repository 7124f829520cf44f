/* SPDX-License-Identifier: MIT */
/* Snippets: names. */
#include "snippet.h"

#include <netdb.h>

static void show_hostent(const struct hostent *entry)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (entry == NULL) {
		printf("none\n");
		return;
	}
	inet_ntop(entry->h_addrtype, entry->h_addr_list[0], text, sizeof(text));
	printf("%s %d %d %s %s\n", entry->h_name, entry->h_addrtype, entry->h_length, text,
		entry->h_addr_list[1] || entry->h_aliases[0] ? "and more" : "alone");
}

static struct in_addr public_addr(void)
{
	return (struct in_addr){htonl(0xc6336407)}; /* 198.51.100.7 */
}

static const char *const names[] = {"public.example", "none.example", "192.0.2.7"};
#define EACH_NAME(name) \
	for (const char *const *at = names, *name; at < names + 3 && (name = *at, true); at++)

static void show_list(int result, struct addrinfo *list)
{
	char host[INET6_ADDRSTRLEN];

	printf("%s\n", result == 0 ? "found" : gai_strerror(result));
	for (struct addrinfo *entry = result == 0 ? list : NULL; entry; entry = entry->ai_next) {
		getnameinfo(entry->ai_addr, entry->ai_addrlen, host, sizeof(host), NULL, 0,
			NI_NUMERICHOST);
		printf("%d/%d/%d %s %s\n", entry->ai_family, entry->ai_socktype, entry->ai_protocol,
			host, entry->ai_canonname ? entry->ai_canonname : "-");
	}
	if (result == 0)
		freeaddrinfo(list);
}

SNIPPET(getaddrinfo, UNSAFE)
{
	const struct addrinfo hints = {
		.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME};
	struct addrinfo *list = NULL;
	int result;

	EACH_NAME(name)
	{
		result = call(name, "80", &hints, &list);
		show_list(result, list);
	}
}

SNIPPET(getnameinfo, UNSAFE)
{
	const struct sockaddr_in sa = {
		.sin_family = AF_INET, .sin_port = htons(80), .sin_addr = public_addr()};
	char host[NI_MAXHOST] = "", service[NI_MAXSERV] = "";

	printf("%d", call((const struct sockaddr *)&sa, sizeof(sa), host, sizeof(host), service,
			     sizeof(service), NI_NUMERICSERV));
	printf(" %s %s\n", host, service);
	printf("too short: %d\n",
		call((const struct sockaddr *)&sa, 4, host, sizeof(host), NULL, 0, 0));
}

SNIPPET(gethostbyname, UNSAFE)
{
	EACH_NAME(name) show_hostent(call(name));
}
SNIPPET(gethostbyname2, UNSAFE)
{
	EACH_NAME(name) show_hostent(call(name, AF_INET));
}

static void show_entry(int error, const struct hostent *result, int herror)
{
	printf("%s, h_errno %d: ", errno_name(error), herror);
	show_hostent(result);
}

SNIPPET(gethostbyname_r, UNSAFE)
{
	struct hostent entry, *result = NULL;
	char buffer[8192];
	int herror = -7, error;

	EACH_NAME(name)
	{
		error = call(name, &entry, buffer, sizeof(buffer), &result, &herror);
		show_entry(error, result, herror);
	}
	error = call(names[0], &entry, buffer, 4, &result, &herror);
	show_entry(error, result, herror);
}

SNIPPET(gethostbyname2_r, UNSAFE)
{
	struct hostent entry, *result = NULL;
	char buffer[8192];
	int herror = -7, error;

	EACH_NAME(name)
	{
		error = call(name, AF_INET, &entry, buffer, sizeof(buffer), &result, &herror);
		show_entry(error, result, herror);
	}
}

SNIPPET(gethostbyaddr, UNSAFE)
{
	const struct in_addr addr = public_addr();

	show_hostent(call(&addr, sizeof(addr), AF_INET));
}

SNIPPET(gethostbyaddr_r, UNSAFE)
{
	const struct in_addr addr = public_addr();
	struct hostent entry, *result = NULL;
	char buffer[8192];
	int herror = -7, error;

	error = call(
		&addr, sizeof(addr), AF_INET, &entry, buffer, sizeof(buffer), &result, &herror);
	show_entry(error, result, herror);
}

/* The number of the message is another each time, so the counts of records are shown. */
static void show_answer(int n, const unsigned char *message)
{
	const int error = errno;

	printf("%d: ", n);
	if (n > 0)
		printf("rcode %d, answers %d\n", message[3] & 15, message[7]);
	else
		printf("h_errno %d, %s\n", h_errno, error == ETIMEDOUT ? "ETIMEDOUT" : "-");
}

static unsigned char answer[1024];

#define EACH_QUESTION(...)                                                      \
	EACH_NAME(name)                                                         \
	{                                                                       \
		show_answer(call(__VA_ARGS__, answer, sizeof(answer)), answer); \
	}

SNIPPET(res_query, UNSAFE){EACH_QUESTION(name, 1, 1)} SNIPPET(res_search, UNSAFE){
	EACH_QUESTION(name, 1, 1)} SNIPPET(res_querydomain, UNSAFE)
{
	show_answer(call("public", "example", 1, 1, answer, sizeof(answer)), answer);
	show_answer(call("none", "example", 1, 1, answer, sizeof(answer)), answer);
}

/* A question for the address of public.example. */
static const unsigned char question[] = "\1\2\1\0\0\1\0\0\0\0\0\0\6public\7example\0\0\1\0\1";
enum { QUESTION_LEN = sizeof(question) - 1 };

SNIPPET(res_send, UNSAFE)
{
	show_answer(call(question, QUESTION_LEN, answer, sizeof(answer)), answer);
}

#ifdef __GLIBC__
SNIPPET(getaddrinfo_a, UNSAFE)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct gaicb request = {.ar_name = names[0], .ar_request = &hints}, *list[] = {&request};

	printf("%d\n", call(GAI_WAIT, list, 1, NULL));
	show_list(gai_error(&request), request.ar_result);
}

static res_state own_state(void)
{
	static struct __res_state state;

	if (!(state.options & RES_INIT))
		res_ninit(&state);
	return &state;
}

SNIPPET(res_nquery, UNSAFE){EACH_QUESTION(own_state(), name, 1, 1)} SNIPPET(res_nsearch, UNSAFE){
	EACH_QUESTION(own_state(), name, 1, 1)} SNIPPET(res_nquerydomain, UNSAFE)
{
	show_answer(call(own_state(), "public", "example", 1, 1, answer, sizeof(answer)), answer);
}
SNIPPET(res_nsend, UNSAFE)
{
	show_answer(call(own_state(), question, QUESTION_LEN, answer, sizeof(answer)), answer);
}

enum { LOOPBACK_NET = 0x7f000000 };

static void show_net(const struct netent *net, int herror)
{
	if (net == NULL)
		printf("none, h_errno %d\n", herror);
	else
		printf("%s %d %x\n", net->n_name, net->n_addrtype, net->n_net);
}

SNIPPET(getnetbyname, UNSAFE)
{
	struct netent *net = call("loopback");

	show_net(net, h_errno);
	net = call("none");
	show_net(net, h_errno);
}
SNIPPET(getnetbyaddr, UNSAFE)
{
	struct netent *net = call(LOOPBACK_NET, AF_INET);

	show_net(net, h_errno);
	net = call(9, AF_INET);
	show_net(net, h_errno);
}
SNIPPET(getnetbyname_r, UNSAFE)
{
	struct netent entry, *result = NULL;
	char buffer[1024];
	int herror = -7;

	printf("%d ", call("loopback", &entry, buffer, sizeof(buffer), &result, &herror));
	show_net(result, herror);
}
SNIPPET(getnetbyaddr_r, UNSAFE)
{
	struct netent entry, *result = NULL;
	char buffer[1024];
	int herror = -7;

	printf("%d ",
		call(LOOPBACK_NET, AF_INET, &entry, buffer, sizeof(buffer), &result, &herror));
	show_net(result, herror);
}

SNIPPET(gethostid, UNSAFE)
{
	printf("%lx\n", (unsigned long)call());
}

SNIPPET(ruserok, UNSAFE)
{
	show("allowed", call("localhost", 1, "somebody", "root"));
}
SNIPPET(ruserok_af, UNSAFE)
{
	show("allowed", call("localhost", 1, "somebody", "root", AF_INET));
}
SNIPPET(iruserok, UNSAFE)
{
	show("allowed", call(public_addr().s_addr, 1, "somebody", "root"));
}
SNIPPET(iruserok_af, UNSAFE)
{
	const struct in_addr addr = public_addr();

	show("allowed", call(&addr, 1, "somebody", "root", AF_INET));
}

/* Nobody has the name; where libc finds nobody listening it tries for half a minute. */
static char remote_host[] = "none.example";
#define REMOTE(symbol, ...)                                  \
	SNIPPET(symbol, UNSAFE)                              \
	{                                                    \
		char *host = remote_host;                    \
		int second;                                  \
                                                             \
		show("connected", call(&host, __VA_ARGS__)); \
	}
REMOTE(rcmd, htons(514), "me", "me", "true", &second)
REMOTE(rcmd_af, htons(514), "me", "me", "true", &second, AF_INET)
REMOTE(rexec, htons(512), "me", "secret", "true", &second)
REMOTE(rexec_af, htons(512), "me", "secret", "true", &second, AF_INET)

SNIPPET(__nss_configure_lookup, UNSAFE)
{
	show("an odd one", call("shells", "files"));
	show("hosts", call("hosts", "files dns"));
}
#endif
