#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sockets that tunic was started with: what leads past Tor is closed, or nothing is started.

load ../lib/tunic

setup() {
	tunic_setup
	needs unshare ip python3
	cd "$BATS_TEST_TMPDIR" || return
	local options=-mn
	[ "$(id -u)" -eq 0 ] || options=-rmn
	# shellcheck disable=SC2016
	INSIDE=(unshare "$options" sh -eu -c '
		ip link set lo up
		ip address add 192.0.2.1/32 dev lo
		exec "$@"' sh)
}

# handed KIND... -- COMMAND...: with these at descriptor 10, 11, …
handed() {
	run --separate-stderr "${INSIDE[@]}" python3 "$TESTS/servers/holding.py" "$@"
}

# Which of the numbers are open? Printed by the program under test.
# shellcheck disable=SC2016 # for the shell under test
SHOW='for fd in 0 1 2 10 11 12 13 14 15; do [ ! -e /proc/$$/fd/$fd ] || printf "%s " $fd; done'

@test "a connection past the proxy is closed, and one line says so" {
	handed connected:192.0.2.1:80 file -- sh -c "$SHOW"
	assert_output '0 1 2 10 11 '
	handed connected:192.0.2.1:80 connected:192.0.2.1:81 file -- "$TUNIC" sh -c "$SHOW"
	assert_status 0
	assert_output '0 1 2 12 '
	[ "$stderr" = 'tunic: closed the inherited descriptor 10: refused a socket that another program has connected past Tor' ] ||
		{ seen; fail "other words"; }
}

@test "nothing is said with log = quiet, and the descriptor is closed all the same" {
	handed udp file -- "$TUNIC" --log=quiet sh -c "$SHOW"
	assert_output '0 1 2 11 '
	[ -z "$stderr" ] || fail "$stderr"
}

@test "each kind is judged by the settings" {
	kinds=(listening:0.0.0.0:80 listening:127.0.0.1:81 connected:127.0.0.1:82 udp:192.0.2.1:53
		opening:127.0.0.1:84 connected:127.0.0.1:9050)
	handed "${kinds[@]}" -- "$TUNIC" sh -c "$SHOW"
	assert_output '0 1 2 11 15 '
	[ "$(wc -l <<<"$stderr")" -eq 4 ] || { seen; fail "not a line for each kind"; }
	handed "${kinds[@]}" -- "$TUNIC" --allow-inbound=yes --local=direct sh -c "$SHOW"
	assert_output '0 1 2 10 11 12 15 '
	handed "${kinds[@]}" -- "$TUNIC" -p 127.0.0.1:82 sh -c "$SHOW"
	assert_output '0 1 2 11 12 '
}

@test "files, pipes, unix sockets and unconnected sockets are inherited" {
	handed file pipe unix unconnected unconnected6 -- "$TUNIC" sh -c "$SHOW"
	assert_output '0 1 2 10 11 12 13 14 '
	[ -z "$stderr" ] || fail "$stderr"
}

@test "nothing is started on a standard input or output past Tor" {
	for which in 0=input 1=output; do
		handed "${which%=*}=connected:192.0.2.1:80" -- "$TUNIC" touch started
		assert_status 125
		assert_stderr_says "nothing is started with this standard ${which#*=}: .*past Tor; hint: "
		[ "$(wc -l <<<"$stderr")" -eq 1 ] || fail "more than a line: $stderr"
	done
	handed 0=connected:127.0.0.1:80 -- "$TUNIC" touch started
	assert_status 125
	assert_stderr_says 'hint: local = direct'
	[ ! -e started ] || fail "it was started"
	handed 0=connected:127.0.0.1:80 -- "$TUNIC" --local=direct touch started
	assert_status 0
	[ -e started ] || fail "it was not started"
}

@test "nothing is said into a standard error past Tor" {
	handed 2=udp:192.0.2.1:53 -- strace -o calls -e trace=write,sendto,exit_group "$TUNIC" touch started
	assert_status 125
	! grep -E '^(write|sendto)\(2' calls || fail "something was said"
	[ ! -e started ] || fail "it was started"
}

@test "within a run sockets are kept" {
	handed udp -- env TUNIC_RUN=0123456789abcdef0123456789abcdef "$TUNIC" sh -c "$SHOW"
	assert_output '0 1 2 10 '
}

@test "where the list of descriptors is not to be had, nothing is started" {
	mkdir empty
	# shellcheck disable=SC2016 # for the shell inside
	handed udp -- sh -c 'mount --bind empty /proc/$$/fd || exit 99; exec "$@"' sh "$TUNIC" touch started
	assert_status 125
	assert_stderr_says 'cannot tell which descriptors are open.*; hint: '
	[ ! -e started ] || fail "it was started"
}

@test "a descriptor of a high number is found" {
	handed 900=udp file -- "$TUNIC" sh -c "$SHOW; [ ! -e /proc/\$\$/fd/900 ] || echo 900"
	assert_output '0 1 2 10 '
}
