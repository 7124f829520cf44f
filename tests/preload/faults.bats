#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each way in which a proxy can fail ends in its errno, in time, without spinning, and leaves a descriptor that
# serves for the next try; and one line says what was wrong.

load ../lib/tunic
load served

setup() {
	tunic_setup
	settle TIMEOUT=10 LOG=info
}

# replies: "CODE ERRNO SENTENCE" for every refusal in the table of replies.
replies() {
	tr -d '\n' <"$TESTS/../src/proto/socks.def" | grep -o 'SOCKS_REPLY([A-Z0-9_]*, 0x[0-9a-f]*, [A-Z]*,[^"]*"[^"]*"' |
		sed 's/.*, 0x\([0-9a-f]*\), \([A-Z]*\),[^"]*"\(.*\)"/\1 \2 \3/'
}

# fails FAULT ERRNO WORDS: in both ways to speak and both modes of a descriptor.
fails() {
	local way mode
	through "$1"
	for way in no yes; do
		for mode in '' nonblocking; do
			export TUNIC_PIPELINE=$way
			# shellcheck disable=SC2086 # no mode is no argument
			run --separate-stderr shimmed timeout 60 "$(program attempt)" 198.51.100.7 80 $mode
			assert_status 0
			assert_output "$2"
			assert_stderr_says "$3"
			[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "more than a line"; }
		done
	done
}

@test "every reply that refuses has its errno and its sentence" {
	[ "$(replies | wc -l)" -eq 16 ]
	while read -r code error sentence <&9; do
		sentence=${sentence//[()?]/.}
		fails "reply-$code" "$error" "198\.51\.100\.7:80.*$sentence"
	done 9< <(replies)
	fails reply-5a EPROTO '198\.51\.100\.7:80.*in no standard'
}

@test "ordinary refusals are not worth a line by default, trouble with an onion service is" {
	settle LOG=warn
	for code in 01 02 03 04 05 06 f0 f6; do
		through "reply-$code"
		run --separate-stderr shimmed "$(program attempt)" 198.51.100.7 80
		case $code in
		0[2-6]) [ -z "$stderr" ] || fail "$code: $stderr" ;;
		f*) [ "$(wc -l <<<"$stderr")" -eq 1 ] && [ -n "$stderr" ] || fail "$code: $stderr" ;;
		esac
	done
}

@test "a proxy that closes after any number of bytes of its answer is said to have closed" {
	fails close-at-once ECONNRESET 'closed the connection'
	for n in {1..13}; do
		fails "close-$n" ECONNRESET 'closed the connection'
	done
}

@test "a proxy that resets the connection" {
	fails reset ECONNRESET 'reset'
}

# In time: each attempt meets the timeout once, and its second try does not, however busy the machine is. All at
# once, since each takes those seconds.
@test "a proxy that stalls after any number of bytes of its answer is given up in time" {
	settle TIMEOUT=4
	for n in at-once 1 2 3 4 5 13 in-name; do
		fails "stall-$n" ETIMEDOUT 'no answer from the proxy' >"$BATS_TEST_TMPDIR/stall-$n" 2>&1 3>&- 4>&- &
		echo "$!" >>"$BATS_TEST_TMPDIR/pids"
	done
	while read -r pid; do
		wait "$pid" || fail "$(cat "$BATS_TEST_TMPDIR"/stall-*)"
	done <"$BATS_TEST_TMPDIR/pids"
}

@test "what is not SOCKS5 is said not to be" {
	for fault in bad-version other-method bad-login-version bad-reply-version bad-reserved; do
		fails $fault EPROTO 'does not speak SOCKS5'
	done
}

@test "an HTTP proxy is recognised" {
	fails http EPROTO 'HTTP server'
}

@test "addresses that cannot be are no answer" {
	for fault in bad-atyp no-address empty-name; do
		fails $fault EPROTO 'does not fit'
	done
}

@test "a proxy that takes no user name is not used without one" {
	fails no-method EACCES 'isolate = none'
	fails login-refused EACCES 'did not accept'
	settle ISOLATE=none
	fails no-method EACCES 'wants a user name'
}

@test "a proxy that is not there" {
	through refused
	run --separate-stderr shimmed "$(program attempt)" 198.51.100.7 80
	[ "${lines[0]}" = ECONNREFUSED ] || { seen; fail "another errno"; }
	assert_stderr_says 'cannot reach the proxy 127\.0\.0\.1:[0-9]*: connection refused; is tor running'
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "more than a line"; }
	settle PROXY=unix:/nonexistent/socket
	run --separate-stderr shimmed "$(program attempt)" 198.51.100.7 80
	[ "${lines[0]}" = ENOENT ] || { seen; fail "another errno"; }
	assert_stderr_says 'cannot reach the proxy unix:/nonexistent/socket: no such file'
}

# A listening socket whose queue is full takes no more connections, and says nothing.
@test "a proxy that accepts nobody is given up in time, on TCP and on a unix socket" {
	background deaf python3 -c '
import os, signal, socket, sys
held = []
for family, where in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, sys.argv[1] + "/deaf.sock")):
    server = socket.socket(family)
    server.bind(where)
    server.listen(0)
    held.append(server)
    for _ in range(4):
        client = socket.socket(family)
        client.setblocking(False)
        client.connect_ex(server.getsockname())
        held.append(client)
open(sys.argv[1] + "/port", "w").write(str(held[0].getsockname()[1]))
signal.pause()' "$BATS_TEST_TMPDIR"
	wait_until 10 test -s "$BATS_TEST_TMPDIR/port"
	settle TIMEOUT=1 LOCAL=tunnel
	for proxy in "127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")" "unix:$BATS_TEST_TMPDIR/deaf.sock"; do
		for mode in '' nonblocking; do
			settle PROXY="$proxy"
			# shellcheck disable=SC2086
			run --separate-stderr shimmed timeout 20 "$(program attempt)" 198.51.100.7 80 $mode
			[[ ${lines[0]} = ETIMEDOUT || ${lines[0]} = EAGAIN ]] || { seen; fail "$proxy"; }
			refute_output_has processor
			refute_output_has descriptors
		done
	done
	background_end
}

@test "names: a proxy that cannot be asked is EAI_AGAIN, one that knows no such name EAI_NONAME" {
	for fault in close-3 http reset no-method refused; do
		through $fault
		run shimmed python3 -c '
import socket
for _ in range(2):
    try:
        socket.getaddrinfo("public.example", 80)
    except socket.gaierror as error:
        print(error.errno == socket.EAI_AGAIN)
        break'
		assert_output_has True
	done
	through relay
	run shimmed python3 -c '
import socket
try:
    socket.getaddrinfo("nowhere.example", 80)
except socket.gaierror as error:
    print(error.errno == socket.EAI_NONAME)'
	assert_output_has True
}
