#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Pages by many programs. The addresses exist only inside the Tor network (198.51.100.7 is nobody's,
# the client maps it), so a page that arrives has come through Tor.

load ../lib/tunic

setup() {
	tunic_setup
	tornet_setup
}

page_by_python() {
	"$TUNIC" python3 -c '
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode())' "$1"
}

page_bytes() { "$TUNIC" curl -sS "$1" | wc -c; }

pages_by_pipe() {
	"$TUNIC" curl -sS "http://pub.test:$HTTP_PORT/first" |
		"$TUNIC" sh -c "cat; exec wget -q -O- http://$TORNET_ONION/second" |
		{ cat; page_by_python "http://198.51.100.7:$HTTP_PORT/third"; }
}

@test "curl fetches a page of an onion service" {
	run --separate-stderr "$TUNIC" curl -sS "http://$TORNET_ONION/by-curl"
	assert_status 0
	assert_output "tornet ok /by-curl"
}

@test "wget fetches a page of an onion service" {
	run --separate-stderr "$TUNIC" wget -q -O- "http://$TORNET_ONION/by-wget"
	assert_status 0
	assert_output "tornet ok /by-wget"
}

@test "python fetches a page of an onion service" {
	run --separate-stderr page_by_python "http://$TORNET_ONION/by-python"
	assert_status 0
	assert_output "tornet ok /by-python"
}

@test "an onion name may be in capitals, have a sub-domain and a dot at its end" {
	run --separate-stderr "$TUNIC" wget -q -O- "http://WWW.${TORNET_ONION^^}./dressed"
	assert_status 0
	assert_output "tornet ok /dressed"
}

@test "curl fetches a page by name from an exit" {
	run --separate-stderr "$TUNIC" curl -sS "http://pub.test:$HTTP_PORT/by-curl"
	assert_status 0
	assert_output "tornet ok /by-curl"
}

@test "wget fetches a page by name from an exit" {
	run --separate-stderr "$TUNIC" wget -q -O- "http://pub.test:$HTTP_PORT/by-wget"
	assert_status 0
	assert_output "tornet ok /by-wget"
}

@test "python fetches a page by name from an exit" {
	run --separate-stderr page_by_python "http://pub.test:$HTTP_PORT/by-python"
	assert_status 0
	assert_output "tornet ok /by-python"
}

@test "an IPv4 address is a target" {
	run --separate-stderr "$TUNIC" curl -sS "http://198.51.100.7:$HTTP_PORT/4"
	assert_status 0
	assert_output "tornet ok /4"
}

@test "an IPv6 address is a target" {
	run --separate-stderr "$TUNIC" curl -sS "http://[2001:db8::7]:$HTTP_PORT/6"
	assert_status 0
	assert_output "tornet ok /6"
}

@test "a name that has only an IPv6 address is a target" {
	run --separate-stderr "$TUNIC" curl -sS "http://pub6.test:$HTTP_PORT/name6"
	assert_status 0
	assert_output "tornet ok /name6"
}

@test "with names = fake the exit resolves the name" {
	run --separate-stderr "$TUNIC" --names=fake curl -sS "http://v4.test:$HTTP_PORT/fake"
	assert_status 0
	assert_output "tornet ok /fake"
}

@test "with local = tunnel this machine's own address is a target" {
	run --separate-stderr "$TUNIC" --local=tunnel curl -sS "http://v4.test:$HTTP_PORT/local"
	assert_status 0
	assert_output "tornet ok /local"
}

@test "SOCKS on a unix socket carries an onion page and an exit page" {
	local proxy=--proxy=unix:$TORNET_SOCKS_UNIX
	run --separate-stderr "$TUNIC" "$proxy" curl -sS "http://$TORNET_ONION/unix"
	assert_status 0
	assert_output "tornet ok /unix"
	run --separate-stderr "$TUNIC" "$proxy" wget -q -O- "http://pub.test:$HTTP_PORT/unix"
	assert_status 0
	assert_output "tornet ok /unix"
}

@test "SOCKS on an IPv6 address carries a page" {
	[ -n "${TORNET_SOCKS6:-}" ] || fail "this machine has no IPv6 loopback address"
	run --separate-stderr "$TUNIC" --proxy="$TORNET_SOCKS6" \
		curl -sS "http://pub.test:$HTTP_PORT/socks6"
	assert_status 0
	assert_output "tornet ok /socks6"
}

@test "a stepwise conversation with Tor works as well as one turn" {
	run --separate-stderr "$TUNIC" --pipeline=no curl -sS "http://pub.test:$HTTP_PORT/stepwise"
	assert_status 0
	assert_output "tornet ok /stepwise"
}

@test "LD_PRELOAD alone carries an onion page and an exit page" {
	run --separate-stderr env LD_PRELOAD="$LIBTUNIC" curl -sS "http://$TORNET_ONION/alone"
	assert_status 0
	assert_output "tornet ok /alone"
	run --separate-stderr env LD_PRELOAD="$LIBTUNIC" wget -q -O- "http://pub.test:$HTTP_PORT/alone"
	assert_status 0
	assert_output "tornet ok /alone"
}

@test "three programs in a pipe each reach their page" {
	run --separate-stderr pages_by_pipe
	assert_status 0
	[ "$(grep ok <<<"$output")" = "tornet ok /first
tornet ok /second
tornet ok /third" ] || { seen; fail "expected three pages in order"; }
}

@test "three megabytes arrive whole" {
	run --separate-stderr page_bytes "http://198.51.100.7:$HTTP_PORT/big/3000000"
	assert_status 0
	assert_output 3000000
}

@test "a page that arrived is followed by nothing on standard error" {
	run --separate-stderr "$TUNIC" curl -sS "http://pub.test:$HTTP_PORT/quiet"
	assert_status 0
	[ -z "$stderr" ] || { seen; fail "expected silence"; }
}
