/* SPDX-License-Identifier: MIT */
/* One line, one write; see log.h for what it takes care of. */
#include "lib/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/library.h"
#include "lib/real.h"

static struct {
	bool open;
	dev_t device;
	ino_t inode;
} standard_error;

static atomic_bool refusal_said[REFUSAL_COUNT];
static atomic_bool kind_said[LOG_KINDS];

void log_open(void)
{
	struct stat st;

	standard_error.open = fstat(STDERR_FILENO, &st) == 0;
	if (standard_error.open) {
		standard_error.device = st.st_dev;
		standard_error.inode = st.st_ino;
	}
}

static bool standard_error_is_still_itself(void)
{
	struct stat st;

	return standard_error.open && fstat(STDERR_FILENO, &st) == 0 &&
	       st.st_dev == standard_error.device && st.st_ino == standard_error.inode;
}

/* A reader that is gone must not kill the host: the SIGPIPE of our own write is taken back. */
static void write_quietly(int fd, const char *bytes, size_t n)
{
	const struct timespec now = {0, 0};
	sigset_t pipe_set, pending, saved;
	bool was_pending;

	sigemptyset(&pipe_set);
	sigaddset(&pipe_set, SIGPIPE);
	sigemptyset(&pending);
	sigpending(&pending);
	was_pending = sigismember(&pending, SIGPIPE) == 1;
	pthread_sigmask(SIG_BLOCK, &pipe_set, &saved);
	if (real.write(fd, bytes, n) < 0 && errno == EPIPE && !was_pending)
		sigtimedwait(&pipe_set, NULL, &now);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
}

static void write_line(const char *line, size_t n)
{
	const char *path = library.options.settings.log_file;
	int fd;

	if (path[0] == '\0') {
		if (standard_error_is_still_itself())
			write_quietly(STDERR_FILENO, line, n);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	if (fd >= 0) {
		write_quietly(fd, line, n);
		real.close(fd);
	}
}

bool log_wants(enum log_level level)
{
	return level <= library.options.settings.log;
}

void log_say(enum log_level level, ...)
{
	char line[1024];
	struct text text = text_over(line, sizeof(line) - 1); /* room for the newline */
	int saved = errno;
	const char *part;
	va_list parts;

	if (!log_wants(level))
		return;
	text_add_all(&text, "tunic: ", library.program, ": ", (const char *)NULL);
	va_start(parts, level);
	while ((part = va_arg(parts, const char *)) != NULL)
		text_add(&text, part);
	va_end(parts);
	line[text.len++] = '\n';
	write_line(line, text.len);
	errno = saved;
}

void log_refusal(enum refusal refusal, const char *what)
{
	const struct refusal_row *row = &refusal_rows[refusal];

	if (atomic_exchange_explicit(&refusal_said[refusal], true, memory_order_relaxed))
		return;
	log_say(LOG_LEVEL_WARN, row->sentence, what ? " (" : "", what ? what : "", what ? ")" : "",
		row->hint[0] ? "; " : "", row->hint, NULL);
}

bool log_first(unsigned kind)
{
	return !atomic_exchange_explicit(&kind_said[kind], true, memory_order_relaxed);
}
