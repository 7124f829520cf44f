# SPDX-License-Identifier: MIT
# What the command and the library do alike: above all the look at a program before it is started.

noinst_LTLIBRARIES += libtarget.la
libtarget_la_SOURCES = \
	src/target/elf_file.c src/target/elf_file.h \
	src/target/room.c src/target/room.h \
	src/target/same_file.c src/target/same_file.h \
	src/target/search.c src/target/search.h \
	src/target/target.c src/target/target.h src/target/flaws.def

EXTRA_DIST += src/target/README.md
