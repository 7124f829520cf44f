#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Descriptors that come in a message: what leads past Tor is closed, all else arrives once and in order.

load ../lib/tunic
load same

setup() {
	tunic_setup
	needs unshare ip python3
	local options=-n
	[ "$(id -u)" -eq 0 ] || options=-rn
	# shellcheck disable=SC2016
	INSIDE=(unshare "$options" sh -eu -c '
		ip link set lo up
		ip address add 192.0.2.1/32 dev lo
		ip address add 2001:db8:1::1/128 dev lo nodad
		exec "$@"' sh)
	settle PROXY=127.0.0.1:9050
}

# handed KIND... -- WAY COUNT FD...: the program gets these from outside, sends them to itself and tells what came.
handed() {
	local kinds=()
	while [ "$1" != -- ]; do kinds+=("$1"); shift; done
	run --separate-stderr "${INSIDE[@]}" python3 "$TESTS/servers/holding.py" "${kinds[@]}" -- \
		env ASAN_OPTIONS=detect_leaks=0 ${SHIM:+LD_PRELOAD="${SANITIZED:+$SANITIZED }$LIBTUNIC"} \
		"$(program received)" "${@:2}"
	assert_status 0
}

# arrives EXPECTED KIND...: the descriptors of these kinds (10, 11, …), sent in one message, by every way to get one.
arrives() {
	local expected=$1 all
	shift
	all=$(seq 10 $((9 + $#)))
	# shellcheck disable=SC2086
	SHIM='' handed "$@" -- every $# $all
	# shellcheck disable=SC2086
	assert_output "$(every "$(printf ' %s' $all)")"
	# shellcheck disable=SC2086
	SHIM=yes handed "$@" -- every $# $all
	assert_output "$(every "$expected")"
}

every() {
	printf "%s:$1\n" recvmsg recvmmsg syscall syscall-mmsg
	echo 'descriptors: as before'
}

# says KIND: one line, the table's.
says() {
	local sentence
	sentence=$(tr -d '\n' <"$TESTS/../src/core/refusals.def" | grep -o "REFUSAL($1,[^\"]*\"[^\"]*\"" |
		sed 's/.*"\(.*\)"/\1/')
	[ -n "$sentence" ] || fail "no kind $1" || return
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
	assert_stderr_has "tunic: received: $sentence"
}

@test "files, pipes and unix sockets arrive, and unconnected sockets, whose connect will be judged" {
	arrives ' 10 11 12 13 14' file pipe unix unconnected unconnected6
	[ -z "$stderr" ] || fail "$stderr"
}

@test "a connection to the proxy arrives: it is a tunnel" {
	arrives ' 10' connected:127.0.0.1:9050
	settle PROXY='[::1]:9050'
	arrives ' 10' connected:::1:9050
}

@test "a connection to elsewhere is closed, and the message tells that something was lost" {
	arrives ' 10 12 and some were lost' file connected:192.0.2.1:9050 pipe
	says HELD
	arrives ' and some were lost' connected:2001:db8:1::1:80
	says HELD
	arrives ' and some were lost' connected:::ffff:192.0.2.1:80
	says HELD
}

@test "a connection to this machine is judged by the setting local" {
	arrives ' 11 and some were lost' connected:127.0.0.1:80 file
	says LOCAL
	settle LOCAL=direct
	arrives ' 10 11' connected:127.0.0.1:80 file
	arrives ' and some were lost' connected:127.0.0.1:53
	says LOCAL_PORT
	settle LOCAL=tunnel
	arrives ' and some were lost' connected:127.0.0.1:80
	says HELD
}

@test "a connection that is still being made is closed: nobody can tell where it goes" {
	settle LOCAL=direct
	arrives ' 10 and some were lost' file opening:127.0.0.1:80
	says HELD
}

@test "a listening socket is judged by the setting allow_inbound" {
	arrives ' 10 and some were lost' listening:127.0.0.1:80 listening:0.0.0.0:81
	says INBOUND
	settle ALLOW_INBOUND=yes
	arrives ' 10 11' listening:127.0.0.1:80 listening:0.0.0.0:81
}

@test "datagram, raw and packet sockets are closed" {
	arrives ' 10 and some were lost' file udp udp:192.0.2.1:53
	says DATAGRAM
	if [ "$(id -u)" -eq 0 ]; then
		arrives ' and some were lost' raw
		says RAW
		arrives ' and some were lost' packet
		says FAMILY
	fi
}

@test "credentials before the descriptors are not taken for descriptors" {
	SHIM=yes handed file udp pipe -- credentials-recvmsg 3 10 11 12
	assert_output $'recvmsg: credentials 10 12 and some were lost\ndescriptors: as before'
	SHIM=yes handed udp -- credentials-recvmsg 1 10
	assert_output $'recvmsg: credentials and some were lost\ndescriptors: as before'
}

@test "a look at a message brings descriptors of its own, which are judged too" {
	SHIM=yes handed file udp pipe -- peek-recvmsg 3 10 11 12
	assert_output $'a look: recvmsg: 10 12 and some were lost\nrecvmsg: 10 12 and some were lost\ndescriptors: as before'
}

@test "where there is room for two descriptors, two are judged and none leaks" {
	for shim in '' yes; do
		SHIM=$shim handed file pipe unix -- small-recvmsg 3 10 11 12
		assert_output $'recvmsg: 10 11 and some were lost\ndescriptors: as before'
	done
	SHIM=yes handed udp pipe unix -- small-recvmsg 3 10 11 12
	assert_output $'recvmsg: 11 and some were lost\ndescriptors: as before'
}

@test "253 descriptors in one message arrive, in order" {
	SHIM='' handed file pipe unconnected -- recvmsg 253 10 11 12
	whole=$output
	SHIM=yes handed file pipe unconnected -- recvmsg 253 10 11 12
	assert_output "$whole"
	SHIM=yes handed file pipe udp -- recvmsg 253 10 11 12
	assert_output "$(sed '1s/ 12//g; 1s/$/ and some were lost/' <<<"$whole")"
}

@test "with wrong settings no IP socket arrives, and everything else does" {
	settle LOCAL=maybe
	SHIM=yes handed file unconnected unix -- recvmsg 3 10 11 12
	assert_output $'recvmsg: 10 12 and some were lost\ndescriptors: as before'
}

@test "a descriptor that is fetched from a process is judged too" {
	SHIM='' handed file file udp udp -- fetch 4 10 11 12 13
	assert_output $'a descriptor fetched: ok\na descriptor fetched: ok\na descriptor fetched: ok
a descriptor fetched: ok\ndescriptors: as before'
	SHIM=yes handed file file udp udp -- fetch 4 10 11 12 13
	assert_output $'a descriptor fetched: ok\na descriptor fetched: ok\na descriptor fetched: -1 EPERM
a descriptor fetched: -1 EPERM\ndescriptors: as before'
	says DATAGRAM
}

@test "descriptors are judged in a program that has forbidden itself to look at sockets, and it lives" {
	SHIM='' handed file unix unconnected -- filtered-every 3 10 11 12
	assert_output "$(every ' 10 11 12')"
	SHIM=yes handed file unix unconnected -- filtered-every 3 10 11 12
	assert_output "$(every ' 10 11 12')"
	SHIM=yes handed file unix udp connected:192.0.2.1:80 listening:0.0.0.0:81 pipe -- filtered-every 6 10 11 12 13 14 15
	assert_output "$(every ' 10 11 15 and some were lost')"
	SHIM=yes handed opening:192.0.2.1:80 unix -- filtered-recvmsg 2 10 11
	assert_output $'recvmsg: 11 and some were lost\ndescriptors: as before'
}

@test "a program that filters its own system calls hears what it hears without the library" {
	same "$(program filtered)"
}
