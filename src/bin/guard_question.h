/* SPDX-License-Identifier: MIT */
/* What a program asks of a name server, answered as the shim would answer it. */
#ifndef TUNIC_BIN_GUARD_QUESTION_H
#define TUNIC_BIN_GUARD_QUESTION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "bin/guard_talk.h"
#include "proto/dns_message.h"

enum { QUESTION_CONTROL_MAX = 128 };

struct stream;

struct question {
	struct talk talk; /* first: it gives us this; only while Tor is asked */
	struct dns_query query;
	enum dns_rcode fault; /* DNS_NOERROR, or what is wrong with the query */
	/* Carries the answer back. Called once, at once or later, maybe for a copy of the question. */
	void (*carry)(const struct question *question, const uint8_t *answer, size_t len);

	/* The way back of a stream, */
	struct stream *stream;
	/* or of a datagram: from the address that was asked, to who has asked. */
	int fd;
	struct sockaddr_storage from;
	socklen_t from_len;
	_Alignas(struct cmsghdr) char control[QUESTION_CONTROL_MAX];
	size_t control_len;
};

void question_answer(const struct question *question);

#endif
