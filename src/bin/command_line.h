/* SPDX-License-Identifier: MIT */
/* What the user typed. */
#ifndef TUNIC_BIN_COMMAND_LINE_H
#define TUNIC_BIN_COMMAND_LINE_H

#include <stdbool.h>

#include "core/options.h"

enum request { REQUEST_RUN, REQUEST_HELP, REQUEST_VERSION, REQUEST_PRINT_CONFIG };

struct command_line {
	enum request request;
	const char *values[OPTION_COUNT]; /* as last given for each option, NULL where it was not */
	const char *config;               /* --config, or NULL */
	const char *report;               /* --report, or NULL */
	char *const *program; /* its arguments, NULL-terminated; the first is its name */
	char *shell[2];       /* what `program` is for --shell */
};

/* Parses the command line of `tunic`. Ends it (125) where that makes no sense. */
void command_line_parse(struct command_line *line, int argc, char **argv);

/* What --help prints to standard output. */
void command_line_help(void);

#endif
