/* SPDX-License-Identifier: MIT */
/*
 * The descriptors in a message's control data: taking some of them out.
 *
 * The kernel writes messages one behind the other, in any order, each padded to the size of a long.
 * The last may lack its padding. Nothing says that a program's buffer is aligned, so headers and
 * descriptors are copied in and out.
 */
#include "lib/received.h"

#include <string.h>
#include <sys/socket.h>

enum { HEADER = CMSG_LEN(0) };

struct part {
	size_t len;  /* cmsg_len: the header and the data */
	size_t size; /* with the padding */
	bool rights;
};

/* Reads the message at `at`, where `left` bytes are. False: there is no whole one. */
static bool part_read(struct part *part, const unsigned char *at, size_t left)
{
	struct cmsghdr header;

	if (left < HEADER)
		return false;
	memcpy(&header, at, sizeof(header));
	if (header.cmsg_len < HEADER || header.cmsg_len > left)
		return false;
	part->len = header.cmsg_len;
	part->size = CMSG_ALIGN(part->len) < left ? CMSG_ALIGN(part->len) : left;
	part->rights = header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_RIGHTS;
	return true;
}

/* One descriptor less leaves room for its own padding, so no message grows. */
static void part_shorten(struct part *part, unsigned char *at, size_t descriptors)
{
	part->len = CMSG_LEN(descriptors * sizeof(int));
	part->size = descriptors > 0 ? CMSG_ALIGN(part->len) : 0;
	if (descriptors == 0)
		return;
	memcpy(at + offsetof(struct cmsghdr, cmsg_len), &part->len, sizeof(part->len));
	memset(at + part->len, 0, part->size - part->len);
}

/* Closes the gaps in the descriptors of the message at `at`. Returns how many were taken out. */
static size_t part_filter(struct part *part, unsigned char *at, bool (*keep)(int fd))
{
	const size_t count = (part->len - HEADER) / sizeof(int);
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, at + HEADER + i * sizeof(fd), sizeof(fd));
		if (!keep(fd))
			continue;
		if (kept != i)
			memcpy(at + HEADER + kept * sizeof(fd), &fd, sizeof(fd));
		kept++;
	}
	if (kept < count)
		part_shorten(part, at, kept);
	return count - kept;
}

size_t received_filter(void *control, size_t *len, bool (*keep)(int fd))
{
	unsigned char *const bytes = control;
	size_t taken = 0, from = 0, to = 0;
	struct part part;

	while (part_read(&part, bytes + from, *len - from)) {
		const size_t size = part.size;

		if (part.rights)
			taken += part_filter(&part, bytes + from, keep);
		if (to != from)
			memmove(bytes + to, bytes + from, part.size);
		from += size;
		to += part.size;
	}
	if (taken > 0)
		*len = to;
	return taken;
}
