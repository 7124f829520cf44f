#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where the kernel has not all that the guard needs: auto does what can be done and says so, on starts nothing.

# $stderr comes from bats.
# shellcheck disable=SC2154

load ../lib/tunic
load guarded

setup_file() {
	tunic_setup
	programs_build
}

setup() {
	guarded_setup
	proxy
}

teardown() { background_end; }

# lacking WHAT TUNIC-ARGUMENTS...
lacking() {
	run --separate-stderr timeout 60 ./without "$1" "$TUNIC" "${@:2}"
}

@test "where there can be no guard, on starts nothing" {
	for what in listener pidfd_getfd; do
		lacking $what --guard=on ./dynamic connect 192.0.2.1 80
		assert_status 125
		assert_output ''
		assert_stderr_says 'guard: cannot be had here'
	done
}

@test "where there can be no guard, auto starts what the library can protect, and says so in a line" {
	for what in listener pidfd_getfd; do
		lacking $what --guard=auto ./dynamic connect 192.0.2.1 80
		assert_output '1 of 1'
		assert_stderr_says 'guard: cannot be had here .*the shim alone protects'
		[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
	done
}

@test "where there can be no guard, auto refuses what the library cannot protect" {
	lacking listener --guard=auto ./static connect 192.0.2.1 80
	assert_status 126
	assert_output ''
	assert_stderr_says 'was not started: it is statically linked'
}

@test "without Landlock the guard serves, and a line says what it lacks" {
	lacking landlock ./static connect 192.0.2.1 80
	assert_output '1 of 1'
	assert_stderr_says 'guard: this kernel has no Landlock rules'
}

@test "without namespaces the guard serves, datagrams are refused, and a line says so" {
	lacking namespaces ./static connect 192.0.2.1 80
	assert_output '1 of 1'
	assert_stderr_says 'guard: there is no jail for datagrams'
	lacking namespaces ./static datagram 192.0.2.1 53
	assert_output '0 of 1 EACCES'
}

@test "-v says what is in force" {
	guarded -v true
	assert_stderr_says 'guard: in force: connections on behalf, Landlock, a jail for datagrams'
}

@test "with the library in tunic itself there is no guard, and on starts nothing" {
	LD_PRELOAD=$LIBTUNIC guarded ./dynamic connect 192.0.2.1 80
	assert_status 125
	assert_stderr_says 'the library is in tunic itself'
	LD_PRELOAD=$LIBTUNIC guarded --guard=auto ./dynamic connect 192.0.2.1 80
	assert_output '1 of 1'
}
