/* SPDX-License-Identifier: MIT */
/* seen [ARGUMENT]: says what a program finds when it starts: libraries, environment, descriptors. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static int is_loaded(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[8192];
	int found = 0;

	while (maps && fgets(line, sizeof(line), maps))
		found |= strstr(line, name) != NULL;
	if (maps)
		fclose(maps);
	return found;
}

static int count(const char *name)
{
	int n = 0;

	for (char **string = environ; *string; string++)
		n += strncmp(*string, name, strlen(name)) == 0;
	return n;
}

static int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	return n;
}

int main(int argc, char **argv)
{
	const char *preload = getenv("LD_PRELOAD"), *tag = getenv("TUNIC_TAG");

	printf("shim=%d other=%d run=%d pool=%d tag=%s argument=%s\n", is_loaded("libtunic.so"),
		is_loaded("other.so"), count("TUNIC_RUN="), count("TUNIC_POOL="), tag ? tag : "",
		argc > 1 ? argv[1] : "");
	if (argc > 1 && strcmp(argv[1], "more") == 0)
		printf("%d of LD_PRELOAD: %s\nvariables %d, descriptors %d\n", count("LD_PRELOAD="),
			preload ? preload : "", count(""), descriptors());
	return 0;
}
