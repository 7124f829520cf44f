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
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/child_environment.h"
#include "lib/child_program.h"
#include "lib/fd_table.h"
#include "lib/hosts_copy.h"
#include "lib/interest.h"
#include "lib/log.h"
#include "lib/name_cache.h"
#include "lib/opening.h"
#include "lib/pool_map.h"
#include "lib/real.h"

struct library library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
atomic_bool library_is_ready;

static enum read_result failed(struct text *why, const char *reason)
{
	text_add(why, reason);
	return READ_FAILED;
}

/* One byte more than fits is asked for, to tell a file that fits from one that does not. */
static enum read_result read_all(int fd, char *buf, size_t cap, size_t *len, struct text *why)
{
	struct stat st;
	char beyond;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return failed(why, S_ISDIR(st.st_mode) ? "it is a directory" : "it is no file");
	while (*len < cap && (n = real.read(fd, buf + *len, cap - *len)) != 0) {
		if (n < 0)
			return failed(why, strerrordesc_np(errno));
		*len += (size_t)n;
	}
	if (*len == cap && real.read(fd, &beyond, 1) != 0)
		return failed(why, "longer than a configuration may be");
	return READ_OK;
}

/* An options_reader, with the rules of src/bin/settings.c. It calls nothing that we interpose. */
static enum read_result read_file(
	const char *path, char *buf, size_t cap, size_t *len, struct text *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum read_result result;

	*len = 0;
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? READ_ABSENT
							   : failed(why, strerrordesc_np(errno));
	result = read_all(fd, buf, cap, len, why);
	real.close(fd);
	return result;
}

static const char *variable(const char *name)
{
	return getauxval(AT_SECURE) ? NULL : getenv(name);
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
	library.one_turn = options_one_turn(&library.options, variable("TUNIC_IS_TOR"));
	return true;
}

/*
 * Browsers start themselves again by /proc/self/exe. "exe" would be one name for all of them, and their
 * connections would share circuits.
 */
static const char *program_name(char path[static PATH_MAX])
{
	ssize_t n = -1;

	if (strcmp(program_invocation_name, "/proc/self/exe") == 0)
		n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	if (n <= 0)
		return program_invocation_short_name;
	path[n] = '\0';
	return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

static void learn_identity(void)
{
	char path[PATH_MAX];
	const char *run = variable("TUNIC_RUN");
	uint64_t nonce;

	if (!text_copy(library.program, sizeof(library.program), program_name(path)))
		memcpy(library.program, "?", 2);
	if (run == NULL || !text_copy(library.run, sizeof(library.run), run))
		library.run[0] = '\0';
	if (getrandom(&nonce, sizeof(nonce), GRND_NONBLOCK) != sizeof(nonce))
		nonce = (uint64_t)getpid() ^ (uintptr_t)&nonce;
	for (int i = 0; i < 16; i++, nonce >>= 4)
		library.nonce[i] = "0123456789abcdef"[nonce & 15];
}

/* The thread that is setting us up; 0: nobody is. */
static _Atomic pid_t setting_up;

/*
 * The process that was set up, in a page that the kernel empties in a forked child
 * (MADV_WIPEONFORK, Linux 4.14): so one that was made by a bare system call, which no handler hears
 * of, is still told from a child of vfork.
 */
static pid_t owner_without_page;
static volatile pid_t *owner = &owner_without_page;

static void owner_learn(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map != MAP_FAILED && madvise(map, page, MADV_WIPEONFORK) == 0)
		owner = map;
	*owner = getpid();
}

static void set_up(void)
{
	int saved = errno;
	bool bound;

	atomic_store(&setting_up, gettid());
	bound = real_bind();

	owner_learn();
	log_open();
	learn_identity();
	child_program_learn();
	if (child_environment_learn() && load_settings() &&
		pool_map(&library.pool, library.settings->pool_size) && bound)
		atomic_store_explicit(&library_is_ready, true, memory_order_release);
	atomic_store(&setting_up, 0);
	errno = saved;
}

/*
 * A forked child goes on alone: what other threads were writing into our tables stays half done, and
 * the pool is now also its own to leave. (A child of vfork shares everything, and is not told.)
 */
static void after_fork(void)
{
	*owner = getpid();
	opening_after_fork();
	fd_table_after_fork();
	interest_after_fork();
	name_cache_after_fork();
	hosts_copy_after_fork();
}

bool library_is_ours(void)
{
	if (*owner == 0)
		after_fork();
	return *owner == getpid();
}

bool library_set_up(void)
{
	/*
	 * What we call here may be interposed by another library, and come back to us, or a signal
	 * handler may. To wait for ourselves would be for ever; until we are up we refuse.
	 */
	const pid_t busy = atomic_load(&setting_up);

	if (busy != 0 && busy == gettid())
		return false;
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
	pthread_atfork(opening_before_fork, opening_forked, after_fork);
}
