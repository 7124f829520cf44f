/* SPDX-License-Identifier: MIT */
/* The command line: every row of options.def is a long option, and a few more are tunic's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* C has one name space for all tags, and options.h has an `enum option`. */
#define option getopt_option
#include <getopt.h>
#undef option

#include "bin/command_line.h"
#include "bin/say.h"

static const char usage[] = "usage: tunic [options] [--] program [arguments]";

/* Values of getopt_long beyond every short option: the options of options.def, then these. */
enum {
	LONG_ROWS = 256,
	LONG_CONFIG = LONG_ROWS + OPTION_COUNT,
	LONG_REPORT,
	LONG_SHELL,
	LONG_PRINT_CONFIG,
	LONG_HELP,
	LONG_VERSION,
};

static const struct getopt_option own[] = {
	{"config", required_argument, NULL, LONG_CONFIG},
	{"report", required_argument, NULL, LONG_REPORT},
	{"shell", no_argument, NULL, LONG_SHELL},
	{"print-config", no_argument, NULL, LONG_PRINT_CONFIG},
	{"help", no_argument, NULL, LONG_HELP},
	{"version", no_argument, NULL, LONG_VERSION},
	{NULL, 0, NULL, 0},
};

enum { OWN_COUNT = sizeof(own) / sizeof(*own) };

/* Letters for the settings most wanted. A letter with a value stands for that value. */
static const struct letter {
	char letter;
	enum option option;
	const char *value;
} letters[] = {
	{'p', OPTION_PROXY, NULL},
	{'t', OPTION_TAG, NULL},
	{'i', OPTION_ISOLATE, NULL},
	{'q', OPTION_LOG, "quiet"},
	{'v', OPTION_LOG, "info"},
};

enum { LETTER_COUNT = sizeof(letters) / sizeof(*letters) };

/* '+': options end at the program's name. ':': a missing value is told from an unknown option. */
static const char short_options[] = "+:p:t:i:qv";

static void long_options_fill(struct getopt_option all[static OPTION_COUNT + OWN_COUNT])
{
	for (enum option i = 0; i < OPTION_COUNT; i++)
		all[i] = (struct getopt_option){
			option_rows[i].flag, required_argument, NULL, LONG_ROWS + (int)i};
	memcpy(all + OPTION_COUNT, own, sizeof(own));
}

/* `argument` is what getopt read last. `optopt` is a letter, a long option, or 0 for neither. */
_Noreturn static void refuse_option(int found, const char *argument)
{
	if (found == ':')
		refuse(EXIT_OURS, "option '%s' needs a value; hint: tunic --help lists all",
			argument);
	if (optopt >= LONG_ROWS)
		refuse(EXIT_OURS, "option '%s' takes no value; hint: tunic --help lists all",
			argument);
	if (optopt)
		refuse(EXIT_OURS, "unknown option '-%c'; hint: tunic --help lists all", optopt);
	refuse(EXIT_OURS, "unknown option '%s'; hint: tunic --help lists all", argument);
}

/*
 * getopt_long takes any beginning of a long option that no other one has. What that means changes
 * with every option that is added, so only whole names are taken.
 */
static void refuse_if_cut(const char *word, const char *name)
{
	const size_t len = strcspn(word + 2, "=");

	if (len != strlen(name))
		refuse(EXIT_OURS, "unknown option '%.*s'; hint: the whole name is --%s",
			(int)len + 2, word, name);
}

static bool take_letter(struct command_line *line, int found)
{
	for (unsigned i = 0; i < LETTER_COUNT; i++)
		if (letters[i].letter == found) {
			line->values[letters[i].option] =
				letters[i].value ? letters[i].value : optarg;
			return true;
		}
	return false;
}

static char *shell_of_user(void)
{
	static char default_shell[] = "/bin/sh";
	char *shell = getenv("SHELL");

	return shell && *shell ? shell : default_shell;
}

static void take_option(struct command_line *line, int found, const char *argument)
{
	switch (found) {
	case LONG_CONFIG:
		line->config = optarg;
		break;
	case LONG_REPORT:
		line->report = optarg;
		break;
	case LONG_SHELL:
		line->shell[0] = shell_of_user();
		break;
	case LONG_PRINT_CONFIG:
		line->request = REQUEST_PRINT_CONFIG;
		break;
	case LONG_HELP:
		line->request = REQUEST_HELP;
		break;
	case LONG_VERSION:
		line->request = REQUEST_VERSION;
		break;
	default:
		if (found >= LONG_ROWS)
			line->values[found - LONG_ROWS] = optarg;
		else if (!take_letter(line, found))
			refuse_option(found, argument);
	}
}

void command_line_parse(struct command_line *line, int argc, char **argv)
{
	struct getopt_option all[OPTION_COUNT + OWN_COUNT];
	int found, at, row = 0;

	memset(line, 0, sizeof(*line));
	long_options_fill(all);
	opterr = 0;
	while (at = optind, (found = getopt_long(argc, argv, short_options, all, &row)) != -1) {
		if (found >= LONG_ROWS)
			refuse_if_cut(argv[at], all[row].name);
		take_option(line, found, argv[optind - 1]);
	}
	line->program = argv + optind;
	if (line->request != REQUEST_RUN)
		return;
	if (line->shell[0] && *line->program)
		refuse(EXIT_OURS,
			"--shell takes no program, and '%s' was given; hint: leave one of them out",
			*line->program);
	if (line->shell[0])
		line->program = line->shell;
	if (!*line->program)
		refuse(EXIT_OURS, "%s; hint: tunic --help says more", usage);
}

static char letter_of(enum option option)
{
	for (unsigned i = 0; i < LETTER_COUNT; i++)
		if (letters[i].option == option && !letters[i].value)
			return letters[i].letter;
	return '\0';
}

static void row_print(enum option option)
{
	const struct option_row *row = &option_rows[option];
	char letter = letter_of(option);

	printf(letter ? "  -%c, " : "      ", letter);
	printf("--%s=%s\n            %s", row->flag, row->argument, row->sentence);
	printf(*row->default_text ? " [%s]\n" : "\n", row->default_text);
}

void command_line_help(void)
{
	printf("%s\n       tunic [options] --shell\n\n", usage);
	puts("Starts a program whose network traffic goes through Tor. What cannot go through Tor "
	     "is\n"
	     "refused, and a program that cannot be protected is not started.\n\n"
	     "Settings, with their defaults in brackets:");
	for (enum option i = 0; i < OPTION_COUNT; i++)
		row_print(i);
	puts("  -q          as --log=quiet\n"
	     "  -v          as --log=info\n\n"
	     "Others:\n"
	     "      --config=FILE    read this file instead of the usual ones\n"
	     "      --report=FILE    write what the guard had to do to this file, at the end\n"
	     "      --shell          start your shell, to run many programs\n"
	     "      --print-config   show every setting and where it comes from\n"
	     "      --help, --version\n\n"
	     "The exit code is the program's own, or 125 where tunic failed, 126 where the "
	     "program\n"
	     "cannot be run (or not safely), 127 where there is none. More: tunic(1), "
	     "tunic.conf(5).");
}
