/* SPDX-License-Identifier: MIT */
/*
 * Sockets of ours in the place of the caller's, where descriptors cannot be duplicated.
 *
 * Containers' filters refuse pidfd_getfd(2), and let a process read the memory and the /proc of its
 * children. The kernel then still takes descriptors from us for the caller (SECCOMP_IOCTL_NOTIF_ADDFD),
 * at a number that is in use, too. So we connect a socket of our own and put it where the caller's is. It
 * has the mode of that one and its close-on-exec. Lost is what we cannot ask for: options that were set,
 * an address that it was bound to, duplicates, registrations in an epoll.
 *
 * What kind of socket it is, an attribute of its file tells; who it is, the number of its inode.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "bin/guard_kernel.h"
#include "bin/guard_proc.h"
#include "bin/guard_swap.h"

enum { NAME_MAX_LEN = 32, INFO_MAX = 512, ROOM = 1024 };

bool swap_is_needed(void)
{
	const int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	const int copy = (int)syscall(SYS_pidfd_getfd, self, self, 0);

	if (copy >= 0)
		close(copy);
	if (self >= 0)
		close(self);
	return copy < 0;
}

static void path_make(char out[static PROC_PATH_BUF], pid_t caller, const char *folder, int number)
{
	struct text path = proc_path(out, caller, folder);

	text_add_number(&path, (unsigned)number);
}

/* As the kernel names its protocols; what the filter lets nobody make is left out. */
static const struct {
	const char *name;
	int domain, type;
} kinds[] = {
	{"TCP", AF_INET, SOCK_STREAM},
	{"TCPv6", AF_INET6, SOCK_STREAM},
	{"UDP", AF_INET, SOCK_DGRAM},
	{"UDPv6", AF_INET6, SOCK_DGRAM},
	{"UNIX", AF_UNIX, SOCK_STREAM},
	{"UNIX-STREAM", AF_UNIX, SOCK_STREAM},
	{"NETLINK", AF_NETLINK, SOCK_RAW},
};

int swap_facts(pid_t caller, int number, struct socket_facts *out)
{
	char path[PROC_PATH_BUF], name[NAME_MAX_LEN] = "";
	struct stat st;

	path_make(path, caller, "/fd/", number);
	if (number < 0 || stat(path, &st) < 0)
		return number < 0 || errno == ENOENT ? EBADF : EACCES;
	if (!S_ISSOCK(st.st_mode) ||
		getxattr(path, "system.sockprotoname", name, sizeof(name) - 1) < 0)
		return ENOTSOCK;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(name, kinds[i].name) == 0) {
			*out = (struct socket_facts){
				kinds[i].domain, kinds[i].type, 0, (uint64_t)st.st_ino};
			return 0;
		}
	return EACCES;
}

uint64_t swap_cookie(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (uint64_t)st.st_ino : 0;
}

/* The flags of the descriptor and its file, in one; 0 where they cannot be read. */
static int flags_of(pid_t caller, int number)
{
	static const char key[] = "flags:";
	char path[PROC_PATH_BUF], info[INFO_MAX] = "";
	const char *at;
	int fd;

	path_make(path, caller, "/fdinfo/", number);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	at = read(fd, info, sizeof(info) - 1) > 0 ? strstr(info, key) : NULL;
	close(fd);
	return at ? (int)strtol(at + sizeof(key) - 1, NULL, 8) : 0;
}

int swap_make(pid_t caller, int number, const struct socket_facts *facts)
{
	const int mode = flags_of(caller, number) & O_NONBLOCK ? SOCK_NONBLOCK : 0;

	return socket(facts->domain, facts->type | SOCK_CLOEXEC | mode, 0);
}

bool swap_in(int listener, uint64_t id, pid_t caller, int number, int fd)
{
	struct seccomp_notif_addfd given = {
		.id = id,
		.flags = SECCOMP_ADDFD_FLAG_SETFD,
		.srcfd = (uint32_t)fd,
		.newfd = (uint32_t)number,
		.newfd_flags = (uint32_t)(flags_of(caller, number) & O_CLOEXEC),
	};

	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &given) >= 0;
}

/* A place is taken by the next socket that has the same one. */
static struct {
	uint64_t cookie;
	enum swap_mark mark;
} marks[ROOM];

void swap_mark(uint64_t cookie, enum swap_mark mark)
{
	marks[cookie % ROOM].cookie = cookie;
	marks[cookie % ROOM].mark = mark;
}

bool swap_is_marked(uint64_t cookie, enum swap_mark mark)
{
	return marks[cookie % ROOM].cookie == cookie && marks[cookie % ROOM].mark == mark;
}
