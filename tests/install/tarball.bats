#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The tarball has what the repository has, and what a builder without autoconf needs.

load ../lib/tunic
load ../lint/tree

setup_file() {
	environment_clean
	make -C "$BUILD_UNDER_TEST" --no-print-directory distdir distdir="$BATS_FILE_TMPDIR/tunic" \
		>"$BATS_FILE_TMPDIR/log" 2>&1 || fail "$(tail -n 5 "$BATS_FILE_TMPDIR/log")"
}

unpacked() { (cd "$BATS_FILE_TMPDIR/tunic" && find . -type f | sed 's|^\./||' | sort); }

@test "every file of the tree is in the tarball" {
	tree_files | grep -vE '(^|/)\.gitignore$' | sort | something >"$BATS_TEST_TMPDIR/tree"
	unpacked | comm -13 - "$BATS_TEST_TMPDIR/tree" | nothing "these are not"
}

@test "nothing else is, but what autoconf makes" {
	tree_files | sort | something >"$BATS_TEST_TMPDIR/tree"
	unpacked | comm -23 - "$BATS_TEST_TMPDIR/tree" |
		{ grep -vE '^(build-aux/.*|m4/.*|aclocal\.m4|configure|config\.h\.in|Makefile\.in)$' || true; } |
		nothing "these are"
}
