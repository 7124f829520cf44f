/* SPDX-License-Identifier: MIT */
/* The steps of `ways` that ask for names, or for the names of addresses; ways.c includes this. */

static void find(const char *what)
{
	const size_t used = strlen(state.found);

	snprintf(state.found + used, sizeof(state.found) - used, " %s", what);
}

static void find_addr(int family, const void *bytes)
{
	char text[INET6_ADDRSTRLEN];

	find(inet_ntop(family, bytes, text, sizeof(text)));
}

#define ROW(constant)               \
	{                           \
		constant, #constant \
	}
struct error_row {
	int value;
	const char *name;
};

/* Zero rows end the tables. */
static const struct error_row gai_errors[] = {ROW(EAI_AGAIN), ROW(EAI_NONAME), ROW(EAI_NODATA),
	ROW(EAI_ADDRFAMILY), ROW(EAI_FAMILY), ROW(EAI_FAIL), ROW(EAI_MEMORY), ROW(EAI_SYSTEM),
	{0, NULL}};
static const struct error_row host_errors[] = {ROW(HOST_NOT_FOUND), ROW(TRY_AGAIN),
	ROW(NO_RECOVERY), ROW(NO_DATA), ROW(NETDB_INTERNAL), {0, NULL}};

static int failed(const struct error_row *row, int error)
{
	while (row->name != NULL && row->value != error)
		row++;
	state.error = row->name != NULL ? row->name : "an error without a name";
	return -1;
}

static int resolved(int result)
{
	return result == 0 ? 0 : failed(gai_errors, result);
}

/* getaddrinfo as most call it: no hints, no service. */
static int way_getaddrinfo_plain(char **args)
{
	struct addrinfo *list;

	if (resolved(getaddrinfo(args[0], NULL, NULL, &list)) != 0)
		return -1;
	freeaddrinfo(list);
	return 0;
}

/* getaddrinfo NAME FAMILY FLAGS */
static int way_getaddrinfo(char **args)
{
	const struct addrinfo hints = {
		.ai_family = number(args[1]),
		.ai_flags = number(args[2]),
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list;

	if (resolved(getaddrinfo(args[0], "80", &hints, &list)) != 0)
		return -1;
	for (const struct addrinfo *ai = list; ai != NULL; ai = ai->ai_next) {
		const struct sockaddr_in *in = (const void *)ai->ai_addr;
		const struct sockaddr_in6 *in6 = (const void *)ai->ai_addr;

		find_addr(ai->ai_family,
			ai->ai_family == AF_INET ? (const void *)&in->sin_addr : &in6->sin6_addr);
	}
	freeaddrinfo(list);
	return 0;
}

/* getaddrinfo, and then a connect to what it gave: NAME PORT */
static int way_getaddrinfo_connect(char **args)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list;
	int result;

	if (resolved(getaddrinfo(args[0], args[1], &hints, &list)) != 0)
		return -1;
	state.fd = call_socket(AF_INET, SOCK_STREAM, 0);
	result = call_connect(list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	return result;
}

/* getnameinfo ADDRESS FLAGS */
static int way_getnameinfo(char **args)
{
	char host[NI_MAXHOST], service[NI_MAXSERV], port[] = "80", *words_of[] = {args[0], port};
	const struct address address = address_of(words_of);

	if (resolved(getnameinfo(sockaddr_of(&address), address.len, host, sizeof(host), service,
		    sizeof(service), number(args[1]))) != 0)
		return -1;
	find(host);
	return 0;
}

static int entry_found(const struct hostent *entry, int error, bool want_name)
{
	if (entry == NULL)
		return failed(host_errors, error);
	if (want_name)
		find(entry->h_name);
	for (char **addr = entry->h_addr_list; !want_name && *addr != NULL; addr++)
		find_addr(entry->h_addrtype, *addr);
	return 0;
}

static int way_gethostbyname(char **args)
{
	const struct hostent *entry = gethostbyname(args[0]);

	return entry_found(entry, h_errno, false);
}

static int way_gethostbyname2(char **args)
{
	const struct hostent *entry = gethostbyname2(args[0], number(args[1]));

	return entry_found(entry, h_errno, false);
}

static char room[8192];

static int way_gethostbyname_r(char **args)
{
	struct hostent entry, *result = NULL;
	int error = 0;

	gethostbyname_r(args[0], &entry, room, sizeof(room), &result, &error);
	return entry_found(result, error, false);
}

static int way_gethostbyname2_r(char **args)
{
	struct hostent entry, *result = NULL;
	int error = 0;

	gethostbyname2_r(args[0], number(args[1]), &entry, room, sizeof(room), &result, &error);
	return entry_found(result, error, false);
}

/* The bytes of an address, and their number. */
static socklen_t raw_of(const char *text, unsigned char out[static 16], int *family)
{
	*family = inet_pton(AF_INET, text, out) == 1 ? AF_INET : AF_INET6;
	if (*family == AF_INET6 && inet_pton(AF_INET6, text, out) != 1)
		give_up("no address", text);
	return *family == AF_INET ? 4 : 16;
}

static int way_gethostbyaddr(char **args)
{
	unsigned char raw[16];
	int family;
	const socklen_t len = raw_of(args[0], raw, &family);
	const struct hostent *entry = gethostbyaddr(raw, len, family);

	return entry_found(entry, h_errno, true);
}

static int way_gethostbyaddr_r(char **args)
{
	struct hostent entry, *result = NULL;
	unsigned char raw[16];
	int family, error = 0;
	const socklen_t len = raw_of(args[0], raw, &family);

	gethostbyaddr_r(raw, len, family, &entry, room, sizeof(room), &result, &error);
	return entry_found(result, error, true);
}
