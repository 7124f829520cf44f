#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --report tells in a file what went through the library, what past it, and what was refused.

# $stderr comes from bats; scripts in single quotes are for the shells inside.
# shellcheck disable=SC2016,SC2154

load ../lib/tunic
load guarded

setup() {
	guarded_setup
	proxy
	REPORT=$BATS_TEST_TMPDIR/report
}

# reported: the report as sorted lines of "what program count reason".
reported() {
	needs python3
	python3 -c '
import json, sys
for line in sorted(" ".join(str(row.get(key, "-")) for key in ("what", "program", "count", "reason"))
                   for row in map(json.loads, open(sys.argv[1]))):
    print(line)' "$REPORT"
}

@test "it tells by program what went through the library, what past it, and why something was refused" {
	jail_kernel_needed
	guarded --report="$REPORT" sh -c './dynamic connect 192.0.2.1 80 2; ./static connect 192.0.2.1 80 3
		./musl name sink.example 80; ./static connect 127.0.0.1 22; ./musl connect 127.0.0.1 22; exit 3'
	assert_status 3
	run reported
	assert_output 'guard musl 1 -
guard static 3 -
library dynamic 2 -
lookup - 1 -
refused musl 1 refused a connection to this machine
refused static 1 refused a connection to this machine'
	[ "$(stat -c %a "$REPORT")" = 600 ]
}

@test "the name of a program cannot forge it" {
	cp static $'a"}\\\xff'
	guarded --report="$REPORT" $'./a"}\\\xff' connect 192.0.2.1 80
	run reported
	assert_output $'guard a"}\\\xc3\xbf 1 -'
}

@test "it replaces what was there, by a link too, and leaves nothing else" {
	local folder=$BATS_TEST_TMPDIR/folder
	mkdir "$folder"
	echo old >"$folder/real"
	ln -s real "$folder/link"
	(cd "$folder" && "$TUNIC" --report=link true)
	[ ! -s "$folder/real" ] || fail "it is not replaced"
	run ls "$folder"
	assert_output $'link\nreal'
	(cd "$folder" && "$TUNIC" --report=new true)
	[ -f "$folder/new" ]
}

@test "where it cannot be written nothing is started" {
	mkdir "$BATS_TEST_TMPDIR/place"
	for file in "$BATS_TEST_TMPDIR/nonexistent/file" /dev/null "$BATS_TEST_TMPDIR/place" "$BATS_TEST_TMPDIR/place/"; do
		guarded --report="$file" echo started
		assert_status 125
		assert_output ''
		assert_stderr_says "report: cannot write '$file'"
	done
}

@test "where it can no longer be written in the end, the old one stays, and a line says so" {
	mkdir "$BATS_TEST_TMPDIR/place"
	guarded --report="$BATS_TEST_TMPDIR/place/file" rmdir "$BATS_TEST_TMPDIR/place"
	assert_status 0
	assert_stderr_says 'guard: the report was not written: No such file'
}

@test "without a guard of this tunic nothing is started" {
	guarded --guard=off --report="$REPORT" echo started
	assert_status 125
	assert_stderr_says 'report: only the guard can tell; hint: guard = on'
	guarded "$TUNIC" --report="$REPORT" echo started
	assert_status 125
	assert_stderr_says 'report: only the guard can tell; hint: the outer tunic'
	run --separate-stderr ./without listener "$TUNIC" --guard=auto --report="$REPORT" echo started
	assert_status 125
	assert_stderr_says 'report: only the guard can tell, and it cannot be had here'
	[ ! -e "$REPORT" ]
}
