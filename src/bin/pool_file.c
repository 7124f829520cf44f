/* SPDX-License-Identifier: MIT */
/*
 * Making the shared pool, and sweeping up the abandoned ones.
 *
 * Every process of a run holds a lock on its pool as long as it lives (src/lib/pool_map.c), and the
 * last to exit removes it. Where that one was killed, the file stays, and no lock is on it: the next
 * tunic removes it then. A program on its way from one image to the next by exec has no lock for a
 * moment, so a file that has just been mapped is left alone for a minute.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/pool_file.h"
#include "bin/say.h"
#include "core/pool.h"
#include "target/room.h"

enum { GRACE = 60 /* seconds */ };

/* "tunic-UID-": what the files of this user begin with. */
static void prefix_make(struct text *prefix)
{
	text_add(prefix, "tunic-");
	text_add_number(prefix, getuid());
	text_add(prefix, "-");
}

static void sweep_one(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == getuid() &&
		st.st_mtime + GRACE < time(NULL) && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dir, name, 0);
	close(fd);
}

static void sweep(const char *place, const char *prefix)
{
	DIR *dir = opendir(place);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, prefix, strlen(prefix)))
			sweep_one(dirfd(dir), entry->d_name);
	closedir(dir);
}

static bool make_in(const char *place, const char *run, uint32_t slots, char path[static PATH_MAX])
{
	char buf[64];
	struct text prefix = text_over(buf, sizeof(buf)), whole = text_over(path, PATH_MAX);
	bool made;
	int fd;

	prefix_make(&prefix);
	text_add_all(&whole, place, "/", buf, run, (const char *)NULL);
	if (whole.cut)
		return false;
	sweep(place, buf);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	made = fchmod(fd, 0600) == 0 && room_make(fd, pool_bytes(slots), pool_bytes_at_once(slots));
	if (!made) {
		say("no pool of names in %s: %s", place, strerror(errno));
		unlink(path);
	}
	close(fd);
	return made;
}

bool pool_file_make(char path[static PATH_MAX], const char *run, uint32_t slots)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if ((runtime && runtime[0] == '/' && make_in(runtime, run, slots, path)) ||
		make_in("/dev/shm", run, slots, path))
		return true;
	path[0] = '\0';
	return false;
}
