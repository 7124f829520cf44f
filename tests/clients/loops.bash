# SPDX-License-Identifier: MIT
# Eight pages at once: what the suites about programs with many connections share. Such a program is given
# HOST PORT COUNT and gets /0, /1 and so on; with AS_URLS set it is given the pages' addresses instead.

# shellcheck disable=SC2034 # for the suites
LOOPS=$TESTS/clients/loops

# target HOST PORT: the words for it.
target() {
	WORDS=("$1" "$2" 8)
	[ -z "${AS_URLS:-}" ] || mapfile -t WORDS < <(printf "http://$1:$2/%d\n" {0..7})
}

# assert_pages WORDS: after `run`, each page of these words once.
# shellcheck disable=SC2154 # bats sets it
assert_pages() {
	assert_status 0 || return
	[ "$(grep -oaE "$1 /[0-9]+" <<<"$output" | sort)" = "$(printf "$1 /%d\n" {0..7})" ] ||
		{ seen; fail "expected eight pages that say: $1"; }
}

# pages_come COMMAND...: over Tor, from an onion service, from an exit by name and by address.
pages_come() {
	target "$TORNET_ONION" 80
	pages_come_from_target "$@"
	target pub.test "$HTTP_PORT"
	pages_come_from_target "$@"
	pages_come_by_address "$@"
}

pages_come_by_address() {
	target 198.51.100.7 "$HTTP_PORT"
	pages_come_from_target "$@"
}

pages_come_from_target() {
	run --separate-stderr timeout 100 "$TUNIC" "$@" "${WORDS[@]}"
	assert_pages "tornet ok"
}

# gathering_start: a server, or a proxy, that answers nobody before all eight are there. Its port is in $GATHERED.
gathering_start() {
	local dir
	needs python3 || return
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")
	background "gathering-${dir##*/}" python3 "$TESTS/servers/gathering.py" 8 "$dir"
	wait_until 10 test -s "$dir/port" || return
	GATHERED=$(cat "$dir/port")
}

# opens_at_once COMMAND...: that it has all eight connections open at once is seen bare first.
opens_at_once() {
	unset TUNIC_PIPELINE
	gathering_start
	target 127.0.0.1 "$GATHERED"
	run --separate-stderr timeout 60 "$@" "${WORDS[@]}"
	assert_pages gathered
	gathering_start
	target 198.51.100.7 80
	TUNIC_PROXY=127.0.0.1:$GATHERED run --separate-stderr timeout 60 "$TUNIC" "$@" "${WORDS[@]}"
	assert_pages gathered
}
