/* SPDX-License-Identifier: MIT */
/* What front and supervisor tell each other, over a SOCK_SEQPACKET pair. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "bin/guard_channel.h"

enum { MESSAGE_MAX = 64 };

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

bool channel_send(int channel, const struct message *message)
{
	return send(channel, message, sizeof(*message), MSG_NOSIGNAL) == sizeof(*message);
}

bool channel_receive(int channel, struct message *message)
{
	ssize_t n;

	do
		n = recv(channel, message, sizeof(*message), 0);
	while (n < 0 && errno == EINTR);
	return n == sizeof(*message);
}

bool channel_send_descriptor(int channel, const void *bytes, size_t len, int fd)
{
	char copy[MESSAGE_MAX];
	struct iovec part = {.iov_base = copy, .iov_len = len};
	union control control = {.bytes = {0}};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *header;

	if (len > sizeof(copy))
		return false;
	memcpy(copy, bytes, len);
	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	return sendmsg(channel, &message, MSG_NOSIGNAL) >= 0;
}

ssize_t channel_receive_descriptor(int channel, void *bytes, size_t len, int *fd)
{
	struct iovec part = {.iov_base = bytes, .iov_len = len};
	union control control;
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *header;
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	header = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	return n;
}
