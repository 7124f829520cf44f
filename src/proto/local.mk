# SPDX-License-Identifier: MIT
# Conversations without I/O: bytes in, bytes out.

noinst_LTLIBRARIES += libproto.la
libproto_la_SOURCES = \
	src/proto/dns_message.c src/proto/dns_message.h \
	src/proto/dns_name.c src/proto/dns_name.h \
	src/proto/socks.def \
	src/proto/socks_client.c src/proto/socks_client.h \
	src/proto/socks_server.c src/proto/socks_server.h \
	src/proto/socks_wire.c src/proto/socks_wire.h \
	src/proto/step.h \
	src/proto/tor_question.c src/proto/tor_question.h

EXTRA_DIST += src/proto/README.md
