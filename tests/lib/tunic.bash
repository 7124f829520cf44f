# SPDX-License-Identifier: MIT
# What every bats suite loads: the built programs, a clean environment, servers, words on failure.
#
#	load ../lib/tunic
#	setup() { tunic_setup; }
#	teardown() { background_end; }
#
# Environment: TUNIC_BUILD names the build directory. Suites that need the private Tor network also
# call tornet_setup; TORNET_ENV names the file that `tornet env` wrote.
# Afterwards: $TUNIC and $LIBTUNIC are the command and the library under test, $TESTS this folder's
# parent; after tornet_setup, each line of that file is a variable, and HTTP_PORT is the port of the
# pages.

bats_require_minimum_version 1.5.0

# shellcheck disable=SC2034 # for the suites
TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The settings of whoever started the tests must not reach the program under test, TUNIC_BUILD
# included. It is kept under another name, since a file is loaded again for each of its tests.
export BUILD_UNDER_TEST=${TUNIC_BUILD:-${BUILD_UNDER_TEST:-}}
TUNIC=$BUILD_UNDER_TEST/tunic
LIBTUNIC=$BUILD_UNDER_TEST/.libs/libtunic.so

environment_clean() {
	local name
	for name in $(compgen -e | grep -E '^(TUNIC|TORSOCKS|TOR|XDG|LD)_|_(proxy|PROXY)$'); do
		unset "$name"
	done
	export LC_ALL=C HOME=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/home
	mkdir -p "$HOME"
}

# fail WORDS...: says why, and fails the test.
fail() {
	echo "$*" >&2
	return 1
}

tunic_setup() {
	environment_clean
	[ -n "$BUILD_UNDER_TEST" ] ||
		fail "TUNIC_BUILD is not set: name the build directory in it" || return
	[ -x "$TUNIC" ] || fail "there is no tunic to test: $TUNIC" || return
	[ -f "$LIBTUNIC" ] || fail "there is no libtunic to test: $LIBTUNIC"
}

# tornet_setup: after tunic_setup; the program under test then talks to the private Tor network.
tornet_setup() {
	[ -n "${TORNET_ENV:-}" ] ||
		fail "TORNET_ENV is not set: name the output of 'tornet env' in it" || return
	[ -s "$TORNET_ENV" ] || fail "there is no Tor network to test with: $TORNET_ENV" || return
	set -a
	# shellcheck source=/dev/null
	. "$TORNET_ENV"
	set +a
	# shellcheck disable=SC2034 # for the suites
	HTTP_PORT=${TORNET_HTTP##*:}
	export TUNIC_PROXY=$TORNET_SOCKS TUNIC_PIPELINE=yes
}

needs() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || fail "$tool is missing: this test needs it" || return
	done
}

# go_build CGO SOURCE: the program of that name; static with CGO 0, and with 1 it asks libc for names.
go_build() {
	local go
	go=$(command -v go || echo /usr/lib/go-*/bin/go)
	needs "$go" gcc || return
	GOCACHE=$BATS_TEST_TMPDIR/cache GO111MODULE=off CGO_ENABLED=$1 "$go" build "$2"
}

# ---- servers ------------------------------------------------------------------------------------

# What a test starts ends with the test, what setup_file starts ends with the file.
background_dir() { echo "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/background"; }

# background NAME COMMAND...: runs it with its output in $(background_log NAME). Away from bats' own
# descriptors, which bats would wait for.
background() {
	local dir name=$1
	dir=$(background_dir)
	mkdir -p "$dir"
	shift
	"$@" </dev/null >"$dir/$name.log" 2>&1 3>&- 4>&- 5>&- &
	echo $! >"$dir/$name.pid"
}

background_log() { echo "$(background_dir)/$1.log"; }

background_end() {
	local file
	for file in "$(background_dir)"/*.pid; do
		[ -f "$file" ] || continue
		kill "$(cat "$file")" 2>/dev/null || true
		rm -f "$file"
	done
}

# wait_until SECONDS COMMAND...: fails when time is over. SLOWNESS in the environment says how many times
# slower this machine is than others: an emulated one, say.
wait_until() {
	local deadline=$((SECONDS + $1 * ${SLOWNESS:-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -le $deadline ] || fail "gave up waiting for: $*" || return
		sleep 0.05
	done
}

# port_free: a TCP port of loopback at which nobody listens.
port_free() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# tcp_answers HOST PORT: is somebody listening there?
tcp_answers() { (exec 9<>"/dev/tcp/$1/$2") 2>/dev/null; }

# ---- what was seen, judged ----------------------------------------------------------------------

# After `run` or `run --separate-stderr`.
# shellcheck disable=SC2154 # bats sets them
seen() {
	printf 'status: %s\noutput:\n%s\n' "$status" "$output" >&2
	[ -z "${stderr:-}" ] || printf 'stderr:\n%s\n' "$stderr" >&2
}

assert_status() {
	[ "$status" -eq "$1" ] || { seen; fail "expected status $1"; }
}

assert_failure() {
	[ "$status" -ne 0 ] || { seen; fail "expected a failure"; }
}

assert_output() {
	[ "$output" = "$1" ] || { seen; fail "expected output: $1"; }
}

# The next four match in any case of letters: sentences are for people.
assert_output_has() {
	grep -qiF -e "$1" <<<"$output" || { seen; fail "expected in output: $1"; }
}

refute_output_has() {
	! grep -qiF -e "$1" <<<"$output" || { seen; fail "not expected in output: $1"; }
}

assert_stderr_has() {
	grep -qiF -e "$1" <<<"$stderr" || { seen; fail "expected on stderr: $1"; }
}

refute_stderr_has() {
	! grep -qiF -e "$1" <<<"$stderr" || { seen; fail "not expected on stderr: $1"; }
}

# assert_stderr_says PATTERN: an extended regular expression on a line of tunic's own.
assert_stderr_says() {
	grep -qiE -e "^tunic: .*($1)" <<<"$stderr" || { seen; fail "expected on a line of tunic's: $1"; }
}
