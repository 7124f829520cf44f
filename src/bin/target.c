/* SPDX-License-Identifier: MIT */
/*
 * A look at the program before anything runs.
 *
 * The shim protects what the dynamic loader loads it into, and the loader passes over it without a
 * word in programs it does not load itself (static ones), and in "secure" ones, which gain rights
 * as they start (setuid, setgid, file capabilities). A script is as safe as its interpreter, so the
 * trail is followed the way the kernel does, and for `#!/usr/bin/env program` on to that program.
 * What cannot be read is not known to be safe, and so not started.
 *
 * This is a look, not a lock: whoever can replace the file in between could have run it without
 * tunic.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/same_file.h"
#include "bin/say.h"
#include "bin/search.h"
#include "bin/target.h"

enum {
	HEAD_MAX = 256,  /* how much of a file the kernel reads to know what it is */
	SCRIPTS_MAX = 5, /* how many scripts it follows until ELOOP, see execve(2) */
};

enum flaw {
	FLAW_NONE,
	FLAW_ABSENT,
	FLAW_DIRECTORY,
	FLAW_NOT_EXECUTABLE,
	FLAW_UNREADABLE,
	FLAW_NO_PROGRAM,
	FLAW_SCRIPTS,
	FLAW_ENV,
	FLAW_FOREIGN,
	FLAW_STATIC,
	FLAW_LIBC,
	FLAW_LOADER,
	FLAW_IS_LOADER,
	FLAW_GO,
	FLAW_SETUID,
	FLAW_SETGID,
	FLAW_CAPABILITIES,
};

/* "PROGRAM was not started: it ...; hint: ..." */
static const struct {
	const char *sentence, *hint;
} flaws[] = {
	[FLAW_ABSENT] = {"is not there", "look at the first line of the script"},
	[FLAW_DIRECTORY] = {"is a directory", "name a program in it"},
	[FLAW_NOT_EXECUTABLE] = {"may not be executed",
		"look at the modes of file and directory, and at the mount option noexec"},
	[FLAW_UNREADABLE] = {"may not be read, so nobody knows whether the shim can protect it",
		"use a copy that you can read"},
	[FLAW_NO_PROGRAM] = {"is neither a program of this system nor a script with a #! line",
		"name its interpreter, as in: tunic sh FILE"},
	[FLAW_SCRIPTS] = {"is a script of a script, too many levels deep",
		"name the last interpreter"},
	[FLAW_ENV] = {"starts its interpreter by options of env that tunic does not follow",
		"name the interpreter, as in: tunic INTERPRETER FILE"},
	[FLAW_FOREIGN] = {"is built for another architecture than the shim",
		"use a build for this architecture"},
	[FLAW_STATIC] = {"is statically linked, so the shim cannot protect it",
		"use a dynamically linked build"},
	[FLAW_LIBC] = {"is built for another C library than the shim",
		"use a build for this system, or a tunic built for that library"},
	[FLAW_LOADER] = {"asks for a dynamic loader that is not there",
		"see which with: file PROGRAM"},
	[FLAW_IS_LOADER] = {"is the dynamic loader, which starts any program, static ones too",
		"name the program itself"},
	[FLAW_GO] = {"is a Go program and makes system calls past the shim",
		"give it a SOCKS proxy in its own settings"},
	[FLAW_SETUID] = {"is setuid, and so would be started without the shim",
		"start tunic inside of it, as in: sudo tunic PROGRAM"},
	[FLAW_SETGID] = {"is setgid, and so would be started without the shim",
		"start tunic inside of it, or use a copy"},
	[FLAW_CAPABILITIES] = {"has file capabilities, and so would be started without the shim",
		"use a copy, which has none"},
};

/* A step of the trail from a script to the program that runs in the end. */
struct step {
	char file[PATH_MAX];
	char then[PATH_MAX]; /* what `file` itself will look for along PATH, "" where nothing */
};

static const char *name_in(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * The kernel makes a process "secure" where the file gives it another user or group than its real
 * ones. It gives none under no_new_privs and nosuid. Setgid without group execution only means
 * locking.
 */
static enum flaw id_flaw(int fd)
{
	const mode_t setgid = S_ISGID | S_IXGRP;
	struct statvfs fs;
	struct stat st;

	if (fstatvfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return FLAW_UNREADABLE;
	if (fs.f_flag & ST_NOSUID || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return FLAW_NONE;
	if (st.st_mode & S_ISUID && st.st_uid != getuid())
		return FLAW_SETUID;
	return (st.st_mode & setgid) == setgid && st.st_gid != getgid() ? FLAW_SETGID : FLAW_NONE;
}

/* Root gains nothing by them (capabilities(7)), which is why the kernel starts it as it stands. */
static enum flaw capability_flaw(int fd)
{
	if (getuid() == 0)
		return FLAW_NONE;
	if (fgetxattr(fd, "security.capability", NULL, 0) >= 0)
		return FLAW_CAPABILITIES;
	return errno == ENODATA || errno == EOPNOTSUPP ? FLAW_NONE : FLAW_CAPABILITIES;
}

/* The same C library has the same loader, though maybe by another path (/lib64, /usr/lib). */
static enum flaw loader_flaw(const char *loader, const struct elf_file *own)
{
	if (strcmp(name_in(loader), name_in(own->loader)) && !same_file(loader, own->loader))
		return FLAW_LIBC;
	return access(loader, X_OK) == 0 ? FLAW_NONE : FLAW_LOADER;
}

static enum flaw elf_flaw(int fd, const char *path, const struct elf_file *own)
{
	struct elf_file elf;
	enum elf_result result = elf_file_read(&elf, fd);
	enum flaw flaw;

	if (result == ELF_FOREIGN || (result == ELF_READ && elf.machine != own->machine))
		return FLAW_FOREIGN;
	if (result != ELF_READ)
		return FLAW_NO_PROGRAM;
	if (elf.loader[0] == '\0' || !elf.dynamic)
		return same_file(path, own->loader) ? FLAW_IS_LOADER : FLAW_STATIC;
	flaw = loader_flaw(elf.loader, own);
	if (flaw)
		return flaw;
	if (elf.go)
		return FLAW_GO;
	flaw = id_flaw(fd);
	return flaw ? flaw : capability_flaw(fd);
}

/* Takes the next word off a line of blanks and words; "" at its end. */
static char *word_take(char **line)
{
	char *word = *line + strspn(*line, " \t");
	char *end = word + strcspn(word, " \t");

	*line = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

static void blanks_trim(char *line)
{
	for (size_t len = strlen(line); len > 0 && strchr(" \t", line[len - 1]); len--)
		line[len - 1] = '\0';
}

/*
 * The program that env(1) will run for the rest of a #! line, which it gets as one argument: a
 * name, or -S and variables and a name. NULL: options (-i would empty the environment of the shim)
 * or quotes, which only env itself can follow.
 */
static const char *env_program(char *argument)
{
	char *line, *word;

	if (*argument != '-')
		return argument;
	if (strncmp(argument, "-S", 2) || strpbrk(argument, "\"'\\$"))
		return NULL;
	line = argument + 2;
	for (word = word_take(&line); *word && strchr(word, '='); word = word_take(&line))
		;
	return *word == '-' ? NULL : word;
}

/* Reads a #! line as the kernel does, for which a name that its window cuts is none. */
static enum flaw script_flaw(struct step *next, char head[static HEAD_MAX + 1])
{
	char *line = head + strlen("#!");
	char *interpreter = line + strspn(line, " \t");
	const char *program = "";

	if (strlen(head) == HEAD_MAX && !strpbrk(interpreter, " \t\n"))
		return FLAW_NO_PROGRAM;
	head[strcspn(head, "\n")] = '\0';
	interpreter = word_take(&line);
	line += strspn(line, " \t");
	blanks_trim(line);
	if (!strcmp(name_in(interpreter), "env"))
		program = env_program(line);
	if (!program)
		return FLAW_ENV;
	text_copy(next->file, sizeof(next->file), interpreter);
	text_copy(next->then, sizeof(next->then), program);
	return *interpreter ? FLAW_NONE : FLAW_NO_PROGRAM;
}

/* Judges one open file. Where it is a script, *next is what comes after it. */
static enum flaw file_flaw(int fd, const char *path, struct step *next, const struct elf_file *own)
{
	char head[HEAD_MAX + 1] = "";
	ssize_t len = pread(fd, head, HEAD_MAX, 0);

	if (len < 0)
		return FLAW_UNREADABLE;
	if (len > 2 && !memcmp(head, "#!", 2))
		return script_flaw(next, head);
	return elf_flaw(fd, path, own);
}

static enum flaw path_flaw(const char *path, struct step *next, const struct elf_file *own)
{
	struct stat st;
	enum flaw flaw;
	int fd;

	if (stat(path, &st) < 0)
		return FLAW_ABSENT;
	if (S_ISDIR(st.st_mode))
		return FLAW_DIRECTORY;
	if (!S_ISREG(st.st_mode) || access(path, X_OK) < 0)
		return FLAW_NOT_EXECUTABLE;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return FLAW_UNREADABLE;
	flaw = file_flaw(fd, path, next, own);
	close(fd);
	return flaw;
}

/* Steps from a judged file to the one that it leads to. False: it is the last. */
static bool step_on(struct step *at, const struct step *next)
{
	char found[PATH_MAX];

	if (next->file[0]) {
		text_copy(at->file, sizeof(at->file), next->file);
		if (next->then[0])
			text_copy(at->then, sizeof(at->then), next->then);
		return true;
	}
	/* Where env finds nothing, it says so itself and nothing runs. */
	if (at->then[0] == '\0' || search_program(found, at->then) != 0)
		return false;
	text_copy(at->file, sizeof(at->file), found);
	at->then[0] = '\0';
	return true;
}

_Noreturn static void refuse_target(const char *path, const char *file, enum flaw flaw)
{
	if (!strcmp(path, file))
		refuse(EXIT_CANNOT_RUN, "'%s' was not started: it %s; hint: %s", path,
			flaws[flaw].sentence, flaws[flaw].hint);
	refuse(EXIT_CANNOT_RUN, "'%s' was not started: its interpreter '%s' %s; hint: %s", path,
		file, flaws[flaw].sentence, flaws[flaw].hint);
}

void target_judge(const char *path, const struct elf_file *own)
{
	struct step at = {"", ""};

	text_copy(at.file, sizeof(at.file), path);
	for (unsigned scripts = 0;;) {
		struct step next = {"", ""};
		enum flaw flaw = path_flaw(at.file, &next, own);

		if (next.file[0] && ++scripts > SCRIPTS_MAX)
			flaw = FLAW_SCRIPTS;
		if (flaw)
			refuse_target(path, at.file, flaw);
		if (!step_on(&at, &next))
			return;
	}
}

void target_find(char path[static PATH_MAX], const char *name)
{
	struct stat st;
	int error = search_program(path, name);

	if (error == 0)
		return;
	if (error == ENOENT && !strchr(name, '/'))
		refuse(EXIT_NOT_FOUND,
			"'%s' was not found in PATH; hint: name the file, as in: ./%s", name, name);
	if (error == ENOENT || error == ENOTDIR)
		refuse(EXIT_NOT_FOUND, "'%s' was not found: %s", name, strerror(error));
	if (error != EACCES)
		refuse(EXIT_CANNOT_RUN, "'%s' was not started: %s", name, strerror(error));
	refuse_target(path, path,
		stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? FLAW_DIRECTORY : FLAW_NOT_EXECUTABLE);
}
