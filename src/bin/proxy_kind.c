/* SPDX-License-Identifier: MIT */
/*
 * The question leaves early and its answer is taken late, so that Tor has it ready when tunic has
 * found the program and the shim. What is not answered in time is not Tor: to speak to Tor step by
 * step only costs time, to speak to another proxy in one turn may fail.
 */
#include "bin/proxy_kind.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "proto/tor_question.h"

enum { PATIENCE = 200 /* milliseconds */ };

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static socklen_t address_of(const struct proxy *proxy, struct sockaddr_storage *out)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	const int domain = proxy->tcp.addr.family == ADDR_V6 ? AF_INET6 : AF_INET;

	if (!proxy->path[0])
		return endpoint_to_sockaddr(&proxy->tcp, domain, out);
	memcpy(sun.sun_path, proxy->path, sizeof(sun.sun_path));
	memcpy(out, &sun, sizeof(sun));
	return sizeof(sun);
}

/* A connection that is there or on its way; -1: there will be none. */
static int reach(const struct proxy *proxy)
{
	struct sockaddr_storage address;
	const socklen_t len = address_of(proxy, &address);
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, len) == 0 ||
		errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

static bool say(struct proxy_question *question, const uint8_t *bytes, size_t n)
{
	const ssize_t sent = send(question->fd, bytes, n, MSG_NOSIGNAL);

	if (sent > 0)
		socks_client_sent(&question->socks, (size_t)sent);
	return sent > 0;
}

static bool hear(struct proxy_question *question)
{
	uint8_t bytes[SOCKS_REPLY_MAX];
	const ssize_t got = recv(question->fd, bytes, socks_client_want(&question->socks), 0);

	return got >= 0 && socks_client_feed(&question->socks, bytes, (size_t)got) == STEP_GOING_ON;
}

/* One piece of the conversation, if it comes in time. Returns whether it goes on. */
static bool step(struct proxy_question *question, int timeout)
{
	struct pollfd ready = {.fd = question->fd};
	size_t n;
	const uint8_t *out = socks_client_emit(&question->socks, &n);

	ready.events = n > 0 ? POLLOUT : POLLIN;
	if (poll(&ready, 1, timeout) != 1)
		return false;
	return n > 0 ? say(question, out, n) : hear(question);
}

static int time_left(const struct proxy_question *question)
{
	const uint64_t time = now();

	return time < question->deadline ? (int)(question->deadline - time) : 0;
}

void proxy_kind_ask(
	struct proxy_question *question, const struct settings *settings, bool within_run)
{
	question->fd = -1;
	if (settings->pipeline != PIPELINE_AUTO || within_run)
		return;
	question->fd = reach(&settings->proxy);
	question->deadline = now() + PATIENCE;
	tor_question_start(&question->socks);
	if (question->fd >= 0)
		step(question, 0);
}

bool proxy_kind_is_tor(struct proxy_question *question)
{
	if (question->fd < 0)
		return false;
	while (step(question, time_left(question)))
		continue;
	close(question->fd);
	question->fd = -1;
	return tor_question_affirmed(&question->socks);
}
