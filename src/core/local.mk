# SPDX-License-Identifier: MIT
# Decisions that the library and the programs share.

noinst_LTLIBRARIES += libcore.la
libcore_la_SOURCES = \
	src/core/conf_text.c src/core/conf_text.h \
	src/core/guard_sign.h \
	src/core/isolate.c src/core/isolate.h \
	src/core/name.c src/core/name.h \
	src/core/near.c src/core/near.h \
	src/core/option_types.c src/core/option_types.h \
	src/core/options.c src/core/options.h src/core/options.def \
	src/core/options_load.c \
	src/core/policy.c src/core/policy.h src/core/refusals.def \
	src/core/pool.c src/core/pool.h

EXTRA_DIST += src/core/README.md
