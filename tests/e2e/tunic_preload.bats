#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The shim is first in LD_PRELOAD, wherever it lies; where ld.so would pass over it with a warning or
# with none, nothing is started.

# Scripts in single quotes are for the shells under test; $stderr comes from bats.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load ../lib/tunic
load staging

setup() {
	tunic_setup
	needs gcc unshare
	cd "$BATS_TEST_TMPDIR" || return
	SHIM=$(realpath "$LIBTUNIC")
	OTHER=$(realpath "$(gcc -print-file-name=libm.so.6)")
}

teardown() {
	stage_public_end
}

# assert_refused REASON: ours, in one line with a hint, and nothing ran.
assert_refused() {
	assert_status 125
	assert_output ''
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || fail "more than a line: $stderr"
	assert_stderr_says "$1.*; hint: "
}

@test "the shim is the whole of LD_PRELOAD where there was none" {
	run "$TUNIC" printenv LD_PRELOAD
	assert_output "$SHIM"
	LD_PRELOAD='' run "$TUNIC" printenv LD_PRELOAD
	assert_output "$SHIM"
}

@test "the shim goes before what was in LD_PRELOAD" {
	LD_PRELOAD=$OTHER run "$TUNIC" printenv LD_PRELOAD
	assert_output "$SHIM:$OTHER"
	witness prog
	LD_PRELOAD=$OTHER run "$TUNIC" ./prog
	assert_output 'shim=1 secure=0'
}

@test "an LD_PRELOAD of 20,000 characters is kept" {
	list=$OTHER
	while [ ${#list} -lt 20000 ]; do list=$list:$OTHER; done
	LD_PRELOAD=$list run "$TUNIC" printenv LD_PRELOAD
	assert_output "$SHIM:$list"
	witness prog
	LD_PRELOAD=$list run "$TUNIC" ./prog
	assert_output 'shim=1 secure=0'
}

@test "a shim that is first already is not added again" {
	# With the library in tunic itself there is none, and a line says so.
	export TUNIC_GUARD=off
	for list in "$SHIM" "$SHIM:$OTHER" "$SHIM $OTHER"; do
		LD_PRELOAD=$list run "$TUNIC" printenv LD_PRELOAD
		assert_output "$list"
	done
	run "$TUNIC" "$TUNIC" "$TUNIC" printenv LD_PRELOAD
	assert_output "$SHIM"
}

@test "a shim that is not first is put first" {
	# With the library in tunic itself there is none, and a line says so.
	export TUNIC_GUARD=off
	for list in "$OTHER:$SHIM" "$OTHER $SHIM"; do
		LD_PRELOAD=$list run "$TUNIC" printenv LD_PRELOAD
		assert_output "$SHIM:$list"
	done
}

@test "a library whose name only begins like the shim's is not taken for it" {
	stage copy
	cp "$OTHER" copy/.libs/libtunic.so.old
	copy=$(realpath copy)/.libs/libtunic.so
	LD_PRELOAD=$copy.old run copy/tunic printenv LD_PRELOAD
	assert_output "$copy:$copy.old"
}

# setenv(3) changes the first of two variables of one name, and ld.so takes the last.
@test "an LD_PRELOAD that is in the environment twice does not hide the shim" {
	build twice <<-'END'
		#include <unistd.h>

		int main(int argc, char **argv)
		{
			char *env[] = {"LD_PRELOAD=", "PATH=/bin:/usr/bin", "LD_PRELOAD=", NULL};

			return argc < 2 ? 1 : execve(argv[1], argv + 1, env);
		}
	END
	witness prog
	run ./twice "$TUNIC" ./prog
	assert_output 'shim=1 secure=0'
	run ./twice "$TUNIC" env
	[ "$(grep -c ^LD_PRELOAD= <<<"$output")" -eq 1 ] || { seen; fail "not once"; }
}

@test "nothing else in the environment changes" {
	before=$(env | grep -v '^_=')
	run "$TUNIC" env
	assert_status 0
	[ "$(grep -vE '^(_|LD_PRELOAD|TUNIC_RUN|TUNIC_POOL)=' <<<"$output")" = "$before" ] || { seen; fail "changed"; }
}

@test "programs that the program starts have the shim too" {
	witness prog
	run "$TUNIC" sh -c './prog | cat; env ./prog'
	assert_output $'shim=1 secure=0\nshim=1 secure=0'
}

@test "a relative path to tunic and a link to it find the shim" {
	stage 'copy'
	ln -s copy/tunic link
	PATH=$PWD/copy:$PATH
	for command in copy/tunic ./link tunic; do
		run $command sh -c 'cd /; printenv LD_PRELOAD'
		assert_output "$(realpath copy/.libs/libtunic.so)"
	done
}

@test "an installation that was moved finds its shim" {
	mkdir -p root/bin root/lib/tunic
	cp "$TUNIC" root/bin/tunic
	cp "$LIBTUNIC" root/lib/tunic/libtunic.so
	run root/bin/tunic printenv LD_PRELOAD
	assert_output "$(realpath root/lib/tunic/libtunic.so)"
}

@test "a shim in a directory whose name ld.so would take apart is refused" {
	for name in 'a b' 'a:b' 'a$b' 'a;b' $'a\tb' $'a\nb'; do
		stage "$name"
		run --separate-stderr "$name/tunic" echo ran
		assert_refused 'cannot be preloaded from'
	done
}

@test "a plain link to a directory with such a name does not help" {
	stage 'a b'
	ln -s 'a b' plain
	run --separate-stderr plain/tunic echo ran
	assert_refused 'cannot be preloaded from'
}

@test "a shim that is missing is refused" {
	stage copy
	rm copy/.libs/libtunic.so
	run --separate-stderr copy/tunic echo ran
	assert_refused 'the shim is missing'
	ln -s nowhere copy/.libs/libtunic.so
	run --separate-stderr copy/tunic echo ran
	assert_refused 'the shim is missing'
}

@test "a shim that may not be read is refused" {
	stage_public
	chmod 111 "$PLACE/.libs/libtunic.so"
	run --separate-stderr as_nobody "$PLACE/tunic" echo ran
	assert_refused 'the shim cannot be read'
}

@test "a shim on a file system mounted noexec is refused" {
	stage copy
	run --separate-stderr in_own_mounts 'cp -r copy/.libs new; mount -t tmpfs -o noexec none copy/.libs
		cp new/libtunic.so copy/.libs; exec copy/tunic echo ran'
	assert_refused 'noexec'
	run --separate-stderr in_own_mounts 'rm -rf new; cp -r copy/.libs new; mount -t tmpfs none copy/.libs
		cp new/libtunic.so copy/.libs; exec copy/tunic echo ran'
	assert_output ran
}

@test "a shim of another architecture is refused" {
	stage copy
	poke copy/.libs/libtunic.so 18 ff 00
	run --separate-stderr copy/tunic echo ran
	assert_refused 'another architecture'
	stage copy
	case $(od -An -tu1 -j4 -N1 "$LIBTUNIC") in *2) byte=01 ;; *) byte=02 ;; esac
	poke copy/.libs/libtunic.so 4 $byte
	run --separate-stderr copy/tunic echo ran
	assert_refused 'another architecture'
}

@test "a shim that is no library, or cut short, is refused" {
	stage copy
	shim=copy/.libs/libtunic.so
	: >$shim
	run --separate-stderr copy/tunic echo ran
	assert_refused 'not a shared library'
	head -c 100 "$LIBTUNIC" >$shim
	run --separate-stderr copy/tunic echo ran
	assert_refused 'not a shared library'
	rm $shim
	witness $shim -static
	run --separate-stderr copy/tunic echo ran
	assert_refused 'not a shared library'
	rm $shim
	mkdir $shim
	run --separate-stderr copy/tunic echo ran
	assert_refused 'not a shared library'
}

@test "a shim in a file system without /proc is refused" {
	stage copy
	run --separate-stderr in_own_mounts 'mount -t tmpfs none /proc; exec copy/tunic echo ran'
	assert_refused '/proc'
}
