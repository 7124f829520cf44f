#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# libc's other doors to names: what they answer through the proxy is what they answer by a name server that
# knows the same names.

load ../lib/tunic
load same

setup_file() {
	tunic_setup
	place_start
}

teardown_file() { background_end; }

setup() {
	tunic_setup
	place_enter
}

# With the library the name server there is not asked, be the answer what it may.
shimmed() {
	local result=0
	: >"$BATS_FILE_TMPDIR/dns"
	bare LD_PRELOAD="${SANITIZED:+$SANITIZED }$LIBTUNIC" "$@" || result=$?
	[ ! -s "$BATS_FILE_TMPDIR/dns" ] ||
		fail "the name server was asked: $(cat "$BATS_FILE_TMPDIR/dns")" || return
	return $result
}

resolver() { same "$(program resolver)" "$@"; }

REVERSE4=7.100.51.198.in-addr.arpa
REVERSE6=7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa

# ask FUNCTION: each type that Tor can be asked for, names that are there and one that is not.
ask() {
	resolver "$1" 1 public.example PUBLIC.Example public.example. none.example localhost
	resolver "$1" 28 six.example none.example localhost
	resolver "$1" 12 $REVERSE4 9.100.51.198.in-addr.arpa $REVERSE6 public.example
}

@test "the place has a name server, and the proxy is asked in its stead" {
	run bare "$(program resolver)" query 1 public.example
	assert_output_has "res_query: 48, errno 0"
	[ -z "$(requests)" ]
	grep "public.example 1" "$BATS_FILE_TMPDIR/dns"
	run shimmed "$(program resolver)" query 1 public.example
	assert_status 0
	assert_output_has "res_query: 48, errno 0"
	requests | grep "public.example"
}

@test "res_query, res_nquery and their old names answer alike" { ask query; }
@test "res_search, res_nsearch and their old names answer alike" { ask search; }
@test "res_querydomain, res_nquerydomain and their old names answer alike" { ask querydomain; }
@test "res_send, res_nsend and their old names answer alike" { ask send; }

@test "names that are none are refused alike" {
	local label
	label=$(printf 'a%.0s' {1..63})
	resolver query 1 "" . a..b .a "$label.example" "a$label.example" 198.51.100.7 \
		"$label.$label.$label.$label.example"
	resolver search 1 a..b .
	resolver querydomain 1 "" public.example. a..b
}

@test "types and classes that Tor cannot be asked for are not implemented" {
	resolver query 15 public.example none.example
	resolver search 16 public.example
	resolver send 255 public.example
	CLASS=3 resolver query 16 version.bind
	CLASS=70000 resolver query 1 public.example
}

@test "an answer is cut to the room there is, and nothing is written beyond it" {
	resolver sizes 1 public.example
}

@test "what is no query gets what a name server gives" { resolver rubbish; }

@test "a query with EDNS is answered with EDNS" {
	RES_OPTIONS=edns0 resolver query 1 public.example
}

@test "a proxy that cannot be reached is a name server that cannot be reached" {
	TUNIC_PROXY=127.0.0.1:$(port refused) run shimmed "$(program resolver)" query 1 public.example
	assert_status 0
	assert_output_has "res_query: -1, errno ECONNREFUSED, h_errno TRY_AGAIN, its own TRY_AGAIN"
	assert_output_has "flags 8182"
}

@test "an onion name has a stand-in address, and nobody is asked" {
	run shimmed "$(program resolver)" query 1 somewhere.onion
	assert_status 0
	assert_output_has "somewhere.onion class 1 type 1 ttl 60: 127.192."
	run shimmed "$(program resolver)" query 28 somewhere.onion
	assert_status 0
	assert_output_has "somewhere.onion class 1 type 28 ttl 60: 100::"
	[ -z "$(requests)" ]
}

@test "where the proxy has an address of the other family alone, there is a stand-in" {
	run shimmed "$(program resolver)" query 1 six.example
	assert_status 0
	assert_output_has "six.example class 1 type 1 ttl 60: 127.192."
	run shimmed "$(program resolver)" query 28 public.example
	assert_status 0
	assert_output_has "public.example class 1 type 28 ttl 60: 100::"
}

@test "the domains of resolv.conf are not tried" {
	run bare "$(program resolver)" search 1 public
	assert_output_has "public.example class 1 type 1 ttl 60: 198.51.100.7"
	run shimmed "$(program resolver)" search 1 public
	assert_status 0
	assert_output_has "res_search: -1, errno 0, h_errno HOST_NOT_FOUND"
	[ -z "$(requests)" ]
}

@test "a reverse name of a private network is not asked about" {
	run shimmed "$(program resolver)" query 12 1.0.0.10.in-addr.arpa
	assert_status 0
	assert_output_has "res_query: -1, errno 0, h_errno HOST_NOT_FOUND"
	[ -z "$(requests)" ]
}

@test "getaddrinfo_a answers alike, in both modes and with each notification" {
	same "$(program addrinfo_a)" public.example none.example 198.51.100.7 localhost
}

@test "networks are looked up in the file alone" {
	same "$(program netdb)" networks
	[ -z "$(requests)" ]
}

@test "gethostid and ruserok go by the files of this machine" {
	same "$(program netdb)" hostid ruserok localhost
	run shimmed "$(program netdb)" ruserok public.example
	assert_status 0
	assert_output_has "ruserok: -1"
	[ -z "$(requests)" ]
}

@test "rcmd and rexec are refused, in one line" {
	run --separate-stderr shimmed "$(program netdb)" remote public.example
	assert_status 0
	assert_output "rcmd: -1 EACCES
rcmd_af: -1 EACCES
rexec: -1 EACCES
rexec_af: -1 EACCES
name public.example, second -7"
	assert_stderr_says "rcmd or rexec.*public.example"
	# shellcheck disable=SC2154 # bats sets it
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	[ -z "$(requests)" ]
}

@test "with wrong settings nothing is answered" {
	export TUNIC_PROXY=nonsense
	run shimmed "$(program resolver)" query 1 public.example
	assert_status 0
	assert_output_has "res_query: -1, errno EACCES, h_errno TRY_AGAIN"
	run shimmed "$(program resolver)" send 1 public.example
	assert_status 0
	assert_output_has "res_send: -1, errno EACCES"
	run shimmed "$(program netdb)" networks
	assert_status 0
	assert_output_has "getnetbyname: NULL, h_errno 2"
	run shimmed "$(program addrinfo_a)" public.example
	assert_status 0
	assert_output_has "public.example: EAI_AGAIN"
}
