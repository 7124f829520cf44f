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

EXTRA_DIST += \
	tests/preload/device.bats \
	tests/preload/faults.bats \
	tests/preload/hosts.bats \
	tests/preload/life.bats \
	tests/preload/literal.bats \
	tests/preload/module.c \
	tests/preload/modules.bats \
	tests/preload/name_cache.bats \
	tests/preload/names.bats \
	tests/preload/policy.bats \
	tests/preload/place \
	tests/preload/program.h \
	tests/preload/received.bats \
	tests/preload/resolver.bats \
	tests/preload/same.bash \
	tests/preload/sockets.bats \
	tests/preload/ssh.bats
