#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every interposed function does what libc's does, wherever it is called from and however it was found. The
# specification is what the snippets (snippets.c) print in a program without the library.

load ../lib/tunic
load same
load frames

setup_file() {
	tunic_setup
	place_start
}

teardown_file() { background_end; }

setup() {
	tunic_setup
	frames_setup
}

# They would connect in libc's inside, where no hook sees it; or bring another libc, without hooks.
# shellcheck disable=SC2317 # frames.bash calls it
otherwise() {
	printf '%s|connected: -1 0|connected: -1 EACCES\n' rcmd rcmd_af rexec rexec_af
	echo 'dlmopen|elsewhere: opened|elsewhere: libc.so.6: invalid mode for dlopen(): Invalid argument'
}

# found_alike FRAME: what dlsym did not find there, it does not find without the library either.
found_alike() {
	frame "$1"
	expect "$1"
	diff <(grep -v ' ' expected.err) <(grep -v ' ' shimmed.err)
}

@test "the snippets print something of every row of hooks.def" {
	expect plain
	sed -nE 's/^(HOOK|HOOK_MAY|ALIAS|LATE|INNER)\(([A-Za-z0-9_]+).*/\2/p' "$TESTS/../src/lib/hooks.def" |
		sort >rows
	diff rows <(sed -n 's/^--- //p' expected | sort)
	! awk '/^---/ && last ~ /^---/ { print last } { last = $0 }' expected | grep . || fail "these are silent"
	! grep -B1 'not in this libc' expected || fail "not tried"
}

@test "in a program" { frame plain; }
@test "in a thread" { frame thread; }
@test "in a forked child" { frame fork; }

@test "in a constructor of the program" {
	expect plain
	FRAME=constructor as_expected "$FRAMES" nothing
}

@test "in a constructor of a library that is preloaded before it, or after it" {
	expect plain
	FRAME=constructor LIBTUNIC="$MODULE $LIBTUNIC" as_expected /bin/true
	FRAME=constructor LIBTUNIC="$LIBTUNIC $MODULE" as_expected /bin/true
}

@test "in a signal handler, those that may be called there" {
	otherwise() { :; }
	handler
}

@test "in a module that is loaded for itself" { frame module "$MODULE"; }

# Without the library such a module would bind to libc before anything that is preloaded. The address sanitizer's own
# dlopen ends the program.
@test "in a module that is loaded with RTLD_DEEPBIND" {
	[ -n "$SANITIZED" ] || frame deep "$MODULE"
}

@test "found by dlsym, for the whole program and behind it" {
	frame default
	frame next
}

@test "found by a handle of libc, in today's version and in the first" {
	found_alike libc
	found_alike version
}

@test "found by dlvsym in the first version, for the whole program and behind it" {
	found_alike default-version
	found_alike next-version
}

@test "found by python's ctypes in libc" {
	local raw="
import ctypes
libc = ctypes.CDLL('libc.so.6', use_errno=True)
print(libc.socket(2, 3, 1), ctypes.get_errno())"
	run shimmed python3 -c "$raw"
	assert_output_has '-1 13'
	assert_output_has 'refused a raw socket'
	settle PROXY=nonsense
	run shimmed python3 -c "$raw"
	assert_output_has '-1 13'
	assert_output_has 'the settings are wrong'
}

# What that library undoes.
synchronous="
import fcntl, os
fd = os.open('$BATS_TEST_TMPDIR/file', os.O_CREAT | os.O_WRONLY | os.O_SYNC)
print('synchronous' if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_SYNC else 'asynchronous')"

@test "a library that interposes, too, is preloaded before it, or after it" {
	local both
	for both in "libeatmydata.so $LIBTUNIC" "$LIBTUNIC libeatmydata.so"; do
		LIBTUNIC=$both frame plain
		LIBTUNIC=$both frame next
		LIBTUNIC=$both frame next-version
		LIBTUNIC=$both found_alike libc
		LIBTUNIC=$both run shimmed python3 -c "$synchronous"
		assert_output asynchronous
	done
	run shimmed python3 -c "$synchronous"
	assert_output synchronous
}

@test "in a program with the address sanitizer, in a library of its own or inside" {
	local kind
	needs gcc
	for kind in '' -static-libasan; do
		# Two runtimes, with a sanitized library, are too many.
		[ -z "$SANITIZED" ] || [ -z "$kind" ] || continue
		# shellcheck disable=SC2086 # none or one
		gcc -std=gnu11 -D_GNU_SOURCE -fsanitize=address $kind -I"$TESTS/../src" -o sanitized \
			"$TESTS/preload/frames.c" "$TESTS"/preload/snippets*.c
		expect plain
		as_expected env ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0 "$PWD/sanitized" plain
	done
}

# The address sanitizer's own dlopen does not know who calls it.
@test "a module finds its own symbols and what is beside it, and its function of a known name stays its own" {
	needs gcc
	mkdir beside
	echo 'int neighbour;' | gcc -shared -fPIC -x c - -o beside/libneighbour.so
	cat >module.c <<-'END'
		#include <dlfcn.h>
		#include <stdio.h>
		int symbol;
		void run(void), listen(void);
		void listen(void) { puts("its own listen"); }
		void run(void)
		{
			void *beside = dlopen("libneighbour.so", RTLD_LAZY);
			printf("beside: %s\n", beside ? "found" : dlerror());
			printf("its own: %s\n", dlsym(RTLD_DEFAULT, "symbol") == &symbol ? "found" : "not");
			printf("behind it: %s\n", dlsym(RTLD_NEXT, "run") ? "found" : "not");
		}
	END
	# shellcheck disable=SC2016
	gcc -D_GNU_SOURCE -shared -fPIC -Wl,-rpath,'$ORIGIN/beside' module.c -o module.so
	cat >main.c <<-'END'
		#include <dlfcn.h>
		int main(void)
		{
			void *module = dlopen("module.so", RTLD_LAZY | RTLD_LOCAL);
			((void (*)(void))dlsym(module, "run"))();
			((void (*)(void))dlsym(module, "listen"))();
			return 0;
		}
	END
	gcc main.c -Wl,-rpath,"$PWD" -o main
	run bare "$PWD/main"
	assert_output $'beside: found\nits own: found\nbehind it: not\nits own listen'
	[ -n "$SANITIZED" ] || same "$PWD/main"
}

@test "another namespace for libraries is refused, in one line" {
	run --separate-stderr shimmed "$FRAMES" plain dlmopen
	assert_stderr_says 'dlmopen.*libc.so.6'
}
