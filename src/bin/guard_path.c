/* SPDX-License-Identifier: MIT */
/* A unix socket's path as the caller means it. */
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/guard_path.h"

enum { SUN_PATH_MAX = sizeof(((struct sockaddr_un *)0)->sun_path), LINK_BUF = 64 };

/* Opens /proc/NUMBER/NAME without a right to read or write. */
static int open_of(const char *place, pid_t number, const char *name)
{
	char buf[LINK_BUF];
	struct text path = text_over(buf, sizeof(buf));

	text_add(&path, place);
	text_add_number(&path, (unsigned)number);
	text_add(&path, name);
	return open(buf, O_PATH | O_CLOEXEC);
}

/* The file as the caller finds it, by links and from its own directory; -1: none. */
static int open_callers(pid_t caller, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC};
	const bool absolute = path[0] == '/';
	int dir = open_of("/proc/", caller, absolute ? "/root" : "/cwd");
	int fd;

	if (dir < 0)
		return -1;
	/* An absolute path of a program in another root has to stay in that. */
	how.resolve = absolute ? RESOLVE_IN_ROOT : 0;
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	close(dir);
	return fd;
}

struct judgement path_judge(pid_t caller, const char *path, size_t len)
{
	struct judgement judgement = policy_unix(path, len);
	char own[SUN_PATH_MAX + 1] = "", file[PATH_MAX], link_buf[LINK_BUF];
	struct text link = text_over(link_buf, sizeof(link_buf));
	ssize_t n;
	int fd;

	if (judgement.verdict == VERDICT_REFUSE || len == 0 || path[0] == '\0')
		return judgement;
	memcpy(own, path, len < SUN_PATH_MAX ? len : SUN_PATH_MAX);
	fd = open_callers(caller, own);
	if (fd < 0)
		return judgement;
	text_add(&link, "/proc/self/fd/");
	text_add_number(&link, (unsigned)fd);
	n = readlink(link_buf, file, sizeof(file));
	close(fd);
	return n > 0 ? policy_unix(file, (size_t)n) : judgement;
}
