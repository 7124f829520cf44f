/* SPDX-License-Identifier: MIT */
/* What src/target says of a program, as an errno and a line. */
#include "lib/child_program.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>

#include "base/text.h"
#include "lib/child_environment.h"
#include "lib/guarded.h"
#include "lib/library.h"
#include "lib/log.h"
#include "target/target.h"

_Static_assert((int)FLAW_COUNT <= (int)LOG_KINDS_TARGET, "a kind of line for each flaw");

enum { NAME_LINE = 4 * 80 + 8 /* what text_add_quoted may add */ };

static struct elf_file own;

/* The first object is the host program, whose headers are in memory: /proc is not needed. */
static int loader_take(struct dl_phdr_info *info, size_t size, void *out)
{
	struct elf_file *elf = out;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_INTERP)
			text_copy(elf->loader, sizeof(elf->loader),
				(const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr));
	return 1;
}

void child_program_learn(void)
{
	Dl_info info;

	dl_iterate_phdr(loader_take, &own);
	if (dladdr(&library, &info) != 0)
		own.machine = ((const ElfW(Ehdr) *)info.dli_fbase)->e_machine;
}

/* "refused to start 'PROGRAM': it ...", or of a script "... its interpreter 'FILE' ..." */
static void say(const struct target_verdict *verdict, int dir, const char *path)
{
	const struct flaw_row *row = &flaw_rows[verdict->flaw];
	char program_buf[NAME_LINE], file_buf[NAME_LINE];
	char descriptor_buf[32];
	struct text descriptor = text_over(descriptor_buf, sizeof(descriptor_buf));
	struct text program = text_over(program_buf, sizeof(program_buf));
	struct text file = text_over(file_buf, sizeof(file_buf));

	if (!log_first((unsigned)LOG_KIND_TARGET + verdict->flaw))
		return;
	text_add(&descriptor, "/dev/fd/");
	text_add_number(&descriptor, (unsigned)dir);
	text_add_quoted(&program, *path ? path : descriptor_buf);
	text_add_quoted(&file, verdict->file);
	log_say(LOG_LEVEL_WARN, "refused to start ", program_buf, ": ",
		verdict->interpreter ? "its interpreter " : "it",
		verdict->interpreter ? file_buf : "", " ", row->sentence, "; hint: ", row->hint,
		NULL);
}

static int judge(int dir, const char *path)
{
	struct target_verdict verdict;
	enum target_rights rights;
	int error;

	/* Where the caller's pointer is bad, the kernel has to say so. */
	if (faccessat(dir, path, F_OK, 0) < 0 && errno == EFAULT)
		return 0;
	target_judge(&verdict, dir, path, &own, RIGHTS_GIVEN, false);
	/* Whether there is a guard is a trapped call, so it is asked where the answer matters. */
	if (flaw_rows[verdict.flaw].under_guard == FLAW_ASKED) {
		rights = target_rights(is_guarded(), library.options.settings.setuid);
		target_judge(&verdict, dir, path, &own, rights, false);
	}
	error = flaw_rows[verdict.flaw].error;
	if (flaw_rows[verdict.flaw].under_guard == FLAW_LIFTED && is_guarded())
		return 0;
	if (error == EACCES || error == EPERM) {
		say(&verdict, dir, path);
		return error;
	}
	if (error == 0 && verdict.flaw == FLAW_NONE && !child_environment_possible() &&
		!is_guarded()) {
		refuse(REFUSAL_CHILD, NULL);
		return errno;
	}
	return error;
}

int child_program_judge(int dir, const char *path)
{
	const int saved = errno;
	const int error = judge(dir, path);

	errno = saved;
	return error;
}
