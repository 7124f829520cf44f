/* SPDX-License-Identifier: MIT */
/* Sockets that block, or come to, while they open: who waits, how long, and what ends it. */
#include "situation.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

static int blocking(enum far_port port, struct place *place)
{
	*place = far_place(port);
	return stream(place, 0);
}

static void time_out(int fd, int option)
{
	const struct timeval timeout = {.tv_usec = A_WHILE * 1000};

	setsockopt(fd, SOL_SOCKET, option, &timeout, sizeof(timeout));
}

/* ---- somebody who acts when the connect has reached the server ----------------------------------- */

struct actor {
	pthread_t thread;
	void (*act)(struct actor *actor);
	int fd, result;
	pthread_t other;
};

static void *actor_run(void *argument)
{
	struct actor *actor = argument;

	take_told();
	usleep(A_WHILE * 1000);
	printf("held\n");
	actor->act(actor);
	return NULL;
}

static void actor_start(struct actor *actor)
{
	tell_when_held(1);
	actor->other = pthread_self();
	must(pthread_create(&actor->thread, NULL, actor_run, actor) == 0, "pthread_create");
}

static void actor_end(struct actor *actor)
{
	pthread_join(actor->thread, NULL);
}

static void to_answer(struct actor *actor)
{
	(void)actor;
	answer(1);
}

static void to_shut_down(struct actor *actor)
{
	actor->result = shutdown(actor->fd, SHUT_RDWR);
}

static void to_close(struct actor *actor)
{
	actor->result = close(actor->fd);
	usleep(A_WHILE * 1000);
	answer(1);
}

static void to_interrupt(struct actor *actor)
{
	pthread_kill(actor->other, SIGUSR1);
}

static void to_interrupt_and_answer(struct actor *actor)
{
	to_interrupt(actor);
	usleep(A_WHILE * 1000);
	answer(1);
}

/* ---- connect waits ----------------------------------------------------------------------------------- */

static void for_the_answer(void)
{
	struct place place;
	int fd = blocking(ECHOES, &place);
	struct actor actor = {.act = to_answer};

	actor_start(&actor);
	errno = ENOTTY;
	show("connect", connect_to(fd, &place));
	printf("errno as it was: %d\n", errno == ENOTTY);
	actor_end(&actor);
	show("connect again", connect_to(fd, &place));
	show_open("then", fd, ECHOES);
}

static void for_a_refusal(void)
{
	struct place place;
	int fd = blocking(REFUSES, &place);
	struct actor actor = {.act = to_answer};

	actor_start(&actor);
	show("connect", connect_to(fd, &place));
	actor_end(&actor);
	show_error("then", fd);
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
	show_poll("then", fd, POLLIN | POLLOUT, 0);
}

/* SO_SNDTIMEO ends the wait, not the connection: that goes on, as if it had never blocked. */
static void no_longer_than_its_timeout(void)
{
	struct place place;
	int fd = blocking(ECHOES, &place);

	time_out(fd, SO_SNDTIMEO);
	show("connect", connect_to(fd, &place));
	show_error("then", fd);
	show("connect again", connect_to(fd, &place));
	show_until_held("until held", fd, 1);
	show_answered(fd, ECHOES);
	show("connect", connect_to(fd, &place));
}

static void refused_after_its_timeout(void)
{
	struct place place;
	int fd = blocking(REFUSES, &place);

	time_out(fd, SO_SNDTIMEO);
	show("connect", connect_to(fd, &place));
	show_until_held("until held", fd, 1);
	answer(1);
	show_poll("refused", fd, POLLOUT, PATIENCE);
	show_error("refused", fd);
	show_error("and again", fd);
}

static void nothing(int number)
{
	(void)number;
}

static void on_signal(int flags)
{
	const struct sigaction action = {.sa_handler = nothing, .sa_flags = flags};

	sigaction(SIGUSR1, &action, NULL);
}

/* A signal ends the wait, not the connection. */
static void until_interrupted(void)
{
	struct place place;
	int fd = blocking(ECHOES, &place);
	struct actor actor = {.act = to_interrupt};

	on_signal(0);
	actor_start(&actor);
	show("connect", connect_to(fd, &place));
	actor_end(&actor);
	show_error("interrupted", fd);
	show_state("interrupted", fd);
	show_poll("interrupted", fd, POLLIN | POLLOUT, A_WHILE);
	show_answered(fd, ECHOES);
}

/* connect, called again after a signal, waits on. */
static void again_when_interrupted(void)
{
	struct place place;
	int fd = blocking(ECHOES, &place);
	struct actor actor = {.act = to_interrupt_and_answer};

	on_signal(0);
	actor_start(&actor);
	show("connect", connect_to(fd, &place));
	show("connect again", connect_to(fd, &place));
	actor_end(&actor);
	show("and again", connect_to(fd, &place));
	show_open("then", fd, ECHOES);
}

/* A handler that restarts calls is not noticed. */
static void on_through_a_signal(void)
{
	struct place place;
	int fd = blocking(ECHOES, &place);
	struct actor actor = {.act = to_interrupt_and_answer};

	on_signal(SA_RESTART);
	actor_start(&actor);
	show("connect", connect_to(fd, &place));
	actor_end(&actor);
	show_open("then", fd, ECHOES);
}

static void until_shut_down(void)
{
	struct place place;
	int fd = blocking(ECHOES, &place);
	struct actor actor = {.act = to_shut_down, .fd = fd};

	actor_start(&actor);
	show("connect", connect_to(fd, &place));
	actor_end(&actor);
	show("shutdown", actor.result);
	show_error("then", fd);
	show_state("then", fd);
}

/* The descriptor goes, the socket stays as long as somebody waits for it. */
static void beyond_its_close(void)
{
	struct place place;
	int fd = blocking(ECHOES, &place);
	struct actor actor = {.act = to_close, .fd = fd};

	actor_start(&actor);
	show("connect", connect_to(fd, &place));
	actor_end(&actor);
	show("close", actor.result);
	show("send", send(fd, "x", 1, MSG_NOSIGNAL));
}

/* ---- others wait --------------------------------------------------------------------------------------- */

/* The socket was told not to block only for its connect. */
static int opening_then_blocking(enum far_port port)
{
	int fd = opening(port);

	fcntl(fd, F_SETFL, 0);
	return fd;
}

static void with_send(void)
{
	int fd = opening_then_blocking(ECHOES);
	struct actor actor = {.act = to_answer};

	actor_start(&actor);
	show_value("send", send(fd, "early", 5, 0));
	actor_end(&actor);
	printf("its echo: %d\n", read_whole(fd, (char[5]){0}, 5));
	show_open("then", fd, ECHOES);
}

static void with_write(void)
{
	int fd = opening_then_blocking(ECHOES);
	struct actor actor = {.act = to_answer};

	actor_start(&actor);
	show_value("write", write(fd, "early", 5));
	actor_end(&actor);
	printf("its echo: %d\n", read_whole(fd, (char[5]){0}, 5));
	show_open("then", fd, ECHOES);
}

static void with_recv(void)
{
	int fd = opening_then_blocking(GREETS);
	struct actor actor = {.act = to_answer};
	char bytes[8] = "";

	actor_start(&actor);
	show_value("recv", recv(fd, bytes, 5, MSG_WAITALL));
	actor_end(&actor);
	printf("%s\n", bytes);
	show_value("the newline", recv(fd, bytes, 5, 0));
	show_open("then", fd, GREETS);
}

static void with_read(void)
{
	int fd = opening_then_blocking(GREETS);
	struct actor actor = {.act = to_answer};
	char bytes[8] = "";

	actor_start(&actor);
	show_value("read", read(fd, bytes, 1));
	actor_end(&actor);
	printf("%s\n", bytes);
	show_value("the rest", recv(fd, bytes, 5, MSG_WAITALL));
	show_open("then", fd, GREETS);
}

static void with_connect(void)
{
	const struct place place = far_place(ECHOES);
	int fd = opening_then_blocking(ECHOES);
	struct actor actor = {.act = to_answer};

	actor_start(&actor);
	show("connect again", connect_to(fd, &place));
	actor_end(&actor);
	show("and again", connect_to(fd, &place));
	show_open("then", fd, ECHOES);
}

static void with_stdio(void)
{
	int fd = opening_then_blocking(ECHOES);
	struct actor actor = {.act = to_answer};
	char line[16] = "";
	FILE *file;

	actor_start(&actor);
	file = fdopen(fd, "r+");
	fputs("early\n", file);
	show("fflush", fflush(file));
	actor_end(&actor);
	printf("fgets: %s", fgets(line, sizeof(line), file) ? line : "nothing\n");
	fclose(file);
}

static void no_longer_than_their_timeouts(void)
{
	int fd = opening_then_blocking(ECHOES);

	time_out(fd, SO_SNDTIMEO);
	time_out(fd, SO_RCVTIMEO);
	show("send", send(fd, "x", 1, 0));
	show("write", write(fd, "x", 1));
	show("recv", recv(fd, (char[4]){0}, 4, 0));
	show("read", read(fd, (char[4]){0}, 4));
	show("send, not waiting", send(fd, "x", 1, MSG_DONTWAIT));
	show("recv, not waiting", recv(fd, (char[4]){0}, 4, MSG_DONTWAIT));
	show_until_held("until held", fd, 1);
	show_answered(fd, ECHOES);
}

static void recv_until_interrupted(void)
{
	int fd = opening_then_blocking(ECHOES);
	struct actor actor = {.act = to_interrupt};

	on_signal(0);
	actor_start(&actor);
	show("recv", recv(fd, (char[4]){0}, 4, 0));
	actor_end(&actor);
	show_answered(fd, ECHOES);
}

/* It blocked when it connected, was interrupted, and is told not to block from now on. */
static void no_more(void)
{
	struct place place;
	int fd = blocking(ECHOES, &place);
	struct actor actor = {.act = to_interrupt};

	on_signal(0);
	actor_start(&actor);
	show("connect", connect_to(fd, &place));
	actor_end(&actor);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	show("connect again", connect_to(fd, &place));
	show("recv", recv(fd, (char[4]){0}, 4, 0));
	show("send", send(fd, "x", 1, 0));
	show_answered(fd, ECHOES);
}

/* TCP_FASTOPEN_CONNECT lets a connect wait for the first bytes where the server is known to take them so. */
static void with_fast_open(void)
{
	const struct place place = far_place(ECHOES);
	const int on = 1;
	int fd = stream(&place, SOCK_NONBLOCK);

	show("setsockopt", setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)));
	show("connect", connect_to(fd, &place));
	show_until_held("until held", fd, 1);
	show_answered(fd, ECHOES);
}

/* SIGIO comes when the connection does, not for what a proxy says before. */
static volatile sig_atomic_t ios;

static void count_io(int number)
{
	(void)number;
	ios++;
}

static void for_a_signal(void)
{
	const struct sigaction action = {.sa_handler = count_io, .sa_flags = SA_RESTART};
	const struct place place = far_place(ECHOES);
	int fd = stream(&place, SOCK_NONBLOCK);

	sigaction(SIGIO, &action, NULL);
	fcntl(fd, F_SETOWN, getpid());
	fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
	show("connect", connect_to(fd, &place));
	until_held(fd, 1);
	/* Who waits for signals alone has to hear of what the proxy says, too, or nobody would go on. */
	ios = 0;
	printf("O_ASYNC: %d\n", (fcntl(fd, F_GETFL) & O_ASYNC) != 0);
	answer(1);
	show_poll("answered", fd, POLLOUT, PATIENCE);
	printf("SIGIO with the answer: %d\n", ios > 0);
	show_open("answered", fd, ECHOES);
}

static const struct situation situations[] = {
	{"for-the-answer", for_the_answer},
	{"for-a-refusal", for_a_refusal},
	{"no-longer-than-its-timeout", no_longer_than_its_timeout},
	{"refused-after-its-timeout", refused_after_its_timeout},
	{"until-interrupted", until_interrupted},
	{"again-when-interrupted", again_when_interrupted},
	{"on-through-a-signal", on_through_a_signal},
	{"until-shut-down", until_shut_down},
	{"beyond-its-close", beyond_its_close},
	{"with-send", with_send},
	{"with-write", with_write},
	{"with-recv", with_recv},
	{"with-read", with_read},
	{"with-connect", with_connect},
	{"with-stdio", with_stdio},
	{"no-longer-than-their-timeouts", no_longer_than_their_timeouts},
	{"recv-until-interrupted", recv_until_interrupted},
	{"no-more", no_more},
	{"with-fast-open", with_fast_open},
	{"for-a-signal", for_a_signal},
};

SITUATIONS_MAIN(situations)
