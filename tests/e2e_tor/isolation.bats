#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Which streams share a circuit, read from the control port. Tags are new in each test: tor keeps
# circuits for minutes.

load ../lib/tunic

setup() {
	tunic_setup
	tornet_setup
	EVENTS=$BATS_TEST_TMPDIR/events
	TAG=t$BATS_TEST_NUMBER-$$
	PAGE=http://198.51.100.7:$HTTP_PORT
	background control python3 "$TESTS/tornet/control.py" events "$EVENTS"
	wait_until 10 test -e "$EVENTS"
}

teardown() {
	background_end
}

fetch() { "$TUNIC" "$@" >/dev/null; }

circuits() { python3 "$TESTS/tornet/control.py" circuits "$1"; }

streams_ended() { [ "$(grep -cE ' CLOSED .* REASON=' "$EVENTS")" -ge "$1" ]; }

# stream_circuits N: the distinct circuits on which the first N streams succeeded, when they ended.
stream_circuits() {
	wait_until 10 streams_ended "$1" >&2 || { cat "$EVENTS" >&2; return 1; }
	awk '$4 == "SUCCEEDED" { print $5 }' "$EVENTS" | sort -u
}

# expect_shared N: the first N streams, of one tag, went on fewer circuits than N. Tor may give one tag
# a second circuit that it has ready; what it never does is to give two tags one.
expect_shared() {
	run -0 stream_circuits "$1"
	[ "${#lines[@]}" -lt "$1" ] || { cat "$EVENTS" >&2; seen; fail "no circuit was shared"; }
}

@test "two tags go on two circuits" {
	fetch --tag="$TAG-a" curl -sS "$PAGE/a"
	fetch --tag="$TAG-b" curl -sS "$PAGE/b"
	run -0 circuits "$TAG-a"
	[ "${#lines[@]}" -eq 1 ] || { seen; fail "expected one circuit for the first tag"; }
	local first=$output
	run -0 circuits "$TAG-b"
	[ "${#lines[@]}" -eq 1 ] || { seen; fail "expected one circuit for the second tag"; }
	[ "$output" != "$first" ] || fail "both tags are on circuit $first"
}

@test "one tag shares its circuit, whatever the program" {
	fetch --tag="$TAG" curl -sS "$PAGE/a"
	fetch --tag="$TAG" wget -q -O- "$PAGE/b"
	fetch --tag="$TAG" curl -sS "$PAGE/c"
	fetch --tag="$TAG" wget -q -O- "$PAGE/d"
	expect_shared 4
	[ "$(circuits "$TAG" | sort)" = "$output" ] || { seen; fail "the tag $TAG is on other circuits"; }
}

@test "a lookup travels under the tag of its program" {
	fetch --tag="$TAG" getent ahostsv4 pub.test
	wait_until 5 grep -qE "NEWRESOLVE .*SOCKS_(USERNAME|PASSWORD)=\"$TAG\"" "$EVENTS" ||
		{ cat "$EVENTS" >&2; fail "expected a lookup with the tag $TAG"; }
}

@test "two programs are on two circuits unless told otherwise" {
	fetch curl -sS "$PAGE/a"
	fetch wget -q -O- "$PAGE/b"
	run -0 stream_circuits 2
	[ "${#lines[@]}" -eq 2 ] || { seen; fail "expected two circuits"; }
}

@test "programs that start themselves by /proc/self/exe are told apart by their names" {
	# shellcheck disable=SC2016 # perl's variable
	local again='exec {"/proc/self/exe"} "/proc/self/exe", @ARGV'
	fetch perl -e "$again" -- -MIO::Socket::INET -e "\$s = IO::Socket::INET->new('198.51.100.7:$HTTP_PORT')"
	wait_until 5 grep -qE 'NEW .*SOCKS_(USERNAME|PASSWORD)="program:perl"' "$EVENTS" ||
		{ cat "$EVENTS" >&2; fail "expected the tag of perl"; }
}

@test "one program started again stays on its circuit" {
	for page in a b c d; do fetch curl -sS "$PAGE/$page"; done
	expect_shared 4
}

@test "with isolate = run each run is on a circuit of its own" {
	fetch --isolate=run curl -sS "$PAGE/a"
	fetch --isolate=run curl -sS "$PAGE/b"
	run -0 stream_circuits 2
	[ "${#lines[@]}" -eq 2 ] || { seen; fail "expected two circuits"; }
}

@test "with isolate = run the programs of a run share their circuit" {
	fetch --isolate=run sh -c "curl -sS $PAGE/a; wget -q -O- $PAGE/b; curl -sS $PAGE/c; wget -q -O- $PAGE/d"
	expect_shared 4
}

@test "with isolate = process two processes are on two circuits" {
	fetch --isolate=process sh -c "curl -sS $PAGE/a; curl -sS $PAGE/b"
	run -0 stream_circuits 2
	[ "${#lines[@]}" -eq 2 ] || { seen; fail "expected two circuits"; }
}

@test "with isolate = destination two targets of one program are on two circuits" {
	fetch --isolate=destination curl -sS "$PAGE/a" "http://[2001:db8::7]:$HTTP_PORT/b"
	run -0 stream_circuits 2
	[ "${#lines[@]}" -eq 2 ] || { seen; fail "expected two circuits"; }
}

@test "with isolate = none no name and no password is given to tor" {
	fetch --isolate=none curl -sS "$PAGE/a"
	run -0 stream_circuits 1
	run ! grep 'SOCKS_USERNAME="' "$EVENTS"
}

@test "the tag is the same to tor in one turn and stepwise" {
	fetch --tag="$TAG" --pipeline=no curl -sS "$PAGE/a"
	run -0 circuits "$TAG"
	[ "${#lines[@]}" -eq 1 ] || { cat "$EVENTS" >&2; seen; fail "expected one circuit"; }
}
