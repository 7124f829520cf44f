/* SPDX-License-Identifier: MIT */
/*
 * A unix socket's path as the caller means it.
 *
 * The kernel connects unix sockets by itself, after the look that is taken here, and by then a hostile
 * program may have another path in its place. What is looked for are libraries and programs that ask
 * a local name service as they always do, be it by a link, a relative path or another root.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/guard_path.h"
#include "bin/guard_proc.h"

enum { SUN_PATH_MAX = sizeof(((struct sockaddr_un *)0)->sun_path), LINK_BUF = 64 };

/* Opens /proc/CALLER/NAME without a right to read or write. */
static int open_of(pid_t caller, const char *name)
{
	char path[PROC_PATH_BUF];

	proc_path(path, caller, name);
	return open(path, O_PATH | O_CLOEXEC);
}

static bool is_our_root(int dir)
{
	struct stat ours, its;

	return stat("/", &ours) == 0 && fstat(dir, &its) == 0 && ours.st_dev == its.st_dev &&
	       ours.st_ino == its.st_ino;
}

/* The file as the caller finds it; -1: none. */
static int open_callers(pid_t caller, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC};
	const bool absolute = path[0] == '/';
	int dir = open_of(caller, absolute ? "/root" : "/cwd");
	int fd;

	if (dir < 0)
		return -1;
	/* An absolute path of a program in another root has to stay in that. */
	how.resolve = absolute && !is_our_root(dir) ? RESOLVE_IN_ROOT : 0;
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	close(dir);
	return fd;
}

/* "self" would be us: the caller has a number. */
static void self_replace(struct text *out, pid_t caller, const char path[static SUN_PATH_MAX + 1])
{
	static const char *const selves[] = {"/proc/self/", "/proc/thread-self/"};

	for (int i = 0; i < 2; i++) {
		const size_t len = strlen(selves[i]);

		if (strncmp(path, selves[i], len) != 0)
			continue;
		text_add(out, "/proc/");
		text_add_number(out, (unsigned)caller);
		path += len - 1;
	}
	text_add(out, path);
}

/* What the kernel calls the file; "": there is none. */
static void file_name(pid_t caller, const char *path, char name[static PATH_MAX])
{
	char buf[LINK_BUF];
	struct text link = text_over(buf, sizeof(buf));
	int fd = open_callers(caller, path);
	ssize_t n;

	name[0] = '\0';
	if (fd < 0)
		return;
	text_add(&link, "/proc/self/fd/");
	text_add_number(&link, (unsigned)fd);
	n = readlink(buf, name, PATH_MAX - 1);
	close(fd);
	name[n > 0 ? n : 0] = '\0';
}

struct judgement path_judge(pid_t caller, const char *path, size_t len)
{
	const struct judgement judgement = policy_unix(path, len);
	char own[SUN_PATH_MAX + 1] = "", meant_buf[SUN_PATH_MAX + LINK_BUF], name[PATH_MAX];
	struct text meant = text_over(meant_buf, sizeof(meant_buf));

	if (judgement.verdict == VERDICT_REFUSE || len == 0 || path[0] == '\0')
		return judgement;
	memcpy(own, path, len < SUN_PATH_MAX ? len : SUN_PATH_MAX);
	self_replace(&meant, caller, own);
	file_name(caller, meant_buf, name);
	return name[0] ? policy_unix(name, strlen(name)) : judgement;
}
