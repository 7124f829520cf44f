#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# bats file_tags=more
# Browsers: dozens of processes that hand each other descriptors, start themselves again, and shut themselves into
# namespaces and filters of system calls. As an ordinary user, since root may not have chromium's sandbox.

# $stderr comes from bats.
# shellcheck disable=SC2154

load ../lib/tunic

setup() {
	tunic_setup
	tornet_setup
	# Where an ordinary user may write.
	PLACE=$(mktemp -d "${TMPDIR:-/tmp}/tunic-browsers.XXXXXX")
	cd "$PLACE" || return
	AS_USER=()
	if [ "$(id -u)" -eq 0 ]; then
		chown nobody "$PLACE"
		AS_USER=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	fi
	export HOME=$PLACE XDG_RUNTIME_DIR=$PLACE
	# There is none, and they go on without.
	export DBUS_SESSION_BUS_ADDRESS=unix:path=$PLACE/no-bus DBUS_SYSTEM_BUS_ADDRESS=unix:path=$PLACE/no-bus
}

teardown() {
	cd / && rm -rf "$PLACE"
}

# browses GUARD COMMAND...: ends by itself, and what tunic says is in $stderr.
browses() {
	needs "$2" setpriv || return
	run --separate-stderr timeout 120 "${AS_USER[@]}" "$TUNIC" --guard="$1" "${@:2}"
}

chromium_shows_pages() {
	local place
	for place in "$TORNET_ONION" "pub.test:$HTTP_PORT"; do
		browses "$1" chromium --headless --disable-gpu --no-first-run --user-data-dir="$PLACE/chromium" \
			--dump-dom "http://$place/chromium"
		assert_status 0
		assert_output_has 'tornet ok /chromium'
	done
}

@test "chromium with its own sandbox shows pages" { chromium_shows_pages auto; }

@test "chromium with its own sandbox shows pages under the seal" { chromium_shows_pages seal; }

@test "chromium with its own sandbox shows pages by the library alone" {
	chromium_shows_pages off
	assert_stderr_says 'chromium: refused a datagram'
}

# firefox_shoots GUARD: a picture of a page; what it asked for stands in the server's log.
firefox_shoots() {
	local page=/firefox-$BATS_TEST_NUMBER-$$
	firefox_profile
	browses "$1" firefox-esr --headless --no-remote --profile "$PLACE/firefox" --screenshot "$PLACE/shot.png" \
		"http://$TORNET_ONION$page"
	assert_status 0
	[ "$(head -c 4 shot.png | tail -c 3)" = PNG ] || { seen; fail "there is no picture"; }
	grep -q "GET $TORNET_ONION $page" "$TORNET_DIR/http.log"
}

# It refuses .onion by itself otherwise.
firefox_profile() {
	mkdir firefox
	echo 'user_pref("network.dns.blockDotOnion", false);' >firefox/user.js
	[ "$(id -u)" -ne 0 ] || chown -R nobody firefox
}

@test "firefox takes a picture of a page" { firefox_shoots auto; }

@test "firefox takes a picture of a page under the seal" { firefox_shoots seal; }

@test "firefox takes a picture of a page by the library alone" { firefox_shoots off; }
