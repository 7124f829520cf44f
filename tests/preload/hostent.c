/* SPDX-License-Identifier: MIT */
/*
 * hostent NAME|ADDRESS...: the gethostby* family, every field of what it gives.
 * hostent sizes NAME|ADDRESS...: that a buffer that is too small gives ERANGE up to the size where the whole
 * answer fits, and that nothing is written beyond it.
 * hostent lengths ADDRESS...: addresses with the length of another family.
 */
#include "program.h"

#include <netdb.h>

enum { BUFFER = 40000, CANARY = 0x5a };

static const int families[] = {AF_INET, AF_INET6};

static const char *herror_name(int herror)
{
	switch (herror) {
	case NETDB_SUCCESS:
		return "NETDB_SUCCESS";
	case NETDB_INTERNAL:
		return "NETDB_INTERNAL";
	case HOST_NOT_FOUND:
		return "HOST_NOT_FOUND";
	case TRY_AGAIN:
		return "TRY_AGAIN";
	case NO_RECOVERY:
		return "NO_RECOVERY";
	case NO_DATA:
		return "NO_DATA";
	default:
		return "?";
	}
}

/* In a buffer at an odd place libc lays down pointers unaligned, and nobody minds. */
__attribute__((no_sanitize("alignment"))) static void print_entry(const struct hostent *entry)
{
	char text[INET6_ADDRSTRLEN];

	printf(" %s, family %d, length %d, aliases", entry->h_name, entry->h_addrtype,
		entry->h_length);
	if (entry->h_aliases == NULL)
		printf(" NULL");
	for (char **alias = entry->h_aliases; alias != NULL && *alias != NULL; alias++)
		printf(" %s", *alias);
	printf(", addresses");
	for (char **addr = entry->h_addr_list; *addr != NULL; addr++)
		printf(" %s", inet_ntop(entry->h_addrtype, *addr, text, sizeof(text)));
}

static void print_static(const char *function, const char *name, const struct hostent *entry)
{
	printf("%s %s:", function, name);
	if (entry == NULL)
		printf(" NULL %s", herror_name(h_errno));
	else
		print_entry(entry);
	printf("\n");
}

static void print_reentrant(
	const char *function, const char *name, int result, const struct hostent *found, int herror)
{
	printf("%s %s: %s", function, name, errno_name(result));
	if (found != NULL)
		print_entry(found);
	else
		printf(" NULL %s", herror_name(herror));
	printf("\n");
}

static bool raw_of(const char *text, int *family, unsigned char raw[16])
{
	*family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(*family, text, raw) == 1;
}

/* One call of the reentrant kind: by address where the text is one and `family` is 0, else by name. */
static int call(const char *text, int family, char *buffer, size_t n, struct hostent *entry,
	struct hostent **found, int *herror)
{
	unsigned char raw[16];

	*found = NULL;
	*herror = -1;
	if (family != 0)
		return gethostbyname2_r(text, family, entry, buffer, n, found, herror);
	if (!raw_of(text, &family, raw))
		return gethostbyname_r(text, entry, buffer, n, found, herror);
	return gethostbyaddr_r(
		raw, family == AF_INET ? 4 : 16, family, entry, buffer, n, found, herror);
}

static void everything(const char *text)
{
	static char buffer[BUFFER];
	struct hostent entry, *found;
	unsigned char raw[16];
	int family, herror, result;

	print_static("gethostbyname", text, gethostbyname(text));
	result = call(text, 0, buffer, sizeof(buffer), &entry, &found, &herror);
	print_reentrant("reentrant", text, result, found, herror);
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		print_static("gethostbyname2", text, gethostbyname2(text, families[i]));
		result = call(text, families[i], buffer, sizeof(buffer), &entry, &found, &herror);
		print_reentrant("gethostbyname2_r", text, result, found, herror);
	}
	if (raw_of(text, &family, raw))
		print_static("gethostbyaddr", text,
			gethostbyaddr(raw, family == AF_INET ? 4 : 16, family));
}

/* Grows the buffer by bytes, and by an odd place in memory too: it need not be aligned. */
static void grow(const char *text, int family, size_t shift)
{
	static _Alignas(16) char buffer[BUFFER];
	struct hostent entry, *found = NULL;
	int herror = -1, result = ERANGE;
	size_t n = 0;

	for (; n + shift < 8192 && result == ERANGE; n++) {
		memset(buffer, CANARY, sizeof(buffer));
		result = call(text, family, buffer + shift, n, &entry, &found, &herror);
		if (result == ERANGE && (found != NULL || herror != NETDB_INTERNAL))
			printf("ERANGE with a result or with %s\n", herror_name(herror));
		for (size_t i = shift + n; i < sizeof(buffer); i++) {
			if (buffer[i] != CANARY) {
				printf("wrote at %zu of %zu\n", i - shift, n);
				break;
			}
		}
	}
	print_reentrant("the first that is not ERANGE", text, result, found, herror);
	printf("%s 0\n", n > 1 ? "more than" : "not more than");
}

static void sizes(const char *text)
{
	for (size_t shift = 0; shift < 8; shift += 3) {
		grow(text, 0, shift);
		grow(text, AF_INET, shift);
	}
}

static void lengths(const char *text)
{
	static const socklen_t all[] = {0, 3, 4, 5, 15, 16, 17, 32};
	unsigned char raw[32] = {0};
	int family;

	if (!raw_of(text, &family, raw))
		exit(2);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		print_static("AF_INET", text, gethostbyaddr(raw, all[i], AF_INET));
		print_static("AF_INET6", text, gethostbyaddr(raw, all[i], AF_INET6));
		print_static("family 99", text, gethostbyaddr(raw, all[i], 99));
	}
}

int main(int argc, char **argv)
{
	void (*look)(const char *) = everything;

	if (argc > 1 && strcmp(argv[1], "sizes") == 0)
		look = sizes;
	else if (argc > 1 && strcmp(argv[1], "lengths") == 0)
		look = lengths;
	for (int i = 1 + (look != everything); i < argc; i++)
		look(argv[i]);
	return 0;
}
