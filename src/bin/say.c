/* SPDX-License-Identifier: MIT */
/* One-line refusals. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/say.h"

enum { LINE_BUF = 2 * PATH_MAX + 1024 }; /* two paths and a sentence */

static void control_characters_hide(char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < ' ' || *line == 127)
			*line = '?';
}

void refuse(enum exit_code code, const char *format, ...)
{
	char line[LINE_BUF] = "tunic: ";
	size_t prefix = strlen(line);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line + prefix, sizeof(line) - prefix - 1, format, arguments);
	va_end(arguments);
	control_characters_hide(line);
	strcat(line, "\n");
	/* Where standard error is closed, the exit code has to say it. */
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		_exit(code);
	exit(code);
}
