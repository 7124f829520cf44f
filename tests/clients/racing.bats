#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that try the addresses of a name one a little after the other and keep the first that answers. The other
# ones' head start is so short, or so long, that the order of the answers alone can decide.

load ../lib/tunic
load loops

AT_ONCE=10 LATER=1000 NEVER=600000 # ms

setup() {
	tunic_setup
	needs python3 unshare
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' '198.51.100.7 both.test' '2001:db8::7 both.test' >hosts
}

teardown() {
	background_end
}

# race HOW COMMAND...: by a proxy of racing.py, in a namespace where both.test has an address of either family.
race() {
	local dir options=-m
	[ "$(id -u)" -eq 0 ] || options=-rm
	dir=$(mktemp -d "$PWD/XXXXXX")
	background "racing-${dir##*/}" python3 "$TESTS/servers/racing.py" "$1" "$dir"
	wait_until 10 test -s "$dir/port" || return
	REQUESTS=$dir/requests
	# shellcheck disable=SC2016 # of that shell
	TUNIC_PROXY=127.0.0.1:$(cat "$dir/port") run --separate-stderr timeout 50 unshare "$options" \
		sh -c 'mount --bind hosts /etc/hosts && exec "$@"' sh "$TUNIC" "${@:2}"
}

# gets PAGE HOW COMMAND...: stepwise and in one turn.
gets() {
	for TUNIC_PIPELINE in no yes; do
		export TUNIC_PIPELINE
		race "${@:2}" || return
		assert_status 0 || return
		[ "$(grep -a ' has /' <<<"$output")" = "$1" ] || { seen; fail "expected alone: $1"; } || return
	done
}

# fails_after_both COMMAND...: each address was asked for once.
fails_after_both() {
	TUNIC_PIPELINE=no race closed "$@" || return
	[ "$status" -ne 124 ] || fail "it goes on waiting" || return
	assert_failure || return
	[ "$(cut -d ' ' -f 4 "$REQUESTS" | sort)" = $'198.51.100.7\n2001:db8::7' ] ||
		{ seen; cat "$REQUESTS" >&2; fail "expected both addresses"; }
}

curl_after() { "${@:2}" curl -sS --happy-eyeballs-timeout-ms "$1" http://both.test/0; }

asyncio_after() { HEAD_START=$1 "${@:2}" python3 "$LOOPS/asyncio_pages.py" both.test 80 1; }

node_after() { HEAD_START=$1 "${@:2}" node "$LOOPS/node.js" both.test 80 1; }

# It gives a quarter of a second.
gio_racing() {
	needs cc pkg-config
	# shellcheck disable=SC2046 # words are wanted
	cc -D_GNU_SOURCE -o gio "$LOOPS/gio.c" $(pkg-config --cflags --libs gio-2.0) || return
	"$@" "$PWD/gio" both.test 80 1
}

@test "curl goes on to the other address as soon as the first is refused" {
	curl_after $NEVER gets "another has /0" refused
}

@test "curl keeps the address that answers first though it was tried last" {
	curl_after $AT_ONCE gets "another has /0" overtaken
}

@test "curl keeps the address that it has tried first if that answers first" {
	curl_after $AT_ONCE gets "the first has /0" won
}

@test "curl fails when both addresses are refused" {
	curl_after $NEVER fails_after_both
}

@test "python's asyncio goes on to the other address as soon as the first is refused" {
	asyncio_after $NEVER gets "another has /0" refused
}

@test "python's asyncio keeps the address that answers first though it was tried last" {
	asyncio_after $AT_ONCE gets "another has /0" overtaken
}

@test "python's asyncio keeps the address that it has tried first if that answers first" {
	asyncio_after $AT_ONCE gets "the first has /0" won
}

@test "python's asyncio fails when both addresses are refused" {
	asyncio_after $NEVER fails_after_both
}

# bats test_tags=more
@test "node goes on to the other address as soon as the first is refused" {
	node_after $NEVER gets "another has /0" refused
}

# bats test_tags=more
# It closes the first when it begins with the other, so that has to have reached the proxy by then.
@test "node gives the first address up for one that answers" {
	node_after $LATER gets "another has /0" overtaken
}

# bats test_tags=more
@test "node fails when both addresses are refused" {
	node_after $NEVER fails_after_both
}

# bats test_tags=more
@test "GLib goes on to the other address as soon as the first is refused" {
	gio_racing gets "another has /0" refused
}

# bats test_tags=more
@test "GLib keeps the address that answers first though it was tried last" {
	gio_racing gets "another has /0" overtaken
}

# bats test_tags=more
@test "GLib keeps the address that it has tried first if that answers first" {
	gio_racing gets "the first has /0" won
}
