#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make install puts everything where it was told to, what it put there works, and uninstall takes it
# away again.

load ../lib/tunic

# Installed once, below a DESTDIR, with the prefix that configure was given.
setup_file() {
	environment_clean
	export DEST=$BATS_FILE_TMPDIR/dest
	make -C "$BUILD_UNDER_TEST" --no-print-directory install DESTDIR="$DEST" >"$BATS_FILE_TMPDIR/log" 2>&1 ||
		fail "$(tail -n 5 "$BATS_FILE_TMPDIR/log")" || return
	PREFIX=$(sed -n 's/^prefix = //p' "$BUILD_UNDER_TEST/Makefile")
	export PREFIX
}

setup() {
	tunic_setup
	INSTALLED=$DEST$PREFIX
}

@test "the command, the library, the manual pages and the documents are installed" {
	local file
	for file in bin/tunic lib/tunic/libtunic.so share/man/man1/tunic.1 share/man/man5/tunic.conf.5 \
		share/man/man8/libtunic.8 share/doc/tunic/README.md share/doc/tunic/LICENSE; do
		[ -s "$INSTALLED/$file" ] || fail "$file is not there" || return
	done
}

@test "nothing is installed outside the prefix" {
	run find "$DEST" -type f -not -path "$INSTALLED/*"
	assert_output ''
}

@test "nothing is installed that only the build needs" {
	run find "$DEST" -type f \( -name '*.la' -o -name '*.a' -o -name '*.h' -o -name '*.o' \)
	assert_output ''
}

@test "the installed command starts a program under the installed library" {
	run --separate-stderr "$INSTALLED/bin/tunic" printenv LD_PRELOAD
	assert_status 0
	assert_output "$(realpath "$INSTALLED/lib/tunic/libtunic.so")"
}

@test "the installed command refuses what the one in the build tree refuses" {
	run --separate-stderr "$INSTALLED/bin/tunic" --guard=off python3 -c '
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("198.51.100.7", 9))'
	assert_failure
	assert_stderr_says "refused a datagram"
}

@test "an installed tree may be moved as a whole" {
	cp -r "$INSTALLED" "$BATS_TEST_TMPDIR/moved"
	run --separate-stderr "$BATS_TEST_TMPDIR/moved/bin/tunic" printenv LD_PRELOAD
	assert_status 0
	assert_output "$(realpath "$BATS_TEST_TMPDIR/moved/lib/tunic/libtunic.so")"
}

@test "uninstall leaves no file" {
	local other=$BATS_TEST_TMPDIR/other
	make -C "$BUILD_UNDER_TEST" --no-print-directory install DESTDIR="$other" >/dev/null 2>&1
	[ -x "$other$PREFIX/bin/tunic" ] || fail "it was not installed"
	make -C "$BUILD_UNDER_TEST" --no-print-directory uninstall DESTDIR="$other" >/dev/null 2>&1
	run find "$other" -type f -o -type l
	assert_output ''
}
