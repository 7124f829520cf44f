/* SPDX-License-Identifier: MIT */
/*
 * The shared pool is a file that the tunic command makes and every process of the run maps.
 *
 * Who still uses it is told by a lock that nobody has to remember: flock(2) belongs to the open
 * file, which lives as long as a mapping of it, even when its descriptor is closed. So each process
 * takes a shared lock, maps, and closes; a forked child has the mapping and so the lock; exec, exit
 * and SIGKILL drop both. Whoever gets the exclusive lock knows that nobody is left, and removes the
 * file: the last process to exit, or the next tunic where that one was killed.
 *
 * How many slots there are is told by the file's length alone, which the tunic that made it has set
 * once. The setting is for that tunic: a process with another one would look for names elsewhere.
 *
 * With the guard there is no file: its supervisor has made the pool, and gives whoever asks a descriptor of
 * it. What it is, and for how long, is the guard's to say.
 *
 * With the library alone nobody has made a file, and nobody would sweep one up. Names are then handed
 * on at exec in the same variable, in text: downwards only, and as many as go into some kilobytes of
 * the stack that exec was called on.
 */
#include "lib/pool_map.h"
#include "lib/guarded.h"
#include "lib/real.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "target/room.h"

static const char variable_is[] = "TUNIC_POOL=";

static bool is_shared;
static char shared_path[PATH_MAX]; /* of the file; "" where there is none */

/* The slots of a file that nobody else could have made or read; 0: it is no such pool. */
static uint32_t slots_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & 077) != 0 || st.st_nlink != 1)
		return 0;
	return pool_slots((size_t)st.st_size);
}

/* The pool of so many slots that is in this file, which is then closed. False: there is none. */
static bool map_file(struct pool *out, int fd, uint32_t slots)
{
	void *map = MAP_FAILED;

	if (slots != 0)
		map = mmap(NULL, pool_bytes(slots), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	real.close(fd);
	*out = pool_over(map, slots);
	return map != MAP_FAILED;
}

/* The pool in the file behind `path`. False: that is not to be had. */
static bool map_shared(struct pool *out, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	uint32_t slots;

	if (fd < 0)
		return false;
	slots = slots_of(fd);
	/* The time tells a tunic that looks for abandoned pools that this one is not. */
	if (slots != 0 && (flock(fd, LOCK_SH | LOCK_NB) != 0 || futimens(fd, NULL) != 0))
		slots = 0;
	if (!map_file(out, fd, slots))
		return false;
	out->room_for = room_for;
	return true;
}

/* The pool that the guard has. */
static bool map_guards(struct pool *out)
{
	int fd = guarded_names();
	struct stat st;

	if (fd < 0)
		return false;
	return map_file(out, fd, fstat(fd, &st) == 0 ? pool_slots((size_t)st.st_size) : 0);
}

static bool map_private(struct pool *out, uint32_t slots)
{
	void *map = mmap(NULL, pool_bytes(slots), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	*out = pool_over(map, slots);
	return map != MAP_FAILED;
}

static bool entry_make(struct text *entry, const struct pool *pool, uint32_t slot)
{
	char name[NAME_BUF];

	if (!pool_name(pool, slot, name))
		return false;
	text_add_number(entry, slot);
	text_add_all(entry, "=", name, ",", (const char *)NULL);
	return true;
}

/* Goes through all names; those for which `out`, that may be NULL, has room go there. */
static size_t entries_make(const struct pool *pool, struct text *out)
{
	char buf[NAME_BUF + 16];
	size_t sum = 0;

	for (uint32_t slot = 0; slot < pool->slots; slot++) {
		struct text entry = text_over(buf, sizeof(buf));

		if (!entry_make(&entry, pool, slot))
			continue;
		sum += entry.len;
		if (out != NULL && entry.len < out->cap - out->len)
			text_add(out, buf);
	}
	return sum;
}

size_t pool_map_text_size(const struct pool *pool)
{
	size_t size;

	if (pool->block == NULL || is_shared)
		return 0;
	size = entries_make(pool, NULL);
	if (size == 0)
		return 0;
	size += sizeof(variable_is);
	return size < POOL_MAP_TEXT_MAX ? size : POOL_MAP_TEXT_MAX;
}

void pool_map_text(const struct pool *pool, char *buf, size_t size)
{
	struct text text = text_over(buf, size);

	text_add(&text, variable_is);
	entries_make(pool, &text);
}

/* The other side: "SLOT=NAME," as often as there are names. What is wrong is passed over. */
static void entries_take(const struct pool *pool, const char *entries)
{
	while (*entries != '\0') {
		char entry[NAME_BUF + 16], *name;
		size_t len = strcspn(entries, ",");
		struct text text = text_over(entry, sizeof(entry));
		unsigned long slot;

		text_add_n(&text, entries, len);
		entries += len + (entries[len] != '\0');
		name = strchr(entry, '=');
		if (name == NULL || text.cut)
			continue;
		*name++ = '\0';
		if (text_parse_number(&slot, entry, pool->slots))
			pool_put(pool, (uint32_t)slot, name);
	}
}

bool pool_map(struct pool *out, uint32_t slots)
{
	const bool secure = getauxval(AT_SECURE) != 0;
	const char *path = secure ? NULL : getenv("TUNIC_POOL");

	is_shared = true;
	/* A library that no tunic has begun asks nobody: a sandbox may end a program for such a call. */
	if (!secure && getenv("TUNIC_RUN") != NULL && map_guards(out))
		return true;
	if (path != NULL && path[0] == '/' && map_shared(out, path)) {
		text_copy(shared_path, sizeof(shared_path), path);
		return true;
	}
	is_shared = false;
	if (!map_private(out, slots))
		return false;
	if (path != NULL && path[0] != '/')
		entries_take(out, path);
	return true;
}

void pool_map_leave(const struct pool *pool)
{
	const int saved = errno;
	int fd;

	if (shared_path[0] == '\0')
		return;
	/* Other threads may still look names up: they find memory, though no more names. */
	if (mmap(pool->block, pool_bytes(pool->slots), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		return;
	fd = open(shared_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlink(shared_path);
	if (fd >= 0)
		real.close(fd);
	shared_path[0] = '\0';
	errno = saved;
}
