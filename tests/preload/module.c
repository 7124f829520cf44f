/* SPDX-License-Identifier: MIT */
/*
 * module [namespace]: loads the module inner.so, of a path that only its own file names, and says what the
 * module says. With an argument, into a namespace of its own. The module is this file once more.
 */
#include "program.h"

#include <dlfcn.h>

const char *inner_word(void);

const char *inner_word(void)
{
	return "the word of the module";
}

int main(int argc, char **argv)
{
	const bool apart = argc > 1 && strcmp(argv[1], "namespace") == 0;
	void *module =
		apart ? dlmopen(LM_ID_NEWLM, "inner.so", RTLD_NOW) : dlopen("inner.so", RTLD_NOW);
	void *found = module ? dlsym(module, "inner_word") : NULL;
	const char *(*word)(void) = NULL;

	memcpy(&word, &found, sizeof(word));
	puts(word ? word() : "no module");
	if (!word)
		puts(dlerror() ? "and a reason" : "and no reason");
	return word ? 0 : 1;
}
