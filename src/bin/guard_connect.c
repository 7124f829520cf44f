/* SPDX-License-Identifier: MIT */
/*
 * A trapped connect: judged, and carried out on the caller's behalf or refused.
 *
 * What is judged has to be what is used, while another thread of the program may change the address in
 * its memory, or what is behind the number of the descriptor. So both are fetched once: the address is
 * copied, the descriptor duplicated, and the kernel is never asked to go on with the call itself where
 * IP is concerned. It is for unix sockets, whose peers may look at who connected; and there the second
 * lock, Landlock, holds a program that exchanges the descriptor for a TCP socket meanwhile.
 *
 * Where descriptors cannot be duplicated there is one exception: the library's own connection to the
 * proxy. The library holds its socket to be the one that it had, so that no other may take its place.
 * Landlock then allows the proxy's port, and no other.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "bin/guard_caller.h"
#include "bin/guard_connect.h"
#include "bin/guard_name_server.h"
#include "bin/guard_notice.h"
#include "bin/guard_operation.h"
#include "bin/guard_path.h"
#include "bin/guard_run.h"
#include "bin/guard_swap.h"
#include "bin/guard_tally.h"
#include "bin/guard_words.h"
#include "core/guard_sign.h"
#include "core/policy.h"

struct request {
	struct call call;
	int fd; /* the duplicate, or a socket to be in its place (guard_swap.h); -1: neither */
	struct socket_facts facts;
	struct sockaddr_storage to;
	socklen_t len;
};

static void answer(const struct request *request, int error)
{
	notice_answer(guard_run.listener, request->call.id, error);
	if (request->fd >= 0)
		close(request->fd);
}

/* Never for IP, but where nothing else can be done. */
static void go_on(const struct request *request)
{
	notice_continue(guard_run.listener, request->call.id);
	if (request->fd >= 0)
		close(request->fd);
}

/* The name that the run has given this stand-in address. False: none. */
static bool name_of(const struct addr *addr, char name[static NAME_BUF])
{
	return pool_name(&guard_run.pool, policy_pool_slot(guard_run.settings, addr), name);
}

static void refuse_address(
	const struct request *request, enum refusal refusal, const struct endpoint *to)
{
	char where[ENDPOINT_TEXT_MAX];

	answer(request, words_refusal(refusal, endpoint_format(to, where)));
}

static void tunnel(const struct request *request, const struct endpoint *to, const char *name)
{
	struct socks_target target;

	tally_count(TALLY_GUARD, REFUSAL_NONE);
	socks_target_addr(&target, &to->addr, to->port);
	if (name)
		socks_target_name(&target, name, to->port);
	operation_tunnel(&request->call, request->fd, &request->facts, &target);
}

static void connect_through(const struct request *request, const struct endpoint *to)
{
	const struct sockaddr *sa = (const struct sockaddr *)&request->to;

	tally_count(TALLY_LIBRARY, REFUSAL_NONE);
	/* It is the library's socket, and has to stay that. */
	if (guard_run.swaps && policy_is_proxy(guard_run.settings, to))
		go_on(request);
	else if (guard_run.seal && policy_is_proxy(guard_run.settings, to))
		operation_proxy(&request->call, request->fd, &request->facts);
	else if (socket_leaves_device(request->fd))
		operation_direct(&request->call, request->fd, &request->facts, sa, request->len);
	else
		refuse_address(request, REFUSAL_DEVICE, to);
}

static void connect_address(const struct request *request, const struct endpoint *to)
{
	char name[NAME_BUF];
	const bool named = name_of(&to->addr, name);
	const struct judgement judgement = policy_connect(guard_run.settings, to, named);

	switch (judgement.verdict) {
	case VERDICT_THROUGH:
		connect_through(request, to);
		break;
	case VERDICT_TUNNEL:
		tunnel(request, to, named ? name : NULL);
		break;
	case VERDICT_REFUSE:
		refuse_address(request, judgement.refusal, to);
		break;
	}
}

/* A new socket is as good as one that is unconnected again. Returns 0 or an errno. */
static int disconnect(const struct request *request)
{
	const struct call *call = &request->call;

	if (!guard_run.swaps)
		return socket_connect(
			request->fd, (const struct sockaddr *)&request->to, request->len, NULL);
	return swap_in(guard_run.listener, call->id, call->caller, call->number, request->fd)
		       ? 0
		       : ESRCH;
}

static void connect_stream(const struct request *request)
{
	const struct sockaddr *sa = (const struct sockaddr *)&request->to;
	struct endpoint to;

	if (request->len >= sizeof(sa->sa_family) && sa->sa_family == AF_UNSPEC) {
		operation_forget(request->fd, &request->facts);
		answer(request, disconnect(request));
	} else if (request->len < sizeof(sa->sa_family)) {
		answer(request, EINVAL);
	} else if (sa->sa_family != request->facts.domain) {
		answer(request, EAFNOSUPPORT);
	} else if (!endpoint_from_sockaddr(&to, sa, request->len)) {
		answer(request, EINVAL);
	} else if (operation_join(&request->call, request->fd, &request->facts)) {
		return;
	} else if (guard_run.swaps && swap_is_marked(request->facts.cookie, SWAP_OPEN)) {
		answer(request, EISCONN);
	} else if (to.port == NAME_SERVER_PORT && is_name_server(&to.addr)) {
		operation_resolve(&request->call, request->fd, &request->facts);
	} else {
		connect_address(request, &to);
	}
}

static bool is_proxy_path(const struct sockaddr_un *sun)
{
	const char *path = guard_run.settings->proxy.path;

	return path[0] && strncmp(sun->sun_path, path, sizeof(sun->sun_path)) == 0;
}

/* A unix socket, or one to the kernel (netlink): whoever is asked may ask who it is. */
static void connect_local(const struct request *request)
{
	const struct sockaddr_un *sun = (const struct sockaddr_un *)(const void *)&request->to;
	const size_t offset = offsetof(struct sockaddr_un, sun_path);
	struct judgement judgement = {VERDICT_THROUGH, REFUSAL_NONE};

	if (request->facts.domain == AF_UNIX && request->len > offset && sun->sun_family == AF_UNIX)
		judgement = path_judge(request->call.caller, sun->sun_path, request->len - offset);
	if (judgement.verdict == VERDICT_REFUSE) {
		answer(request, words_refusal(judgement.refusal, NULL));
		return;
	}
	if (is_proxy_path(sun))
		tally_count(TALLY_LIBRARY, REFUSAL_NONE);
	go_on(request);
}

static void connect_judged(const struct request *request)
{
	const struct socket_facts *facts = &request->facts;
	const struct judgement judgement =
		policy_socket(facts->domain, facts->type, facts->protocol);

	if (judgement.verdict == VERDICT_REFUSE)
		answer(request, words_refusal(judgement.refusal, NULL));
	else if (facts->domain != AF_INET && facts->domain != AF_INET6)
		connect_local(request);
	else if (guard_run.seal && !jail_holds(&guard_run.jail, request->fd))
		answer(request, words_refusal(REFUSAL_SEALED, NULL));
	else if (facts->type == SOCK_STREAM)
		connect_stream(request);
	else if (guard_run.swaps)
		go_on(request);
	else if (jail_holds(&guard_run.jail, request->fd))
		answer(request, socket_connect(request->fd, (const struct sockaddr *)&request->to,
					request->len, NULL));
	else
		answer(request, words_refusal(REFUSAL_DATAGRAM, NULL));
}

static int sign(void)
{
	if (guard_run.seal)
		return GUARD_SIGN_SEAL;
	return guard_run.jail.broker >= 0 ? GUARD_SIGN_JAIL : GUARD_SIGN_ERROR;
}

/* Is it no connect, but a question to the guard? See core/guard_sign.h. Then it is answered. */
static bool question_answered(const struct seccomp_notif *notice)
{
	struct sockaddr asked;

	if ((int)notice->data.args[0] != GUARD_SIGN_FD || notice->data.args[2] != sizeof(asked) ||
		caller_read((pid_t)notice->pid, notice->data.args[1], &asked, sizeof(asked)) != 0)
		return false;
	if (memcmp(&asked, &guard_sign, sizeof(asked)) == 0)
		notice_answer(guard_run.listener, notice->id, sign());
	else if (memcmp(&asked, &guard_sign_names, sizeof(asked)) == 0 && guard_run.names >= 0)
		notice_lend(guard_run.listener, notice->id, guard_run.names);
	else
		return false;
	return true;
}

/* Fetches the socket that the call is about. Returns 0 or the errno that the kernel would give. */
static int socket_fetch(struct request *request)
{
	const struct call *call = &request->call;
	int error;

	/* The caller is in a process namespace that we do not see. */
	if (call->caller == 0)
		return EACCES;
	if (!guard_run.swaps) {
		request->fd = caller_descriptor(call->caller, call->number);
		return request->fd >= 0 ? 0 : errno == EBADF ? EBADF : EACCES;
	}
	error = swap_facts(call->caller, call->number, &request->facts);
	if (error == 0 && request->facts.type == SOCK_STREAM && request->facts.domain != AF_UNIX) {
		request->fd = swap_make(call->caller, call->number, &request->facts);
		error = request->fd < 0 ? errno : 0;
	}
	return error;
}

/* Likewise the address. */
static int address_fetch(struct request *request, const struct seccomp_data *data)
{
	const int len = (int)data->args[2];

	if (len < 0 || (size_t)len > sizeof(request->to))
		return EINVAL;
	request->len = (socklen_t)len;
	if (guard_sign_read(data->args, (struct sockaddr_in *)(void *)&request->to))
		return 0;
	return caller_read(request->call.caller, data->args[1], &request->to, request->len);
}

/*
 * The library's connections, so nearly all there are. Of the socket it is enough to know that it sends no
 * datagrams: whatever else it is, it reaches the proxy or nobody. False: it is something else.
 */
static bool connected_to_proxy(const struct request *request)
{
	const struct sockaddr *sa = (const struct sockaddr *)&request->to;
	struct endpoint to;

	if (guard_run.swaps || guard_run.seal || !endpoint_from_sockaddr(&to, sa, request->len) ||
		!policy_is_proxy(guard_run.settings, &to) ||
		socket_option(request->fd, SOL_SOCKET, SO_TYPE) != SOCK_STREAM)
		return false;
	if (!operation_join(&request->call, request->fd, &request->facts))
		connect_through(request, &to);
	return true;
}

void guard_connect(const struct seccomp_notif *notice)
{
	struct request request = {
		.call = {notice->id, (pid_t)notice->pid, (int)notice->data.args[0]},
		.fd = -1,
		.to = {0},
	};
	int error, wrong;

	if (question_answered(notice))
		return;
	error = socket_fetch(&request);
	wrong = error != 0 ? 0 : address_fetch(&request, &notice->data);
	if (error == 0 && !notice_valid(guard_run.listener, notice->id))
		error = ESRCH; /* nobody hears it */
	if (error == 0 && wrong == 0 && connected_to_proxy(&request))
		return;
	/* The kernel, too, says first what is wrong with the socket. */
	if (error == 0 && !guard_run.swaps)
		error = socket_facts(request.fd, &request.facts);
	if (error == 0)
		error = wrong;
	if (error != 0)
		answer(&request, error);
	else
		connect_judged(&request);
}
