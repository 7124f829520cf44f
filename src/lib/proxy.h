/* SPDX-License-Identifier: MIT */
/* Where the proxy is, and which sockets reach it. */
#ifndef TUNIC_LIB_PROXY_H
#define TUNIC_LIB_PROXY_H

#include <stdbool.h>
#include <sys/socket.h>

#include "core/options.h"

enum { PROXY_TEXT_MAX = sizeof(struct proxy) + 8 };

bool proxy_is_unix(void);

/* The proxy's address for a socket of `domain`. Returns its length; 0: such a socket cannot reach it. */
socklen_t proxy_address(int domain, struct sockaddr_storage *out);

/* The family of a fresh socket for the proxy: AF_UNIX, AF_INET or AF_INET6. */
int proxy_domain(void);

/* Is this the proxy's own address? Such connections pass, for programs that speak SOCKS themselves. */
bool proxy_is_at(const struct sockaddr *sa, socklen_t len);

/* "127.0.0.1:9050" or "unix:/path". Returns `out`. */
const char *proxy_text(char out[static PROXY_TEXT_MAX]);

#endif
