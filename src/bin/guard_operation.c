/* SPDX-License-Identifier: MIT */
/*
 * A connect that is being carried out on somebody's behalf, until its caller has the answer.
 *
 * The caller's socket is connected to the proxy by a duplicate of its descriptor, and the conversation
 * is held on it. The calling thread waits in the kernel meanwhile; nobody relays anything afterwards.
 * The mode of the socket is the program's, so nothing here waits on it: every send and receive carries
 * MSG_DONTWAIT, and waiting is the loop's.
 *
 * What a bare connect would do when a signal arrives is done too (see guard_caller.c): the call ends,
 * and the operation goes on without it. The socket's cookie then leads the next call on that socket,
 * which the kernel or the program makes, to the same operation, or to its result (guard_lost.h).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "bin/guard_caller.h"
#include "bin/guard_kernel.h"
#include "bin/guard_loop.h"
#include "bin/guard_lost.h"
#include "bin/guard_notice.h"
#include "bin/guard_operation.h"
#include "bin/guard_run.h"
#include "bin/guard_words.h"
#include "core/isolate.h"

enum { TICK = 20 /* milliseconds: a signal may wait so long */, TICK_SHARE = 4 };

enum phase { REACHING, TALKING };

struct operation {
	struct watch watch; /* first: the loop gives us this; its descriptor is the duplicate */
	struct operation *next;
	struct call call;
	uint64_t cookie, deadline;
	enum phase phase;
	bool direct;      /* no conversation follows */
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
	close(operation->watch.fd);
	*place = operation->next;
	operation_count--;
	free(operation);
}

/* The call that waits gets its answer; where there is none, or it is gone, the next one will. */
static void operation_answer(struct operation *operation, int error)
{
	if (operation->receive_mark > 1)
		setsockopt(operation->watch.fd, SOL_SOCKET, SO_RCVLOWAT, &operation->receive_mark,
			sizeof(operation->receive_mark));
	if (operation->call.id == 0 ||
		!notice_answer(guard_run.listener, operation->call.id, error))
		lost_keep(operation->cookie, error);
	operation_end(operation);
}

static void operation_fail(struct operation *operation, int error)
{
	/* What the kernel says of a socket that was in use before us is the program's to hear. */
	if (error != EISCONN && error != EALREADY)
		socket_disconnect(operation->watch.fd);
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

	operation->receive_mark = socket_option(operation->watch.fd, SOL_SOCKET, SO_RCVLOWAT);
	if (operation->receive_mark > 1)
		setsockopt(operation->watch.fd, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof(one));
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

void operation_tunnel(const struct call *call, int fd, const struct socket_facts *facts,
	const struct socks_target *target)
{
	const struct proxy *proxy = &guard_run.settings->proxy;
	struct operation *operation = operation_make(call, fd, facts);

	if (!operation)
		return;
	operation->target = *target;
	receive_mark_lower(operation);
	if (!socks_begin(&operation->socks, call, target)) {
		operation_answer(operation, EINVAL);
		return;
	}
	if (!socket_reaches(fd, facts->domain, proxy)) {
		operation_answer(operation, ENETUNREACH);
		return;
	}
	operation->to_len = endpoint_to_sockaddr(&proxy->tcp, facts->domain, &operation->to);
	operation_begin(operation);
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
