/* SPDX-License-Identifier: MIT */
/* What the programs of this folder share: HOST PORT COUNT on the command line, a request for each page. */
#ifndef TUNIC_TESTS_CLIENTS_LOOPS_PAGES_H
#define TUNIC_TESTS_CLIENTS_LOOPS_PAGES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pages {
	const char *host, *port;
	int count, left; /* left: those that have not come to their end */
};

static inline struct pages pages_of(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: %s HOST PORT COUNT\n", argv[0]);
		exit(2);
	}
	return (struct pages){argv[1], argv[2], atoi(argv[3]), atoi(argv[3])};
}

/* The request for page number `i`; the caller frees it. */
static inline char *request_of(const struct pages *pages, int i)
{
	char *request = NULL;

	if (asprintf(&request, "GET /%d HTTP/1.0\r\nHost: %s\r\n\r\n", i, pages->host) < 0)
		abort();
	return request;
}

static inline void say(const char *bytes, size_t n)
{
	fwrite(bytes, 1, n, stdout);
}

static inline void complain(int i, const char *what, const char *why)
{
	fprintf(stderr, "page %d: %s: %s\n", i, what, why);
}

#endif
