/* SPDX-License-Identifier: MIT */
/*
 * Setting the library up inside its host.
 *
 * The constructor does everything at once, before the program can change its environment, its
 * directory or its ids, and before it has threads: bind the real functions, copy what the
 * environment says, read the files. From then on the hooks only read what stands here: they take no
 * lock and are safe in signal handlers and after fork. Another library's constructor may call a
 * hook earlier; then that call sets us up.
 */
#include "lib/library.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/child_environment.h"
#include "lib/child_program.h"
#include "lib/log.h"
#include "lib/pool_map.h"
#include "lib/real.h"

struct library library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
atomic_bool library_is_ready;

/* An options_reader. The calls in it are none that we interpose. */
static enum read_result read_file(
	const char *path, char *buf, size_t cap, size_t *len, struct text *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = 0;

	*len = 0;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return READ_ABSENT;
	if (fd >= 0) {
		do {
			n = read(fd, buf + *len, cap - *len);
			*len += n > 0 ? (size_t)n : 0;
		} while (n > 0 && *len < cap);
	}
	if (fd < 0 || n < 0)
		text_add(why, strerrordesc_np(errno));
	else if (*len == cap)
		text_add(why, "the file is too long");
	if (fd >= 0)
		close(fd);
	return why->len > 0 ? READ_FAILED : READ_OK;
}

static bool load_settings(void)
{
	char line[1024];
	struct text error = text_over(line, sizeof(line));
	struct options_sources sources = {
		.read = read_file,
		.env = (const char *const *)environ,
		.secure = getauxval(AT_SECURE) != 0,
		.named_file = NULL,
	};

	library.settings = &library.options.settings;
	if (!options_load(&library.options, &sources, &error)) {
		log_say(LOG_LEVEL_WARN, line, NULL);
		return false;
	}
	return true;
}

static void learn_identity(void)
{
	const char *run = getauxval(AT_SECURE) ? NULL : getenv("TUNIC_RUN");
	uint64_t nonce;

	if (!text_copy(library.program, sizeof(library.program), program_invocation_short_name))
		memcpy(library.program, "?", 2);
	if (run == NULL || !text_copy(library.run, sizeof(library.run), run))
		library.run[0] = '\0';
	if (getrandom(&nonce, sizeof(nonce), GRND_NONBLOCK) != sizeof(nonce))
		nonce = (uint64_t)getpid() ^ (uintptr_t)&nonce;
	for (int i = 0; i < 16; i++, nonce >>= 4)
		library.nonce[i] = "0123456789abcdef"[nonce & 15];
}

static void set_up(void)
{
	int saved = errno;
	bool bound = real_bind();

	library.owner = getpid();
	log_open();
	learn_identity();
	child_program_learn();
	if (child_environment_learn() && load_settings() && pool_map(&library.pool) && bound)
		atomic_store_explicit(&library_is_ready, true, memory_order_release);
	errno = saved;
}

bool library_set_up(void)
{
	pthread_once(&once, set_up);
	return atomic_load_explicit(&library_is_ready, memory_order_acquire);
}

int refuse(enum refusal refusal, const char *what)
{
	log_refusal(refusal, what);
	errno = refusal_rows[refusal].error;
	return -1;
}

int refuse_all(void)
{
	return refuse(REFUSAL_SETTINGS, NULL);
}

__attribute__((destructor)) static void end(void)
{
	pool_map_leave(&library.pool);
}

__attribute__((constructor)) static void start(void)
{
	library_set_up();
}
