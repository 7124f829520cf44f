/* SPDX-License-Identifier: MIT */
/*
 * resolver FUNCTION TYPE NAME...: asks with res_query and its kin, and prints all that comes of it:
 * result, errno, h_errno, and the answer record by record. FUNCTION is query, search, querydomain
 * or send; each is called as libc calls it today, with a state of the caller's own (res_nquery...),
 * and by its old name (__res_query...). "resolver sizes TYPE NAME" gives the answer less and less
 * room; "resolver rubbish" sends what is no query.
 */
#include "program.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

enum { ROOM = 2048, CANARY = 0x5a };

/* The old names, which the linker does not find by themselves. */
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

static struct __res_state own_state;
static unsigned char answer[ROOM];

static const char *herror_name(int herror)
{
	static const char *const names[] = {"NETDB_INTERNAL", "NETDB_SUCCESS", "HOST_NOT_FOUND",
		"TRY_AGAIN", "NO_RECOVERY", "NO_DATA"};

	return herror < -1 || herror > 4 ? "untouched" : names[herror + 1];
}

static void print_record(ns_msg *message, ns_rr *record)
{
	char text[NS_MAXDNAME];

	printf("  %s class %d type %d ttl %u:", ns_rr_name(*record), ns_rr_class(*record),
		ns_rr_type(*record), ns_rr_ttl(*record));
	if (ns_rr_type(*record) == ns_t_a && ns_rr_rdlen(*record) == 4)
		printf(" %s", inet_ntop(AF_INET, ns_rr_rdata(*record), text, sizeof(text)));
	else if (ns_rr_type(*record) == ns_t_aaaa && ns_rr_rdlen(*record) == 16)
		printf(" %s", inet_ntop(AF_INET6, ns_rr_rdata(*record), text, sizeof(text)));
	else if (dn_expand(ns_msg_base(*message), ns_msg_end(*message), ns_rr_rdata(*record), text,
			 sizeof(text)) > 0)
		printf(" %s", text);
	printf("\n");
}

static void print_message(const unsigned char *bytes, int n)
{
	ns_msg message;
	ns_rr record;

	if (ns_initparse(bytes, n, &message) != 0) {
		printf("  flags %02x%02x\n", bytes[2], bytes[3]);
		return;
	}
	printf("  flags %02x%02x, %d %d %d %d\n", bytes[2], bytes[3],
		ns_msg_count(message, ns_s_qd), ns_msg_count(message, ns_s_an),
		ns_msg_count(message, ns_s_ns), ns_msg_count(message, ns_s_ar));
	if (ns_parserr(&message, ns_s_qd, 0, &record) == 0)
		printf("  question %s class %d type %d\n", ns_rr_name(record), ns_rr_class(record),
			ns_rr_type(record));
	for (int i = 0; ns_parserr(&message, ns_s_an, i, &record) == 0; i++)
		print_record(&message, &record);
}

/* Whatever a call leaves alone is seen to be so. */
static void prepare(void)
{
	memset(answer, CANARY, sizeof(answer));
	h_errno = 77;
	own_state.res_h_errno = _res.res_h_errno = 77;
	errno = 0;
}

static void print_end(const char *function, int result)
{
	const int error = errno, herror = h_errno;

	printf("%s: %d, errno %s, h_errno %s", function, result, errno_name(error),
		herror_name(herror));
	printf(", its own %s\n",
		herror_name(strstr(function, "res_n") ? own_state.res_h_errno : _res.res_h_errno));
	if (result > 0)
		print_message(answer, result < ROOM ? result : ROOM);
	else if (answer[2] != CANARY)
		print_message(answer, NS_HFIXEDSZ);
}

#define CALL(function, ...)                                  \
	do {                                                 \
		prepare();                                   \
		print_end(#function, function(__VA_ARGS__)); \
	} while (0)

static void query(const char *name, int class, int type)
{
	CALL(res_query, name, class, type, answer, ROOM);
	CALL(res_nquery, &own_state, name, class, type, answer, ROOM);
	CALL(__res_query, name, class, type, answer, ROOM);
	CALL(__res_nquery, &own_state, name, class, type, answer, ROOM);
}

static void search(const char *name, int class, int type)
{
	CALL(res_search, name, class, type, answer, ROOM);
	CALL(res_nsearch, &own_state, name, class, type, answer, ROOM);
	CALL(__res_search, name, class, type, answer, ROOM);
	CALL(__res_nsearch, &own_state, name, class, type, answer, ROOM);
}

/* The name is cut at its first dot, or has no second part. */
static void querydomain(const char *name, int class, int type)
{
	char first[NS_MAXDNAME];
	const size_t n = strcspn(name, ".");
	const char *domain = name[n] == '.' ? name + n + 1 : NULL;

	snprintf(first, sizeof(first), "%.*s", (int)n, name);
	CALL(res_querydomain, first, domain, class, type, answer, ROOM);
	CALL(res_nquerydomain, &own_state, first, domain, class, type, answer, ROOM);
	CALL(__res_querydomain, first, domain, class, type, answer, ROOM);
	CALL(__res_nquerydomain, &own_state, first, domain, class, type, answer, ROOM);
}

static void send_query(const char *name, int class, int type)
{
	unsigned char message[NS_PACKETSZ];
	int n = res_mkquery(ns_o_query, name, class, type, NULL, 0, NULL, message, sizeof(message));

	if (n < 0) {
		printf("no query for %s\n", name);
		return;
	}
	CALL(res_send, message, n, answer, ROOM);
	CALL(res_nsend, &own_state, message, n, answer, ROOM);
	CALL(__res_send, message, n, answer, ROOM);
	CALL(__res_nsend, &own_state, message, n, answer, ROOM);
	printf("the same message number: %s\n", memcmp(answer, message, 2) == 0 ? "yes" : "no");
}

/* The first that was written beyond the room, or ROOM. */
static int first_beyond(int room)
{
	while (room < ROOM && answer[room] == CANARY)
		room++;
	return room;
}

/* With every size of the caller's buffer, from four bytes: libc itself writes so much into any. */
static void sizes(const char *name, int class, int type)
{
	for (int room = 4; room <= 64; room++) {
		int result;

		prepare();
		result = res_query(name, class, type, answer, room);
		printf("room %d: %d %s %s, flags %02x%02x, beyond it %s\n", room, result,
			result < 0 ? errno_name(errno) : "", herror_name(h_errno), answer[2],
			room < NS_HFIXEDSZ ? 0 : answer[3],
			first_beyond(room) == ROOM ? "nothing" : "something");
	}
}

static void rubbish(void)
{
	static const unsigned char short_one[11] = {1, 2, 1}, header[12] = {1, 2, 1},
				   status_query[12] = {1, 2, 0x11}, response[12] = {1, 2, 0x81},
				   cut[16] = {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 'a', 'b', 'c'},
				   two[22] = {1, 2, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0,
					   0, 1, 0, 1};

	CALL(res_send, short_one, sizeof(short_one), answer, ROOM);
	CALL(res_send, header, sizeof(header), answer, ROOM);
	CALL(res_send, status_query, sizeof(status_query), answer, ROOM);
	CALL(res_send, response, sizeof(response), answer, ROOM);
	CALL(res_send, cut, sizeof(cut), answer, ROOM);
	CALL(res_send, two, sizeof(two), answer, ROOM);
	CALL(res_send, header, sizeof(header), answer, 11);
}

static const struct {
	const char *name;
	void (*ask)(const char *name, int class, int type);
} functions[] = {
	{"query", query},
	{"search", search},
	{"querydomain", querydomain},
	{"send", send_query},
	{"sizes", sizes},
};

int main(int argc, char **argv)
{
	const int class = getenv("CLASS") ? atoi(getenv("CLASS")) : ns_c_in;

	if (res_init() != 0 || res_ninit(&own_state) != 0 || argc < 2)
		return 2;
	if (strcmp(argv[1], "rubbish") == 0)
		rubbish();
	for (int i = 3; i < argc; i++) {
		printf("--- %s\n", argv[i]);
		for (size_t j = 0; j < sizeof(functions) / sizeof(functions[0]); j++)
			if (strcmp(functions[j].name, argv[1]) == 0)
				functions[j].ask(argv[i], class, atoi(argv[2]));
	}
	return 0;
}
