# SPDX-License-Identifier: MIT
# Servers that tests and benchmarks talk to.

check_PROGRAMS += tests/servers/socks_sink
tests_servers_socks_sink_LDADD = libproto.la libbase.la

EXTRA_DIST += \
	tests/servers/dns.py \
	tests/servers/faults.py \
	tests/servers/first_said.py \
	tests/servers/gathering.py \
	tests/servers/holding.py \
	tests/servers/protocols.py \
	tests/servers/racing.py
