/* SPDX-License-Identifier: MIT */
/*
 * tunic: starts a program whose network traffic goes through Tor, or does not start it.
 *
 * The whole command is the phases of main. The last one becomes the program, so its process id, its
 * signals, its descriptors and its exit code are its own; or, with the guard, the last but two stays
 * as the front of it (guard.c).
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#include "bin/command_line.h"
#include "bin/descriptors.h"
#include "bin/guard.h"
#include "bin/guard_report.h"
#include "bin/launch.h"
#include "bin/library.h"
#include "bin/program.h"
#include "bin/proxy_kind.h"
#include "bin/say.h"
#include "bin/settings.h"

/* The loader ignores LD_PRELOAD in such a process, and in what it starts. */
static void refuse_if_secure(void)
{
	if (getauxval(AT_SECURE))
		refuse(EXIT_OURS, "does not run setuid, setgid or with file capabilities; hint: "
				  "take them off its file");
}

static int print_and_end(const struct command_line *line, const struct options *options)
{
	if (line->request == REQUEST_HELP)
		command_line_help();
	else if (line->request == REQUEST_VERSION)
		puts("tunic " PACKAGE_VERSION);
	else
		settings_print(options);
	if (fflush(stdout) != 0)
		refuse(EXIT_OURS, "cannot write to standard output: %s", strerror(errno));
	return 0;
}

int main(int argc, char **argv)
{
	struct command_line line;
	struct options options;
	struct proxy_question is_tor;
	struct elf_file own;
	char program[PATH_MAX], library[PATH_MAX];
	bool with_shim, tor, guarded;

	refuse_if_secure();

	command_line_parse(&line, argc, argv);
	if (line.request == REQUEST_HELP || line.request == REQUEST_VERSION)
		return print_and_end(&line, NULL);

	settings_load(&options, &line);
	if (line.request == REQUEST_PRINT_CONFIG)
		return print_and_end(&line, &options);

	/* Who starts tunic where no rights can be gained has said so already. */
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && !guard_is_in_force())
		options.settings.setuid = SETUID_UNPRIVILEGED;

	report_prepare(line.report);
	library_read_own(&own);
	/* What an outer tunic has let in, and its programs have opened, is the run's to keep. */
	if (!launch_within_run())
		descriptors_vet(&options.settings);
	proxy_kind_ask(&is_tor, &options.settings, launch_within_run());

	program_find(program, line.program[0]);
	with_shim = program_judge(
		program, &own, guard_is_wanted(&options.settings), options.settings.setuid);

	library_find(library, &own);
	tor = proxy_kind_is_tor(&is_tor);
	launch_prepare(&options, with_shim ? library : NULL, tor);
	/* The guard makes connections of its own. */
	if (tor)
		options.settings.pipeline = PIPELINE_YES;
	guard_launch(&options.settings, program, line.program);
	/* Only the guard, an outer one, can stand in for the shim. */
	guarded = guard_is_in_force();
	program_judge(program, &own, guarded, options.settings.setuid);
	if (!guarded)
		launch_share_names(&options.settings);
	launch_exec(program, line.program);
}
