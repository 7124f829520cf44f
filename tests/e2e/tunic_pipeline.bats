#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# With pipeline = auto the proxy is asked once per run whether it is Tor, and spoken to in one turn where it
# is. Who says what is seen by a relay in front of it.

# Scripts in single quotes are for the shells under test; $stderr comes from bats.
# shellcheck disable=SC2016,SC2154

load ../lib/tunic

hex() { printf %s "$1" | od -An -tx1 | tr -d ' \n'; }

# What the relay sees first of the question, of a connection that goes step by step, and of one in one turn.
QUESTION=05010005f0000309$(hex 192.0.2.1)0000
STEPWISE=050102
ONE_TURN="0501020109$(hex '<torS0X>0').*05010001c63364070050"

# A program that opens a connection.
CONNECT=(bash -c 'exec 9<>/dev/tcp/198.51.100.7/80')

setup() {
	tunic_setup
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	background_end
}

# proxy NAME [--tor]: a proxy without a relay; its address is in $NAME.
proxy() {
	background "$1" "$BUILD_UNDER_TEST/tests/servers/socks_sink" "${@:2}"
	wait_until 10 grep -q '^port' "$(background_log "$1")"
	printf -v "$1" '127.0.0.1:%s' "$(sed 's/port //' "$(background_log "$1")")"
}

# relay NAME PROXY [hold | close]: a relay in front of it; its address is in $NAME, and NAME/said is what it sees.
relay() {
	mkdir "$1"
	background "$1" python3 "$TESTS/servers/first_said.py" "$2" "$1" "${@:3}"
	wait_until 10 test -e "$1/port"
	printf -v "$1" '127.0.0.1:%s' "$(cat "$1/port")"
}

# behind_relay [--tor] [hold | close]: such a proxy with such a relay, which are those of the settings.
behind_relay() {
	case $1 in
	--tor) proxy sink --tor; shift ;;
	*) proxy sink ;;
	esac
	relay front "$sink" "$@"
	export TUNIC_PROXY=$front
}

# assert_said NAME PATTERN...: the relay has seen so many connections, which begin so.
assert_said() {
	local said pattern i=0
	mapfile -t said <"$1/said"
	[ "${#said[@]}" -eq $(($# - 1)) ] || fail "connections: ${said[*]}" || return
	for pattern in "${@:2}"; do
		[[ ${said[i]} =~ ^${pattern}$ ]] || fail "expected $pattern: ${said[*]}" || return
		i=$((i + 1))
	done
}

@test "a proxy that is Tor is asked first, and then spoken to in one turn" {
	behind_relay --tor
	run --separate-stderr "$TUNIC" "${CONNECT[@]}"
	assert_status 0
	assert_said front "$QUESTION" "$ONE_TURN"
}

@test "without a user name, too, greeting and request are one turn" {
	behind_relay --tor
	run --separate-stderr "$TUNIC" -i none "${CONNECT[@]}"
	assert_status 0
	assert_said front "$QUESTION" 05010005010001c63364070050
}

@test "a proxy that is not Tor is spoken to step by step" {
	behind_relay
	run --separate-stderr "$TUNIC" "${CONNECT[@]}"
	assert_status 0
	assert_said front "$QUESTION" "$STEPWISE"
}

@test "a proxy that does not answer keeps nobody waiting, and is spoken to step by step" {
	behind_relay --tor hold
	run --separate-stderr timeout 20 "$TUNIC" "${CONNECT[@]}"
	assert_status 0
	[ -z "$stderr" ] || fail "said: $stderr"
	assert_said front "$QUESTION" "$STEPWISE"
}

@test "a proxy that closes is spoken to step by step" {
	behind_relay --tor close
	run --separate-stderr "$TUNIC" "${CONNECT[@]}"
	assert_status 0
	[ -z "$stderr" ] || fail "said: $stderr"
	assert_said front "$QUESTION" "$STEPWISE"
}

@test "of a proxy that is not there nothing is said, and the program starts" {
	for proxy in 127.0.0.1:1 unix:/nowhere '[::1]:1'; do
		run --separate-stderr "$TUNIC" -p "$proxy" sh -c 'echo "<$TUNIC_IS_TOR>"'
		assert_status 0
		assert_output '<>'
		[ -z "$stderr" ] || fail "said: $stderr"
	done
}

@test "the proxy is asked once per run, whatever runs in it" {
	behind_relay --tor
	run --separate-stderr "$TUNIC" sh -c '"$@"; "$@"' sh "$TUNIC" "$TUNIC" "${CONNECT[@]}"
	assert_status 0
	assert_said front "$QUESTION" "$ONE_TURN" "$ONE_TURN"
}

@test "children know it, even where the environment was emptied" {
	behind_relay --tor
	run --separate-stderr "$TUNIC" env -i "${CONNECT[@]}"
	assert_status 0
	assert_said front "$QUESTION" "$ONE_TURN"
}

@test "what was found out holds for that proxy alone" {
	# Which would let nobody reach another proxy.
	export TUNIC_GUARD=off
	behind_relay --tor
	relay other "$sink"
	run --separate-stderr "$TUNIC" env TUNIC_PROXY="$other" "${CONNECT[@]}"
	assert_status 0
	run --separate-stderr "$TUNIC" "$TUNIC" -p "$other" "${CONNECT[@]}"
	assert_status 0
	assert_said front "$QUESTION" "$QUESTION"
	assert_said other "$STEPWISE" "$STEPWISE"
}

@test "what an earlier run found out does not hold for the next" {
	behind_relay
	TUNIC_IS_TOR=$TUNIC_PROXY run --separate-stderr "$TUNIC" "${CONNECT[@]}"
	assert_status 0
	assert_said front "$QUESTION" "$STEPWISE"
}

@test "nobody is asked where the settings say how to speak" {
	behind_relay --tor
	run --separate-stderr "$TUNIC" --pipeline=yes "${CONNECT[@]}"
	assert_status 0
	run --separate-stderr "$TUNIC" --pipeline=no "${CONNECT[@]}"
	assert_status 0
	assert_said front "$ONE_TURN" "$STEPWISE"
}

@test "the library alone asks nobody, and goes step by step" {
	behind_relay --tor
	LD_PRELOAD=$LIBTUNIC run --separate-stderr "${CONNECT[@]}"
	assert_status 0
	assert_said front "$STEPWISE"
}

@test "--print-config asks nobody, and within a run, too, tells what was set" {
	behind_relay --tor
	[ "$("$TUNIC" --print-config | grep -B1 ^pipeline)" = $'# default\npipeline = auto' ]
	assert_said front
	[ "$("$TUNIC" "$TUNIC" --print-config | grep -B1 ^pipeline)" = $'# default\npipeline = auto' ]
}
