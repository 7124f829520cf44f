/* SPDX-License-Identifier: MIT */
/*
 * Starts a program where nothing of tunic reaches it: built static, with an environment that holds PATH
 * alone.
 *
 *	past PROGRAM [ARGUMENT...]
 */
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *environment[] = {path, NULL};

	if (argc > 1)
		execve(argv[1], argv + 1, environment);
	return 127;
}
