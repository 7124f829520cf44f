#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# With pipeline = auto Tor itself is asked whether it is Tor: what it answers, and what it makes of it.

# $stderr comes from bats, TORNET_SOCKS from the network.
# shellcheck disable=SC2153,SC2154

load ../lib/tunic

setup() {
	tunic_setup
	tornet_setup
	unset TUNIC_PIPELINE
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	background_end
}

# assert_known PROXY: it is found to be Tor.
assert_known() {
	run --separate-stderr "$TUNIC" -p "$1" printenv TUNIC_IS_TOR
	assert_output "$1"
}

@test "Tor is known for Tor on each kind of port" {
	[ -n "${TORNET_SOCKS6:-}" ] || fail "this machine has no IPv6 loopback address"
	for proxy in "$TORNET_SOCKS" "$TORNET_SOCKS_PLAIN" "$TORNET_SOCKS6" "unix:$TORNET_SOCKS_UNIX"; do
		assert_known "$proxy"
	done
}

@test "ports of Tor that are not for SOCKS are not taken for it, and nobody waits for them" {
	for proxy in "$TORNET_CONTROL" "$TORNET_HTTP" "unix:$TORNET_CONTROL_UNIX"; do
		run --separate-stderr timeout 20 "$TUNIC" -p "$proxy" printenv TUNIC_IS_TOR
		assert_status 1
		assert_output ''
	done
}

@test "a look-up and a page are one segment each to Tor" {
	background relay python3 "$TESTS/servers/first_said.py" "$TORNET_SOCKS" .
	wait_until 10 test -e port
	run --separate-stderr "$TUNIC" -p "127.0.0.1:$(cat port)" curl -sS "http://pub.test:$HTTP_PORT/auto"
	assert_status 0
	assert_output "tornet ok /auto"
	# The question, the name, the connection: each ends with its port.
	[ "$(wc -l <said)" -eq 3 ] || fail "connections: $(cat said)"
	grep -qE "^050102.*05f0000308$(printf pub.test | od -An -tx1 | tr -d ' \n')0000\$" said || fail "name: $(cat said)"
	grep -qE "^050102.*05010001c6336407$(printf %04x "$HTTP_PORT")\$" said || fail "connection: $(cat said)"
}

@test "the question takes no circuit, and leaves no line in Tor's log" {
	local before log=$TORNET_DIR/client/notice.log
	background control python3 "$TESTS/tornet/control.py" events events
	wait_until 10 test -e events
	before=$(wc -l <"$log")
	"$TUNIC" true
	wait_until 10 grep -q 'CLOSED .*192.0.2.1' events
	# The word after the state is the circuit's number.
	grep -F ' 192.0.2.1:' events >asked
	run ! grep -vE '^650 STREAM [0-9]+ (NEWRESOLVE|CLOSED) 0 ' asked
	run ! grep -iE 'socks|application|192.0.2.1' <(tail -n +$((before + 1)) "$log")
}

@test "Tor is known for Tor before it has a network, and where it refuses addresses" {
	: >empty
	mkdir -m 700 data
	background tor unshare -rn tor --defaults-torrc empty -f empty --DataDirectory "$PWD/data" --SafeSocks 1 \
		--SocksPort "unix:$PWD/data/socks" --Log "notice file $PWD/log"
	wait_until 20 grep -q 'Bootstrapped 0%' log
	assert_known "unix:$PWD/data/socks"
	run ! grep -F 'giving Tor only an IP address' log
}
