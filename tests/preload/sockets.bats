#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A socket of a program is the same with the library as without, when what it is connected to is reached
# through a proxy: on the program's own descriptor, and where that cannot be, on a stand-in. STRESS multiplies
# the number of connections, 200 of each kind.

load ../lib/tunic
load served

setup() {
	tunic_setup
	settle TIMEOUT=20
}

# on_both_families PROXY NAME [MORE...]: to 127.0.0.1 and to ::1.
on_both_families() {
	requests_forget
	through "$1"
	both_ways "$2" 127.0.0.1 "$(port echo)" "${@:3}"
	both_ways "$2" ::1 "$(port echo6)" "${@:3}"
	! requests | grep -v "^$1 01 " || fail "another proxy was asked"
}

@test "through an IPv4 proxy: getpeername tells the target, on every duplicate too" {
	on_both_families relay peer
}

@test "through an IPv4 proxy: arguments that make no sense get the kernel's errno" {
	on_both_families relay misuse
}

@test "through an IPv4 proxy: memory that is not there gets the kernel's errno" {
	on_both_families relay misuse pointers
}

@test "through an IPv4 proxy: a descriptor lives again after a refusal and after a disconnect" {
	on_both_families relay again "$(port refused)"
}

@test "through an IPv4 proxy: modes, options and timeouts stay as they were set" {
	on_both_families relay modes
}

@test "through an IPv4 proxy: descriptor numbers that were another's, or beyond 1024, serve, and none is lost" {
	on_both_families relay numbers $((200 * ${STRESS:-1}))
}

@test "through an IPv6 proxy: getpeername tells the target, on every duplicate too" {
	on_both_families relay6 peer
}

@test "through an IPv6 proxy: arguments that make no sense get the kernel's errno" {
	on_both_families relay6 misuse
}

@test "through an IPv6 proxy: memory that is not there gets the kernel's errno" {
	on_both_families relay6 misuse pointers
}

@test "through an IPv6 proxy: a descriptor lives again after a refusal and after a disconnect" {
	# Linux leaves ECONNRESET in a socket that was disconnected, not in the fresh one that replaces a stand-in.
	BUT='^disconnected: SO_ERROR' on_both_families relay6 again "$(port refused)"
}

@test "through an IPv6 proxy: modes, options and timeouts stay as they were set" {
	on_both_families relay6 modes
}

@test "through an IPv6 proxy: descriptor numbers that were another's, or beyond 1024, serve, and none is lost" {
	on_both_families relay6 numbers $((200 * ${STRESS:-1}))
}

@test "through a unix-socket proxy: getpeername tells the target, on every duplicate too" {
	on_both_families relay.sock peer
}

@test "through a unix-socket proxy: arguments that make no sense get the kernel's errno" {
	on_both_families relay.sock misuse
}

@test "through a unix-socket proxy: memory that is not there gets the kernel's errno" {
	on_both_families relay.sock misuse pointers
}

@test "through a unix-socket proxy: a descriptor lives again after a refusal and after a disconnect" {
	# Linux leaves ECONNRESET in a socket that was disconnected, not in the fresh one that replaces a stand-in.
	BUT='^disconnected: SO_ERROR' on_both_families relay.sock again "$(port refused)"
}

@test "through a unix-socket proxy: modes, options and timeouts stay as they were set" {
	# Options of TCP are taken on a unix socket, and have no value there.
	BUT='^TCP_[NKU]' on_both_families relay.sock modes
}

@test "through a unix-socket proxy: descriptor numbers that were another's, or beyond 1024, serve, and none is lost" {
	on_both_families relay.sock numbers $((200 * ${STRESS:-1}))
}

@test "a socket keeps the address it was bound to" {
	through relay
	both_ways bound 127.0.0.1 "$(port echo)" 127.0.0.1 127.0.0.5 0.0.0.0
	through relay6
	both_ways bound ::1 "$(port echo6)" ::1 ::
}

# A stand-in has an address of its own, which getsockname does not tell.
@test "a socket that was bound gets through where a stand-in has to serve" {
	local proxy
	for proxy in relay6 relay.sock; do
		through $proxy
		same_but '^own:' "$(program bound)" 127.0.0.1 "$(port echo)" 127.0.0.1 0.0.0.0
	done
	for proxy in relay relay.sock; do
		through $proxy
		same_but '^own:' "$(program bound)" ::1 "$(port echo6)" ::1 ::
	done
}

@test "an IPv4-mapped target is the IPv4 address it means" {
	local proxy
	for proxy in relay relay6 relay.sock; do
		through $proxy
		both_ways peer ::ffff:127.0.0.1 "$(port echo)"
	done
	requests | grep -q ' 01 1 127.0.0.1 '
	! requests | grep ffff || fail "the mapped address itself was asked for"
}

@test "the first byte after the reply is the program's first, however the reply comes" {
	for proxy in plain glued dribbled dribbled-glued name atyp4; do
		through $proxy
		for way in no yes; do
			run --separate-stderr env TUNIC_PIPELINE=$way TUNIC_TIMEOUT=20 ASAN_OPTIONS=detect_leaks=0 \
				LD_PRELOAD="${SANITIZED:+$SANITIZED }$LIBTUNIC" "$(program greeted)" 198.51.100.7 80
			assert_status 0
			assert_output $'at once: 0, hello, echo\nby bytes: 0, hello, echo\nnon-blocking: 0, hello, echo'
			[ -z "$stderr" ] || fail "$stderr"
		done
	done
}
