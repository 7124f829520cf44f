/* SPDX-License-Identifier: MIT */
/* Which streams may share a circuit: the isolation tag, and how it travels in SOCKS credentials. */
#ifndef TUNIC_CORE_ISOLATE_H
#define TUNIC_CORE_ISOLATE_H

#include <stdbool.h>

#include "core/options.h"
#include "proto/socks_wire.h"

enum { ISOLATE_TAG_BUF = 256 };

/* What a tag may be made of. Strings are never NULL. */
struct isolate_facts {
	const char *program; /* name of the program */
	const char *run;     /* identity of the tunic run; "" outside one */
	const char *process; /* identity of this process, unique among those running */
	const struct socks_target *target;
};

/*
 * The tag of a connection, 1..255 bytes: the `tag` setting where given, else by the `isolate`
 * setting. Too long parts are shortened to a unique stand-in (their beginning and a digest), never
 * simply cut. False: no isolation is asked for (isolate = none), `out` is "". ISOLATE_RUN outside a
 * run falls back to the process's identity: finer, never coarser.
 */
bool isolate_tag(char out[static ISOLATE_TAG_BUF], const struct settings *settings,
	const struct isolate_facts *facts);

/*
 * What the tags of some isolate setting begin with ("program:"), and this one, too; NULL: none does. A
 * tag given by hand must not, or it would share the circuits of those.
 */
const char *isolate_kind_of(const char *tag);

/*
 * The credentials that carry a tag. Tor (`tor` true): user "<torS0X>0", password the tag (Tor
 * proposal 351; older Tors take it as a plain user name, with the same effect). Others: user the
 * tag, password "0". False: the tag begins with "<torS0X>", which would mean something else as a
 * plain user name.
 */
bool isolate_login(struct socks_login *out, const char *tag, bool tor);

#endif
