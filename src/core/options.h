/* SPDX-License-Identifier: MIT */
/* The settings: what they are, how their texts are parsed, and where each value came from. */
#ifndef TUNIC_CORE_OPTIONS_H
#define TUNIC_CORE_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

#include "base/addr.h"
#include "base/text.h"

enum isolate { ISOLATE_NONE, ISOLATE_RUN, ISOLATE_PROGRAM, ISOLATE_PROCESS, ISOLATE_DESTINATION };
enum names { NAMES_RESOLVE, NAMES_FAKE };
enum local { LOCAL_REFUSE, LOCAL_DIRECT, LOCAL_TUNNEL };
enum guard { GUARD_OFF, GUARD_AUTO, GUARD_ON, GUARD_SEAL };
enum setuid { SETUID_REFUSE, SETUID_UNPRIVILEGED };
enum pipeline { PIPELINE_AUTO, PIPELINE_YES, PIPELINE_NO };
enum log_level { LOG_LEVEL_QUIET, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Where the proxy listens: a unix socket where `path` is not empty, else an IP endpoint. */
struct proxy {
	struct endpoint tcp;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/* One field per row of options.def. */
struct settings {
	struct proxy proxy;
	char tag[256]; /* "" or 1..255 bytes */
	enum isolate isolate;
	enum names names;
	struct prefix pool_ipv4, pool_ipv6;
	uint32_t pool_size;  /* names, POOL_SLOTS_MIN to POOL_SLOTS_MAX */
	unsigned name_cache; /* seconds, 0: off */
	bool hosts_file;
	bool warn_literal;
	bool optimistic;
	bool allow_inbound;
	enum local local;
	enum guard guard;
	enum setuid setuid;
	unsigned timeout; /* seconds */
	enum pipeline pipeline;
	enum log_level log;
	char log_file[PATH_MAX]; /* "" or an absolute path */
};

#define OPTION(id, KEY, type, default_text, argument, sentence) OPTION_##KEY,
enum option {
#include "core/options.def"
	OPTION_COUNT,
};
#undef OPTION

enum option_source {
	SOURCE_DEFAULT,
	SOURCE_SYSTEM_FILE, /* /etc/tunic.conf */
	SOURCE_USER_FILE,   /* ~/.config/tunic/tunic.conf */
	SOURCE_NAMED_FILE,  /* TUNIC_CONFIG or --config */
	SOURCE_ENVIRONMENT,
	SOURCE_COMMAND_LINE,
};

struct option_origin {
	enum option_source source;
	unsigned line; /* 1.. in a file, else 0 */
};

/* Settings with their origins. Plain memory of fixed size. */
struct options {
	struct settings settings;
	struct option_origin origin[OPTION_COUNT];
	char user_file[PATH_MAX], named_file[PATH_MAX]; /* paths of those two sources, "" if none */
};

/* The rows of options.def as data, for help and lists. */
struct option_row {
	const char *key;         /* "pool_ipv4" */
	const char *environment; /* "TUNIC_POOL_IPV4" */
	const char *flag;        /* "pool-ipv4" */
	const char *default_text;
	const char *argument;
	const char *sentence;
};
extern const struct option_row option_rows[OPTION_COUNT];

/* All defaults. */
void options_init(struct options *options);

/* The option whose key (or long flag, '-' for '_') is `key`; OPTION_COUNT: there is none. */
enum option option_find(const char *key);

/* The option that was probably meant by a word that is none; OPTION_COUNT: none is near. */
enum option option_nearest(const char *word);

/* The path of a source that is a file, "" if there is none; NULL: the source is no file. */
const char *options_file(const struct options *options, enum option_source source);

/*
 * Sets one option from its text. False: nothing has changed, and `error` holds one line: the place
 * (by `origin`: "FILE:LINE: key", "TUNIC_KEY" or "--flag"), the text in quotes, what is allowed.
 */
bool options_set(struct options *options, enum option option, const char *value,
	struct option_origin origin, struct text *error);

/* The value as options_set would read it. Cuts nothing: 4,200 bytes hold any value. */
void options_format(const struct options *options, enum option option, struct text *out);

/* "default", "/etc/tunic.conf:3", "environment TUNIC_TAG", "command line --tag". */
void options_format_origin(const struct options *options, enum option option, struct text *out);

/*
 * May everything be said to the proxy in one turn? `tor` is the proxy that has been found to be Tor,
 * as options_format writes it, or NULL; pipeline = auto goes by that.
 */
bool options_one_turn(const struct options *options, const char *tor);

/*
 * Reads a configuration text of `len` bytes (see conf_text.h). False: `error` is
 * "FILE:LINE: what is wrong" with the offending text. Options set before the bad line stay set.
 */
bool options_read_text(struct options *options, enum option_source source, const char *text,
	size_t len, struct text *error);

/*
 * Reads every TUNIC_* variable of a NULL-terminated environment. TUNIC_CONFIG, TUNIC_RUN, TUNIC_POOL
 * and TUNIC_IS_TOR are not options and are passed over here; any other unknown TUNIC_ name is an error.
 */
bool options_read_environment(struct options *options, const char *const *env, struct text *error);

enum { CONF_SIZE_MAX = 65536 };

enum read_result { READ_OK, READ_ABSENT, READ_FAILED };

/*
 * How options_load gets at files: reads at most `cap` bytes of `path` into `buf`, its length into
 * *len. ABSENT: no such file or directory. FAILED: there but unreadable, a directory, or longer
 * than `cap`; `why` gets the reason.
 */
typedef enum read_result (*options_reader)(
	const char *path, char *buf, size_t cap, size_t *len, struct text *why);

struct options_sources {
	options_reader read;
	const char *const *env; /* NULL-terminated */
	bool secure; /* setuid context: neither the environment nor files it names count */
	const char *named_file; /* --config, else NULL; goes before TUNIC_CONFIG */
};

/*
 * All sources but the command line, weakest first: defaults, /etc/tunic.conf,
 * $XDG_CONFIG_HOME/tunic/tunic.conf or $HOME/.config/tunic/tunic.conf, then TUNIC_*. A named file
 * stands in for both default files and has to exist. Where TUNIC_RUN is set a tunic command has
 * already put every setting into the environment: no file is read, and a --config is an error, as
 * it is in a secure context. False: `error` says what and where. One thread at a time: the files
 * pass through one buffer.
 */
bool options_load(
	struct options *options, const struct options_sources *sources, struct text *error);

#endif
