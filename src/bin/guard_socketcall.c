/* SPDX-License-Identifier: MIT */
/*
 * i386's one system call for all that is done with sockets, as a call of the direct kind.
 *
 * Its arguments are words in the caller's memory, where no filter sees them. They are copied, and the copy
 * is answered as the direct call would be. What has none of those (sending with an address or a message,
 * pairs) fails with ENOSYS: it would have to be carried out from the caller's memory altogether.
 */
#include <errno.h>
#include <linux/net.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bin/guard_caller.h"
#include "bin/guard_connect.h"
#include "bin/guard_datagram.h"
#include "bin/guard_inbound.h"
#include "bin/guard_notice.h"
#include "bin/guard_run.h"
#include "bin/guard_socketcall.h"

enum { WORDS = 5, VALUE_MAX = 16 };

/*
 * The options that are set on the caller's behalf: plain numbers that are the same in 32 bits, and need
 * no rights. We may have more of these than the caller, and its pointers mean nothing here.
 */
static const struct {
	int level, name;
} options[] = {
	{SOL_SOCKET, SO_REUSEADDR},
	{SOL_SOCKET, SO_REUSEPORT},
	{SOL_SOCKET, SO_BROADCAST},
	{SOL_SOCKET, SO_SNDBUF},
	{SOL_SOCKET, SO_RCVBUF},
	{SOL_SOCKET, SO_KEEPALIVE},
	{SOL_SOCKET, SO_OOBINLINE},
	{SOL_SOCKET, SO_LINGER},
	{SOL_SOCKET, SO_PASSCRED},
	{SOL_SOCKET, SO_RCVLOWAT},
	{IPPROTO_TCP, TCP_NODELAY},
	{IPPROTO_TCP, TCP_CORK},
	{IPPROTO_TCP, TCP_KEEPIDLE},
	{IPPROTO_TCP, TCP_KEEPINTVL},
	{IPPROTO_TCP, TCP_KEEPCNT},
	{IPPROTO_TCP, TCP_QUICKACK},
	{IPPROTO_TCP, TCP_USER_TIMEOUT},
	{IPPROTO_IP, IP_TOS},
	{IPPROTO_IP, IP_TTL},
	{IPPROTO_IP, IP_PKTINFO},
	{IPPROTO_IP, IP_RECVERR},
	{IPPROTO_IP, IP_MTU_DISCOVER},
	{IPPROTO_IPV6, IPV6_V6ONLY},
	{IPPROTO_IPV6, IPV6_RECVERR},
	{IPPROTO_IPV6, IPV6_RECVPKTINFO},
	{IPPROTO_IPV6, IPV6_TCLASS},
};

static bool may_set(int level, int name)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].level == level && options[i].name == name)
			return true;
	return false;
}

/* Returns 0 or an errno. */
static int set_option(const struct seccomp_notif *notice, int fd)
{
	const int level = (int)notice->data.args[1], name = (int)notice->data.args[2];
	const int len = (int)notice->data.args[4];
	char value[VALUE_MAX];
	int error;

	if (!may_set(level, name))
		return ENOPROTOOPT;
	if (len < 0 || len > VALUE_MAX)
		return EINVAL;
	error = caller_read((pid_t)notice->pid, notice->data.args[3], value, (size_t)len);
	if (error != 0 || !notice_valid(guard_run.listener, notice->id))
		return error ? error : ESRCH;
	return setsockopt(fd, level, name, value, (socklen_t)len) == 0 ? 0 : errno;
}

static void guard_setsockopt(const struct seccomp_notif *notice)
{
	int fd = caller_descriptor((pid_t)notice->pid, (int)notice->data.args[0]);
	int error = errno == EBADF ? EBADF : EACCES;

	if (fd >= 0) {
		error = set_option(notice, fd);
		close(fd);
	}
	notice_answer(guard_run.listener, notice->id, error);
}

static const struct {
	int call;
	unsigned words;
	void (*answer)(const struct seccomp_notif *notice);
} calls[] = {
	{SYS_SOCKET, 3, guard_socket},
	{SYS_BIND, 3, guard_bind},
	{SYS_CONNECT, 3, guard_connect},
	{SYS_LISTEN, 2, guard_listen},
	{SYS_SETSOCKOPT, 5, guard_setsockopt},
};

void guard_socketcall(const struct seccomp_notif *notice)
{
	struct seccomp_notif direct = *notice;
	uint32_t words[WORDS];
	int error = ENOSYS;

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (calls[i].call != (int)notice->data.args[0])
			continue;
		error = caller_read((pid_t)notice->pid, notice->data.args[1], words,
			calls[i].words * sizeof(*words));
		if (error != 0)
			break;
		for (unsigned word = 0; word < calls[i].words; word++)
			direct.data.args[word] = words[word];
		calls[i].answer(&direct);
		return;
	}
	notice_answer(guard_run.listener, notice->id, error);
}
