# SPDX-License-Identifier: MIT
# The programs that live through situations; tests/situations/*.bats starts them. A new one is one word here:
# its source is the file of the same name.

situations_programs = \
	tests/situations/epolling \
	tests/situations/first_calls \
	tests/situations/forking \
	tests/situations/lives \
	tests/situations/nesting \
	tests/situations/opening \
	tests/situations/optimistic \
	tests/situations/polling \
	tests/situations/refused_late \
	tests/situations/refusing \
	tests/situations/sleeping \
	tests/situations/storms \
	tests/situations/waiting

check_PROGRAMS += $(situations_programs)

EXTRA_DIST += \
	tests/servers/late.py \
	tests/situations/early.h \
	tests/situations/epolling.bats \
	tests/situations/epolling.h \
	tests/situations/failing.bats \
	tests/situations/forking.bats \
	tests/situations/ipv6.bats \
	tests/situations/lives.bats \
	tests/situations/nesting.bats \
	tests/situations/opening.bats \
	tests/situations/optimistic.bats \
	tests/situations/polling.bats \
	tests/situations/refusing.bats \
	tests/situations/situation.h \
	tests/situations/situations.bash \
	tests/situations/sleeping.bats \
	tests/situations/stand_in.bats \
	tests/situations/storms.bats \
	tests/situations/waiting.bats
