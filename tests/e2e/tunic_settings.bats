#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where the settings of a run come from, which of two wins, what is an error, and what the program gets.

# Scripts in single quotes are for the shells under test; $stderr comes from bats.
# shellcheck disable=SC2016,SC2154

load ../lib/tunic
load staging

setup() {
	tunic_setup
	cd "$BATS_TEST_TMPDIR" || return
	CONF=$HOME/.config/tunic/tunic.conf
	mkdir -p "${CONF%/*}"
}

teardown() {
	stage_public_end
}

# assert_setting KEY VALUE ORIGIN: in the output of --print-config.
assert_setting() {
	local shown
	shown=$(grep -B1 "^$1 = " <<<"$output") || { seen; fail "no $1"; }
	[ "$shown" = $'# '"$3"$'\n'"$1 = $2" ] || { seen; fail "$1 is not $2 from $3"; }
}

assert_refused() {
	assert_status 125
	assert_output ''
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || fail "more than a line: $stderr"
}

# with_system_file FILE ARGUMENTS...: tunic where FILE is /etc/tunic.conf.
with_system_file() {
	mkdir -p etc
	cp "$1" etc/tunic.conf
	in_own_mounts 'mount --bind "$1" /etc; shift; exec "$@"' "$PWD/etc" "$TUNIC" "${@:2}"
}

options() {
	sed -n 's/^OPTION(\([a-z0-9_]*\),.*/\1/p' "$TESTS/../src/core/options.def"
}

@test "--print-config shows every setting once, and where it comes from" {
	run "$TUNIC" --print-config
	assert_status 0
	[ "$(grep -c . <<<"$output")" -eq $((2 * $(options | wc -l))) ] || { seen; fail "lines"; }
	for key in $(options); do
		[ "$(grep -cE "^(# )?$key =" <<<"$output")" -eq 1 ] || { seen; fail "$key"; }
	done
	assert_setting proxy 127.0.0.1:9050 default
	assert_setting local refuse default
}

@test "each source is named, and each is stronger than the one before" {
	echo 'timeout = 1' >system.conf
	run with_system_file system.conf --print-config
	assert_setting timeout 1 /etc/tunic.conf:1

	printf '# mine\ntimeout = 2\n' >"$CONF"
	run with_system_file system.conf --print-config
	assert_setting timeout 2 "$CONF:2"

	export TUNIC_TIMEOUT=3
	run with_system_file system.conf --print-config
	assert_setting timeout 3 'environment TUNIC_TIMEOUT'

	run with_system_file system.conf --timeout=4 --print-config
	assert_setting timeout 4 'command line --timeout'
}

@test "settings of different sources go together" {
	printf 'tag = system\nisolate = run\nnames = fake\n' >system.conf
	echo 'tag = user' >"$CONF"
	TUNIC_NAMES=resolve run with_system_file system.conf --print-config
	assert_setting tag user "$CONF:1"
	assert_setting isolate run /etc/tunic.conf:2
	assert_setting names resolve 'environment TUNIC_NAMES'
}

@test "a named file stands in for the usual ones" {
	echo 'tag = system' >system.conf
	echo 'isolate = run' >"$CONF"
	echo 'timeout = 9' >named.conf
	run with_system_file system.conf --config named.conf --print-config
	assert_setting timeout 9 named.conf:1
	assert_setting isolate program default
	assert_output_has '# tag ='
	TUNIC_CONFIG=$PWD/named.conf run "$TUNIC" --print-config
	assert_setting timeout 9 "$PWD/named.conf:1"
}

@test "--config goes before TUNIC_CONFIG" {
	echo 'timeout = 9' >named.conf
	TUNIC_CONFIG=$PWD/none run "$TUNIC" --config=named.conf --print-config
	assert_status 0
	assert_setting timeout 9 named.conf:1
}

@test "XDG_CONFIG_HOME moves the user's file" {
	mkdir -p xdg/tunic
	echo 'tag = moved' >xdg/tunic/tunic.conf
	echo 'tag = home' >"$CONF"
	XDG_CONFIG_HOME=$PWD/xdg run "$TUNIC" --print-config
	assert_setting tag moved "$PWD/xdg/tunic/tunic.conf:1"
}

@test "short options stand for long ones, and the last of two wins" {
	run "$TUNIC" -p '[::1]:9150' -t a -t b -i destination -q -v --print-config
	assert_setting proxy '[::1]:9150' 'command line --proxy'
	assert_setting tag b 'command line --tag'
	assert_setting isolate destination 'command line --isolate'
	assert_setting log info 'command line --log'
	run "$TUNIC" -vq --print-config
	assert_setting log quiet 'command line --log'
}

@test "what --print-config prints is a configuration file with the same outcome" {
	run "$TUNIC" -p unix:/run/tor/socks -t 'a # b' --log-file=/tmp/x --local=direct --print-config
	printf '%s\n' "$output" >printed.conf
	before=$(grep -v '^#' printed.conf)
	run "$TUNIC" --config=printed.conf --print-config
	assert_status 0
	[ "$(grep -v '^#' <<<"$output")" = "$before" ] || { seen; fail "another outcome"; }
}

@test "an unknown key is an error with file, line and text" {
	printf 'tag = x\nprxy = 127.0.0.1:1\n' >"$CONF"
	run --separate-stderr "$TUNIC" true
	assert_refused
	assert_stderr_says "$CONF:2: 'prxy'"
}

@test "a bad value is an error with its place and text" {
	echo 'isolate = sometimes' >"$CONF"
	run --separate-stderr "$TUNIC" true
	assert_refused
	assert_stderr_says "$CONF:1: .*'sometimes'"
	rm "$CONF"
	TUNIC_TIMEOUT=soon run --separate-stderr "$TUNIC" true
	assert_refused
	assert_stderr_says "TUNIC_TIMEOUT.*'soon'"
	run --separate-stderr "$TUNIC" --proxy=localhost:9050 true
	assert_refused
	assert_stderr_says "--proxy.*'localhost:9050'"
}

@test "a bad value is an error even where a stronger source sets another" {
	echo 'timeout = never' >"$CONF"
	run --separate-stderr "$TUNIC" --timeout=5 true
	assert_refused
}

@test "an unknown TUNIC_ variable is an error" {
	TUNIC_PRXY=x run --separate-stderr "$TUNIC" true
	assert_refused
	assert_stderr_says "TUNIC_PRXY"
}

@test "a named file that is missing is an error" {
	run --separate-stderr "$TUNIC" --config=none.conf true
	assert_refused
	assert_stderr_says none.conf
	TUNIC_CONFIG=$PWD/none.conf run --separate-stderr "$TUNIC" true
	assert_refused
	assert_stderr_says none.conf
}

@test "a usual file that is missing is none" {
	rm -rf "$HOME/.config"
	run "$TUNIC" true
	assert_status 0
	echo 'a file' >"$HOME/.config"
	run "$TUNIC" true
	assert_status 0
}

@test "a configuration that is a directory is an error" {
	mkdir "$CONF"
	run --separate-stderr "$TUNIC" true
	assert_refused
	assert_stderr_says "tunic.conf.*directory"
}

@test "a configuration that is too long is an error, and never read by half" {
	head -c 65536 /dev/zero | tr '\0' '\n' >long.conf
	run "$TUNIC" --config=long.conf true
	assert_status 0
	echo >>long.conf
	run --separate-stderr "$TUNIC" --config=long.conf true
	assert_refused
	assert_stderr_says 'long.conf.*longer'
}

@test "a usual file that is there but unreadable is an error" {
	needs setpriv
	stage_public
	mkdir -p "$PLACE/home/.config/tunic"
	echo 'tag = x' >"$PLACE/home/.config/tunic/tunic.conf"
	run as_nobody "$PLACE/tunic" true
	assert_status 0
	chmod 000 "$PLACE/home/.config/tunic/tunic.conf"
	run --separate-stderr as_nobody "$PLACE/tunic" true
	assert_refused
	assert_stderr_says 'tunic.conf.*Permission denied'
}

@test "a named pipe as a configuration is an error, and nobody waits at it" {
	mkfifo pipe.conf
	run --separate-stderr timeout 20 "$TUNIC" --config pipe.conf true
	assert_status 125
	assert_stderr_says "pipe.conf.*no file"
	TUNIC_CONFIG=$PWD/pipe.conf LD_PRELOAD=$LIBTUNIC run --separate-stderr timeout 20 true
	assert_stderr_says "pipe.conf.*no file"
}

@test "a configuration can come through a pipe" {
	run bash -c '"$0" --config=<(echo "tag = piped") --print-config' "$TUNIC"
	assert_status 0
	assert_output_has 'tag = piped'
}

@test "the program gets as TUNIC_ variables what is not the default, and nothing else" {
	printf 'tag = x\ntimeout = 120\n' >named.conf
	TUNIC_CONFIG=$PWD/named.conf TUNIC_LOCAL=refuse TUNIC_ISOLATE=run run "$TUNIC" -q env
	assert_status 0
	seen=$(grep ^TUNIC_ <<<"$output" | grep -vE '^TUNIC_(RUN|POOL)=' | sort)
	[ "$seen" = $'TUNIC_ISOLATE=run\nTUNIC_LOG=quiet\nTUNIC_TAG=x' ] || { seen; fail "settings"; }
}

@test "each run has an identity of its own, of 32 hexadecimal digits" {
	first=$("$TUNIC" printenv TUNIC_RUN)
	second=$("$TUNIC" printenv TUNIC_RUN)
	[[ $first =~ ^[0-9a-f]{32}$ ]] || fail "$first"
	[ "$first" != "$second" ] || fail "twice $first"
}

@test "a tunic in a tunic keeps the run and the settings, but for those that it is given" {
	run "$TUNIC" -t outer --timeout=7 sh -c 'echo $TUNIC_RUN; "$0" -t inner env' "$TUNIC"
	assert_status 0
	assert_output_has "TUNIC_RUN=${lines[0]}"
	assert_output_has TUNIC_TAG=inner
	assert_output_has TUNIC_TIMEOUT=7
	run "$TUNIC" -i none "$TUNIC" -i program printenv TUNIC_ISOLATE
	assert_status 1
}

@test "inside a run the files have no say any more" {
	run "$TUNIC" sh -c 'echo "tag = afterwards" >"$1"; "$0" --print-config' "$TUNIC" "$CONF"
	assert_status 0
	refute_output_has afterwards
	run "$TUNIC" "$TUNIC" --config="$CONF" true
	assert_status 125
}

@test "a TUNIC_RUN that no tunic made is an error" {
	for run in x ../../../etc/passwd 0123456789ABCDEF0123456789ABCDEF; do
		TUNIC_RUN=$run run --separate-stderr "$TUNIC" true
		assert_refused
		assert_stderr_says TUNIC_RUN
	done
}
