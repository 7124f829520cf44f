/* SPDX-License-Identifier: MIT */
/* Finding libtunic.so, and everything that would make ld.so(8) pass over it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/library.h"
#include "bin/say.h"
#include "target/same_file.h"

static const char own_place[] = "/proc/self/exe";

/* The directory that the running command is in. */
static void own_directory(char dir[static PATH_MAX])
{
	ssize_t len = readlink(own_place, dir, PATH_MAX);

	if (len <= 0 || len == PATH_MAX)
		refuse(EXIT_OURS, "cannot find out where tunic is: %s: %s; hint: mount /proc",
			own_place, strerror(len < 0 ? errno : ENAMETOOLONG));
	dir[len] = '\0';
	*strrchr(dir, '/') = '\0';
}

static bool is_there(struct text *path, const char *dir, const char *name)
{
	*path = text_over(path->buf, path->cap);
	text_add_all(path, dir, name, (const char *)NULL);
	return !path->cut && access(path->buf, F_OK) == 0;
}

/* Installed, the build tree, a moved installation. */
static void library_search(char found[static PATH_MAX])
{
	char dir[PATH_MAX], buf[PATH_MAX];
	struct text path = text_over(buf, sizeof(buf));

	own_directory(dir);
	if (same_file(*dir ? dir : "/", BINDIR))
		is_there(&path, PKGLIBDIR, "/libtunic.so");
	else if (!is_there(&path, dir, "/.libs/libtunic.so"))
		is_there(&path, dir, "/../lib/tunic/libtunic.so");
	if (path.cut || !realpath(buf, found))
		refuse(EXIT_OURS, "the shim is missing: %s: %s; hint: install tunic anew", buf,
			strerror(path.cut ? ENAMETOOLONG : errno));
}

static void refuse_unless_nameable(const char *path)
{
	const char *bad = strpbrk(path, " \t\n\v\f\r:;$");

	if (bad)
		refuse(EXIT_OURS,
			"the shim cannot be preloaded from '%s': a '%c' means something else "
			"there; hint: move tunic to a directory with a plain name",
			path, *bad);
}

static void refuse_unless_mappable(const char *path)
{
	struct statvfs fs;

	if (statvfs(path, &fs) == 0 && !(fs.f_flag & ST_NOEXEC))
		return;
	refuse(EXIT_OURS,
		"the shim cannot be preloaded from '%s': its file system is mounted noexec; hint: "
		"move tunic "
		"to another one",
		path);
}

static void refuse_unless_kin(const char *path, const struct elf_file *own)
{
	struct elf_file library;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	enum elf_result result;

	if (fd < 0)
		refuse(EXIT_OURS, "the shim cannot be read: %s: %s; hint: look at its mode", path,
			strerror(errno));
	result = elf_file_read(&library, fd);
	close(fd);
	if (result == ELF_FOREIGN || (result == ELF_READ && library.machine != own->machine))
		refuse(EXIT_OURS,
			"the shim is built for another architecture: %s; hint: install tunic anew",
			path);
	if (result != ELF_READ || !library.dynamic)
		refuse(EXIT_OURS, "the shim is not a shared library: %s; hint: install tunic anew",
			path);
}

void library_read_own(struct elf_file *own)
{
	int fd = open(own_place, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || elf_file_read(own, fd) != ELF_READ)
		refuse(EXIT_OURS, "cannot look at tunic itself: %s: %s; hint: mount /proc",
			own_place, strerror(errno));
	close(fd);
}

void library_find(char path[static PATH_MAX], const struct elf_file *own)
{
	library_search(path);
	refuse_unless_nameable(path);
	refuse_unless_mappable(path);
	refuse_unless_kin(path, own);
}
