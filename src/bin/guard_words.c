/* SPDX-License-Identifier: MIT */
/* What the supervisor says of the programs that it guards: each kind of line once. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "bin/guard_report.h"
#include "bin/guard_run.h"
#include "bin/guard_tally.h"
#include "bin/guard_words.h"

enum { LINE_BUF = 1024, WHERE_BUF = 512, PROXY_BUF = sizeof(struct proxy) + 8, REPLIES = 256 };

static bool refusal_said[REFUSAL_COUNT], reply_said[REPLIES];
static bool unreached_said, deadline_said, failed_said;

/* The first time, unless that is more than the settings want to hear. */
static bool first(bool *said, enum log_level level)
{
	const bool is_first = !*said && guard_run.settings->log >= level;

	*said = true;
	return is_first;
}

static void line_write(const char *line, size_t n)
{
	const char *path = guard_run.settings->log_file;
	int fd = STDERR_FILENO;
	struct pollfd room;
	ssize_t written;

	if (path[0])
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
			0600);
	/* A pipe whose reader sleeps, a terminal that is held: who waits for us cannot wait for that. */
	room = (struct pollfd){.fd = fd, .events = POLLOUT};
	if (fd < 0 || poll(&room, 1, 0) != 1)
		return;
	written = write(fd, line, n);
	(void)written; /* nobody is left to tell */
	if (path[0])
		close(fd);
}

__attribute__((format(printf, 1, 2))) static void line_say(const char *format, ...)
{
	char line[LINE_BUF];
	va_list arguments;
	int n = snprintf(line, sizeof(line), "tunic: guard: ");

	va_start(arguments, format);
	n += vsnprintf(line + n, sizeof(line) - (size_t)n - 1, format, arguments);
	va_end(arguments);
	if ((size_t)n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	for (int i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 127)
			line[i] = '?';
	line[n++] = '\n';
	line_write(line, (size_t)n);
}

static const char *target_text(const struct socks_target *target, char out[static WHERE_BUF])
{
	struct text text = text_over(out, WHERE_BUF);
	const struct endpoint endpoint = {target->addr, target->port};
	char buf[ENDPOINT_TEXT_MAX];

	if (target->addr.family != ADDR_NONE) {
		text_add(&text, endpoint_format(&endpoint, buf));
		return out;
	}
	text_add_all(&text, target->name, ":", (const char *)NULL);
	text_add_number(&text, target->port);
	return out;
}

static const char *proxy_text(char out[static PROXY_BUF])
{
	const struct proxy *proxy = &guard_run.settings->proxy;
	struct text text = text_over(out, PROXY_BUF);
	char tcp[ENDPOINT_TEXT_MAX];

	if (proxy->path[0])
		text_add_all(&text, "unix:", proxy->path, (const char *)NULL);
	else
		text_add(&text, endpoint_format(&proxy->tcp, tcp));
	return out;
}

int words_refusal(enum refusal refusal, const char *what)
{
	const struct refusal_row *row = &refusal_rows[refusal];
	/* Each libc looks for such a service before it asks a name server, and is content without. */
	const bool usual = refusal == REFUSAL_RESOLVER;

	tally_count(TALLY_REFUSED, refusal);
	if (first(&refusal_said[refusal], usual ? LOG_LEVEL_INFO : LOG_LEVEL_WARN))
		line_say("%s%s%s%s%s%s", row->sentence, what ? " (" : "", what ? what : "",
			what ? ")" : "", row->hint[0] ? "; " : "", row->hint);
	return row->error;
}

void words_unreached(int error)
{
	char proxy[PROXY_BUF];

	if (first(&unreached_said, LOG_LEVEL_WARN))
		line_say("cannot reach the proxy %s: %s; is Tor running there? (proxy = ADDRESS "
			 "says where it is)",
			proxy_text(proxy), strerror(error));
}

void words_deadline(const struct socks_target *target)
{
	char where[WHERE_BUF], proxy[PROXY_BUF];

	if (first(&deadline_said, LOG_LEVEL_WARN))
		line_say("%s: no answer from the proxy %s in time", target_text(target, where),
			proxy_text(proxy));
}

void words_failed(const struct socks_target *target, const struct socks_client *socks, int error)
{
	const bool replied = socks->failure == SOCKS_FAILURE_REPLY;
	const bool ordinary = replied && socks->reply < 0xf0;
	char where[WHERE_BUF];

	if (!first(replied ? &reply_said[socks->reply] : &failed_said,
		    ordinary ? LOG_LEVEL_INFO : LOG_LEVEL_WARN))
		return;
	line_say("%s: %s%s", target_text(target, where),
		socks->failure ? socks_client_sentence(socks) : "the proxy broke off: ",
		socks->failure ? "" : strerror(error));
}

static void report(void)
{
	char lines[TALLY_JSON_MAX];
	struct text text = text_over(lines, sizeof(lines));
	int error;

	if (!report_is_wanted())
		return;
	tally_json(&text);
	error = text.cut ? EFBIG : report_write(lines);
	if (error != 0)
		line_say("the report was not written: %s", strerror(error));
}

void words_end(void)
{
	int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char line[LINE_BUF];
	struct text text = text_over(line, sizeof(line));

	tally_text(&text);
	if (guard_run.settings->log >= LOG_LEVEL_INFO)
		line_say("%s", line);
	report();
	if (nothing >= 0)
		dup3(nothing, STDERR_FILENO, O_CLOEXEC);
	if (nothing >= 0)
		close(nothing);
}
