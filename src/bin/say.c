/* SPDX-License-Identifier: MIT */
/* One line on standard error, whole or not at all. */
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
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

/* Where standard error is closed, the exit code has to say it. */
__attribute__((format(printf, 1, 0))) static bool line_write(const char *format, va_list arguments)
{
	char line[LINE_BUF] = "tunic: ";
	const size_t prefix = strlen(line);

	vsnprintf(line + prefix, sizeof(line) - prefix - 1, format, arguments);
	control_characters_hide(line);
	strcat(line, "\n");
	return write(STDERR_FILENO, line, strlen(line)) >= 0;
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	line_write(format, arguments);
	va_end(arguments);
}

void refuse(enum exit_code code, const char *format, ...)
{
	va_list arguments;
	bool said;

	va_start(arguments, format);
	said = line_write(format, arguments);
	va_end(arguments);
	if (!said)
		_exit(code);
	exit(code);
}
