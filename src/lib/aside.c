/* SPDX-License-Identifier: MIT */
/*
 * A receive mark of more than a byte would keep poll from telling that the proxy's short answers have come,
 * and a cork would hold our request back for 200 ms.
 */
#include "lib/aside.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stddef.h>

#include "lib/real.h"

static atomic_bool ever;

int *aside_value(struct aside *aside, int level, int name)
{
	if (level == SOL_SOCKET && name == SO_RCVLOWAT)
		return &aside->receive_mark;
	if (level == IPPROTO_TCP && name == TCP_CORK)
		return &aside->corked;
	return NULL;
}

bool aside_is(int level, int name)
{
	struct aside aside;
	const bool is = aside_value(&aside, level, name) != NULL;

	if (is)
		atomic_store_explicit(&ever, true, memory_order_relaxed);
	return is;
}

static int get(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = 0;

	return real.getsockopt(fd, level, name, &value, &len) == 0 ? value : 0;
}

static void set(int fd, int level, int name, int value)
{
	real.setsockopt(fd, level, name, &value, sizeof(value));
}

void aside_put(struct aside *aside, int fd)
{
	*aside = (struct aside){.receive_mark = 1};
	if (!atomic_load_explicit(&ever, memory_order_relaxed))
		return;
	aside->receive_mark = get(fd, SOL_SOCKET, SO_RCVLOWAT);
	aside->corked = get(fd, IPPROTO_TCP, TCP_CORK);
	if (aside->receive_mark > 1)
		set(fd, SOL_SOCKET, SO_RCVLOWAT, 1);
	if (aside->corked)
		set(fd, IPPROTO_TCP, TCP_CORK, 0);
}

void aside_give_back(const struct aside *aside, int fd)
{
	if (aside->receive_mark > 1)
		set(fd, SOL_SOCKET, SO_RCVLOWAT, aside->receive_mark);
	if (aside->corked)
		set(fd, IPPROTO_TCP, TCP_CORK, 1);
}
