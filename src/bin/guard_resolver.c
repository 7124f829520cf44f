/* SPDX-License-Identifier: MIT */
/*
 * The resolver: hears what is asked of name servers.
 *
 * As datagrams in the jail, where a query goes to whatever address the program takes for a name server,
 * and the answer comes from there: some look. And on streams, which the program has connected to one of
 * the system's name servers: there is nothing else to it than a length before each message, and that
 * one is answered after the other, as RFC 7766 lets a server do.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bin/guard_question.h"
#include "bin/guard_resolver.h"

enum { MESSAGE_MAX = DNS_QUERY_MAX + 512, LENGTH_LEN = 2 };
enum { TURNS = 16 /* until others may have their turn */ };

static struct watch watches[2];

/* ---- datagrams */

static void datagram_carry(const struct question *question, const uint8_t *answer, size_t len)
{
	struct sockaddr_storage to = question->from;
	_Alignas(struct cmsghdr) char control[QUESTION_CONTROL_MAX];
	uint8_t bytes[DNS_RESPONSE_MAX];
	struct iovec part = {.iov_base = bytes, .iov_len = len};
	const struct msghdr message = {
		.msg_name = &to,
		.msg_namelen = question->from_len,
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = question->control_len ? control : NULL,
		.msg_controllen = question->control_len,
	};

	memcpy(bytes, answer, len);
	memcpy(control, question->control, sizeof(control));
	sendmsg(question->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* The address that was asked becomes the one that answers. */
static void source_take(struct question *question, struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	struct in_pktinfo info;

	question->control_len = 0;
	if (!header)
		return;
	if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
		memcpy(&info, CMSG_DATA(header), sizeof(info));
		info.ipi_spec_dst = info.ipi_addr;
		memcpy(CMSG_DATA(header), &info, sizeof(info));
	}
	question->control_len = message->msg_controllen;
}

static void datagram_ready(struct watch *watch, uint32_t events)
{
	struct question question = {.fd = watch->fd, .carry = datagram_carry};
	uint8_t bytes[MESSAGE_MAX];
	struct iovec part = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	struct msghdr message = {
		.msg_name = &question.from,
		.msg_namelen = sizeof(question.from),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = question.control,
		.msg_controllen = sizeof(question.control),
	};
	ssize_t n = recvmsg(watch->fd, &message, MSG_DONTWAIT);

	(void)events;
	if (n < 0)
		return;
	question.from_len = message.msg_namelen;
	source_take(&question, &message);
	if (dns_query_read(&question.query, &question.fault, bytes, (size_t)n))
		question_answer(&question);
}

void resolver_begin(const struct jail *jail)
{
	const int fds[2] = {jail->resolver, jail->resolver6};

	for (int i = 0; i < 2; i++) {
		watches[i] = (struct watch){.fd = fds[i], .ready = datagram_ready};
		if (fds[i] >= 0)
			loop_watch(&watches[i], EPOLLIN);
	}
}

/* ---- streams */

struct stream {
	struct watch watch; /* first: the loop gives us this */
	bool reading;       /* stream_read is at work, and goes on by itself */
	bool asked;         /* a question is being answered; the next one waits in the socket */
	bool over;
	size_t have;
	uint8_t bytes[LENGTH_LEN + MESSAGE_MAX]; /* of one message */
};

static size_t message_len(const struct stream *stream)
{
	return (size_t)stream->bytes[0] << 8 | stream->bytes[1];
}

static void stream_read(struct stream *stream);

static void stream_carry(const struct question *question, const uint8_t *answer, size_t len)
{
	struct stream *stream = question->stream;
	uint8_t bytes[LENGTH_LEN + DNS_RESPONSE_MAX] = {(uint8_t)(len >> 8), (uint8_t)len};

	memcpy(bytes + LENGTH_LEN, answer, len);
	len += LENGTH_LEN;
	stream->asked = false;
	/* Who asks so much and hears nothing is left alone. */
	if (send(stream->watch.fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)len)
		stream->over = true;
	if (!stream->reading)
		stream_read(stream);
}

static void stream_ask(struct stream *stream)
{
	struct question question = {.stream = stream, .carry = stream_carry};

	stream->have = 0;
	stream->asked = dns_query_read(
		&question.query, &question.fault, stream->bytes + LENGTH_LEN, message_len(stream));
	stream->over = !stream->asked;
	if (stream->asked)
		question_answer(&question);
}

/* Receives of one message what there is. False: nothing. */
static bool stream_receive(struct stream *stream)
{
	const size_t want =
		stream->have < LENGTH_LEN ? LENGTH_LEN : LENGTH_LEN + message_len(stream);
	ssize_t n = want > sizeof(stream->bytes)
			    ? 0
			    : recv(stream->watch.fd, stream->bytes + stream->have,
				      want - stream->have, MSG_DONTWAIT);

	if (n > 0)
		stream->have += (size_t)n;
	else
		stream->over = n == 0 || errno != EAGAIN;
	if (stream->have >= LENGTH_LEN && stream->have == LENGTH_LEN + message_len(stream))
		stream_ask(stream);
	return n > 0;
}

static void stream_read(struct stream *stream)
{
	int turn = 0;

	stream->reading = true;
	while (!stream->over && !stream->asked && turn < TURNS && stream_receive(stream))
		turn++;
	stream->reading = false;
	if (!stream->over && loop_watch(&stream->watch, stream->asked ? 0 : EPOLLIN))
		return;
	loop_watch(&stream->watch, 0);
	close(stream->watch.fd);
	free(stream);
}

static void stream_ready(struct watch *watch, uint32_t events)
{
	(void)events;
	stream_read((struct stream *)(void *)watch);
}

void resolver_serve(int fd)
{
	struct stream *stream = calloc(1, sizeof(*stream));

	if (!stream) {
		close(fd);
		return;
	}
	stream->watch = (struct watch){.fd = fd, .ready = stream_ready};
	stream_read(stream);
}
