/* SPDX-License-Identifier: MIT */
/* Opening tunnels: from a descriptor and a target to a connection through the proxy. */
#ifndef TUNIC_LIB_TUNNEL_H
#define TUNIC_LIB_TUNNEL_H

#include <stdbool.h>

#include "base/addr.h"
#include "core/isolate.h"
#include "lib/fd_table.h"
#include "proto/socks_wire.h"

/*
 * connect(2) of the program's stream socket `fd` of `domain` to `shown`, by way of `target`: returns 0, or
 * -1 with errno. A blocking socket waits for the outcome; a failure leaves it unconnected. One that does
 * not block gets EINPROGRESS: the tunnel is then opening (opening.h).
 */
int tunnel_open(
	int fd, int domain, const struct endpoint *shown, const struct socks_target *target);

/* A tunnel is open on `fd`, and the program connects again: does it get the one 0 that is owed to it? */
bool tunnel_pays(int fd);

/* connect(2) on a socket whose tunnel is opening, or has failed to. */
int tunnel_open_again(int fd, const struct tunnelled *tunnel);

/* The isolation tag (isolate_tag) of connections and questions to `target`; "" where there is none. */
void tunnel_tag(char out[static ISOLATE_TAG_BUF], const struct socks_target *target);

/*
 * Asks the proxy RESOLVE or RESOLVE_PTR over a connection of its own, until the timeout setting.
 * True: `answer` holds the address or the name. False: errno is that of the failure; *denied says
 * whether the proxy answered (so there is no such name) or could not be asked (try again).
 */
bool tunnel_ask(enum socks_command command, const struct socks_target *question,
	struct socks_target *answer, bool *denied);

/*
 * Takes the socket off the network device that it is bound to (SO_BINDTODEVICE), where it would look
 * for whatever it is to be connected to: the kernel asks for 127.0.0.1 by ARP then, and anybody on that
 * network may answer. False: it is on one, and may not leave it (without CAP_NET_RAW). Keeps errno.
 */
bool tunnel_leaves_device(int fd);

#endif
