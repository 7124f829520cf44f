/* SPDX-License-Identifier: MIT */
/* Host names: what kind a name is, and so who may be asked about it. */
#ifndef TUNIC_CORE_NAME_H
#define TUNIC_CORE_NAME_H

enum { NAME_MAX_BYTES = 255, NAME_BUF = 256 };

enum name_kind {
	NAME_BAD,       /* empty, longer than 255 bytes, or with bytes no host name has */
	NAME_LOCALHOST, /* localhost, *.localhost (RFC 6761): this machine */
	NAME_ONION,     /* *.onion (RFC 7686): Tor alone knows it, by connecting */
	NAME_LOCAL,  /* *.local and single labels: they would tell a stranger about this network */
	NAME_PUBLIC, /* all else */
};

/*
 * Puts the name's normal form (ASCII lower case, without one trailing dot) into `out` and tells its
 * kind. Bytes up to space, '@', ':', '/', '%', '\\' and bytes above 126 make a name bad, an empty
 * label too; `out` is then "".
 */
enum name_kind name_judge(char out[static NAME_BUF], const char *name);

#endif
