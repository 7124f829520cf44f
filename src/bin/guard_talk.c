/* SPDX-License-Identifier: MIT */
/*
 * Reaching somebody, the proxy as a rule, and a conversation with it, on one socket.
 *
 * The socket may be a program's, whose mode is its own. So nothing here waits on it: every send and
 * receive carries MSG_DONTWAIT, and waiting is the loop's. Not a byte is taken that the conversation does
 * not want: what follows is the program's.
 */
#include <errno.h>
#include <string.h>
#include <sys/un.h>

#include "bin/guard_run.h"
#include "bin/guard_socket.h"
#include "bin/guard_talk.h"
#include "bin/guard_words.h"
#include "core/isolate.h"

static struct talk *talks;

static void talk_unlist(const struct talk *talk)
{
	struct talk **place = &talks;

	while (*place && *place != talk)
		place = &(*place)->next;
	if (*place)
		*place = talk->next;
}

void talk_drop(struct talk *talk)
{
	loop_watch(&talk->watch, 0);
	talk_unlist(talk);
}

static void end(struct talk *talk, int error)
{
	talk_drop(talk);
	talk->done(talk, error);
}

static void unreached(struct talk *talk, int error)
{
	/* Of a socket that was in use before us, it is said of that. */
	if (!talk->direct && error != EISCONN && error != EALREADY)
		words_unreached(error);
	end(talk, error);
}

static void broken(struct talk *talk, int error)
{
	words_failed(&talk->target, &talk->socks, error);
	end(talk, error);
}

static void wait_for(struct talk *talk, uint32_t events)
{
	if (!loop_watch(&talk->watch, events))
		end(talk, errno);
}

/* Sends what there is to send. Returns 0 (all is sent) or an errno. */
static int send_all(struct talk *talk)
{
	const uint8_t *bytes;
	size_t n;

	while (bytes = socks_client_emit(&talk->socks, &n), n > 0) {
		ssize_t sent = send(talk->watch.fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0)
			return errno;
		socks_client_sent(&talk->socks, (size_t)sent);
	}
	return 0;
}

static int receive_some(struct talk *talk)
{
	uint8_t bytes[SOCKS_REPLY_MAX];
	const size_t want = socks_client_want(&talk->socks);
	ssize_t n = recv(
		talk->watch.fd, bytes, want < sizeof(bytes) ? want : sizeof(bytes), MSG_DONTWAIT);

	if (n < 0)
		return errno;
	socks_client_feed(&talk->socks, bytes, (size_t)n);
	return 0;
}

/* Says and hears what is possible. Returns the outcome so far. */
static enum step talk_step(struct talk *talk, uint32_t *events, int *error)
{
	enum step step = STEP_GOING_ON;

	while (step == STEP_GOING_ON) {
		*error = send_all(talk);
		*events = *error == EAGAIN ? EPOLLOUT : EPOLLIN;
		if (*error == 0)
			*error = receive_some(talk);
		if (*error != 0)
			return *error == EAGAIN ? STEP_GOING_ON : STEP_FAILED;
		step = socks_client_outcome(&talk->socks);
	}
	if (step == STEP_FAILED)
		*error = socks_client_errno(&talk->socks);
	return step;
}

static void go_on(struct talk *talk)
{
	uint32_t events;
	int error;

	switch (talk_step(talk, &events, &error)) {
	case STEP_GOING_ON:
		wait_for(talk, events);
		break;
	case STEP_DONE:
		end(talk, 0);
		break;
	case STEP_FAILED:
		broken(talk, error);
		break;
	}
}

/*
 * That nobody is there is known at once on this machine, while a caller that does not wait can still be
 * told so. Returns 0 or an errno.
 */
static int connect_there(const struct talk *talk)
{
	const int fd = talk->watch.fd;
	const int error =
		socket_connect(fd, (const struct sockaddr *)&talk->to, talk->to_len, NULL);
	int failure = 0;

	if (talk->direct && error == EINPROGRESS)
		failure = socket_option(fd, SOL_SOCKET, SO_ERROR);
	return failure > 0 ? failure : error;
}

/*
 * Where a first connect is under way, a second tells its outcome and takes the success that the kernel
 * still owes: without it a later connect of the program would get that.
 */
static void reach(struct talk *talk)
{
	const int error = connect_there(talk);

	talk->reached = error == 0;
	if (error == EINPROGRESS || error == EALREADY)
		wait_for(talk, EPOLLOUT);
	else if (error == 0 && talk->direct)
		end(talk, 0);
	else if (error == 0)
		go_on(talk);
	/* The queue of a unix socket is full, and nothing tells when it is not: talk_tick tries. */
	else if (error != EAGAIN)
		unreached(talk, error);
}

static void talk_ready(struct watch *watch, uint32_t events)
{
	struct talk *talk = (struct talk *)(void *)watch;

	(void)events;
	if (talk->reached)
		go_on(talk);
	else
		reach(talk);
}

static void set_out(struct talk *talk, int fd)
{
	talk->watch = (struct watch){.fd = fd, .ready = talk_ready};
	talk->next = talks;
	talks = talk;
	reach(talk);
}

void talk_direct(struct talk *talk, int fd)
{
	talk->direct = true;
	set_out(talk, fd);
}

static socklen_t unix_address(const char *path, struct sockaddr_storage *out)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	memcpy(sun.sun_path, path, sizeof(sun.sun_path));
	memcpy(out, &sun, sizeof(sun));
	return sizeof(sun);
}

void talk_to_proxy(struct talk *talk, int fd, int domain)
{
	const struct proxy *proxy = &guard_run.settings->proxy;

	talk->to_len = proxy->path[0] ? unix_address(proxy->path, &talk->to)
				      : endpoint_to_sockaddr(&proxy->tcp, domain, &talk->to);
	set_out(talk, fd);
}

int talk_domain(void)
{
	const struct proxy *proxy = &guard_run.settings->proxy;

	if (proxy->path[0])
		return AF_UNIX;
	return proxy->tcp.addr.family == ADDR_V4 ? AF_INET : AF_INET6;
}

bool talk_prepare(struct talk *talk, enum socks_command command, const struct socks_target *target,
	pid_t process)
{
	const struct settings *settings = guard_run.settings;
	const bool tor = settings->pipeline == PIPELINE_YES;
	char identity[64], tag[ISOLATE_TAG_BUF];
	struct text text = text_over(identity, sizeof(identity));
	const struct isolate_facts facts = {
		.program = guard_run.program,
		.run = guard_run.run,
		.process = identity,
		.target = target,
	};
	struct socks_login login;

	text_add_all(&text, guard_run.run, ".", (const char *)NULL);
	text_add_number(&text, (unsigned)process);
	talk->target = *target;
	if (!isolate_tag(tag, settings, &facts))
		return socks_client_start(&talk->socks, command, target, NULL, tor);
	return isolate_login(&login, tag, tor) &&
	       socks_client_start(&talk->socks, command, target, &login, tor);
}

bool talk_any(void)
{
	return talks != NULL;
}

void talk_tick(void)
{
	const uint64_t now = loop_now();
	struct talk *next;

	for (struct talk *talk = talks; talk; talk = next) {
		next = talk->next;
		if (now >= talk->deadline) {
			if (!talk->direct)
				words_deadline(&talk->target);
			end(talk, ETIMEDOUT);
		} else if (talk->watch.events == 0) {
			reach(talk);
		}
	}
}
