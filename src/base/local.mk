# SPDX-License-Identifier: MIT
# Bytes, addresses, text: what every other folder stands on.

noinst_LTLIBRARIES += libbase.la
libbase_la_SOURCES = \
	src/base/addr.c src/base/addr.h \
	src/base/cursor.h \
	src/base/text.c src/base/text.h

EXTRA_DIST += src/base/README.md
