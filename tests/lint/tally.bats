#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# tests/lib/tally decides whether a check has passed, so it has to see every way of not passing.

load tree

setup() {
	TALLY=$TREE/tests/lib/tally
	cd "$BATS_TEST_TMPDIR" || return
	printf '1..2\nok 1 - one\nok 2 - two\n' >good.tap
}

# tallied STATUS LAST-LINE FILE...
tallied() {
	local status=0 output
	output=$("$TALLY" "${@:3}") || status=$?
	[ "$status $(tail -n 1 <<<"$output")" = "$1 $2" ] || {
		printf 'status %s:\n%s\n' "$status" "$output" >&2
		return 1
	}
}

@test "tests that passed are counted over all files" {
	cp good.tap more.tap
	tallied 0 "4 passed, 0 failed" good.tap more.tap
}

@test "a failed test fails the run, and is shown with its diagnostics" {
	printf '1..2\nnot ok 1 - one\n# because\nok 2 - two\n# talk\n' >bad.tap
	tallied 1 "3 passed, 1 failed" good.tap bad.tap
	run "$TALLY" good.tap bad.tap
	[[ $output = *"bad: not ok 1 - one"*"# because"* ]]
	[[ $output != *talk* ]]
}

@test "a skipped test fails the run unless skips are allowed" {
	printf '1..1\nok 1 one # skip no reason\n' >skip.tap
	tallied 1 "2 passed, 0 failed, 1 skipped" good.tap skip.tap
	tallied 0 "2 passed, 0 failed, 1 skipped" --allow-skips good.tap skip.tap
}

@test "a producer that did not come to its end is a failure" {
	printf '1..3\nok 1 - one\n' >short.tap
	printf 'ok 1 - one\n' >planless.tap
	: >empty.tap
	tallied 1 "3 passed, 1 failed" good.tap short.tap
	tallied 1 "3 passed, 1 failed" good.tap planless.tap
	tallied 1 "2 passed, 1 failed" good.tap empty.tap
	tallied 1 "2 passed, 1 failed" good.tap missing.tap
}

@test "a producer that bailed out, or planned nothing, is a failure" {
	printf '1..1\nok 1 - one\nBail out! no network\n' >bail.tap
	printf '1..0 # SKIP nothing here\n' >none.tap
	tallied 1 "3 passed, 1 failed" good.tap bail.tap
	tallied 1 "2 passed, 1 failed" good.tap none.tap
}

@test "a test marked as to do is a failure" {
	printf '1..2\nok 1 - one # TODO later\nnot ok 2 - two # TODO later\n' >todo.tap
	tallied 1 "2 passed, 2 failed" good.tap todo.tap
}
