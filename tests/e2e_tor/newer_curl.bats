#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# From 8.1 on, libcurl refuses .onion names by itself and asks nobody. With tunic they work all the
# same.
# CURL_NEW names the directory in which tests/lib/newer-curl has put such a curl.

load ../lib/tunic
load repository

setup_file() {
	environment_clean
	tornet_setup
	needs git
	repository_make newer.git
}

teardown_file() {
	repository_remove newer.git
}

setup() {
	tunic_setup
	tornet_setup
	[ -n "${CURL_NEW:-}" ] || fail "CURL_NEW is not set: tests/lib/newer-curl makes what it names"
	[ -x "$CURL_NEW/bin/curl" ] || fail "there is no newer curl: $CURL_NEW/bin/curl"
}

with_newer_library() {
	"$TUNIC" env LD_LIBRARY_PATH="$CURL_NEW/lib" "$@"
}

@test "such a curl refuses an onion name without tunic" {
	run --separate-stderr "$CURL_NEW/bin/curl" -sS "http://$TORNET_ONION/"
	assert_status 6
	assert_stderr_has "Not resolving .onion"
}

@test "such a curl fetches an onion page with tunic" {
	run --separate-stderr "$TUNIC" "$CURL_NEW/bin/curl" -sS "http://$TORNET_ONION/newer"
	assert_status 0
	assert_output "tornet ok /newer"
}

@test "such a curl fetches an onion page through SOCKS on a unix socket" {
	run --separate-stderr "$TUNIC" --proxy="unix:$TORNET_SOCKS_UNIX" \
		"$CURL_NEW/bin/curl" -sS "http://$TORNET_ONION/newer"
	assert_status 0
	assert_output "tornet ok /newer"
}

@test "such a curl fetches an exit page by name and by address" {
	run --separate-stderr "$TUNIC" "$CURL_NEW/bin/curl" -sS "http://pub.test:$HTTP_PORT/newer" \
		"http://[2001:db8::7]:$HTTP_PORT/newer6"
	assert_status 0
	assert_output "tornet ok /newer
tornet ok /newer6"
}

@test "such a curl fetches an onion page with the library alone" {
	run --separate-stderr env LD_PRELOAD="$LIBTUNIC" \
		"$CURL_NEW/bin/curl" -sS "http://$TORNET_ONION/alone"
	assert_status 0
	assert_output "tornet ok /alone"
}

@test "such a curl's onion page travels under the tag" {
	local tag=newer-$$
	run --separate-stderr "$TUNIC" --tag="$tag" "$CURL_NEW/bin/curl" -sS "http://$TORNET_ONION/tag"
	assert_status 0
	run --separate-stderr python3 "$TESTS/tornet/control.py" circuits "$tag"
	assert_status 0
	[ -n "$output" ] || { seen; fail "expected a circuit with the tag $tag"; }
}

@test "git with such a libcurl clones over http from an onion service" {
	run --separate-stderr with_newer_library git ls-remote "http://$TORNET_ONION/www/newer.git"
	assert_status 0
	assert_output_has refs/heads/main
	run --separate-stderr with_newer_library \
		git clone -q "http://$TORNET_ONION/www/newer.git" "$BATS_TEST_TMPDIR/clone"
	assert_cloned "$BATS_TEST_TMPDIR/clone"
}

@test "git with such a libcurl refuses an onion name without tunic" {
	run --separate-stderr env LD_LIBRARY_PATH="$CURL_NEW/lib" \
		git ls-remote "http://$TORNET_ONION/www/newer.git"
	assert_failure
	assert_stderr_has "Not resolving .onion"
}

@test "a libcurl handle that has fetched an onion page fetches other pages their own way" {
	cat >"$BATS_TEST_TMPDIR/handle.py" <<-'END'
		import ctypes, sys
		ctypes.CDLL("libcurl.so.4", ctypes.RTLD_GLOBAL)
		curl = ctypes.CDLL(None)  # by the global scope, where the shim comes first
		curl.curl_easy_init.restype = ctypes.c_void_p
		handle = ctypes.c_void_p(curl.curl_easy_init())
		for url in sys.argv[1:]:
		    curl.curl_easy_setopt(handle, 10002, ctypes.c_char_p(url.encode()))
		    print(curl.curl_easy_perform(handle), flush=True)
	END
	run timeout 60 "$TUNIC" python3 "$BATS_TEST_TMPDIR/handle.py" "http://$TORNET_ONION/" \
		"http://pub.test:$HTTP_PORT/" "http://$TORNET_ONION/again"
	assert_status 0
	assert_output_has 'from an onion service'
	assert_output_has 'by way of an exit'
	assert_output_has 'tornet ok /again'
}
