#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A program that the shim cannot protect is not started, and one that it can protect is.

# Scripts in single quotes are for the shells under test; $stderr comes from bats.
# shellcheck disable=SC2016,SC2154

load ../lib/tunic
load staging

setup() {
	tunic_setup
	# The library alone: the guard starts more than it (tests/guard).
	export TUNIC_GUARD=off
	needs gcc setpriv setcap getcap unshare
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	stage_public_end
}

# assert_not_started REASON: refused in one line with a hint, and without a word from the program.
assert_not_started() {
	assert_status 126
	assert_output ''
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || fail "more than a line: $stderr"
	assert_stderr_says "was not started: .*$1.*; hint: "
}

refused() {
	run --separate-stderr "$TUNIC" "$2"
	assert_not_started "$1"
}

# interpreter_refused REASON PROGRAM: the same for scripts that it would interpret.
interpreter_refused() {
	script by-path "#!$2"
	refused "its interpreter '$2' $1" ./by-path
	script by-argument "#! $2 -x"
	refused "its interpreter '$2' $1" ./by-argument
	script by-env "#!/usr/bin/env $2"
	refused "its interpreter '$2' $1" ./by-env
	script by-env-s "#!/usr/bin/env -S A=b $2 -x"
	refused "its interpreter '$2' $1" ./by-env-s
	script script-of-script "#!$PWD/by-env"
	refused "its interpreter '$2' $1" ./script-of-script
}

# loader_of PROGRAM: the dynamic loader that it asks for.
loader_of() {
	readelf -lW "$1" | sed -n 's/.*interpreter: \(.*\)]/\1/p'
}

@test "a dynamically linked program is started, with the shim in it" {
	witness plain
	run "$TUNIC" ./plain
	assert_output 'shim=1 secure=0'
	witness fixed-address -no-pie
	run "$TUNIC" ./fixed-address
	assert_output 'shim=1 secure=0'
	run ./plain
	assert_output 'shim=0 secure=0'
}

@test "statically linked programs are not started" {
	witness static -static
	refused 'statically linked' ./static
	assert_stderr_has 'under the guard it runs'
	interpreter_refused 'is statically linked' "$PWD/static"
	witness static-pie -static-pie
	refused 'statically linked' ./static-pie
}

@test "the dynamic loader is not started, since it would run static programs too" {
	witness plain
	refused 'is the dynamic loader' "$(loader_of plain)" ./plain
}

@test "a program of another architecture is not started" {
	witness other
	poke other 18 ff 00
	refused 'another architecture' ./other
	interpreter_refused 'is built for another architecture' "$PWD/other"
}

@test "a program of another word size or byte order is not started" {
	witness narrow
	case $(od -An -tu1 -j4 -N1 narrow) in *2) poke narrow 4 01 ;; *) poke narrow 4 02 ;; esac
	refused 'another architecture' ./narrow
	witness swapped
	case $(od -An -tu1 -j5 -N1 swapped) in *1) poke swapped 5 02 ;; *) poke swapped 5 01 ;; esac
	refused 'another architecture' ./swapped
}

@test "a program of another C library is not started" {
	witness musl -Wl,--dynamic-linker="/lib/ld-musl-$(uname -m).so.1"
	refused 'another C library' ./musl
	interpreter_refused 'is built for another C library' "$PWD/musl"
	needs musl-gcc
	echo 'int main(void) { return 0; }' | musl-gcc -x c - -o real-musl
	refused 'another C library' ./real-musl
}

@test "the same loader by another path is the same C library" {
	witness plain
	ln -s "$(loader_of plain)" "renamed"
	witness linked -Wl,--dynamic-linker="$PWD/renamed"
	run "$TUNIC" ./linked
	assert_output 'shim=1 secure=0'
}

@test "a program whose dynamic loader is missing is not started" {
	witness plain
	witness orphan -Wl,--dynamic-linker="/nowhere/$(basename "$(loader_of plain)")"
	refused 'loader that is not there' ./orphan
}

@test "a dynamically linked Go program is not started: it makes its own system calls" {
	build go <<-'END'
		__attribute__((section(".note.go.buildid"), aligned(4), used)) static const struct {
			int name, size, type;
			char owner[4], id[4];
		} note = {4, 4, 4, "Go", "abc"};

		int main(void) { return note.name == 0; }
	END
	readelf -n go | grep -q Go || fail "no note of Go in the program"
	refused 'Go program' ./go
	interpreter_refused 'is a Go program' "$PWD/go"
}

@test "a setuid program is not started by another user" {
	root_only
	stage_public
	witness "$PLACE/prog"
	chmod 4755 "$PLACE/prog"
	run as_nobody "$PLACE/prog"
	assert_output 'shim=0 secure=1'
	run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/prog"
	assert_not_started 'setuid'
	script "$PLACE/script" "#!$PLACE/prog"
	run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/script"
	assert_not_started "its interpreter '$PLACE/prog' is setuid"
	script "$PLACE/script" "#!/usr/bin/env $PLACE/prog"
	run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/script"
	assert_not_started "its interpreter '$PLACE/prog' is setuid"
}

@test "a setgid program is not started by another group" {
	root_only
	stage_public
	witness "$PLACE/prog"
	chmod 2755 "$PLACE/prog"
	run as_nobody "$PLACE/prog"
	assert_output 'shim=0 secure=1'
	run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/prog"
	assert_not_started 'setgid'
	chmod 2705 "$PLACE/prog"
	run as_nobody "$PLACE/tunic" "$PLACE/prog"
	assert_output 'shim=1 secure=0'
}

@test "a setuid program that changes nothing is started" {
	stage_public
	witness "$PLACE/prog"
	[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$PLACE/prog"
	chmod 6755 "$PLACE/prog"
	run as_nobody "$PLACE/tunic" "$PLACE/prog"
	assert_output 'shim=1 secure=0'
}

@test "a setuid program that may not gain rights is started" {
	root_only
	stage_public
	witness "$PLACE/prog"
	chmod 4755 "$PLACE/prog"
	run as_nobody setpriv --no-new-privs "$PLACE/tunic" "$PLACE/prog"
	assert_output 'shim=1 secure=0'
	run in_own_mounts 'mkdir "$1/m"; mount -t tmpfs -o nosuid,mode=755 none "$1/m"; cp -p "$1/prog" "$1/m"
		exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$1/home" "$1/tunic" "$1/m/prog"' "$PLACE"
	assert_output 'shim=1 secure=0'
}

@test "a script's own setuid bit means nothing" {
	root_only
	stage_public
	script "$PLACE/script" '#!/bin/sh'
	chmod 4755 "$PLACE/script"
	run as_nobody "$PLACE/tunic" "$PLACE/script"
	assert_output ran
}

@test "a program with file capabilities is not started but by root" {
	root_only
	stage_public
	witness "$PLACE/prog"
	setcap cap_net_bind_service+ep "$PLACE/prog"
	run as_nobody "$PLACE/prog"
	assert_output 'shim=0 secure=1'
	run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/prog"
	assert_not_started 'file capabilities'
	script "$PLACE/script" "#!/usr/bin/env $PLACE/prog"
	run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/script"
	assert_not_started "its interpreter '$PLACE/prog' has file capabilities"
	run "$PLACE/tunic" "$PLACE/prog"
	assert_output 'shim=1 secure=0'
}

@test "a program that may be executed but not read is not started" {
	stage_public
	witness "$PLACE/prog"
	chmod 111 "$PLACE/prog"
	run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/prog"
	assert_not_started 'may not be read'
	script "$PLACE/script" "#!$PLACE/prog"
	run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/script"
	assert_not_started "its interpreter '$PLACE/prog' may not be read"
}

@test "what is no executable file is not started" {
	mkdir dir
	refused 'is a directory' ./dir
	script of-dir "#!$PWD/dir"
	refused "its interpreter '$PWD/dir' is a directory" ./of-dir
	echo 'echo ran' >file
	refused 'may not be executed' ./file
	script of-file "#!$PWD/file"
	refused "its interpreter '$PWD/file' may not be executed" ./of-file
	mkfifo fifo
	chmod +x fifo
	refused 'may not be executed' ./fifo
	refused 'may not be executed' /dev/null
}

@test "a script whose interpreter is missing is not started" {
	script lost "#!$PWD/none"
	refused "its interpreter '$PWD/none' is not there" ./lost
	script dos $'#!/bin/sh\r'
	refused "its interpreter '/bin/sh\\?' is not there" ./dos
}

@test "a file that is neither a program nor a script is not started" {
	: >empty
	echo 'echo ran' >no-interpreter
	echo '#!' >no-name
	printf '#!/%0300d\n' 0 >cut-name
	printf '\177ELF' >four-bytes
	head -c 256 /dev/zero >zeros
	for file in empty no-interpreter no-name cut-name four-bytes zeros; do
		chmod +x $file
		refused 'neither a program .* nor a script' ./$file
	done
}

@test "a program cut anywhere in its headers is not started" {
	witness whole
	local headers size
	headers=$((64 + 56 * $(readelf -hW whole | sed -n 's/.*Number of program headers: *//p')))
	for ((size = 0; size < headers; size += 13)); do
		head -c $size whole >headers
		chmod +x headers
		refused 'neither a program' ./headers
	done
}

@test "a program whose headers lie is not started" {
	witness lies
	poke lies 32 ff ff ff ff ff ff ff 7f
	refused 'neither a program' ./lies
	witness lies
	poke lies 56 ff ff
	refused 'neither a program' ./lies
	witness lies
	poke lies 54 01 00
	refused 'neither a program' ./lies
	witness lies
	poke lies 16 04 00
	refused 'neither a program' ./lies
}

@test "scripts are followed as deep as the kernel does, and no deeper" {
	witness s0
	for i in 1 2 3 4 5 6; do
		script s$i "#!./s$((i - 1))"
	done
	run "$TUNIC" ./s5
	assert_output 'shim=1 secure=0'
	run ./s6
	assert_failure
	refused 'too many levels' ./s6
}

@test "a script that is its own interpreter is refused, not followed for ever" {
	script self '#!./self'
	refused 'too many levels' ./self
	script envself '#!/usr/bin/env ./envself'
	refused 'too many levels' ./envself
}

@test "scripts with blanks, arguments and no last newline are started" {
	printf '#! \t/bin/sh  -e  \necho "ran $-"' >blanks
	printf '#!/bin/echo' >bare
	printf '#!/usr/bin/env sh\necho env' >by-env
	printf '#!/usr/bin/env -S A=b sh -e\necho $A' >by-env-s
	chmod +x blanks bare by-env by-env-s
	run "$TUNIC" ./blanks
	assert_output 'ran e'
	run "$TUNIC" ./bare
	assert_output ./bare
	run "$TUNIC" ./by-env
	assert_output env
	run "$TUNIC" ./by-env-s
	assert_output b
}

@test "an env line that would empty the environment or that only env can read is refused" {
	for line in '-i sh' '-S -i sh' '-S -u LD_PRELOAD sh' "-S 's'h" '-S ${SHELL}' '--split-string=sh'; do
		script env "#!/usr/bin/env $line"
		refused 'options of env' ./env
	done
}

@test "a program that env does not find is left to env" {
	script env '#!/usr/bin/env no-such-program'
	PATH=/usr/bin:/bin run -127 "$TUNIC" ./env
	refute_output_has 'tunic:'
}
