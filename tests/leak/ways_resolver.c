/* SPDX-License-Identifier: MIT */
/*
 * The steps of `ways` that ask for names by libc's other doors; ways.c includes this, and has to be
 * linked with -lresolv. After the step "alias" the res_* functions are called by their old names.
 */
#include <arpa/nameser.h>
#include <resolv.h>

/* The linker does not find the old names by themselves, only in libc's first version. */
#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__i386__)
#define OLDEST "GLIBC_2.2"
#else
#define OLDEST "GLIBC_2.17"
#endif
#define OLD(function)                             \
	extern __typeof__(function) __##function; \
	__asm__(".symver __" #function ",__" #function "@" OLDEST)
OLD(res_query);
OLD(res_search);
OLD(res_querydomain);
OLD(res_send);
OLD(res_nquery);
OLD(res_nsearch);
OLD(res_nquerydomain);
OLD(res_nsend);

/* libresolv's own, which only programs linked long ago know. */
#define FORGOTTEN(function) __asm__(".symver " #function "," #function "@" OLDEST)
struct hostent *res_gethostbyname(const char *);
struct hostent *res_gethostbyname2(const char *, int);
struct hostent *res_gethostbyaddr(const void *, socklen_t, int);
FORGOTTEN(res_gethostbyname);
FORGOTTEN(res_gethostbyname2);
FORGOTTEN(res_gethostbyaddr);
#undef FORGOTTEN

#define BY_NAME(function, ...) (state.by_alias ? __##function(__VA_ARGS__) : function(__VA_ARGS__))

static unsigned char message[NS_PACKETSZ];
static struct __res_state resolver;

/* A message with one record ends with what the record says. */
static int message_found(int n, const char *type)
{
	const int size = strcmp(type, "28") == 0 ? 16 : 4;

	if (n < 0)
		return failed(host_errors, h_errno);
	if (strcmp(type, "12") != 0 && n > NS_HFIXEDSZ + size)
		find_addr(size == 4 ? AF_INET : AF_INET6, message + n - size);
	return 0;
}

/* All of them: NAME TYPE, the number of a type. */
static int way_res_query(char **args)
{
	return message_found(
		BY_NAME(res_query, args[0], ns_c_in, number(args[1]), message, sizeof(message)),
		args[1]);
}

static int way_res_search(char **args)
{
	return message_found(
		BY_NAME(res_search, args[0], ns_c_in, number(args[1]), message, sizeof(message)),
		args[1]);
}

static int way_res_querydomain(char **args)
{
	return message_found(BY_NAME(res_querydomain, args[0], "test", ns_c_in, number(args[1]),
				     message, sizeof(message)),
		args[1]);
}

static int way_res_nquery(char **args)
{
	res_ninit(&resolver);
	return message_found(BY_NAME(res_nquery, &resolver, args[0], ns_c_in, number(args[1]),
				     message, sizeof(message)),
		args[1]);
}

static int way_res_nsearch(char **args)
{
	res_ninit(&resolver);
	return message_found(BY_NAME(res_nsearch, &resolver, args[0], ns_c_in, number(args[1]),
				     message, sizeof(message)),
		args[1]);
}

static int way_res_nquerydomain(char **args)
{
	res_ninit(&resolver);
	return message_found(BY_NAME(res_nquerydomain, &resolver, args[0], "test", ns_c_in,
				     number(args[1]), message, sizeof(message)),
		args[1]);
}

/* res_send does not touch h_errno: its error is errno's. */
static int sent(int n, const char *type)
{
	return n < 0 ? -1 : message_found(n, type);
}

static int query_for(char **args, unsigned char query[static NS_PACKETSZ])
{
	return res_mkquery(
		ns_o_query, args[0], ns_c_in, number(args[1]), NULL, 0, NULL, query, NS_PACKETSZ);
}

static int way_res_send(char **args)
{
	unsigned char query[NS_PACKETSZ];
	const int n = query_for(args, query);

	return sent(BY_NAME(res_send, query, n, message, sizeof(message)), args[1]);
}

static int way_res_nsend(char **args)
{
	unsigned char query[NS_PACKETSZ];
	const int n = query_for(args, query);

	res_ninit(&resolver);
	return sent(BY_NAME(res_nsend, &resolver, query, n, message, sizeof(message)), args[1]);
}

static int way_res_gethostbyname(char **args)
{
	const struct hostent *entry = res_gethostbyname(args[0]);

	return entry_found(entry, h_errno, false);
}

static int way_res_gethostbyname2(char **args)
{
	const struct hostent *entry = res_gethostbyname2(args[0], number(args[1]));

	return entry_found(entry, h_errno, false);
}

static int way_res_gethostbyaddr(char **args)
{
	unsigned char raw[16];
	int family;
	const socklen_t len = raw_of(args[0], raw, &family);
	const struct hostent *entry = res_gethostbyaddr(raw, len, family);

	return entry_found(entry, h_errno, true);
}

/* getaddrinfo_a NAME MODE: 0 waits in the call, 1 does not. */
static int way_getaddrinfo_a(char **args)
{
	struct gaicb request = {.ar_name = args[0]}, *list[] = {&request};
	const struct gaicb *const waiting[] = {&request};

	if (resolved(getaddrinfo_a(number(args[1]), list, 1, NULL)) != 0)
		return -1;
	while (gai_error(&request) == EAI_INPROGRESS)
		gai_suspend(waiting, 1, NULL);
	return resolved(gai_error(&request));
}

static int net_found(const struct netent *entry, int error)
{
	if (entry == NULL)
		return failed(host_errors, error);
	find(entry->n_name);
	return 0;
}

static int way_getnetbyname(char **args)
{
	const struct netent *entry = getnetbyname(args[0]);

	return net_found(entry, h_errno);
}

static int way_getnetbyname_r(char **args)
{
	struct netent entry, *result = NULL;
	int error = 0;

	getnetbyname_r(args[0], &entry, room, sizeof(room), &result, &error);
	return net_found(result, error);
}

static int way_getnetbyaddr(char **args)
{
	const struct netent *entry = getnetbyaddr((uint32_t)number(args[0]), AF_INET);

	return net_found(entry, h_errno);
}

static int way_getnetbyaddr_r(char **args)
{
	struct netent entry, *result = NULL;
	int error = 0;

	getnetbyaddr_r(
		(uint32_t)number(args[0]), AF_INET, &entry, room, sizeof(room), &result, &error);
	return net_found(result, error);
}

static int way_gethostid(char **args)
{
	(void)args;
	gethostid();
	return 0;
}

/* Nobody is trusted here; what is seen is whom it asked. */
static int way_ruserok(char **args)
{
	ruserok(args[0], 1, "somebody", "root");
	return 0;
}

static int way_ruserok_af(char **args)
{
	ruserok_af(args[0], 1, "somebody", "root", AF_INET6);
	return 0;
}

static int way_iruserok(char **args)
{
	(void)args;
	iruserok(htonl(0xcb007109), 1, "somebody", "root");
	return 0;
}

static int way_iruserok_af(char **args)
{
	const uint32_t addr = htonl(0xcb007109);

	(void)args;
	iruserok_af(&addr, 1, "somebody", "root", AF_INET);
	return 0;
}

static int way_rcmd(char **args)
{
	return rcmd(&args[0], htons(514), "me", "me", "true", NULL) < 0 ? -1 : 0;
}

static int way_rcmd_af(char **args)
{
	return rcmd_af(&args[0], htons(514), "me", "me", "true", NULL, AF_INET6) < 0 ? -1 : 0;
}

static int way_rexec(char **args)
{
	return rexec(&args[0], htons(512), "me", "secret", "true", NULL) < 0 ? -1 : 0;
}

static int way_rexec_af(char **args)
{
	return rexec_af(&args[0], htons(512), "me", "secret", "true", NULL, AF_INET6) < 0 ? -1 : 0;
}

/* For the table of ways.c. */
#define WAYS_RESOLVER                                                                             \
	{"res_query", 2, way_res_query}, {"res_search", 2, way_res_search},                       \
		{"res_querydomain", 2, way_res_querydomain}, {"res_send", 2, way_res_send},       \
		{"res_nquery", 2, way_res_nquery}, {"res_nsearch", 2, way_res_nsearch},           \
		{"res_nquerydomain", 2, way_res_nquerydomain}, {"res_nsend", 2, way_res_nsend},   \
		{"getaddrinfo_a", 2, way_getaddrinfo_a},                                          \
		{"res_gethostbyname", 1, way_res_gethostbyname},                                  \
		{"res_gethostbyname2", 2, way_res_gethostbyname2},                                \
		{"res_gethostbyaddr", 1, way_res_gethostbyaddr},                                  \
		{"getnetbyname", 1, way_getnetbyname}, {"getnetbyname_r", 1, way_getnetbyname_r}, \
		{"getnetbyaddr", 1, way_getnetbyaddr}, {"getnetbyaddr_r", 1, way_getnetbyaddr_r}, \
		{"gethostid", 0, way_gethostid}, {"ruserok", 1, way_ruserok},                     \
		{"ruserok_af", 1, way_ruserok_af}, {"iruserok", 0, way_iruserok},                 \
		{"iruserok_af", 0, way_iruserok_af}, {"rcmd", 1, way_rcmd},                       \
		{"rcmd_af", 1, way_rcmd_af}, {"rexec", 1, way_rexec},                             \
	{                                                                                         \
		"rexec_af", 1, way_rexec_af                                                       \
	}
