#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command line of tunic, its exit codes, and that it leaves no trace in what it starts.

# Scripts in single quotes are for the shells under test; $stderr comes from bats.
# shellcheck disable=SC2016,SC2154

load ../lib/tunic
load staging

setup() {
	tunic_setup
	cd "$BATS_TEST_TMPDIR" || return
}

@test "the exit code is the program's own" {
	run "$TUNIC" sh -c 'exit 7'
	assert_status 7
	run "$TUNIC" true
	assert_status 0
}

@test "a program that dies by a signal dies by it under tunic too" {
	run "$TUNIC" sh -c 'kill -9 $$'
	assert_status 137
	run python3 -c '
import subprocess, sys
print(subprocess.call([sys.argv[1], "sh", "-c", "kill -TERM $$"]))' "$TUNIC"
	assert_output -15
}

@test "without the guard tunic becomes the program: same process, no other one" {
	export TUNIC_GUARD=off
	run sh -c 'echo $$; exec "$0" sh -c "echo \$\$"' "$TUNIC"
	assert_status 0
	[ "${lines[0]}" = "${lines[1]}" ] || fail "process $output"
}

@test "standard input and output are the program's" {
	run --separate-stderr bash -c 'printf "one\ntwo\n" | "$0" cat; "$0" sh -c "echo err >&2"' "$TUNIC"
	assert_output $'one\ntwo'
	[ "$stderr" = err ] || fail "stderr: $stderr"
}

@test "open descriptors stay as they are, and none is added" {
	echo inherited >file
	run bash -c '"$0" cat 7<file <&7' "$TUNIC"
	assert_output inherited
	bare=$(bash -c 'exec 7<file; exec ls /proc/self/fd')
	run bash -c 'exec 7<file; exec "$0" ls /proc/self/fd' "$TUNIC"
	assert_output "$bare"
}

@test "ignored signals stay ignored" {
	bare=$(sh -c 'trap "" HUP; exec grep SigIgn /proc/self/status')
	run sh -c 'trap "" HUP; exec "$0" grep SigIgn /proc/self/status' "$TUNIC"
	assert_output "$bare"
}

@test "the program gets its own name and its arguments unchanged" {
	run "$TUNIC" sh -c 'printf "<%s>" "$0" "$@"' a '' 'b c' --tag -- $'d\n'
	assert_output $'<a><><b c><--tag><--><d\n>'
	run "$TUNIC" -- printf '%s' --help
	assert_output --help
}

@test "the options of tunic end at the program's name" {
	run "$TUNIC" --tag=x printf '%s ' --tag=y -q
	assert_output '--tag=y -q '
}

@test "without a program tunic says how it is used, on stderr, and exits 125" {
	run --separate-stderr "$TUNIC"
	assert_status 125
	assert_output ''
	assert_stderr_says 'usage: tunic'
}

@test "unknown options, missing values and needless ones exit 125 and are named" {
	for line in '--prxy=x true' '-z true' '--shell=x' '--tag' '-t' '-qz true'; do
		# shellcheck disable=SC2086
		run --separate-stderr "$TUNIC" $line
		assert_status 125
		[ "$(wc -l <<<"$stderr")" -eq 1 ] || fail "more than a line: $stderr"
	done
	run --separate-stderr "$TUNIC" --prxy=x true
	assert_stderr_says "unknown option '--prxy=x'"
	run --separate-stderr "$TUNIC" -qz true
	assert_stderr_says "unknown option '-z'"
	run --separate-stderr "$TUNIC" --tag
	assert_stderr_says "'--tag' needs a value"
	run --separate-stderr "$TUNIC" --shell=x
	assert_stderr_says "'--shell=x' takes no value"
}

@test "long options are whole names, never beginnings of one" {
	for line in '--prox=127.0.0.1:9 true' '--prox 127.0.0.1:9 true' '-q --sh' '--print' '--loc=direct true' \
		'--versio'; do
		# shellcheck disable=SC2086
		run --separate-stderr "$TUNIC" $line
		assert_status 125
		assert_output ''
		assert_stderr_says "unknown option '--[a-z]+'; hint: the whole name is --"
	done
	run "$TUNIC" -qt x --log info --print-config
	assert_status 0
	assert_output_has 'command line --log'
}

@test "--help names every setting, with its default" {
	run "$TUNIC" --help
	assert_status 0
	while read -r id; do
		assert_output_has "--${id//_/-}="
	done < <(sed -n 's/^OPTION(\([a-z0-9_]*\),.*/\1/p' "$TESTS/../src/core/options.def")
	assert_output_has '[127.0.0.1:9050]'
	for flag in --config --shell --print-config --version; do
		assert_output_has "$flag"
	done
}

@test "--version says tunic and a number" {
	run "$TUNIC" --version
	assert_status 0
	[[ $output =~ ^tunic\ [0-9]+\.[0-9]+ ]] || fail "$output"
}

@test "output that cannot be written is an error" {
	for request in --help --version --print-config; do
		run --separate-stderr bash -c '"$0" "$1" >/dev/full' "$TUNIC" "$request"
		assert_status 125
		assert_stderr_says 'cannot write'
	done
}

@test "--shell starts the user's shell under tunic" {
	printf '#!/bin/sh\necho "mine $# $LD_PRELOAD"\n' >shell
	chmod +x shell
	SHELL=$PWD/shell run "$TUNIC" --shell
	assert_status 0
	assert_output "mine 0 $(realpath "$LIBTUNIC")"
}

@test "--shell without SHELL starts /bin/sh" {
	run env -u SHELL "$TUNIC" --shell <<<'readlink /proc/$$/exe'
	assert_output "$(readlink -f /bin/sh)"
	run env SHELL= "$TUNIC" --shell <<<'exit 3'
	assert_status 3
}

@test "--shell and a program together are refused" {
	run --separate-stderr "$TUNIC" --shell true
	assert_status 125
	assert_stderr_says "'true' was given"
}

@test "a program that is nowhere in PATH exits 127" {
	# execvp answers EACCES where PATH has a directory that is locked.
	PATH=/usr/bin:/bin run -127 --separate-stderr "$TUNIC" no-such-program
	assert_stderr_says "'no-such-program' was not found"
	PATH=/usr/bin:/bin run -127 "$TUNIC" ''
}

@test "a path that leads nowhere exits 127" {
	for path in ./none none/none /dev/null/none; do
		run -127 --separate-stderr "$TUNIC" "$path"
		assert_stderr_says "'$path' was not found"
	done
}

@test "PATH is walked as execvp does: what may not be executed is passed over" {
	mkdir a b c
	echo 'not executable' >a/prog
	mkdir b/prog
	script c/prog '#!/bin/sh'
	PATH=$PWD/none:$PWD/a:$PWD/b:$PWD/c:$PATH run "$TUNIC" prog
	assert_output ran
	PATH=$PWD/a:$PWD/b:$PATH run --separate-stderr "$TUNIC" prog
	assert_status 126
	assert_stderr_says "'$PWD/a/prog' was not started: it may not be executed"
}

@test "an empty part of PATH is the current directory" {
	script prog '#!/bin/sh'
	for path in ":/bin" "/bin:" "/bin::/usr/bin"; do
		PATH=$path run "$TUNIC" prog
		assert_output ran
	done
	PATH=/bin:/usr/bin run -127 "$TUNIC" prog
}

@test "without PATH the system's own directories are searched" {
	run env -u PATH "$TUNIC" sh -c 'echo ran'
	assert_output ran
}

@test "a hostile file name cannot forge a line of output" {
	run -127 --separate-stderr "$TUNIC" $'./x\ntunic: all is well\e[2J'
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || fail "forged: $stderr"
	[[ $stderr != *$'\e'* ]] || fail "escape sequence"
}

@test "a file name longer than any path is refused" {
	run --separate-stderr "$TUNIC" "./$(printf '%05000d' 0)"
	assert_status 126
}

@test "a tunic that is setuid, setgid or has capabilities refuses to work" {
	root_only
	needs setpriv setcap
	stage_public
	chmod 4755 "$PLACE/tunic"
	run --separate-stderr as_nobody "$PLACE/tunic" true
	assert_status 125
	assert_stderr_says 'does not run setuid'
	chmod 2755 "$PLACE/tunic"
	run as_nobody "$PLACE/tunic" --print-config
	assert_status 125
	chmod 755 "$PLACE/tunic"
	setcap cap_net_raw+ep "$PLACE/tunic"
	run as_nobody "$PLACE/tunic" true
	assert_status 125
	setcap -r "$PLACE/tunic"
	run as_nobody "$PLACE/tunic" true
	assert_status 0
}

teardown() {
	stage_public_end
}
