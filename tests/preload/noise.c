/* SPDX-License-Identifier: MIT */
/*
 * noise HOW [FILE]: provokes one line of tunic's, where standard error is not what it was at the start:
 *
 *	plain    it is
 *	reused   its number is FILE by now, and holds the program's data
 *	closed   there is none
 *	pipe     it is a pipe without a reader, and SIGPIPE would kill
 *
 * A refusal does not touch an errno of before, nor a SIGPIPE that is pending already.
 */
#include "program.h"

#include <fcntl.h>
#include <signal.h>

static void provoke(void)
{
	errno = 0;
	show("a raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

static void reused(const char *file)
{
	close(2);
	if (open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600) != 2)
		exit(3);
	provoke();
	if (write(2, "data\n", 5) != 5)
		exit(4);
}

static void without_reader(void)
{
	sigset_t pending;

	signal(SIGPIPE, SIG_DFL);
	provoke();
	sigpending(&pending);
	printf("SIGPIPE is %s\n", sigismember(&pending, SIGPIPE) ? "pending" : "not pending");
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (strcmp(how, "reused") == 0 && argc > 2)
		reused(argv[2]);
	else if (strcmp(how, "pipe") == 0)
		without_reader();
	else if (strcmp(how, "closed") == 0)
		close(2), provoke();
	else
		provoke();
	provoke();
	return 0;
}
