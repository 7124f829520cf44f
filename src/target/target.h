/* SPDX-License-Identifier: MIT */
/* A program that is to be started: can the shim protect it? */
#ifndef TUNIC_TARGET_TARGET_H
#define TUNIC_TARGET_TARGET_H

#include <limits.h>
#include <stdbool.h>

#include "core/options.h"
#include "target/elf_file.h"

#define FLAW(symbol, error, under_guard, sentence, hint) FLAW_##symbol,
enum flaw {
	FLAW_NONE,
#include "target/flaws.def"
	FLAW_COUNT,
};
#undef FLAW

/* What the guard makes of a flaw; see flaws.def. */
enum flaw_under_guard { FLAW_KEPT, FLAW_ASKED, FLAW_LIFTED, FLAW_ALONE };

struct flaw_row {
	enum flaw_under_guard under_guard;
	int error; /* what exec fails with; 0: it is left to the kernel */
	const char *sentence, *hint;
};
/* Indexed by enum flaw; row 0 is empty. */
extern const struct flaw_row flaw_rows[FLAW_COUNT];

struct target_verdict {
	enum flaw flaw;
	bool interpreter;    /* the flaw is not of the file itself but of one that it leads to: */
	char file[PATH_MAX]; /* the one that has the flaw, as a path of the caller's directory */
};

/* What becomes of the rights that a file gives to who starts it. */
enum target_rights {
	RIGHTS_GIVEN,
	RIGHTS_OF_IDS_LOST, /* setuid and setgid mean nothing */
	RIGHTS_LOST,        /* nor do file capabilities */
};

/* That of this process's children, and of what it becomes. Changes errno. */
enum target_rights target_rights(bool guarded, enum setuid setuid);

/*
 * Judges the file that execveat(2) would find by `dir` (AT_FDCWD, a directory, or with an empty
 * path the file itself) and `path`; of a script, also the interpreter. `env`: where that is env(1),
 * the program it will run as well, along this process's PATH; who hooks exec in env need not. `own`
 * has the machine and the loader of whoever asks, which are the shim's. `rights`: what
 * target_rights says. Returns out->flaw: FLAW_NONE where the dynamic loader will load the shim.
 * Changes errno.
 */
enum flaw target_judge(struct target_verdict *out, int dir, const char *path,
	const struct elf_file *own, enum target_rights rights, bool env);

#endif
