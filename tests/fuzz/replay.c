/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz driver over its corpus, each file and each of its prefixes, where there is no
 * libFuzzer. FUZZ_CORPUS names the folder in tests/fuzz/corpus; files may be named on the command
 * line instead. Each input lies in a block of just its size, so that a sanitizer sees every byte
 * read beyond it. Speaks TAP. A corpus that is missing or empty is a failure.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

enum { INPUT_MAX = 1 << 16, PATH_LEN = 4096 };

static unsigned inputs;

static bool fail(const char *what, const char *path)
{
	printf("not ok %u - %s: %s\n", ++inputs, what, path);
	return false;
}

static void run_prefix(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);

	HOLDS(copy != NULL);
	memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool run_file(const char *path)
{
	static uint8_t bytes[INPUT_MAX];
	FILE *file = fopen(path, "rb");
	size_t n;

	if (file == NULL)
		return fail("cannot open", path);
	n = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	if (n == 0 || n == sizeof(bytes))
		return fail("empty, or too long", path);
	for (size_t end = 0; end <= n; end++)
		run_prefix(bytes, end);
	printf("ok %u - holds for every prefix of %s\n", ++inputs, name_of(path));
	return true;
}

static bool run_corpus(void)
{
	const char *srcdir = getenv("srcdir");
	char folder[PATH_LEN], path[PATH_LEN + 256];
	struct dirent *entry;
	bool good = true;
	DIR *dir;

	snprintf(
		folder, sizeof(folder), "%s/tests/fuzz/corpus/" FUZZ_CORPUS, srcdir ? srcdir : ".");
	dir = opendir(folder);
	if (dir == NULL)
		return fail("cannot open", folder);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		good = run_file(path) && good;
	}
	closedir(dir);
	return inputs > 0 ? good : fail("no input", folder);
}

int main(int argc, char **argv)
{
	bool good = true;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2)
		good = run_corpus();
	for (int i = 1; i < argc; i++)
		good = run_file(argv[i]) && good;
	printf("1..%u\n", inputs);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
