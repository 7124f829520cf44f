#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where the C library is musl, a libtunic that was built for it does for its programs what frames.bats says. musl has
# no way to restrain its look-ups to the hosts file, so that is not read.

load ../lib/tunic
load same
load frames

setup_file() {
	tunic_setup
	needs musl-gcc || return
	place_start
	cd "$BATS_FILE_TMPDIR" || return
	kernel_headers
	library
	snippets
}

teardown_file() { background_end; }

setup() {
	tunic_setup
	frames_setup
	# shellcheck disable=SC2034 # same.bash reads them
	SANITIZED='' LIBTUNIC=$BATS_FILE_TMPDIR/.libs/libtunic.so
	FRAMES=$BATS_FILE_TMPDIR/frames MODULE=$BATS_FILE_TMPDIR/snippets.so
	export LATE=$BATS_FILE_TMPDIR/late.so
	musl_programs
}

# Debian's musl-gcc looks for no headers but musl's own.
kernel_headers() {
	mkdir kernel
	ln -s /usr/include/linux /usr/include/asm-generic "/usr/include/$(gcc -print-multiarch)/asm" kernel
}

# The library, in the way that anybody would build it.
library() {
	"$(sed -n 's/^abs_top_srcdir = //p' "$BUILD_UNDER_TEST/Makefile")"/configure -q CC=musl-gcc \
		CFLAGS=-O1 CPPFLAGS="-idirafter $PWD/kernel" --enable-werror >configure.log
	make -s libtunic.la
}

snippets() {
	local built=(musl-gcc -std=gnu11 -D_GNU_SOURCE -I"$TESTS/../src" -idirafter "$PWD/kernel")
	"${built[@]}" "$TESTS/preload/frames.c" "$TESTS"/preload/snippets*.c -o frames
	"${built[@]}" -shared -fPIC "$TESTS"/preload/snippets*.c -o snippets.so
	"${built[@]}" -shared -fPIC "$TESTS/preload/late.c" -o late.so
	"${built[@]}" -x c - -o echo <<-'END'
		#include <stdio.h>
		#include <string.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			char here[256];
			puts(strcmp(argv[0], "pwd") == 0 ? getcwd(here, sizeof(here)) : argv[argc - 1]);
			return 0;
		}
	END
}

# A few of this machine's programs are musl's for what runs from here on.
musl_programs() {
	# shellcheck disable=SC2016
	INSIDE+=(unshare -m sh -c 'mount --bind "$0" "$(realpath /bin/echo)"
		mount --bind "$0" "$(realpath /bin/pwd)"; exec "$@"' "$BATS_FILE_TMPDIR/echo")
}

# shellcheck disable=SC2317 # frames.bash calls it
otherwise() {
	# musl puts a name among its own aliases, leaves h_errno alone on success, and has a number for "not found".
	printf '%s|public.example 2 4 198.51.100.7 and more|public.example 2 4 198.51.100.7 alone\n' \
		gethostbyname gethostbyname2 gethostbyaddr
	local found='public.example 2 4 198.51.100.7' function
	for function in gethostbyname_r gethostbyname2_r gethostbyaddr_r; do
		echo "$function|0, h_errno -7: $found and more|0, h_errno 0: $found alone"
	done
	for function in gethostbyname_r gethostbyname2_r; do
		echo "$function|No such file or directory, h_errno 1: none|0, h_errno 1: none"
	done
	echo 'gethostbyname_r|Result not representable, h_errno 1: none|Result not representable, h_errno -1: none'
	# The shell of this machine is of another C library, and so is not started.
	cat <<-'END'
		system|started|
		system|exit 3|signal 127
		popen|started|nothing
		popen|exit 0|signal 127
		wordexp|0|4
		wordexp|started|
		wordexp|twice|
		wordexp|~nobody-at-all|
	END
}

@test "musl: in a program" { frame plain; }
@test "musl: in a thread" { frame thread; }
@test "musl: in a forked child" { frame fork; }

# With RTLD_NEXT such a module finds nothing in musl, with and without the library.
@test "musl: in a module that is loaded for itself" {
	expect module "$MODULE"
	as_expected "$FRAMES" module "$MODULE"
}

@test "musl: found by dlsym" {
	frame default
	frame next
	frame libc
}

@test "musl: in a signal handler, those that may be called there" {
	otherwise() { :; }
	handler
}

@test "musl: in a constructor" {
	expect plain
	FRAME=constructor as_expected "$FRAMES" nothing
}
