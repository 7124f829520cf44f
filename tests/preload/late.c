/* SPDX-License-Identifier: MIT */
/*
 * A module with functions of libcurl's names, as much of them as the hooks call: a program that loads
 * libcurl by dlopen finds it out of sight of RTLD_NEXT, and each call has to come to the real one.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void late_run(const char *symbol);
int curl_easy_setopt(void *handle, int option, ...);
int curl_easy_getinfo(void *handle, int info, ...);
int curl_easy_perform(void *handle);
int curl_multi_add_handle(void *multi, void *handle);
void *curl_slist_append(void *list, const char *line);

static int handle;

int curl_easy_setopt(void *given, int option, ...)
{
	va_list more;

	va_start(more, option);
	printf("%s, option %d: %s\n", given == &handle ? "the handle" : "another", option,
		va_arg(more, const char *));
	va_end(more);
	return 3;
}

int curl_easy_getinfo(void *given, int info, ...)
{
	va_list more;

	(void)given, (void)info;
	va_start(more, info);
	*va_arg(more, const char **) = "http://public.example/";
	va_end(more);
	return 0;
}

int curl_easy_perform(void *given)
{
	printf("%s is performed\n", given == &handle ? "the handle" : "another");
	return 4;
}

int curl_multi_add_handle(void *multi, void *given)
{
	printf("%s is added to %s\n", given == &handle ? "the handle" : "another",
		multi == NULL ? "none" : "one");
	return 5;
}

void *curl_slist_append(void *list, const char *line)
{
	printf("a line for a list: %s\n", line);
	return list;
}

void late_run(const char *symbol)
{
	if (strcmp(symbol, "curl_easy_setopt") == 0)
		printf("%d\n", curl_easy_setopt(&handle, 10002, "http://public.example/"));
	else if (strcmp(symbol, "curl_easy_perform") == 0)
		printf("%d\n", curl_easy_perform(&handle));
	else
		printf("%d\n", curl_multi_add_handle(NULL, &handle));
}
