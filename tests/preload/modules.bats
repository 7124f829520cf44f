#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Modules that a program loads. Those that would find libc before the library are tried in tests/leak.

load ../lib/tunic
load same

setup() {
	tunic_setup
	needs cc
	cd "$BATS_TEST_TMPDIR" || return
	mkdir inside
	# shellcheck disable=SC2016 # of the dynamic linker
	cc -D_GNU_SOURCE -o module "$TESTS/preload/module.c" -Wl,--enable-new-dtags,-rpath,'$ORIGIN/inside'
	cc -D_GNU_SOURCE -shared -fPIC -o inside/inner.so "$TESTS/preload/module.c"
}

# The sanitizer's runtime has a dlopen of its own, which loses who called: then the two lose it alike.
@test "a module is searched for on the paths that its loader's file names" {
	local without
	run bare env LD_PRELOAD="$SANITIZED" ./module
	without=$output
	[ -n "$SANITIZED" ] || assert_output "the word of the module"
	run shimmed ./module
	assert_output "$without"
}

@test "a module is not loaded into a namespace of its own, and dlerror says something" {
	run --separate-stderr shimmed ./module namespace
	assert_status 1
	assert_output "no module
and a reason"
	assert_stderr_says 'refused to load a module into a namespace'
}
