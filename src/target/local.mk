# SPDX-License-Identifier: MIT
# The look at a program before it is started, which the command and the library take.

noinst_LTLIBRARIES += libtarget.la
libtarget_la_SOURCES = \
	src/target/elf_file.c src/target/elf_file.h \
	src/target/same_file.c src/target/same_file.h \
	src/target/search.c src/target/search.h \
	src/target/target.c src/target/target.h src/target/flaws.def

EXTRA_DIST += src/target/README.md
