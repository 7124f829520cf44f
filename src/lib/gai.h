/* SPDX-License-Identifier: MIT */
/* getaddrinfo for our own use: what the hook of that name does. */
#ifndef TUNIC_LIB_GAI_H
#define TUNIC_LIB_GAI_H

#include <netdb.h>

/* As getaddrinfo(3), answered by the hosts file, the pool and Tor. */
int gai_find(
	const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out);

#endif
