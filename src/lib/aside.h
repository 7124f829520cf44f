/* SPDX-License-Identifier: MIT */
/* The socket options that are in our way while a tunnel opens: put aside, and given back after. */
#ifndef TUNIC_LIB_ASIDE_H
#define TUNIC_LIB_ASIDE_H

#include <stdbool.h>

struct aside {
	int receive_mark; /* SO_RCVLOWAT */
	int corked;       /* TCP_CORK */
};

/* The program sets this option: is it one of them? From the first such call on sockets are looked at. */
bool aside_is(int level, int name);

/* Puts them aside. No system call as long as the program has set none. */
void aside_put(struct aside *aside, int fd);

/* Gives them back. */
void aside_give_back(const struct aside *aside, int fd);

/* The value of an option while it is aside, to be read or written in the kernel's place. */
int *aside_value(struct aside *aside, int level, int name);

#endif
