/* SPDX-License-Identifier: MIT */
/* What is said of a program that is not started. The judging is src/target's. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "bin/program.h"
#include "bin/say.h"
#include "target/search.h"
#include "target/target.h"

_Noreturn static void refuse_program(const char *path, enum flaw flaw)
{
	refuse(EXIT_CANNOT_RUN, "'%s' was not started: it %s; hint: %s", path,
		flaw_rows[flaw].sentence, flaw_rows[flaw].hint);
}

bool program_judge(const char *path, const struct elf_file *own, bool guarded, enum setuid setuid)
{
	struct target_verdict verdict;
	enum flaw flaw =
		target_judge(&verdict, AT_FDCWD, path, own, target_rights(guarded, setuid), true);

	if (!flaw || (guarded && flaw_rows[flaw].under_guard >= FLAW_LIFTED))
		return flaw_rows[flaw].under_guard != FLAW_ALONE;
	if (!verdict.interpreter)
		refuse_program(path, flaw);
	refuse(EXIT_CANNOT_RUN, "'%s' was not started: its interpreter '%s' %s; hint: %s", path,
		verdict.file, flaw_rows[flaw].sentence, flaw_rows[flaw].hint);
}

void program_find(char path[static PATH_MAX], const char *name)
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
	refuse_program(path,
		stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? FLAW_DIRECTORY : FLAW_NOT_EXECUTABLE);
}
