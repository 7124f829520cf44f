/* SPDX-License-Identifier: MIT */
/*
 * For situations with optimistic = yes. With "early" no connect is answered before the program's
 * bytes are on their way behind it; whoever waits for the answer to send them comes to no end.
 * Without, for the bare system, the answer is allowed before connect. What is seen is the same, but
 * for a refusal, which comes too late for connect to tell.
 */
#ifndef TUNIC_TESTS_SITUATIONS_EARLY_H
#define TUNIC_TESTS_SITUATIONS_EARLY_H

#include "situation.h"

static char word[] = "early";
enum { WORD = sizeof(word) - 1 };

static inline void allow(void)
{
	if (!early)
		answer(1);
}

/* The request is with the proxy, and the program's bytes are under way: now the answer may come. */
static inline void answer_when_held(void)
{
	static int held;

	if (!early)
		return;
	tell_when_held(++held);
	take_told();
	answer(1);
}

static inline int connection(enum far_port port)
{
	const struct place place = far_place(port);
	int fd = stream(&place, 0);

	allow();
	show("connect", connect_to(fd, &place));
	return fd;
}

static inline int connection_not_waiting(enum far_port port)
{
	const struct place place = far_place(port);
	int fd = stream(&place, SOCK_NONBLOCK);

	allow();
	show("connect", connect_to(fd, &place));
	show_poll("connected", fd, POLLOUT, PATIENCE);
	show_error("connected", fd);
	return fd;
}

static inline void speak(int fd)
{
	show_value("send", send(fd, word, WORD, MSG_NOSIGNAL));
}

/* The word comes back once, and nothing but it. */
static inline void show_word_back(int fd)
{
	char bytes[WORD + 1] = "";

	printf("read: %d\n", read_whole(fd, bytes, WORD));
	printf("%s\n", bytes);
}

#endif
