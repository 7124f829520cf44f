/* SPDX-License-Identifier: MIT */
/* What a program may do with the network: every decision, and none of the doing. */
#ifndef TUNIC_CORE_POLICY_H
#define TUNIC_CORE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "core/options.h"

#define REFUSAL(symbol, error, sentence, hint) REFUSAL_##symbol,
enum refusal {
	REFUSAL_NONE,
#include "core/refusals.def"
	REFUSAL_COUNT,
};
#undef REFUSAL

struct refusal_row {
	int error;
	const char *sentence, *hint;
};
/* Indexed by enum refusal; row 0 is empty. */
extern const struct refusal_row refusal_rows[REFUSAL_COUNT];

enum verdict {
	VERDICT_THROUGH, /* to the kernel as it stands */
	VERDICT_TUNNEL,  /* through the proxy */
	VERDICT_REFUSE,  /* see `refusal` */
};

struct judgement {
	enum verdict verdict;
	enum refusal refusal; /* REFUSAL_NONE unless refused */
};

/*
 * socket(domain, type, protocol); type may carry SOCK_NONBLOCK and SOCK_CLOEXEC. Allowed: AF_UNIX;
 * AF_INET and AF_INET6 streams of TCP and datagrams of UDP; AF_NETLINK of the harmless protocols.
 * Never VERDICT_TUNNEL.
 */
struct judgement policy_socket(int domain, int type, int protocol);

/*
 * connect on an AF_INET or AF_INET6 stream socket. `named`: the address is in the pool and has a
 * name. In this order: the proxy's own address, the pool, this machine, link-local, multicast, all
 * else.
 */
struct judgement policy_connect(
	const struct settings *settings, const struct endpoint *target, bool named);

/* Is this the proxy's own address? IPv4-mapped counts as IPv4. */
bool policy_is_proxy(const struct settings *settings, const struct endpoint *target);

/* Is the address inside one of the pool's prefixes? IPv4-mapped counts as IPv4. */
bool policy_in_pool(const struct settings *settings, const struct addr *addr);

/* The slot of the pool (core/pool.h) that the address stands for. POOL_NO_SLOT: it is outside. */
uint32_t policy_pool_slot(const struct settings *settings, const struct addr *addr);

/* listen or accept on an IP stream socket bound to `bound`. */
struct judgement policy_inbound(const struct settings *settings, const struct addr *bound);

/* What the kernel tells of a socket that somebody else has made: inherited, or received. */
struct held_socket {
	int domain, type, protocol; /* SO_DOMAIN, SO_TYPE, SO_PROTOCOL */
	/* Of IP stream sockets only: */
	bool listening; /* SO_ACCEPTCONN */
	bool opening;   /* a SYN is on its way: to whom, getpeername(2) does not tell */
	bool connected; /* to `peer` */
	struct endpoint bound, peer;
};

/*
 * May the program hold this socket? The socket is judged, not who gave it: one that socket() would
 * not make, and any datagram socket, is refused; a listening one as by policy_inbound; a connected
 * one has to be connected to where connect would have let it go directly, so to the proxy (a
 * tunnel) or to this machine with local = direct. An unconnected stream socket will be judged when
 * it connects. Never VERDICT_TUNNEL.
 */
struct judgement policy_held(const struct settings *settings, const struct held_socket *held);

/* connect, send, bind on an AF_UNIX socket whose address path is the `len` bytes at `path`. */
struct judgement policy_unix(const char *path, size_t len);

/*
 * setsockopt(level, name) on an IP socket: joining a multicast group sends packets, and a source
 * route or a mark would lead the connection to the proxy elsewhere.
 */
struct judgement policy_sockopt(int level, int name);

/*
 * May a reverse lookup of the address go to Tor? Not loopback, unspecified, private, link-local,
 * multicast or pool addresses.
 */
bool policy_may_reverse(const struct settings *settings, const struct addr *addr);

#endif
