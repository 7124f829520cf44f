#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A connect that the guard carries out is to the program as one that the kernel does.

# $stderr comes from bats.
# shellcheck disable=SC2154

load ../lib/tunic
load guarded

setup() { guarded_setup; }

@test "a thread that exchanges descriptor and address gets no connection past the proxy" {
	race_kernel_needed
	answers "$BATS_TEST_TMPDIR/connections"
	proxy
	# That it can be won at all has to be seen; beside much else that takes more than one try.
	for _ in 1 2 3 4 5; do
		./static race "$PORT" 20000 >"$BATS_TEST_TMPDIR/bare"
		[ ! -s "$BATS_TEST_TMPDIR/connections" ] || break
	done
	wait_until 10 test -s "$BATS_TEST_TMPDIR/connections"
	: >"$BATS_TEST_TMPDIR/connections"
	guarded ./static race "$PORT" 20000
	assert_output '0 of 20000'
	[ ! -s "$BATS_TEST_TMPDIR/connections" ] || fail "connections were made"
}

@test "signals interrupt it, or do not, as their handlers say; and no connection is lost" {
	proxy
	interrupted 2000
}

@test "signals interrupt one that has to wait, and it goes on when it is called again" {
	proxy --delay=50
	guarded ./static timer 192.0.2.1 80 5
	assert_output '5 of 5 EINTR'
	guarded ./static timer 192.0.2.1 80 5 restart
	assert_output '5 of 5'
}

# waits: does the program wait in its connect? Then it has one descriptor more than the standard ones.
waiting() { grep -q '^State:.S' "/proc/$1/status" && [ -e "/proc/$1/fd/3" ]; }

@test "one that has to wait stops, goes on and ends with its program, at once" {
	proxy --delay=600000
	background program "$TUNIC" sh -c 'echo $$; exec ./static connect 192.0.2.1 80'
	wait_until 10 grep -q . "$(background_log program)"
	local program
	program=$(cat "$(background_log program)")
	wait_until 10 grep -q static "/proc/$program/comm"
	wait_until 10 waiting "$program"
	for _ in 1 2; do
		kill -STOP "$program"
		wait_until 10 grep -q '^State:.T' "/proc/$program/status"
		kill -CONT "$program"
		wait_until 10 waiting "$program"
	done
	kill -TERM "$program"
	wait_until 10 test ! -e "/proc/$program"
}

@test "threads with descriptors of their own, or whose first one has ended, are served" {
	kernel_needed 6.9 "a descriptor of a thread"
	proxy
	for program in static raw dynamic; do
		guarded ./$program thread 192.0.2.1 80
		assert_output '1 of 1'
		guarded ./$program leaderless 192.0.2.1 80
		assert_output '1 of 1'
	done
}

@test "one that does not block is told when it is open, and events from before it still tell" {
	proxy --delay=200
	guarded ./static nonblocking 192.0.2.1 80 50
	assert_output '50 of 50 EINPROGRESS'
	guarded ./musl nonblocking 2001:db8::1 80 50
	assert_output '50 of 50 EINPROGRESS'
}

@test "fifty that wait for a proxy wait beside each other" {
	proxy --delay=1000
	run --separate-stderr timeout 20 "$TUNIC" ./static nonblocking 192.0.2.1 80 50
	assert_output '50 of 50 EINPROGRESS'
}

@test "what is sent last arrives, though the program has ended" {
	proxy
	guarded ./static nonblocking 192.0.2.1 80 1
	assert_output '1 of 1 EINPROGRESS'
}

@test "what is sent last waits for the proxy no longer than a connection may take" {
	proxy_that_stops_reading
	export TUNIC_ISOLATE=none TUNIC_PIPELINE=no TUNIC_TIMEOUT=10
	guarded ./past "$(command -v python3)" -c '
import os, select, socket
s = socket.socket()
s.settimeout(20)
s.connect(("192.0.2.1", 80))
while select.select([], [s], [], 1)[1]:
    s.send(bytes(1 << 20))
print(os.getppid())'
	[ -n "$output" ] || { seen; fail "no connection"; }
	wait_until 60 test ! -d "/proc/$output"
}

@test "a supervisor that lacks descriptors refuses, and serves when it has some again" {
	jail_kernel_needed
	needs python3
	proxy
	for TUNIC_GUARD in on seal; do
		export TUNIC_GUARD
		guarded ./past "$(command -v python3)" -c '
import os, resource, signal, socket
def connect():
    s = socket.socket()
    s.settimeout(20)
    s.connect(("192.0.2.1", 80))
def datagram():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
def attempt(what):
    try:
        what()
    except OSError:
        pass
signal.alarm(50)
limits = resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)
for room in range(3, 24):
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (room, limits[1]))
    attempt(connect)
    attempt(datagram)
resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, limits)
connect()
datagram()
print("served")'
		assert_output 'served'
	done
}

@test "a proxy on a unix socket, and one of another family, serve all sockets" {
	proxy --unix="$BATS_TEST_TMPDIR/proxy"
	guarded ./static connect 192.0.2.1 80 20
	assert_output '20 of 20'
	guarded ./static nonblocking 2001:db8::1 80 20
	assert_output '20 of 20 EINPROGRESS'
	guarded ./dynamic connect 192.0.2.1 80 20
	assert_output '20 of 20'
}

@test "where there is no proxy connections fail, and a line says so" {
	export TUNIC_PROXY=127.0.0.1:1
	guarded ./static connect 192.0.2.1 80 2
	assert_output '0 of 2 ECONNREFUSED'
	assert_stderr_says 'guard: cannot reach the proxy 127.0.0.1:1: Connection refused'
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
	guarded ./static nonblocking 192.0.2.1 80 2
	assert_output '0 of 2 ECONNRESET EINPROGRESS'
}

@test "this machine, stand-ins without a name and multicast are refused as the library does" {
	proxy
	guarded ./static connect 127.0.0.1 22
	assert_output '0 of 1 ECONNREFUSED'
	assert_stderr_says 'guard: refused a connection to this machine \(127.0.0.1:22\)'
	guarded ./static connect 127.200.0.1 80
	assert_output '0 of 1 EHOSTUNREACH'
	guarded ./static connect 224.0.0.1 80
	assert_output '0 of 1 ENETUNREACH'
}

@test "with local = direct this machine can be reached" {
	answers "$BATS_TEST_TMPDIR/connections"
	proxy
	guarded --local=direct ./static connect 127.0.0.1 "$PORT"
	wait_until 10 test -s "$BATS_TEST_TMPDIR/connections"
}

@test "a static program may listen to this machine alone, unless allow_inbound says more" {
	proxy
	guarded ./static listen 127.0.0.1
	assert_output '1 of 1'
	guarded ./static listen 0.0.0.0
	assert_output '0 of 1 EACCES'
	assert_stderr_says 'refused to accept connections from other machines'
	guarded ./static listen ::
	assert_output '0 of 1 EACCES'
	guarded --allow-inbound=yes ./static listen 0.0.0.0
	assert_output '1 of 1'
}
