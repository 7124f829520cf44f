#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that the library is not in, or loses on its way, fetch pages through Tor: the guard sees to them.

# $stderr comes from bats.
# shellcheck disable=SC2154

load ../lib/tunic

setup() {
	tunic_setup
	tornet_setup
	export TUNIC_GUARD=on
	cd "$BATS_TEST_TMPDIR" || return
	BY_NAME=http://pub.test:$HTTP_PORT
	BY_IPV4=http://198.51.100.7:$HTTP_PORT
	BY_ONION=http://$TORNET_ONION
}

# fetches EXPECTED COMMAND...: under tunic, in silence.
fetches() {
	run --separate-stderr timeout 120 "$TUNIC" "${@:2}"
	assert_output "$1"
	assert_status 0
	[ -z "$stderr" ] || { seen; fail "expected silence"; }
}

@test "a static Go program, by name and by address" {
	go_build 0 "$TESTS/clients/fetching.go"
	fetches $'tornet ok /name\ntornet ok /address' ./fetching "$BY_NAME/name" "$BY_IPV4/address"
}

# Go's own resolver asks nobody about .onion, and says that there is none.
@test "a Go program, by onion, where it asks libc" {
	go_build 1 "$TESTS/clients/fetching.go"
	GODEBUG=netdns=cgo fetches $'tornet ok /onion\ntornet ok /name' ./fetching "$BY_ONION/onion" "$BY_NAME/name"
}

@test "a static wget, by name, by address and by onion" {
	needs busybox
	for place in "$BY_NAME" "$BY_IPV4" "$BY_ONION"; do
		fetches "tornet ok /busybox" busybox wget -q -O- "$place/busybox"
	done
}

@test "curl with an emptied environment, from a static shell, too" {
	needs busybox curl
	for place in "$BY_NAME" "$BY_IPV4" "$BY_ONION"; do
		fetches "tornet ok /empty" env -i "$(command -v curl)" -sS "$place/empty"
	done
	fetches "tornet ok /shell" busybox sh -c "exec env -i $(command -v curl) -sS $BY_NAME/shell"
}

@test "make with two jobs, whose recipes download by programs of both kinds" {
	needs make busybox curl
	cat >Makefile <<-END
		all: one two three four
		one two:; @curl -sS -o \$@ $BY_NAME/\$@
		three four:; @busybox wget -q -O \$@ $BY_ONION/\$@
	END
	fetches "" make -s -j2
	run cat one two three four
	assert_output $'tornet ok /one\ntornet ok /two\ntornet ok /three\ntornet ok /four'
}

@test "curl in a box of bwrap; without a network in one that has its own" {
	needs bwrap curl
	local box=(bwrap --unshare-user --unshare-pid --ro-bind / / --dev /dev --proc /proc --die-with-parent)
	fetches "tornet ok /box" "${box[@]}" curl -sS "$BY_NAME/box"
	fetches "tornet ok /empty-box" "${box[@]}" --clearenv "$(command -v curl)" -sS "$BY_IPV4/empty-box"
	run timeout 120 "$TUNIC" "${box[@]}" --unshare-net --clearenv "$(command -v curl)" -sS "$BY_IPV4/none"
	assert_failure
	refute_output_has tornet
}

@test "strace and gdb show a program that downloads, and it does" {
	needs strace gdb busybox
	run --separate-stderr timeout 120 "$TUNIC" strace -f -e trace=connect busybox wget -q -O- "$BY_NAME/strace"
	assert_output 'tornet ok /strace'
	assert_stderr_has 'sin_addr=inet_addr("198.51.100.7")}, 16) = 0'
	run timeout 120 "$TUNIC" gdb -q -batch -ex run --args "$(command -v busybox)" wget -q -O- "$BY_NAME/gdb"
	assert_output_has 'tornet ok /gdb'
}

@test "programs between pipes, one of which ends early" {
	needs busybox
	run timeout 120 sh -c "echo $BY_NAME/pipe | '$TUNIC' busybox xargs busybox wget -q -O- | '$TUNIC' sed 's/ok/well/'"
	assert_output 'tornet well /pipe'
	run timeout 120 sh -c "'$TUNIC' busybox yes | head -n 1; '$TUNIC' busybox wget -q -O- $BY_NAME/cut-off | head -c 4 | wc -c"
	assert_output $'y\n4'
}

# bats test_tags=more
@test "a static Rust program, in two threads, by name and by onion" {
	needs rustc
	PATH=/usr/bin:$PATH rustc -O -C target-feature=+crt-static -o fetching "$TESTS/clients/fetching.rs"
	run readelf --program-headers fetching
	refute_output_has INTERP
	fetches $'tornet ok /rust\ntornet ok /rust' ./fetching "pub.test:$HTTP_PORT" "$TORNET_ONION:80"
}

# libgssapi_krb5 is not to be had as an archive; none of it is called here.
# bats test_tags=more
@test "a static curl, by name, by address and by onion" {
	needs gcc curl-config
	# shellcheck disable=SC2046 # words are wanted
	gcc -static -Wl,--unresolved-symbols=ignore-all -o fetching "$TESTS/clients/fetching.c" \
		$(curl-config --static-libs | sed 's/-Wl,-Bdynamic//; s/-lgssapi_krb5//') 2>warnings
	fetches $'tornet ok /name\ntornet ok /address\ntornet ok /onion' \
		./fetching "$BY_NAME/name" "$BY_IPV4/address" "$BY_ONION/onion"
}
