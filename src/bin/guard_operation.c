/* SPDX-License-Identifier: MIT */
/*
 * A connect that is being carried out on somebody's behalf, until its caller has the answer.
 *
 * The caller's socket is connected to the proxy by a duplicate of its descriptor, and the conversation
 * is held on it. The calling thread waits in the kernel meanwhile; nobody relays anything afterwards.
 * The mode of the socket is the program's, so nothing here waits on it: every send and receive carries
 * MSG_DONTWAIT, and waiting is the loop's.
 *
 * Where the caller does not wait (O_NONBLOCK), or its socket cannot reach the proxy, the conversation is
 * held on a socket of ours, the caller's is parked (guard_park.h), and both are joined in the end.
 *
 * What a bare connect would do when a signal arrives is done too (see guard_caller.c): the call ends,
 * and the operation goes on without it. The socket's cookie then leads the next call on that socket,
 * which the kernel or the program makes, to the same operation, or to its result (guard_lost.h).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "bin/guard_caller.h"
#include "bin/guard_kernel.h"
#include "bin/guard_loop.h"
#include "bin/guard_lost.h"
#include "bin/guard_notice.h"
#include "bin/guard_operation.h"
#include "bin/guard_park.h"
#include "bin/guard_relay.h"
#include "bin/guard_run.h"
#include "bin/guard_words.h"
#include "core/isolate.h"

enum { TICK = 20 /* milliseconds: a signal may wait so long */, TICK_SHARE = 4 };

enum phase { REACHING, TALKING, JOINING };

struct operation {
	struct watch watch; /* first: the loop gives us this */
	struct operation *next;
	struct call call;
	uint64_t cookie, deadline;
	enum phase phase;
	bool direct;      /* no conversation follows */
	int socket;       /* the duplicate; where it is not parked it is watched */
	int proxy;        /* the socket of ours that the proxy is at, -1: the caller's own is it */
	bool unheard;     /* EINPROGRESS was the answer, and a signal was quicker */
	int receive_mark; /* the program's SO_RCVLOWAT */
	struct sockaddr_storage to;
	socklen_t to_len;
	struct socks_target target;
	struct socks_client socks;
};

static struct operation *operations;
static int operation_count;

static struct operation **operation_place(uint64_t cookie)
{
	struct operation **place = &operations;

	while (*place && (*place)->cookie != cookie)
		place = &(*place)->next;
	return place;
}

static void operation_end(struct operation *operation)
{
	struct operation **place = operation_place(operation->cookie);

	loop_watch(&operation->watch, 0);
	if (operation->phase == JOINING)
		close(operation->watch.fd);
	if (operation->proxy >= 0)
		close(operation->proxy);
	close(operation->socket);
	*place = operation->next;
	operation_count--;
	free(operation);
}

/* The call that waits gets its answer; where there is none, or it is gone, the next one will. */
static void operation_answer(struct operation *operation, int error)
{
	if (operation->receive_mark > 1)
		setsockopt(operation->socket, SOL_SOCKET, SO_RCVLOWAT, &operation->receive_mark,
			sizeof(operation->receive_mark));
	if (operation->call.id == 0 ||
		!notice_answer(guard_run.listener, operation->call.id, error))
		lost_keep(operation->cookie, error);
	operation_end(operation);
}

static void operation_fail(struct operation *operation, int error)
{
	/* Nobody waits: a parked socket tells by itself. */
	if (operation->proxy >= 0 && operation->call.id == 0) {
		park_fail(operation->socket);
		operation_end(operation);
		return;
	}
	/* What the kernel says of a socket that was in use before us is the program's to hear. */
	if (error != EISCONN && error != EALREADY)
		socket_disconnect(operation->socket);
	operation_answer(operation, error);
}

static void unreached(struct operation *operation, int error)
{
	if (!operation->direct && error != EISCONN && error != EALREADY)
		words_unreached(error);
	operation_fail(operation, error);
}

static void broken(struct operation *operation, int error)
{
	words_failed(&operation->target, &operation->socks, error);
	operation_fail(operation, error);
}

static void wait_for(struct operation *operation, uint32_t events)
{
	if (!loop_watch(&operation->watch, events))
		operation_fail(operation, errno);
}

/* Sends what there is to send. Returns 0 (all is sent) or an errno. */
static int send_all(struct operation *operation)
{
	const uint8_t *bytes;
	size_t n;

	while (bytes = socks_client_emit(&operation->socks, &n), n > 0) {
		ssize_t sent = send(operation->watch.fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0)
			return errno;
		socks_client_sent(&operation->socks, (size_t)sent);
	}
	return 0;
}

/* Not a byte more is taken than the conversation wants: what follows is the program's. */
static int receive_some(struct operation *operation)
{
	uint8_t bytes[SOCKS_REPLY_MAX];
	size_t want = socks_client_want(&operation->socks);
	ssize_t n = recv(operation->watch.fd, bytes, want < sizeof(bytes) ? want : sizeof(bytes),
		MSG_DONTWAIT);

	if (n < 0)
		return errno;
	socks_client_feed(&operation->socks, bytes, (size_t)n);
	return 0;
}

/* The proxy has agreed. Our end of the parked socket takes the place of the proxy's in the loop. */
static void join(struct operation *operation)
{
	const int near = park_open(operation->socket);

	loop_watch(&operation->watch, 0);
	if (near < 0) {
		operation_fail(operation, errno);
		return;
	}
	operation->phase = JOINING;
	operation->watch.fd = near;
	wait_for(operation, EPOLLOUT);
}

static void joined(struct operation *operation)
{
	const int near = operation->watch.fd, far = operation->proxy;
	const int error = socket_option(near, SOL_SOCKET, SO_ERROR);

	if (error != 0) {
		operation_fail(operation, error);
		return;
	}
	loop_watch(&operation->watch, 0);
	relay_begin(near, far);
	operation->phase = TALKING;
	operation->proxy = -1;
	if (operation->call.id != 0)
		operation_answer(operation, 0);
	else
		operation_end(operation);
}

static void talk(struct operation *operation)
{
	for (;;) {
		int error = send_all(operation);
		const uint32_t events = error == EAGAIN ? EPOLLOUT : EPOLLIN;

		if (error == 0)
			error = receive_some(operation);
		if (error == EAGAIN) {
			wait_for(operation, events);
			return;
		}
		if (error != 0) {
			broken(operation, error);
			return;
		}
		switch (socks_client_outcome(&operation->socks)) {
		case STEP_GOING_ON:
			break;
		case STEP_DONE:
			if (operation->proxy >= 0)
				join(operation);
			else
				operation_answer(operation, 0);
			return;
		case STEP_FAILED:
			broken(operation, socks_client_errno(&operation->socks));
			return;
		}
	}
}

static void reached(struct operation *operation)
{
	operation->phase = TALKING;
	if (operation->direct)
		operation_answer(operation, 0);
	else
		talk(operation);
}

/*
 * A second connect tells the outcome of the first and takes the success that the kernel still owes:
 * without it a later connect of the program would get that.
 */
static void operation_ready(struct watch *watch, uint32_t events)
{
	struct operation *operation = (struct operation *)(void *)watch;
	int error = 0;

	(void)events;
	if (operation->phase == JOINING) {
		joined(operation);
		return;
	}
	if (operation->phase == TALKING) {
		talk(operation);
		return;
	}
	error = socket_connect(
		watch->fd, (const struct sockaddr *)&operation->to, operation->to_len);
	if (error == 0)
		reached(operation);
	else if (error != EALREADY)
		unreached(operation, error);
}

static void operation_begin(struct operation *operation)
{
	const int error = socket_connect(
		operation->watch.fd, (const struct sockaddr *)&operation->to, operation->to_len);

	/* A unix socket's queue is full, and nothing tells when it is not: operation_tick tries. */
	if (error == EAGAIN)
		return;
	if (error == 0)
		reached(operation);
	else if (error == EINPROGRESS)
		wait_for(operation, EPOLLOUT);
	else
		unreached(operation, error);
}

/* SO_RCVLOWAT of more than a byte would keep the proxy's short answers from being told. */
static void receive_mark_lower(struct operation *operation)
{
	const int one = 1;

	operation->receive_mark = socket_option(operation->socket, SOL_SOCKET, SO_RCVLOWAT);
	if (operation->receive_mark > 1)
		setsockopt(operation->socket, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof(one));
}

/* The settings say how long a connection may take, or the program, where that is less. */
static uint64_t deadline_of(int fd)
{
	const uint64_t ours = (uint64_t)guard_run.settings->timeout * 1000;
	struct timeval given = {0};
	socklen_t len = sizeof(given);
	uint64_t theirs = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &given, &len) == 0)
		theirs = (uint64_t)given.tv_sec * 1000 + (uint64_t)given.tv_usec / 1000;
	return loop_now() + (theirs > 0 && theirs < ours ? theirs : ours);
}

/* NULL: there is no memory, and the call is answered. */
static struct operation *operation_make(
	const struct call *call, int fd, const struct socket_facts *facts)
{
	struct operation *operation = calloc(1, sizeof(*operation));

	if (!operation) {
		close(fd);
		notice_answer(guard_run.listener, call->id, ENOBUFS);
		return NULL;
	}
	operation->watch = (struct watch){.fd = fd, .ready = operation_ready};
	operation->socket = fd;
	operation->proxy = -1;
	operation->call = *call;
	operation->cookie = facts->cookie;
	operation->deadline = deadline_of(fd);
	operation->next = operations;
	operations = operation;
	operation_count++;
	return operation;
}

void operation_direct(const struct call *call, int fd, const struct socket_facts *facts,
	const struct sockaddr *to, socklen_t len)
{
	struct operation *operation;

	if (!socket_is_blocking(fd)) {
		notice_answer(guard_run.listener, call->id, socket_connect(fd, to, len));
		close(fd);
		return;
	}
	operation = operation_make(call, fd, facts);
	if (!operation)
		return;
	operation->direct = true;
	memcpy(&operation->to, to, len);
	operation->to_len = len;
	operation_begin(operation);
}

static bool identity_of(const struct call *call, char out[static 64])
{
	struct text text = text_over(out, 64);

	text_add_all(&text, guard_run.run, ".", (const char *)NULL);
	text_add_number(&text, (unsigned)caller_process(call->caller));
	return !text.cut;
}

/* The conversation, with the credentials that isolation asks for. */
static bool socks_begin(
	struct socks_client *socks, const struct call *call, const struct socks_target *target)
{
	const struct settings *settings = guard_run.settings;
	const bool tor = settings->pipeline == PIPELINE_YES;
	char process[64] = "", tag[ISOLATE_TAG_BUF];
	const struct isolate_facts facts = {
		.program = guard_run.program,
		.run = guard_run.run,
		.process = process,
		.target = target,
	};
	struct socks_login login;

	if (settings->isolate == ISOLATE_PROCESS)
		identity_of(call, process);
	if (!isolate_tag(tag, settings, &facts))
		return socks_client_start(socks, SOCKS_COMMAND_CONNECT, target, NULL, tor);
	return isolate_login(&login, tag, tor) &&
	       socks_client_start(socks, SOCKS_COMMAND_CONNECT, target, &login, tor);
}

/* The proxy's address for a socket of `domain`. */
static socklen_t proxy_address(int domain, struct sockaddr_storage *out)
{
	const struct proxy *proxy = &guard_run.settings->proxy;
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	if (!proxy->path[0])
		return endpoint_to_sockaddr(&proxy->tcp, domain, out);
	memcpy(sun.sun_path, proxy->path, sizeof(sun.sun_path));
	memcpy(out, &sun, sizeof(sun));
	return sizeof(sun);
}

static int proxy_domain(void)
{
	const struct proxy *proxy = &guard_run.settings->proxy;

	if (proxy->path[0])
		return AF_UNIX;
	return proxy->tcp.addr.family == ADDR_V4 ? AF_INET : AF_INET6;
}

/* A caller that does not wait may be any thread of its process, so that is what has to stay. */
static void caller_release(struct operation *operation)
{
	operation->unheard = !notice_answer(guard_run.listener, operation->call.id, EINPROGRESS);
	operation->call.id = 0;
	operation->call.caller = caller_process(operation->call.caller);
}

static void tunnel_beside(
	struct operation *operation, const struct socket_facts *facts, bool blocking)
{
	const int domain = proxy_domain();
	const int error = park_begin(operation->socket, facts->domain);

	if (error != EINPROGRESS) {
		operation_answer(operation, error);
		return;
	}
	operation->proxy = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (operation->proxy < 0) {
		operation_fail(operation, errno);
		return;
	}
	if (!blocking)
		caller_release(operation);
	operation->watch.fd = operation->proxy;
	operation->to_len = proxy_address(domain, &operation->to);
	operation_begin(operation);
}

static void tunnel_within(struct operation *operation, const struct socket_facts *facts)
{
	receive_mark_lower(operation);
	operation->to_len = proxy_address(facts->domain, &operation->to);
	operation_begin(operation);
}

void operation_tunnel(const struct call *call, int fd, const struct socket_facts *facts,
	const struct socks_target *target)
{
	const bool blocking = socket_is_blocking(fd);
	struct operation *operation = operation_make(call, fd, facts);

	if (!operation)
		return;
	operation->target = *target;
	if (!socks_begin(&operation->socks, call, target))
		operation_answer(operation, EINVAL);
	else if (blocking && socket_reaches(fd, facts->domain, &guard_run.settings->proxy))
		tunnel_within(operation, facts);
	else
		tunnel_beside(operation, facts, blocking);
}

bool operation_join(const struct call *call, int fd, uint64_t cookie)
{
	struct operation *operation = *operation_place(cookie);
	int error;

	if (!operation && !lost_take(cookie, &error))
		return false;
	if (!operation) {
		if (!notice_answer(guard_run.listener, call->id, error))
			lost_keep(cookie, error);
	} else if (operation->unheard) {
		operation->unheard = !notice_answer(guard_run.listener, call->id, EINPROGRESS);
	} else if (!socket_is_blocking(fd) ||
		   (operation->call.id != 0 &&
			   notice_valid(guard_run.listener, operation->call.id))) {
		notice_answer(guard_run.listener, call->id, EALREADY);
	} else {
		operation->call = *call;
	}
	close(fd);
	return true;
}

void operation_forget(uint64_t cookie)
{
	struct operation *operation = *operation_place(cookie);
	int error;

	lost_take(cookie, &error);
	if (!operation)
		return;
	if (operation->call.id != 0)
		notice_answer(guard_run.listener, operation->call.id, ECONNABORTED);
	operation_end(operation);
}

static void operation_look_after(struct operation *operation, uint64_t now)
{
	struct call *call = &operation->call;

	if (now >= operation->deadline) {
		if (!operation->direct)
			words_deadline(&operation->target);
		operation_fail(operation, ETIMEDOUT);
	} else if (!caller_is_there(call->caller)) {
		operation_end(operation);
	} else if (operation->phase == REACHING && operation->watch.events == 0) {
		operation_begin(operation);
	} else if (call->id != 0 && (!notice_valid(guard_run.listener, call->id) ||
					    (caller_is_signalled(call->caller) &&
						    notice_answer(guard_run.listener, call->id,
							    GUARD_ERESTARTSYS)))) {
		call->id = 0;
	}
}

int operation_tick(void)
{
	static uint64_t due;
	const uint64_t now = loop_now();
	struct operation *next;

	if (!operations)
		return -1;
	if (now < due)
		return (int)(due - now);
	for (struct operation *operation = operations; operation; operation = next) {
		next = operation->next;
		operation_look_after(operation, now);
	}
	/* What waits costs a look each, so where there is much the looks are fewer. */
	due = now + TICK + (uint64_t)operation_count / TICK_SHARE;
	return operations ? (int)(due - now) : -1;
}
