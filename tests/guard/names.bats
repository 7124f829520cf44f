#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that the library cannot be in look names up by the resolver of the jail, and their datagrams go nowhere.

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

@test "a name is asked of the proxy, whichever libc the program has" {
	for program in static musl dynamic; do
		guarded ./$program name sink.example 80
		assert_output '1 of 1'
	done
}

@test "an onion name is connected to by name" {
	guarded ./static name abcdefgh.onion 80
	assert_output '1 of 1'
}

@test "with names = fake nobody is asked" {
	needs dig
	guarded --names=fake dig +short sink.example
	[[ $output == 127.* ]] || { seen; return 1; }
}

@test "a name of this network is told to nobody" {
	guarded ./static name printer 80
	assert_output $'no such name\n0 of 1'
	assert_stderr_says 'refused to look up a name of the local network'
}

@test "dig gets an answer from whatever server it asks, for a name and for an address" {
	needs dig
	guarded dig +short @192.0.2.53 sink.example
	assert_output '198.51.100.99'
	guarded dig +short @2001:db8::53 sink.example
	assert_output '198.51.100.99'
	guarded dig +short -x 198.51.100.7
	assert_output 'sink.example.'
}

@test "a datagram to anything else is refused at once" {
	guarded ./static datagram 192.0.2.1 443
	assert_output '0 of 1 ECONNREFUSED'
	guarded ./dynamic datagram 192.0.2.1 443
	assert_output '0 of 1 ECONNREFUSED'
	guarded ./musl datagram 2001:db8::1 443
	assert_output '0 of 1 ECONNREFUSED'
}

@test "what one program of the run has looked up another can connect to" {
	# shellcheck disable=SC2016 # for the shell inside
	guarded sh -c 'address=$(dig +short abcdefgh.onion) && ./static connect "$address" 80'
	assert_output '1 of 1'
}
