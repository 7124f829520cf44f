# SPDX-License-Identifier: MIT
# The command.

bin_PROGRAMS += tunic

tunic_SOURCES = \
	src/bin/tunic.c \
	src/bin/command_line.c src/bin/command_line.h \
	src/bin/settings.c src/bin/settings.h \
	src/bin/program.c src/bin/program.h \
	src/bin/library.c src/bin/library.h \
	src/bin/descriptors.c src/bin/descriptors.h \
	src/bin/launch.c src/bin/launch.h \
	src/bin/pool_file.c src/bin/pool_file.h \
	src/bin/guard_filter.c src/bin/guard_filter.h src/bin/guard.def \
	src/bin/say.c src/bin/say.h
tunic_CPPFLAGS = $(AM_CPPFLAGS) -DBINDIR='"$(bindir)"' -DPKGLIBDIR='"$(pkglibdir)"' \
	$(SECCOMP_CFLAGS)
tunic_LDADD = libtarget.la libcore.la libproto.la libbase.la $(SECCOMP_LIBS)

EXTRA_DIST += src/bin/README.md
