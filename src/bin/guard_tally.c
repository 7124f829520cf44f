/* SPDX-License-Identifier: MIT */
/* What the guard had to do, for the line at the end of a program under -v. */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "bin/guard_run.h"
#include "bin/guard_tally.h"

enum { NAMES = 8, COMM = 16 /* with its NUL, see proc(5) */, PATH_BUF = 64 };

static unsigned long counts[TALLY_COUNT];

/* The last counts those of which there was no room for a name. */
static struct {
	char name[COMM];
	unsigned long count;
} past[NAMES + 1];

void tally_count(enum tally tally)
{
	counts[tally]++;
}

static void name_of(pid_t caller, char name[static COMM])
{
	char path_buf[PATH_BUF];
	struct text path = text_over(path_buf, sizeof(path_buf));
	ssize_t n = 0;
	int fd;

	text_add(&path, "/proc/");
	text_add_number(&path, (unsigned)caller);
	text_add(&path, "/comm");
	fd = open(path_buf, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, name, COMM - 1);
		close(fd);
	}
	name[n > 0 ? n : 0] = '\0';
	name[strcspn(name, "\n")] = '\0';
}

/* The name costs a look into /proc, so it is looked up where somebody will read it. */
void tally_past(pid_t caller)
{
	char name[COMM];
	int i = 0;

	if (guard_run.settings->log < LOG_LEVEL_INFO)
		return;
	name_of(caller, name);
	while (i < NAMES && past[i].count > 0 && strcmp(past[i].name, name) != 0)
		i++;
	if (i < NAMES)
		memcpy(past[i].name, name, sizeof(name));
	past[i].count++;
}

static void add(struct text *out, unsigned long count, const char *what, bool *any)
{
	if (count == 0)
		return;
	text_add(out, *any ? ", " : " ");
	text_add_number(out, count);
	text_add_all(out, " ", what, (const char *)NULL);
	*any = true;
}

void tally_text(struct text *out)
{
	bool any = false;

	text_add(out, "at the end:");
	add(out, counts[TALLY_DIRECT], "connections as the library has them", &any);
	for (int i = 0; i <= NAMES; i++) {
		add(out, past[i].count, "past the library by ", &any);
		if (past[i].count > 0)
			text_add(out, i < NAMES ? past[i].name : "others");
	}
	add(out, counts[TALLY_LOOKUP], "look-ups past it", &any);
	add(out, counts[TALLY_REFUSED], "refused", &any);
	if (!any)
		text_add(out, " there was nothing to do");
}
