/* SPDX-License-Identifier: MIT */
/* What the guard had to do: for the line at the end of a program under -v, and for --report. */
#include <stdbool.h>
#include <string.h>

#include "bin/guard_proc.h"
#include "bin/guard_report.h"
#include "bin/guard_run.h"
#include "bin/guard_tally.h"

enum {
	NAMED = 64,                                 /* beyond, programs are not told apart */
	ROWS = NAMED + TALLY_COUNT + REFUSAL_COUNT, /* so there is always one */
	COMM = 16,                                  /* with its NUL, see proc(5) */
};

static struct row {
	enum tally what;
	enum refusal reason;
	char program[COMM]; /* "": whoever it was */
	unsigned long count;
} rows[ROWS];
static unsigned used;

static pid_t caller;

/* ---- counting */

void tally_caller(pid_t pid)
{
	caller = pid;
}

static void program_name(char name[static COMM])
{
	name[0] = '\0';
	if (caller != 0 && proc_read(name, COMM, caller, "/comm"))
		name[strcspn(name, "\n")] = '\0';
}

static struct row *row_find(enum tally what, enum refusal reason, const char *program)
{
	for (struct row *row = rows; row < rows + used; row++)
		if (row->what == what && row->reason == reason && !strcmp(row->program, program))
			return row;
	return NULL;
}

/* A name costs a look into /proc, so nothing is counted where nobody will read it. */
void tally_count(enum tally what, enum refusal reason)
{
	char program[COMM] = "";
	struct row *row;

	if (guard_run.settings->log < LOG_LEVEL_INFO && !report_is_wanted())
		return;
	program_name(program);
	row = row_find(what, reason, program);
	if (!row && used >= NAMED) {
		memset(program, 0, sizeof(program));
		row = row_find(what, reason, program);
	}
	if (!row) {
		row = &rows[used++];
		*row = (struct row){.what = what, .reason = reason};
		memcpy(row->program, program, sizeof(program));
	}
	row->count++;
}

/* ---- telling */

static void add(struct text *out, unsigned long count, const char *what, const char *whom)
{
	if (count == 0)
		return;
	text_add(out, strchr(out->buf, ':')[1] ? ", " : " ");
	text_add_number(out, count);
	text_add_all(out, " ", what, whom, (const char *)NULL);
}

static unsigned long sum(enum tally what)
{
	unsigned long count = 0;

	for (const struct row *row = rows; row < rows + used; row++)
		count += row->what == what ? row->count : 0;
	return count;
}

void tally_text(struct text *out)
{
	text_add(out, "at the end:");
	add(out, sum(TALLY_LIBRARY), "connections as the library has them", "");
	for (const struct row *row = rows; row < rows + used; row++)
		if (row->what == TALLY_GUARD)
			add(out, row->count, "past the library by ",
				row->program[0] ? row->program : "others");
	add(out, sum(TALLY_LOOKUP), "look-ups past it", "");
	add(out, sum(TALLY_REFUSED), "refused", "");
	if (used == 0)
		text_add(out, " there was nothing to do");
}

/* A program's name may hold any byte, of no known character set: what is not ASCII is taken for Latin 1. */
static void add_json(struct text *out, const char *key, const char *value)
{
	static const char hex[] = "0123456789abcdef";

	text_add_all(out, ", \"", key, "\": \"", (const char *)NULL);
	for (const char *at = value; *at; at++) {
		const unsigned char byte = (unsigned char)*at;
		const char escape[] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};

		if (byte < ' ' || byte > 126 || byte == '"' || byte == '\\')
			text_add_n(out, escape, sizeof(escape));
		else
			text_add_char(out, *at);
	}
	text_add_char(out, '"');
}

void tally_json(struct text *out)
{
	static const char *const whats[] = {
		[TALLY_LIBRARY] = "library",
		[TALLY_GUARD] = "guard",
		[TALLY_LOOKUP] = "lookup",
		[TALLY_REFUSED] = "refused",
	};

	for (const struct row *row = rows; row < rows + used; row++) {
		text_add(out, "{\"count\": ");
		text_add_number(out, row->count);
		add_json(out, "what", whats[row->what]);
		if (row->program[0])
			add_json(out, "program", row->program);
		if (row->reason != REFUSAL_NONE)
			add_json(out, "reason", refusal_rows[row->reason].sentence);
		text_add(out, "}\n");
	}
}
