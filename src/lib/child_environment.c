/* SPDX-License-Identifier: MIT */
/*
 * The environment of children.
 *
 * A child is ours by LD_PRELOAD alone, and knows its settings by TUNIC_* alone. Programs start
 * others with environments that they emptied (env -i, sudo's manner, python's env={}) or put
 * together anew, so each exec looks over what it hands on. What was in TUNIC_* at our own start is
 * put back where the new environment has no TUNIC_RUN; where it has one, somebody who knows of tunic
 * made it (a nested tunic, which unsets what is default), and it stays as it is.
 *
 * exec is called in vfork children, which share their parent's memory, and in signal handlers. So
 * nothing is allocated for it: what we remember is in one map, made at the start and never written
 * again, and a new environment is built in memory that the caller has on its stack.
 */
#include "lib/child_environment.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "lib/library.h"
#include "lib/pool_map.h"

static const char preload_is[] = "LD_PRELOAD=";
static const char ours_is[] = "TUNIC_";
static const char run_is[] = "TUNIC_RUN=";
static const char pool_is[] = "TUNIC_POOL=";

/* Separators of LD_PRELOAD, and what else means something in it, see ld.so(8). */
static const char separators[] = " :";
static const char unnameable[] = " :;$\t\n\v\f\r";

static char own[PATH_MAX];    /* this library's absolute path, "" where that cannot be preloaded */
static const char *lead = ""; /* what LD_PRELOAD has to begin with: own, and what was before it */
static char **kept;           /* the TUNIC_* of the start */
static size_t kept_count;

static bool begins(const char *string, const char *with)
{
	return strncmp(string, with, strlen(with)) == 0;
}

/* Is there a variable of the same name as that of `string`? */
static bool has_name_of(char *const *envp, const char *string)
{
	const size_t len = strcspn(string, "=") + 1;

	for (; envp != NULL && *envp != NULL; envp++)
		if (strncmp(*envp, string, len) == 0)
			return true;
	return false;
}

static bool is_separator_or_end(char c)
{
	return c == '\0' || strchr(separators, c) != NULL;
}

static bool is_head_of(const char *list, const char *head)
{
	return begins(list, head) && is_separator_or_end(list[strlen(head)]);
}

/* Are we where we should be? A nested tunic puts us first even where we were not. */
static bool leads(const char *list)
{
	return is_head_of(list, lead) || is_head_of(list, own);
}

/* The next element of a list, and its length; the list is behind it then. NULL: the end. */
static const char *element_take(const char **list, size_t *len)
{
	const char *element = *list + strspn(*list, separators);

	*len = strcspn(element, separators);
	*list = element + *len;
	return *len > 0 ? element : NULL;
}

/*
 * Where an element of the list ends that is the `len` bytes at `name`, counted from the list's start;
 * 0: there is none.
 */
static size_t element_end(const char *list, const char *name, size_t len)
{
	const char *rest = list, *element;
	size_t element_len;

	while ((element = element_take(&rest, &element_len)) != NULL)
		if (element_len == len && strncmp(element, name, len) == 0)
			return (size_t)(rest - list);
	return 0;
}

/*
 * "LD_PRELOAD=" with us in front of what was given. What then is there twice is left out: two copies
 * of this library that each want to be first would else make it longer at each exec.
 */
static void preload_make(char *buf, const struct child_environment *environment)
{
	struct text text = text_over(buf, environment->preload_size);
	const char *given = environment->preload, *element;
	size_t len;

	if (leads(given)) {
		text_add_all(&text, preload_is, given, (const char *)NULL);
		return;
	}
	text_add_all(&text, preload_is, lead, (const char *)NULL);
	while ((element = element_take(&given, &len)) != NULL) {
		if (element_end(lead, element, len))
			continue;
		text_add_char(&text, ':');
		text_add_n(&text, element, len);
	}
}

static bool is_whole(const struct child_environment *environment)
{
	if (environment->preloads != 1 || !leads(environment->preload) ||
		environment->names_size > 0)
		return false;
	for (size_t i = 0; !environment->has_run && i < kept_count; i++)
		if (!has_name_of(environment->envp, kept[i]))
			return false;
	return true;
}

struct child_environment child_environment_of(char *const *envp)
{
	struct child_environment out = {.envp = envp, .preload = ""};

	for (; envp != NULL && envp[out.count] != NULL; out.count++) {
		const char *string = envp[out.count];

		if (begins(string, preload_is)) {
			out.preloads++;
			out.preload = string + strlen(preload_is);
		}
		out.has_run = out.has_run || begins(string, run_is);
	}
	out.names_size = out.has_run ? 0 : pool_map_text_size(&library.pool);
	out.preload_size =
		strlen(preload_is) + strlen(lead) + strlen(":") + strlen(out.preload) + 1;
	if (!is_whole(&out))
		out.size = (out.count + kept_count + 3) * sizeof(char *) + out.preload_size +
			   out.names_size;
	return out;
}

/* Does what we make ourselves take this string's place? */
static bool is_replaced(const struct child_environment *environment, const char *string)
{
	return begins(string, preload_is) ||
	       (environment->names_size > 0 && begins(string, pool_is));
}

char **child_environment_make(void *memory, const struct child_environment *environment)
{
	char **out = memory;
	char *preload = (char *)(out + environment->count + kept_count + 3);
	char *names = preload + environment->preload_size;
	size_t n = 0;

	preload_make(preload, environment);
	out[n++] = preload;
	if (environment->names_size > 0) {
		pool_map_text(&library.pool, names, environment->names_size);
		out[n++] = names;
	}
	for (size_t i = 0; i < environment->count && environment->envp[i] != NULL; i++)
		if (!is_replaced(environment, environment->envp[i]))
			out[n++] = environment->envp[i];
	for (size_t i = 0; !environment->has_run && i < kept_count; i++)
		if (!is_replaced(environment, kept[i]) && !has_name_of(environment->envp, kept[i]))
			out[n++] = kept[i];
	out[n] = NULL;
	return out;
}

static bool put(char *string)
{
	return string != NULL && putenv(string) == 0;
}

static bool preload_put(const struct child_environment *environment)
{
	char *preload = malloc(environment->preload_size);

	if (preload == NULL)
		return false;
	preload_make(preload, environment);
	unsetenv("LD_PRELOAD");
	return put(preload);
}

static bool names_put(const struct child_environment *environment)
{
	char names[POOL_MAP_TEXT_MAX];

	if (environment->names_size == 0)
		return true;
	pool_map_text(&library.pool, names, environment->names_size);
	return setenv("TUNIC_POOL", names + strlen(pool_is), 1) == 0;
}

bool child_environment_restore(void)
{
	const struct child_environment environment = child_environment_of(environ);

	if (environment.size == 0)
		return true;
	if (!preload_put(&environment) || !names_put(&environment))
		return false;
	for (size_t i = 0; !environment.has_run && i < kept_count; i++)
		if (!has_name_of(environ, kept[i]) && !put(strdup(kept[i])))
			return false;
	return true;
}

/*
 * access(2) asks for the real ids, and without capabilities that a user other than root has: so it
 * will be after exec, where the ids are the same.
 */
bool child_environment_possible(void)
{
	return own[0] != '\0' && access(own, R_OK) == 0;
}

/* The loader knows us by an absolute path, or by what LD_PRELOAD said from this directory. */
static void learn_own(void)
{
	char resolved[PATH_MAX];
	Dl_info info;

	if (dladdr(&library, &info) == 0)
		return;
	if (info.dli_fname[0] == '/')
		text_copy(own, sizeof(own), info.dli_fname);
	else if (realpath(info.dli_fname, resolved) != NULL)
		text_copy(own, sizeof(own), resolved);
	if (strpbrk(own, unnameable) != NULL)
		own[0] = '\0';
}

static size_t is_ours(const char *string)
{
	return begins(string, ours_is) && strchr(string, '=') != NULL;
}

/* Copies the text into *at and moves that behind it. */
static char *copy_to(char **at, const char *bytes, size_t len)
{
	char *copy = *at;

	memcpy(copy, bytes, len);
	copy[len] = '\0';
	*at += len + 1;
	return copy;
}

bool child_environment_learn(void)
{
	char *const empty[] = {NULL};
	char *const *envp = getauxval(AT_SECURE) || environ == NULL ? empty : environ;
	const char *list = child_environment_of(envp).preload;
	size_t count = 0, bytes, len;
	char *at;

	learn_own();
	/* As a rule nothing is before us; a sanitizer's runtime has to be. */
	len = element_end(list, own, strlen(own));
	bytes = (len > 0 ? len : strlen(own)) + 1;
	for (char *const *string = envp; *string != NULL; string++) {
		count += is_ours(*string);
		bytes += is_ours(*string) * (strlen(*string) + 1);
	}
	kept = mmap(NULL, count * sizeof(*kept) + bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (kept == MAP_FAILED) {
		own[0] = '\0';
		return false;
	}
	at = (char *)(kept + count);
	lead = len > 0 ? copy_to(&at, list, len) : copy_to(&at, own, strlen(own));
	for (char *const *string = envp; *string != NULL; string++)
		if (is_ours(*string))
			kept[kept_count++] = copy_to(&at, *string, strlen(*string));
	return true;
}
