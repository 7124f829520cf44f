# SPDX-License-Identifier: MIT
# The programs that run with and without the library; tests/preload/*.bats starts them. A new one is one
# word here: its source is the file of the same name.

preload_programs = \
	tests/preload/addrinfo \
	tests/preload/addrinfo_a \
	tests/preload/again \
	tests/preload/attempt \
	tests/preload/bound \
	tests/preload/device \
	tests/preload/filtered \
	tests/preload/frames \
	tests/preload/greeted \
	tests/preload/hostent \
	tests/preload/life \
	tests/preload/misuse \
	tests/preload/modes \
	tests/preload/nameinfo \
	tests/preload/netdb \
	tests/preload/noise \
	tests/preload/numbers \
	tests/preload/offline \
	tests/preload/peer \
	tests/preload/received \
	tests/preload/refused \
	tests/preload/resolver \
	tests/preload/storm \
	tests/preload/threads

check_PROGRAMS += $(preload_programs)
tests_preload_resolver_LDADD = -lresolv

# The snippets, in a program and in a module.
snippets = \
	tests/preload/snippet.h \
	tests/preload/snippets.c tests/preload/snippets.h \
	tests/preload/snippets_bytes.c \
	tests/preload/snippets_names.c \
	tests/preload/snippets_programs.c \
	tests/preload/snippets_sockets.c \
	tests/preload/snippets_waiting.c
tests_preload_frames_SOURCES = tests/preload/frames.c $(snippets)
# Objects of its own, without libtool; and see libtunic_la_CFLAGS.
tests_preload_frames_CFLAGS = $(AM_CFLAGS) -Wno-pedantic
check_LTLIBRARIES += tests/preload/late.la tests/preload/snippets.la
tests_preload_late_la_SOURCES = tests/preload/late.c
tests_preload_late_la_LDFLAGS = $(test_module_LDFLAGS)
tests_preload_snippets_la_SOURCES = $(snippets)
tests_preload_snippets_la_CFLAGS = $(AM_CFLAGS) -Wno-pedantic
tests_preload_snippets_la_LDFLAGS = $(test_module_LDFLAGS)

# With an -rpath libtool makes a module of what is not installed.
test_module_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere

EXTRA_DIST += \
	tests/preload/device.bats \
	tests/preload/faults.bats \
	tests/preload/frames.bash \
	tests/preload/frames.bats \
	tests/preload/hosts.bats \
	tests/preload/inner.bats \
	tests/preload/life.bats \
	tests/preload/literal.bats \
	tests/preload/musl.bats \
	tests/preload/name_cache.bats \
	tests/preload/names.bats \
	tests/preload/policy.bats \
	tests/preload/place \
	tests/preload/program.h \
	tests/preload/received.bats \
	tests/preload/resolver.bats \
	tests/preload/same.bash \
	tests/preload/served.bash \
	tests/preload/sockets.bats \
	tests/preload/ssh.bats
