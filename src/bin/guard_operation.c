/* SPDX-License-Identifier: MIT */
/*
 * A connect that is being carried out on somebody's behalf, until its caller has the answer.
 *
 * The caller's socket is connected to the proxy by a duplicate of its descriptor, and the conversation
 * is held on it. The calling thread waits in the kernel meanwhile; nobody relays anything afterwards.
 *
 * Where the caller does not wait (O_NONBLOCK), or its socket cannot reach the proxy, as none can under the
 * seal, the conversation is held on a socket of ours, the caller's is parked (guard_park.h), and both are
 * joined in the end. So is one that is connected to a name server, of which our resolver takes the place.
 *
 * Where descriptors cannot be duplicated, it is all done on a new socket, which takes the place of the
 * caller's when the call is answered.
 *
 * What a bare connect would do when a signal arrives is done too (see guard_caller.c): the call ends,
 * and the operation goes on without it. The socket's cookie then leads the next call on that socket,
 * which the kernel or the program makes, to the same operation, or to its result (guard_lost.h).
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "bin/guard_caller.h"
#include "bin/guard_kernel.h"
#include "bin/guard_lost.h"
#include "bin/guard_notice.h"
#include "bin/guard_operation.h"
#include "bin/guard_park.h"
#include "bin/guard_relay.h"
#include "bin/guard_resolver.h"
#include "bin/guard_run.h"
#include "bin/guard_swap.h"
#include "bin/guard_talk.h"

struct operation {
	struct talk talk; /* first: it gives us this */
	struct operation *next;
	struct call call;
	uint64_t cookie;
	int socket;        /* the duplicate; or the new one (guard_swap.h), */
	bool handed;       /* which is in the place of the caller's, */
	bool kept;         /* or is open, and waits for a call in which it can be put there */
	bool resolved;     /* our resolver is at the other end, and nobody talks */
	bool parked;       /* the talk is on a socket of ours, and this joins both: */
	struct watch near; /* the other end of the parked socket, once there is one */
	bool released;     /* EINPROGRESS was the answer, */
	bool unheard;      /* and a signal was quicker */
	int receive_mark;  /* the program's SO_RCVLOWAT */
};

static struct operation *operations;

static struct operation **operation_place(uint64_t cookie)
{
	struct operation **place = &operations;

	while (*place && (*place)->cookie != cookie)
		place = &(*place)->next;
	return place;
}

/* What is taken over meanwhile is -1. */
static void close_if(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void operation_end(struct operation *operation)
{
	*operation_place(operation->cookie) = operation->next;
	talk_drop(&operation->talk);
	loop_watch(&operation->near, 0);
	if (operation->parked)
		close_if(operation->talk.watch.fd);
	close_if(operation->near.fd);
	close(operation->socket);
	free(operation);
}

/* A new socket goes to the caller. False: nobody waits for it now, or who waits cannot take it. */
static bool hand_over(struct operation *operation)
{
	const struct call *call = &operation->call;

	if (!guard_run.swaps || operation->handed)
		return true;
	operation->handed = call->id != 0 && swap_in(guard_run.listener, call->id, call->caller,
						     call->number, operation->socket);
	if (operation->handed)
		operation->cookie = swap_cookie(operation->socket);
	return operation->handed;
}

/* Who waits could not take the socket: his limit has come to be below its number. */
static bool is_out_of_reach(const struct operation *operation)
{
	return !operation->handed && operation->call.id != 0 &&
	       notice_valid(guard_run.listener, operation->call.id);
}

/* The call that waits gets its answer; where there is none, or it is gone, the next one will. */
static void operation_answer(struct operation *operation, int error)
{
	operation->kept = error == 0 && !hand_over(operation);
	if (operation->kept && is_out_of_reach(operation)) {
		operation->kept = false;
		error = EMFILE;
	}
	if (operation->kept) {
		operation->call.id = 0;
		return;
	}
	if (error == 0 && guard_run.swaps)
		swap_mark(operation->cookie, SWAP_OPEN);
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
	if (operation->parked && operation->call.id == 0 &&
		(operation->handed || !guard_run.swaps)) {
		park_fail(operation->socket);
		operation_end(operation);
		return;
	}
	/* What the kernel says of a socket that was in use before us is the program's to hear. */
	if (error != EISCONN && error != EALREADY)
		socket_disconnect(operation->socket);
	operation_answer(operation, error);
}

static struct operation *operation_of_near(struct watch *near)
{
	return (struct operation *)(void *)((char *)near - offsetof(struct operation, near));
}

static void joined(struct watch *near, uint32_t events)
{
	struct operation *operation = operation_of_near(near);
	const int error = socket_option(near->fd, SOL_SOCKET, SO_ERROR);

	(void)events;
	loop_watch(near, 0);
	if (error != 0) {
		operation_fail(operation, error);
		return;
	}
	if (operation->resolved)
		resolver_serve(near->fd);
	else
		relay_begin(near->fd, operation->talk.watch.fd);
	near->fd = operation->talk.watch.fd = -1;
	if (operation->call.id != 0 || (guard_run.swaps && !operation->released)) {
		operation_answer(operation, 0);
		return;
	}
	if (guard_run.swaps)
		swap_mark(operation->cookie, SWAP_OPEN);
	operation_end(operation);
}

static void join(struct operation *operation)
{
	operation->near = (struct watch){.fd = park_open(operation->socket), .ready = joined};
	if (operation->near.fd < 0 || !loop_watch(&operation->near, EPOLLOUT))
		operation_fail(operation, errno);
}

static void talked(struct talk *talk, int error)
{
	struct operation *operation = (struct operation *)(void *)talk;

	if (error != 0)
		operation_fail(operation, error);
	else if (operation->parked)
		join(operation);
	else
		operation_answer(operation, 0);
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
	operation->talk.done = talked;
	operation->talk.deadline = deadline_of(fd);
	operation->socket = fd;
	operation->near.fd = operation->talk.watch.fd = -1;
	operation->call = *call;
	operation->cookie = socket_cookie(fd, facts);
	operation->next = operations;
	operations = operation;
	return operation;
}

/* What has not come to its end at once is waited for, as the caller does. */
static void operation_wait(const struct call *call, int fd, const struct socket_facts *facts,
	const struct sockaddr *to, socklen_t len)
{
	struct operation *operation = operation_make(call, fd, facts);

	if (!operation)
		return;
	memcpy(&operation->talk.to, to, len);
	operation->talk.to_len = len;
	talk_direct(&operation->talk, fd);
}

void operation_direct(const struct call *call, int fd, const struct socket_facts *facts,
	const struct sockaddr *to, socklen_t len)
{
	bool blocking;
	int error;

	if (guard_run.swaps && socket_is_blocking(fd)) {
		operation_wait(call, fd, facts, to, len);
		return;
	}
	error = socket_connect(fd, to, len, &blocking);
	if (blocking && (error == EINPROGRESS || error == EALREADY || error == EAGAIN)) {
		operation_wait(call, fd, facts, to, len);
		return;
	}
	if (guard_run.swaps && (error == 0 || error == EINPROGRESS) &&
		!swap_in(guard_run.listener, call->id, call->caller, call->number, fd))
		error = EMFILE;
	if (blocking && error != 0 && error != EISCONN)
		socket_disconnect(fd);
	if (!notice_answer(guard_run.listener, call->id, error) && blocking)
		lost_keep(socket_cookie(fd, facts), error);
	close(fd);
}

/* Answers EINPROGRESS. False: that cannot be, and the operation is over. */
static bool caller_release(struct operation *operation)
{
	const bool handed = hand_over(operation);

	if (!handed && is_out_of_reach(operation)) {
		operation_answer(operation, EMFILE);
		return false;
	}
	operation->released = true;
	operation->unheard =
		!handed || !notice_answer(guard_run.listener, operation->call.id, EINPROGRESS);
	operation->call = (struct call){.id = 0};
	return true;
}

/* False: it cannot be, and the operation is over. */
static bool park(struct operation *operation, const struct socket_facts *facts)
{
	const int error = park_begin(operation->socket, facts->domain);

	operation->parked = error == EINPROGRESS;
	if (error != EINPROGRESS)
		operation_answer(operation, error);
	return error == EINPROGRESS;
}

static void go_beside(struct operation *operation, const struct socket_facts *facts, bool blocking)
{
	const uint64_t cookie = operation->cookie;
	int fd;

	if (!park(operation, facts))
		return;
	fd = socket(talk_domain(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		operation_fail(operation, errno);
		return;
	}
	talk_to_proxy(&operation->talk, fd, talk_domain());
	/* It may be over already, and the caller have heard why. */
	if (!blocking && *operation_place(cookie) == operation)
		caller_release(operation);
}

/* SO_RCVLOWAT of more than a byte would keep the proxy's short answers from being told. */
static void tunnel_within(struct operation *operation, const struct socket_facts *facts)
{
	const int one = 1;

	operation->receive_mark = socket_option(operation->socket, SOL_SOCKET, SO_RCVLOWAT);
	if (operation->receive_mark > 1)
		setsockopt(operation->socket, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof(one));
	talk_to_proxy(&operation->talk, operation->socket, facts->domain);
}

void operation_tunnel(const struct call *call, int fd, const struct socket_facts *facts,
	const struct socks_target *target)
{
	const bool blocking = socket_is_blocking(fd);
	const bool by_process = guard_run.settings->isolate == ISOLATE_PROCESS;
	struct operation *operation = operation_make(call, fd, facts);

	if (!operation)
		return;
	if (!talk_prepare(&operation->talk, SOCKS_COMMAND_CONNECT, target,
		    by_process ? caller_process(call->caller) : 0))
		operation_answer(operation, EINVAL);
	else if (blocking && !guard_run.seal &&
		 socket_reaches(fd, facts->domain, &guard_run.settings->proxy))
		tunnel_within(operation, facts);
	else
		go_beside(operation, facts, blocking);
}

void operation_proxy(const struct call *call, int fd, const struct socket_facts *facts)
{
	const bool blocking = socket_is_blocking(fd);
	struct operation *operation = operation_make(call, fd, facts);

	if (!operation)
		return;
	operation->talk.direct = true;
	go_beside(operation, facts, blocking);
}

void operation_resolve(const struct call *call, int fd, const struct socket_facts *facts)
{
	const bool blocking = socket_is_blocking(fd);
	struct operation *operation = operation_make(call, fd, facts);

	if (!operation || !park(operation, facts))
		return;
	operation->resolved = true;
	if (blocking || caller_release(operation))
		join(operation);
}

bool operation_join(const struct call *call, int fd, const struct socket_facts *facts)
{
	struct operation *operation;
	uint64_t cookie;
	int error;

	if (!operations && !lost_any())
		return false;
	cookie = socket_cookie(fd, facts);
	operation = *operation_place(cookie);
	if (!operation && !lost_take(cookie, &error))
		return false;
	if (!operation) {
		if (!notice_answer(guard_run.listener, call->id, error))
			lost_keep(cookie, error);
	} else if (operation->unheard) {
		operation->call = *call;
		caller_release(operation);
	} else if (operation->kept) {
		operation->call = *call;
		operation_answer(operation, 0);
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

void operation_forget(int fd, const struct socket_facts *facts)
{
	const uint64_t cookie = socket_cookie(fd, facts);
	struct operation *operation = *operation_place(cookie);
	int error;

	lost_take(cookie, &error);
	if (!operation)
		return;
	if (operation->call.id != 0)
		notice_answer(guard_run.listener, operation->call.id, ECONNABORTED);
	operation_end(operation);
}

bool operation_any(void)
{
	return operations != NULL;
}

/* A signal has come for the caller: the call ends, and comes again as the signal's handler says. */
static bool is_interrupted(const struct call *call)
{
	return !notice_valid(guard_run.listener, call->id) ||
	       (caller_is_signalled(call->caller) &&
		       notice_answer(guard_run.listener, call->id, GUARD_ERESTARTSYS));
}

unsigned operation_tick(void)
{
	unsigned count = 0;
	struct operation *next;

	for (struct operation *operation = operations; operation; operation = next) {
		next = operation->next;
		count++;
		/* Who did not wait may have handed the socket on, so nobody is looked for. */
		if (operation->call.caller == 0)
			continue;
		if (!caller_is_there(operation->call.caller))
			operation_end(operation);
		else if (operation->call.id != 0 && is_interrupted(&operation->call))
			operation->call.id = 0;
	}
	return count;
}
