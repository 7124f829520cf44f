#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that start and end, look names up and share them, as fast as a proxy that answers at once lets them.
# 500 for each of STRESS_ROUNDS: 200,000 in ./dev stress.

load ../lib/tunic

setup() {
	tunic_setup
	[ -n "${STRESS_ROUNDS:-}" ] || fail "STRESS_ROUNDS is not set" || return
	background sink "$BUILD_UNDER_TEST/tests/servers/socks_sink" --tor --echo
	wait_until 10 grep -q '^port ' "$(background_log sink)" || return
	TUNIC_PROXY=127.0.0.1:$(sed 's/^port //' "$(background_log sink)")
	export TUNIC_PROXY TUNIC_PIPELINE=yes
}

teardown() { background_end; }

@test "of programs started by 8 processes at once none hangs, and none finds a wrong name or address" {
	local count=$((STRESS_ROUNDS * 500))
	run --separate-stderr "$TUNIC" "$BUILD_UNDER_TEST/tests/stress/rounds" "$count" 8
	assert_output "$count rounds, 0 hung, 0 wrong"
	assert_status 0
}
