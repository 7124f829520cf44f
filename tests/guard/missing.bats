#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where the kernel has not all that the guard needs: auto does what can be done and says so, on starts nothing.

# $stderr comes from bats.
# shellcheck disable=SC2154

load ../lib/tunic
load guarded

# lacking WHAT COMMAND...
lacking() {
	run --separate-stderr timeout 60 ./without "$1" "${@:2}"
}

@test "where there can be no guard, on starts nothing" {
	lacking listener "$TUNIC" --guard=on ./dynamic connect 192.0.2.1 80
	assert_status 125
	assert_output ''
	assert_stderr_says 'guard: cannot be had here'
}

@test "where there can be no guard, auto starts what the library can protect, and says so in a line" {
	lacking listener "$TUNIC" --guard=auto ./dynamic connect 192.0.2.1 80
	assert_output '1 of 1'
	assert_stderr_says 'guard: cannot be had here .*the shim alone protects'
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
}

@test "where there can be no guard, auto refuses what the library cannot protect" {
	lacking listener "$TUNIC" --guard=auto ./static connect 192.0.2.1 80
	assert_status 126
	assert_output ''
	assert_stderr_says 'was not started: it is statically linked'
}

@test "without Landlock the guard serves, and a line says what it lacks" {
	lacking landlock "$TUNIC" ./static connect 192.0.2.1 80
	assert_output '1 of 1'
	assert_stderr_says 'this kernel has no Landlock rules'
}

@test "without namespaces the guard serves, datagrams are refused, and a line says so" {
	lacking namespaces "$TUNIC" ./static connect 192.0.2.1 80
	assert_output '1 of 1'
	assert_stderr_says 'guard: there is no jail for datagrams'
	lacking namespaces "$TUNIC" ./static datagram 192.0.2.1 53
	assert_output '0 of 1 EACCES'
}

@test "where sockets do not tell their network it is the same, and nothing is sealed" {
	lacking cookies "$TUNIC" ./static connect 192.0.2.1 80
	assert_output '1 of 1'
	assert_stderr_says 'guard: there is no jail for datagrams .*before Linux 5.14'
	lacking cookies "$TUNIC" ./static datagram 192.0.2.1 53
	assert_output '0 of 1 EACCES'
	lacking cookies "$TUNIC" --guard=seal ./static connect 192.0.2.1 80
	assert_status 125
	assert_stderr_says 'guard: the seal cannot be had here: .*before Linux 5.14'
}

# swapped OUTPUT TUNIC-ARGUMENTS...: where descriptors cannot be duplicated, that is printed.
swapped() {
	lacking pidfd_getfd "$TUNIC" "${@:2}"
	assert_output "$1"
}

@test "where descriptors cannot be duplicated the guard serves, and a line says what is lost" {
	for program in static musl raw dynamic; do
		swapped '20 of 20' ./$program connect 192.0.2.1 80 20
		assert_stderr_says 'descriptors cannot be duplicated here'
		[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
	done
	swapped '3 of 3' ./static connect 2001:db8::1 80 3
	swapped '20 of 20 EINPROGRESS' ./dynamic nonblocking 192.0.2.1 80 20
}

@test "where descriptors cannot be duplicated names are asked of the proxy" {
	jail_kernel_needed
	swapped '1 of 1' ./static name sink.example 80
}

@test "where descriptors cannot be duplicated connects that do not wait are told when they are open" {
	background_end
	proxy --delay=200
	swapped '50 of 50 EINPROGRESS' ./static nonblocking 192.0.2.1 80 50 late
	swapped '20 of 20 EINPROGRESS' ./musl nonblocking 2001:db8::1 80 20 late
}

@test "where descriptors cannot be duplicated a proxy on a unix socket serves" {
	background_end
	proxy --unix="$BATS_TEST_TMPDIR/proxy"
	swapped '20 of 20' ./static connect 192.0.2.1 80 20
	swapped '20 of 20 EINPROGRESS' ./static nonblocking 192.0.2.1 80 20 late
	swapped '20 of 20' ./dynamic connect 192.0.2.1 80 20
}

@test "where descriptors cannot be duplicated signals do what they do else" {
	background_end
	proxy --delay=50
	swapped '5 of 5 EINTR' ./static timer 192.0.2.1 80 5
	swapped '5 of 5' ./static timer 192.0.2.1 80 5 restart
}

@test "where descriptors cannot be duplicated a limit that has come below their numbers is told" {
	needs python3
	for waits in "" 1; do
		swapped 'EMFILE' ./past "$(command -v python3)" -c '
import errno, os, resource, signal, socket, sys
signal.alarm(50)
s = socket.socket()
s = socket.socket(fileno=os.dup2(s.fileno(), 100))
s.setblocking(bool(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))
print(errno.errorcode[s.connect_ex(("192.0.2.1", 80))])' "$waits"
	done
}

@test "where descriptors cannot be duplicated the same is refused" {
	jail_kernel_needed
	swapped '0 of 1 ECONNREFUSED' ./static connect 127.0.0.1 22
	swapped '0 of 1 ECONNREFUSED' ./static datagram 192.0.2.1 443
	swapped '1 of 1' ./static listen 127.0.0.1
	swapped '0 of 1 EACCES' ./static listen 0.0.0.0
	swapped '1 of 1' --allow-inbound=yes ./static listen 0.0.0.0
	TUNIC_PROXY=127.0.0.1:1 swapped '0 of 2 ECONNREFUSED' ./static connect 192.0.2.1 80 2
}

@test "where descriptors cannot be duplicated a race for them is not won" {
	race_kernel_needed
	needs python3
	background server python3 -uc '
import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64); print(s.getsockname()[1])
while True:
    s.accept()[0].close(); open(sys.argv[1], "a").write("connection\n")' "$BATS_TEST_TMPDIR/connections"
	wait_until 10 grep -q . "$(background_log server)"
	swapped '0 of 20000' ./static race "$(cat "$(background_log server)")" 20000
	[ ! -e "$BATS_TEST_TMPDIR/connections" ] || fail "connections were made"
}

@test "where the kernel makes no memory that could be executed the guard serves" {
	[ -e /proc/sys/vm/memfd_noexec ] || skip "this kernel cannot be told so"
	lacking executable-memory "$TUNIC" ./static name abcdefgh.onion 80
	assert_output '1 of 1'
}

@test "whatever is missing is said in one line" {
	lacking pidfd_getfd ./without landlock ./without namespaces "$TUNIC" ./static connect 192.0.2.1 80
	assert_output '1 of 1'
	assert_stderr_says 'guard: there is no jail .*; this kernel has no Landlock .*; descriptors cannot be duplicated'
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
}

@test "-v says what is in force" {
	jail_kernel_needed
	local landlock=
	! kernel_since 6.7 || landlock=' Landlock,'
	guarded -v true
	assert_stderr_says "guard: in force: connections on behalf,$landlock a jail for datagrams"
}

@test "with the library in tunic itself there is no guard, and on starts nothing" {
	LD_PRELOAD=$LIBTUNIC guarded ./dynamic connect 192.0.2.1 80
	assert_status 125
	assert_stderr_says 'the library is in tunic itself'
	LD_PRELOAD=$LIBTUNIC guarded --guard=auto ./dynamic connect 192.0.2.1 80
	assert_output '1 of 1'
}
