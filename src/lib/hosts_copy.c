/* SPDX-License-Identifier: MIT */
/*
 * Most names are not in the hosts file, and libc opens, reads and closes it each time to find that
 * out: three quarters of what a look-up costs that asks nobody. So a copy of its text is kept, and
 * one stat tells whether the file is still the same. A name that is nowhere in the text, not even as
 * a part of a word or of a comment, is not in the file for libc either; about all others libc decides.
 *
 * A file may be changed twice within one tick of the clock that stamps it, with the same length.
 * Hence nothing is kept of a file that was changed in the last seconds before it was read.
 */
#include "lib/hosts_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/real.h"
#include "lib/sequenced.h"

enum { SETTLED = 2 /* seconds */ };

/* The text is as long as the file; what it is under is the digest of all that tells files apart. */
static struct {
	struct sequenced place;
	_Atomic uint64_t words[HOSTS_COPY_MAX / sizeof(uint64_t)];
} copy;

/* FNV-1a, 64 bits, by words. */
static uint64_t digest_of(const struct stat *st)
{
	const uint64_t facts[] = {(uint64_t)st->st_dev, (uint64_t)st->st_ino, (uint64_t)st->st_size,
		(uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec,
		(uint64_t)st->st_ctim.tv_sec, (uint64_t)st->st_ctim.tv_nsec};
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		hash = (hash ^ facts[i]) * 0x100000001b3;
		hash ^= hash >> 32;
	}
	return hash | 1;
}

/* Reads the file whole, if it is the one with this digest before and after. */
static bool read_whole(int fd, char *text, size_t size, uint64_t digest)
{
	struct stat st;

	return fstat(fd, &st) == 0 && digest_of(&st) == digest &&
	       real.read(fd, text, size) == (ssize_t)size && fstat(fd, &st) == 0 &&
	       digest_of(&st) == digest;
}

/* Gets the text of the file that `st` tells about, from the copy if there is one. */
static bool text_of(const char *path, const struct stat *st, time_t now, char *text)
{
	const uint64_t digest = digest_of(st);
	const size_t size = (size_t)st->st_size;
	bool whole;
	int fd;

	if (sequenced_read(&copy.place, copy.words, digest, text, size))
		return true;
	if (st->st_ctim.tv_sec > now - SETTLED)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return false;
	whole = read_whole(fd, text, size, digest);
	real.close(fd);
	if (whole)
		sequenced_write(&copy.place, copy.words, digest, text, size);
	return whole;
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Is the name somewhere in the text, in any case of letters? */
static bool is_within(const char *text, size_t size, const char *name, size_t len)
{
	for (size_t at = 0; at + len <= size; at++) {
		size_t same = 0;

		while (same < len && lower(text[at + same]) == lower(name[same]))
			same++;
		if (same == len)
			return true;
	}
	return false;
}

/* How other letters than those of ASCII compare is a matter of the program's locale. */
static bool is_ascii(const char *name)
{
	while (*name != '\0' && (unsigned char)*name < 128)
		name++;
	return *name == '\0';
}

bool hosts_copy_lacks(const char *path, const char *name, time_t now)
{
	char text[HOSTS_COPY_MAX];
	const int saved = errno;
	struct stat st;
	bool lacks;

	lacks = is_ascii(name) && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		st.st_size <= HOSTS_COPY_MAX && text_of(path, &st, now, text) &&
		!is_within(text, (size_t)st.st_size, name, strlen(name));
	errno = saved;
	return lacks;
}

void hosts_copy_after_fork(void)
{
	sequenced_after_fork(&copy.place);
}
