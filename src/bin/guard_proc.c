/* SPDX-License-Identifier: MIT */
/* What proc(5) tells of another process. */
#include <fcntl.h>
#include <unistd.h>

#include "bin/guard_proc.h"

struct text proc_path(char out[static PROC_PATH_BUF], pid_t process, const char *file)
{
	struct text path = text_over(out, PROC_PATH_BUF);

	text_add(&path, "/proc/");
	text_add_number(&path, (unsigned)process);
	text_add(&path, file);
	return path;
}

bool proc_read(char *out, size_t size, pid_t process, const char *file)
{
	char path[PROC_PATH_BUF];
	ssize_t n = -1;
	int fd;

	proc_path(path, process, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, out, size - 1);
		close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
	return n >= 0;
}
