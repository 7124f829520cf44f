#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Many connections that the guard carries out. STRESS_ROUNDS says how many: 10,000 of fifty processes, and 100,000
# one after the other, in ./dev stress. (Races and signals: tests/guard/connect.bats has as many as there are.)

load ../lib/tunic
load ../guard/guarded

setup() {
	[ -n "${STRESS_ROUNDS:-}" ] || fail "STRESS_ROUNDS is not set" || return
	guarded_setup
	proxy
}

# fifty COUNT PROGRAM ARGUMENTS...: so many connections by fifty processes at once, and none is lost.
fifty() {
	local each=$((($1 + 49) / 50))
	# shellcheck disable=SC2016 # for the shell inside
	run timeout 600 "$TUNIC" sh -c 'seq 50 | xargs -P 50 -I N "$@" | sort | uniq -c | sed "s/^ *//"' sh "${@:2}" "$each"
	assert_output "50 $each of $each${EVENTS:+ $EVENTS}"
}

@test "of connections by fifty processes at once none is lost" {
	fifty $((STRESS_ROUNDS * 15)) ./static connect 192.0.2.1 80
	fifty $((STRESS_ROUNDS * 5)) ./dynamic connect 192.0.2.1 80
	EVENTS=EINPROGRESS fifty $((STRESS_ROUNDS * 5)) ./static nonblocking 192.0.2.1 80
}

# look: of the supervisor, which is the program's parent, the room for descriptors and the kilobytes.
# shellcheck disable=SC2016 # for the shell inside
LOOK='look() { sed -n -e "s/^VmData:[^0-9]*\([0-9]*\).*/\1/p" -e "s/^FDSize:[^0-9]*//p" /proc/$PPID/status | tr "\n" " "; }'

@test "the supervisor is no larger after many connections than after some, and has closed what it opened" {
	local count=$((STRESS_ROUNDS * 250)) descriptors_before before descriptors after
	rm -f counts
	# shellcheck disable=SC2016 # for the shell inside
	run timeout 1200 "$TUNIC" sh -c "$LOOK"'
		./static nonblocking 192.0.2.1 80 200 >>counts; ./static connect 192.0.2.1 80 "$1" >>counts; look
		for i in 1 2 3 4 5; do
			./static nonblocking 192.0.2.1 80 200 >>counts; ./static connect 192.0.2.1 80 "$1" >>counts
		done; look' sh $((count / 5))
	read -r descriptors_before before descriptors after <<<"$output"
	[ "$descriptors_before" -le 2048 ] && [ "$descriptors" -le 2048 ] || { seen; fail "it has kept descriptors"; }
	# What malloc keeps hangs on how many were open at once; what is lost of each connection is 32 bytes at least.
	[ $((after - before)) -le $((256 + count / 50)) ] || { seen; fail "it has kept memory"; }
	[ "$(grep -cxF -e '200 of 200 EINPROGRESS' -e "$((count / 5)) of $((count / 5))" counts)" -eq 12 ] ||
		fail "$(cat counts)"
}
