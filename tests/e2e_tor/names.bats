#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Names, as the program got them and as Tor saw them: by the stream events of the client's control
# port, and by what reached the resolver behind the exits.

load ../lib/tunic

setup() {
	tunic_setup
	tornet_setup
	EVENTS=$BATS_TEST_TMPDIR/events
	background control python3 "$TESTS/tornet/control.py" events "$EVENTS"
	wait_until 10 test -e "$EVENTS"
}

teardown() {
	background_end
}

# assert_event PATTERN: tor tells of a stream after it has answered on it.
assert_event() {
	wait_until 5 grep -qE "$1" "$EVENTS" || { cat "$EVENTS" >&2; fail "expected an event: $1"; }
}

refute_event() {
	! grep -E "$1" "$EVENTS" >&2 || fail "not expected among the events: $1"
}

@test "a name is looked up by RESOLVE, and the exit asks its resolver" {
	local name=n$$-$RANDOM.fresh.test
	run --separate-stderr "$TUNIC" getent ahostsv4 "$name"
	assert_status 0
	assert_output_has 198.51.100.7
	assert_event "NEWRESOLVE 0 $name:[0-9]+ "
	grep -qx "A $name" "$TORNET_DIR/dns.log" || fail "no exit asked its resolver for $name"
}

@test "a name that has only an IPv6 address resolves to it" {
	run --separate-stderr "$TUNIC" python3 -c '
import socket
for found in socket.getaddrinfo("pub6.test", 80, socket.AF_INET6, socket.SOCK_STREAM):
    print(found[4][0])'
	assert_status 0
	assert_output 2001:db8::7
	assert_event 'NEWRESOLVE 0 pub6\.test:[0-9]+ '
}

@test "an IPv4 address is named by RESOLVE_PTR" {
	run --separate-stderr "$TUNIC" getent hosts 198.51.100.7
	assert_status 0
	assert_output_has pub.test
	assert_event 'NEWRESOLVE 0 198\.51\.100\.7:'
}

@test "an IPv6 address is named by RESOLVE_PTR" {
	run --separate-stderr "$TUNIC" python3 -c '
import socket
print(socket.getnameinfo(("2001:db8::7", 80), socket.NI_NAMEREQD | socket.NI_NUMERICSERV)[0])'
	assert_status 0
	assert_output pub6.test
	assert_event 'NEWRESOLVE 0 \[2001:db8::7\]:'
}

@test "a private address is not asked about" {
	run --separate-stderr "$TUNIC" getent hosts 192.168.7.7
	assert_failure
	run --separate-stderr "$TUNIC" getent ahostsv4 pub.test
	assert_event 'NEWRESOLVE 0 pub\.test:[0-9]+ '
	refute_event 192.168
}

@test "a name that does not exist is unknown to the program, in the words it knows" {
	run --separate-stderr "$TUNIC" getent ahosts nowhere.test
	assert_status 2
	run --separate-stderr "$TUNIC" curl -sS http://nowhere.test/
	assert_status 6
	run --separate-stderr "$TUNIC" python3 -c '
import socket
try:
    socket.getaddrinfo("nowhere.test", 80)
except socket.gaierror as error:
    print(error.errno == socket.EAI_NONAME)'
	assert_output True
	assert_event 'NEWRESOLVE 0 nowhere\.test:[0-9]+ '
}

@test "with names = fake nothing is looked up, and tor gets the name with the connection" {
	run --separate-stderr "$TUNIC" --names=fake curl -sS "http://v4.test:$HTTP_PORT/fake"
	assert_status 0
	assert_event "NEW 0 v4\.test:$HTTP_PORT "
	refute_event NEWRESOLVE
}

@test "an onion name is never looked up" {
	run --separate-stderr "$TUNIC" wget -q -O- "http://$TORNET_ONION./dot"
	assert_status 0
	assert_event "NEW 0 $TORNET_ONION:80 "
	refute_event NEWRESOLVE
	! grep "$TORNET_ONION" "$TORNET_DIR/dns.log" >&2 || fail "an exit asked its resolver for it"
}

@test "a single-label name and a .local name stay at home" {
	run --separate-stderr "$TUNIC" curl -sS http://printer/
	assert_status 6
	run --separate-stderr "$TUNIC" curl -sS http://printer.local/
	assert_status 6
	assert_stderr_says 'local network'
	run --separate-stderr "$TUNIC" getent ahostsv4 pub.test
	assert_event 'NEWRESOLVE 0 pub\.test:[0-9]+ '
	refute_event printer
}
