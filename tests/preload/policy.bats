#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is refused, with which errno, and that it is said: once, in one line, and never in the program's data.

load ../lib/tunic
load served

setup() {
	tunic_setup
	cd "$BATS_TEST_TMPDIR" || return
	settle PROXY="127.0.0.1:$(port relay)"
	requests_forget
}

# row KIND: "ERRNO SENTENCE" out of the table of refusals.
row() {
	tr -d '\n' <"$TESTS/../src/core/refusals.def" | grep -o "REFUSAL($1,[^\"]*\"[^\"]*\"" |
		sed 's/REFUSAL([A-Z_]*, \([A-Z]*\),[^"]*"\(.*\)"/\1 \2/'
}

# refuses KIND [AS ARGUMENTS...]: three times over by the program, with the errno and one line of the table. AS is
# the program's name for what to do, if another.
refuses() {
	local as=${2:-$1} error sentence
	read -r error sentence <<<"$(row "$1")"
	[ -n "$sentence" ] || fail "no kind $1" || return
	run --separate-stderr shimmed "$(program refused)" "$as" "${@:3}"
	assert_status 0
	[ "$(grep -c "^$as: -1 $error$" <<<"$output")" -eq 3 ] || { seen; fail "$1: not $error"; }
	! grep ': ok' <<<"$output" || { seen; fail "$1: something passed"; }
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "$1: not one line"; }
	grep -qF "tunic: refused: $sentence" <<<"$stderr" || { seen; fail "$1: other words"; }
	[ -z "$(requests)" ] || fail "the proxy was asked: $(requests)"
}

@test "raw sockets, other families and protocols are refused" {
	refuses RAW
	refuses FAMILY
	refuses PROTOCOL
}

@test "datagrams are refused by every call that sends, connects or binds" {
	refuses DATAGRAM DATAGRAM 127.0.0.1 53
	refuses DATAGRAM DATAGRAM 198.51.100.7 53
	refuses DATAGRAM DATAGRAM 2001:db8::7 53
}

@test "joining a multicast group is refused" {
	refuses MULTICAST
}

@test "this machine's own addresses are refused, in every form" {
	for host in 127.0.0.1 127.1.2.3 0.0.0.0 ::1 :: ::ffff:127.0.0.1; do
		refuses LOCAL CONNECT $host "$(port echo)"
	done
}

@test "link-local and multicast addresses are refused" {
	refuses LINK_LOCAL CONNECT 169.254.1.1 80
	refuses LINK_LOCAL CONNECT fe80::1 80
	refuses LINK_LOCAL CONNECT ::ffff:169.254.1.1 80
	refuses BROADCAST CONNECT 224.0.0.1 80
	refuses BROADCAST CONNECT ff02::1 80
}

@test "an address of the pool without a name is refused" {
	refuses POOL CONNECT 127.192.0.77 80
	refuses POOL CONNECT 100::77 80
	refuses POOL CONNECT ::ffff:127.192.0.77 80
	settle LOCAL=direct
	refuses POOL CONNECT 127.192.0.77 80
}

@test "local name services are refused, by whatever path" {
	for path in /run/nscd/socket /var/run/nscd/socket /run//nscd/./socket \
		/run/systemd/resolve/io.systemd.Resolve /run/avahi-daemon/socket; do
		refuses RESOLVER RESOLVER $path
	done
}

@test "listening where other machines can connect is refused, and can be allowed" {
	refused='INBOUND: -1 EACCES'
	for host in 0.0.0.0 ::; do
		run --separate-stderr shimmed "$(program refused)" INBOUND $host 0
		[ "$(grep -c "^$refused$" <<<"$output")" -eq 3 ] || { seen; fail "not refused"; }
		[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
	done
	same "$(program refused)" INBOUND 127.0.0.1 0
	same "$(program refused)" INBOUND ::1 0
	settle ALLOW_INBOUND=yes
	same "$(program refused)" INBOUND 0.0.0.0 0
}

@test "fast open, which is a connect that is none, is refused" {
	refuses FAST_OPEN FAST_OPEN 198.51.100.7 80
}

@test "names of the local network are refused" {
	refuses NAME_LOCAL NAME_LOCAL printer
	refuses NAME_LOCAL NAME_LOCAL router.local
}

@test "io_uring is refused" {
	refuses IO_URING
}

@test "local = direct: a program talks to itself over loopback, and nobody else hears it" {
	settle LOCAL=direct
	requests_forget
	same python3 -c '
import socket, threading
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    server = socket.create_server((address, 0), family=family)
    thread = threading.Thread(target=lambda: server.accept()[0].sendall(b"to myself"))
    thread.start()
    client = socket.create_connection(server.getsockname()[:2])
    print(client.getpeername() == server.getsockname(), client.recv(100))
    thread.join()'
	[ -z "$(requests)" ] || fail "asked the proxy: $(requests)"
}

@test "local = direct connects to this machine, but not to a name server on it" {
	settle LOCAL=direct
	same "$(program peer)" 127.0.0.1 "$(port echo)"
	same "$(program misuse)" 127.0.0.1 "$(port echo)"
	same "$(program again)" ::1 "$(port echo6)" "$(port refused)"
	[ -z "$(requests)" ] || fail "$(requests)"
	for place in 53 853 5353; do
		refuses LOCAL_PORT CONNECT 127.0.0.1 $place
	done
}

@test "the proxy's own address is connected to as it stands" {
	settle PROXY="127.0.0.1:$(port echo)"
	same "$(program peer)" 127.0.0.1 "$(port echo)"
	[ -z "$(requests)" ] || fail "$(requests)"
}

@test "log = quiet says nothing" {
	settle LOG=quiet
	run --separate-stderr shimmed "$(program refused)" RAW
	[ -z "$stderr" ] || fail "$stderr"
	[ "$(grep -c 'RAW: -1 EACCES' <<<"$output")" -eq 3 ]
}

@test "log_file gets the lines, of several processes one after another" {
	settle LOG_FILE="$PWD/log"
	run --separate-stderr shimmed "$(program refused)" RAW
	run --separate-stderr shimmed "$(program refused)" IO_URING
	[ -z "$stderr" ] || fail "$stderr"
	[ "$(wc -l <log)" -eq 2 ]
	grep -q 'refused a raw socket' log
	[ "$(stat -c %a log)" = 600 ]
	settle LOG_FILE=/nonexistent/log
	run --separate-stderr shimmed "$(program refused)" RAW
	[ -z "$stderr" ] || fail "$stderr"
}

@test "nothing is said into a file that has standard error's number by now" {
	shimmed "$(program noise)" reused "$PWD/data" 2>err
	[ "$(cat data)" = data ] || fail "$(cat data)"
	[ ! -s err ] || fail "$(cat err)"
}

@test "nothing is said where standard error is closed" {
	run shimmed "$(program noise)" closed
	assert_output $'a raw socket: -1 EACCES\na raw socket: -1 EACCES'
	shimmed "$(program noise)" plain 2>&- >out
	[ "$(cat out)" = $'a raw socket: -1 EACCES\na raw socket: -1 EACCES' ] || fail "$(cat out)"
}

@test "a standard error without a reader ends nobody and leaves no signal" {
	mkfifo fifo
	exec 8<>fifo
	exec 9>fifo
	exec 8<&-
	shimmed "$(program noise)" pipe 2>&9 9>&- >out || fail "status $?"
	exec 9>&-
	[ "$(cat out)" = $'a raw socket: -1 EACCES\nSIGPIPE is not pending\na raw socket: -1 EACCES' ] ||
		fail "$(cat out)"
}

@test "wrong settings are one line, and no network; files and unix sockets work" {
	for setting in PROXY=nonsense LOCAL=maybe NO_SUCH=1 CONFIG=/nonexistent; do
		rm -f offline.sock
		run --separate-stderr env "TUNIC_$setting" ASAN_OPTIONS=detect_leaks=0 \
			LD_PRELOAD="${SANITIZED:+$SANITIZED }$LIBTUNIC" \
			"$(program offline)" 127.0.0.1 "$(port echo)" 9<>"/dev/tcp/127.0.0.1/$(port echo)"
		assert_status 0
		for call in 'a TCP socket' 'a UDP socket' 'an inherited TCP socket'; do
			grep -qx "$call: -1 EACCES" <<<"$output" || { seen; fail "$setting: $call"; }
		done
		grep -qx 'a name: Temporary failure in name resolution' <<<"$output" || { seen; fail name; }
		grep -qx 'gethostbyname: not found' <<<"$output" || { seen; fail name; }
		for call in 'a file' 'its duplicate' 'a unix pair' 'a write' 'a unix bind' 'a unix listen' \
			'a unix connect' 'a unix accept'; do
			grep -qx "$call: ok" <<<"$output" || { seen; fail "$setting: $call"; }
		done
		[[ $stderr = *TUNIC_"${setting%%=*}"* || $stderr = *"'${setting#*=}'"* ]] ||
			{ seen; fail "$setting is not named"; }
		[ "$(wc -l <<<"$stderr")" -le 2 ] || { seen; fail "$setting: more than two lines"; }
	done
}

@test "wrong settings say nothing more in a program without network" {
	settle PROXY=nonsense
	run --separate-stderr shimmed /bin/echo fine
	assert_output fine
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
}
