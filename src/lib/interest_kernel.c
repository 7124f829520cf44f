/* SPDX-License-Identifier: MIT */
/*
 * A socket's registrations with epolls, as the kernel tells them: every epoll has a line for each of its
 * members in /proc/self/fdinfo (proc_pid_fdinfo(5)),
 *
 *	tfd:        7 events:       19 data:     7fff0007  pos:0 ino:1a2b sdev:9
 *
 * where `ino` tells the socket, whatever its descriptor is called by now. Neither malloc nor stdio is
 * used: connect may be called in a signal handler.
 */
#include "lib/interest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "lib/real.h"

enum { LINE_MAX_BYTES = 256, PATH_BYTES = 64 };

struct search {
	uint64_t inode;
	struct interest *out;
	size_t count, max;
};

static uint64_t number_after(const char *line, const char *label, int base)
{
	const char *found = strstr(line, label);

	return found ? strtoull(found + strlen(label), NULL, base) : 0;
}

static void take_line(struct search *search, int epoll, const char *line)
{
	if (strncmp(line, "tfd:", 4) != 0 || search->count == search->max ||
		number_after(line, "ino:", 16) != search->inode)
		return;
	search->out[search->count++] = (struct interest){
		.epoll = epoll,
		.fd = (int)number_after(line, "tfd:", 10),
		.events = (uint32_t)number_after(line, "events:", 16),
		.data = number_after(line, "data:", 16),
	};
}

static void read_lines(struct search *search, int epoll, int file)
{
	char line[LINE_MAX_BYTES], bytes[4096];
	size_t used = 0;
	ssize_t n;

	while ((n = real.read(file, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (bytes[i] != '\n' && used < sizeof(line) - 1) {
				line[used++] = bytes[i];
				continue;
			}
			line[used] = '\0';
			take_line(search, epoll, line);
			used = 0;
		}
}

static const char *path_of(char out[static PATH_BYTES], const char *folder, int fd)
{
	struct text text = text_over(out, PATH_BYTES);

	text_add(&text, folder);
	text_add_number(&text, (unsigned long long)fd);
	return out;
}

static void look_at(struct search *search, int fd)
{
	char path[PATH_BYTES];
	int file;

	file = open(path_of(path, "/proc/self/fdinfo/", fd), O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return;
	read_lines(search, fd, file);
	real.close(file);
}

size_t interest_of_kernel(int fd, struct interest *out, size_t max)
{
	struct search search = {.out = out, .max = max};
	const int saved = errno;
	struct stat st;

	if (fstat(fd, &st) == 0) {
		search.inode = st.st_ino;
		for (int epoll = interest_next(0); epoll >= 0; epoll = interest_next(epoll + 1))
			if (interest_is_epoll(epoll))
				look_at(&search, epoll);
	}
	errno = saved;
	return search.count;
}
