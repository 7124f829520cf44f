/* SPDX-License-Identifier: MIT */
/* The jail: a network in which every address is this machine and nobody answers but our resolver. */
#ifndef TUNIC_BIN_GUARD_JAIL_H
#define TUNIC_BIN_GUARD_JAIL_H

#include <stdbool.h>

/* A descriptor, or -1. */
struct jail {
	int broker;   /* asks the jail's process for sockets */
	int resolver; /* UDP, port 53 of every IPv4 address in there */
	int resolver6;
};

/* Makes it. False: it cannot be had, `why` says what failed, and errno. */
bool jail_open(struct jail *out, const char **why);

/* A socket in the jail, close-on-exec, with the SOCK_NONBLOCK of `type`. -1: errno is set. */
int jail_socket(const struct jail *jail, int domain, int type, int protocol);

/*
 * Moves this process, which has one thread, into the jail for good. It keeps its user and group.
 * False: errno is set.
 */
bool jail_enter(const struct jail *jail);

/* Was this socket made in there? (Linux 5.14) */
bool jail_holds(const struct jail *jail, int fd);

#endif
