#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A socket that is tied to a network still reaches the proxy on loopback, and nobody is asked for it on that network.

# Scripts in single quotes are for the shell inside.
# shellcheck disable=SC2016

load ../lib/tunic
load same

setup() {
	tunic_setup
	needs unshare ip python3 setpriv
	settle TIMEOUT=10
}

# networked SCRIPT: a shell in a network of its own, with the servers and a device v0, whose packets are counted
# at the end. In it, `port NAME` is the port of a server, $device the program and $library what to preload.
networked() {
	local options=-n
	[ "$(id -u)" -eq 0 ] || options=-rn
	run --separate-stderr unshare "$options" sh -eu -c '
		directory=$1
		port() { sed -n "s/^$1 //p" "$directory/ports"; }
		ip link set lo up
		echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
		ip link add v0 type veth peer name v1
		echo 0 >/proc/sys/net/ipv6/conf/v0/disable_ipv6
		echo 0 >/proc/sys/net/ipv6/conf/v0/router_solicitations
		ip address add 192.0.2.1/24 dev v0
		ip link set v1 up
		ip link set v0 up
		ip address add 2001:db8:1::1/64 dev v0 nodad
		python3 "$2" "$directory" </dev/null >/dev/null 2>&1 3>&- &
		servers=$!
		trap "kill $servers" EXIT
		for _ in $(seq 100); do [ -s "$directory/ports" ] && break; sleep 0.1; done
		library=$3 device=$4
		eval "$5"
		ip neigh show dev v0 to 127.0.0.0/8' \
		sh "$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")" "$TESTS/servers/faults.py" "${SANITIZED:+$SANITIZED }$LIBTUNIC" \
		"$(program device)" "$1"
	assert_status 0
}

ANSWERS='connect: ok
then: 127.0.0.1, the right port, length 16
then: echo'

@test "a socket that is bound to a device, or prefers one, or has a global address, reaches the proxy" {
	for proxy in relay relay.sock relay6; do
		case $proxy in
		relay.sock) where="unix:\$directory/relay.sock" ;;
		relay6) where="[::1]:\$(port relay6)" ;;
		*) where="127.0.0.1:\$(port relay)" ;;
		esac
		networked "export TUNIC_LOCAL=tunnel TUNIC_PROXY=$where
			env LD_PRELOAD=\"\$library\" \"\$device\" 127.0.0.1 \"\$(port echo)\" device:v0 unicast:v0 192.0.2.1"
		assert_output "device:v0: ok
$ANSWERS
unicast:v0: ok
$ANSWERS
192.0.2.1: ok
$ANSWERS"
		[ -z "$stderr" ] || fail "$stderr"
	done
}

@test "an IPv6 socket that is tied to a device or an address reaches a proxy of either family" {
	six=${ANSWERS/127.0.0.1/::1}
	six=${six/16/28}
	for proxy in '127.0.0.1:$(port relay)' '[::1]:$(port relay6)'; do
		networked "export TUNIC_LOCAL=tunnel TUNIC_PROXY=$proxy
			env LD_PRELOAD=\"\$library\" \"\$device\" ::1 \"\$(port echo6)\" device:v0 unicast:v0 2001:db8:1::1"
		assert_output "device:v0: ok
$six
unicast:v0: ok
$six
2001:db8:1::1: ok
$six"
	done
}

@test "a program that may not take its socket off the device gets another in its place" {
	networked 'export TUNIC_LOCAL=tunnel TUNIC_PROXY=127.0.0.1:$(port relay)
		setpriv --bounding-set=-net_raw --inh-caps=-net_raw env LD_PRELOAD="$library" \
			"$device" 127.0.0.1 "$(port echo)" device:v0'
	assert_output "device:v0: ok
$ANSWERS"
}

@test "with local = direct this machine is not looked for on a device" {
	networked 'export TUNIC_LOCAL=direct
		env LD_PRELOAD="$library" "$device" 127.0.0.1 "$(port echo)" device:v0
		setpriv --bounding-set=-net_raw --inh-caps=-net_raw env LD_PRELOAD="$library" \
			"$device" 127.0.0.1 "$(port echo)" device:v0'
	assert_output "device:v0: ok
$ANSWERS
device:v0: ok
connect: -1 ENETUNREACH"
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || fail "$stderr"
}

@test "without the library the kernel asks that network for 127.0.0.1" {
	networked '"$device" 127.0.0.1 "$(port echo)" device:v0'
	[[ ${lines[1]} = 'connect: -1 '* && ${lines[2]} = '127.0.0.1 '* ]] || fail "$output"
}
