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
 *
 * The library asks in vfork children and in signal handlers, so everything is on the stack, and
 * little of it: the longest path there is stands in the caller's verdict.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/text.h"
#include "target/same_file.h"
#include "target/search.h"
#include "target/target.h"

enum {
	HEAD_MAX = 256,  /* how much of a file the kernel reads to know what it is */
	SCRIPTS_MAX = 5, /* how many scripts it follows until ELOOP, see execve(2) */
};

#define FLAW(symbol, error, under_guard, sentence, hint) \
	{FLAW_##under_guard, error, sentence, hint},
const struct flaw_row flaw_rows[FLAW_COUNT] = {
	{FLAW_KEPT, 0, "", ""},
#include "target/flaws.def"
};
#undef FLAW

/* Where a #! line leads to. */
struct step {
	char file[HEAD_MAX + 1]; /* the interpreter, "" where the file is no script */
	char then[HEAD_MAX + 1]; /* what that one, being env, will look for along PATH, or "" */
};

static const char *name_in(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * The kernel makes a process "secure" where its effective user or group will not be the real one:
 * because the file gives it another, or because it is so already. A file gives none under
 * nosuid. Setgid without group execution only means locking.
 */
static enum flaw id_flaw(int fd, enum target_rights rights)
{
	const mode_t setgid = S_ISGID | S_IXGRP;
	const uid_t user = getuid();
	const gid_t group = getgid();
	bool gives_user, gives_group;
	struct statvfs fs;
	struct stat st;

	if (fstatvfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return FLAW_UNREADABLE;
	if (fs.f_flag & ST_NOSUID || rights != RIGHTS_GIVEN)
		st.st_mode = 0;
	gives_user = st.st_mode & S_ISUID;
	gives_group = (st.st_mode & setgid) == setgid;
	if (gives_user && st.st_uid != user)
		return FLAW_SETUID;
	if (gives_group && st.st_gid != group)
		return FLAW_SETGID;
	if ((!gives_user && geteuid() != user) || (!gives_group && getegid() != group))
		return FLAW_IDS;
	return FLAW_NONE;
}

/* Root gains nothing by them (capabilities(7)), which is why the kernel starts it as it stands. */
static enum flaw capability_flaw(int fd, enum target_rights rights)
{
	if (getuid() == 0 || rights == RIGHTS_LOST)
		return FLAW_NONE;
	if (fgetxattr(fd, "security.capability", NULL, 0) >= 0)
		return FLAW_CAPABILITIES;
	return errno == ENODATA || errno == EOPNOTSUPP ? FLAW_NONE : FLAW_CAPABILITIES;
}

/* By the effective ids, as exec does; access(2) asks for the real ones. */
static bool may_execute(int dir, const char *path)
{
	const int flags = AT_EACCESS | (*path ? 0 : AT_EMPTY_PATH);

	return faccessat(dir, path, X_OK, flags) == 0 || (errno != EACCES && errno != ENOENT);
}

/* The same C library has the same loader, though maybe by another path (/lib64, /usr/lib). */
static enum flaw loader_flaw(const char *loader, const struct elf_file *own)
{
	if (strcmp(name_in(loader), name_in(own->loader)) && !same_file(loader, own->loader))
		return FLAW_LIBC;
	return may_execute(AT_FDCWD, loader) ? FLAW_NONE : FLAW_LOADER;
}

/* What the guard does not lift comes first, so that nothing else hides it. */
static enum flaw rights_flaw(int fd, enum target_rights rights)
{
	const enum flaw flaw = id_flaw(fd, rights);

	return flaw ? flaw : capability_flaw(fd, rights);
}

static enum flaw elf_flaw(int fd, const struct elf_file *own, enum target_rights rights)
{
	struct elf_file elf;
	enum elf_result result = elf_file_read(&elf, fd);
	enum flaw flaw;

	if (result == ELF_BROKEN)
		return FLAW_NO_PROGRAM;
	flaw = rights_flaw(fd, rights);
	if (flaw)
		return flaw;
	if (result == ELF_FOREIGN || elf.machine != own->machine)
		return FLAW_FOREIGN;
	if (elf.loader[0] == '\0' || !elf.dynamic)
		return is_file(fd, own->loader) ? FLAW_IS_LOADER : FLAW_STATIC;
	flaw = loader_flaw(elf.loader, own);
	if (flaw)
		return flaw;
	return elf.go ? FLAW_GO : FLAW_NONE;
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

/*
 * Reads a #! line as the kernel does, for which a name that its window cuts is none. `env`: see
 * target_judge.
 */
static enum flaw script_flaw(struct step *next, char head[static HEAD_MAX + 1], bool env)
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
	if (env && !strcmp(name_in(interpreter), "env"))
		program = env_program(line);
	if (!program)
		return FLAW_ENV;
	text_copy(next->file, sizeof(next->file), interpreter);
	text_copy(next->then, sizeof(next->then), program);
	return *interpreter ? FLAW_NONE : FLAW_NO_PROGRAM;
}

/* Judges one open file. Where it is a script, *next is what comes after it. */
static enum flaw file_flaw(
	int fd, struct step *next, const struct elf_file *own, enum target_rights rights, bool env)
{
	char head[HEAD_MAX + 1] = "";
	ssize_t len = pread(fd, head, HEAD_MAX, 0);

	if (len < 0)
		return FLAW_UNREADABLE;
	if (len > 2 && !memcmp(head, "#!", 2))
		return script_flaw(next, head, env);
	return elf_flaw(fd, own, rights);
}

/* Opens what execveat(2) would execute. A descriptor that is no file to read from needs /proc. */
static int open_target(int dir, const char *path)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
	char buf[sizeof("/proc/self/fd/") + 10];
	struct text link = text_over(buf, sizeof(buf));

	if (*path)
		return openat(dir, path, flags);
	text_add(&link, "/proc/self/fd/");
	text_add_number(&link, (unsigned)dir);
	return open(buf, flags);
}

static enum flaw path_flaw(int dir, const char *path, struct step *next, const struct elf_file *own,
	enum target_rights rights, bool env)
{
	struct stat st;
	enum flaw flaw;
	int fd;

	if (fstatat(dir, path, &st, *path ? 0 : AT_EMPTY_PATH) < 0)
		return FLAW_ABSENT;
	if (S_ISDIR(st.st_mode))
		return FLAW_DIRECTORY;
	if (!S_ISREG(st.st_mode) || !may_execute(dir, path))
		return FLAW_NOT_EXECUTABLE;
	fd = open_target(dir, path);
	if (fd < 0)
		return FLAW_UNREADABLE;
	flaw = file_flaw(fd, next, own, rights, env);
	close(fd);
	return flaw;
}

/* Steps from a judged file to the one that it leads to. False: it is the last. */
static bool step_on(char file[static PATH_MAX], struct step *at, const struct step *next)
{
	if (next->file[0]) {
		text_copy(file, PATH_MAX, next->file);
		if (next->then[0])
			text_copy(at->then, sizeof(at->then), next->then);
		return true;
	}
	/* Where env finds nothing, it says so itself and nothing runs. */
	if (at->then[0] == '\0' || search_program(file, at->then) != 0)
		return false;
	at->then[0] = '\0';
	return true;
}

/*
 * Under no_new_privs the kernel gives nobody any. But a program with file capabilities is started as a
 * secure one all the same, and so without the shim; where there is a guard it does not need it.
 */
enum target_rights target_rights(bool guarded, enum setuid setuid)
{
	if (guarded)
		return setuid == SETUID_UNPRIVILEGED ? RIGHTS_LOST : RIGHTS_GIVEN;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? RIGHTS_OF_IDS_LOST : RIGHTS_GIVEN;
}

enum flaw target_judge(struct target_verdict *out, int dir, const char *path,
	const struct elf_file *own, enum target_rights rights, bool env)
{
	struct step at = {"", ""};

	out->interpreter = false;
	if (!text_copy(out->file, sizeof(out->file), path))
		return out->flaw = FLAW_ABSENT;
	for (unsigned scripts = 0;; dir = AT_FDCWD, out->interpreter = true) {
		struct step next = {"", ""};

		out->flaw = path_flaw(dir, out->file, &next, own, rights, env);
		if (next.file[0] && ++scripts > SCRIPTS_MAX)
			out->flaw = FLAW_SCRIPTS;
		if (out->flaw || !step_on(out->file, &at, &next))
			return out->flaw;
	}
}
