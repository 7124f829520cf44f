# SPDX-License-Identifier: MIT
# The bare system is the specification: a program runs with and without the library, and what it prints is
# the same.
#
# Environment: TUNIC_SANITIZED names libasan.so where the library was built with sanitizers; it has to be
# loaded first.
# Afterwards: `program NAME` is the path of a program of this folder; `port NAME` the port of a server of
# tests/servers/faults.py, after servers_start in setup_file.

# The clean environment of tests/lib knows no such setting.
export SANITIZED=${TUNIC_SANITIZED:-${SANITIZED:-}}

program() { echo "$BUILD_UNDER_TEST/tests/preload/$1"; }

# What both run inside of: nothing, or namespaces (see names_private).
INSIDE=()

# shimmed COMMAND...: with the library.
shimmed() { bare env LD_PRELOAD="${SANITIZED:+$SANITIZED }$LIBTUNIC" "$@"; }

bare() { "${INSIDE[@]}" env ASAN_OPTIONS=detect_leaks=0 "$@"; }

# traced CALLS COMMAND...: the same with the system calls of that kind written to the file $CALLS.
traced() {
	CALLS=$BATS_TEST_TMPDIR/calls
	bare strace -f -qq -e trace="$1" -o "$CALLS" \
		-E LD_PRELOAD="${SANITIZED:+$SANITIZED }$LIBTUNIC" "${@:2}"
}

# names_private: reads a hosts file from standard input. What follows runs where that is /etc/hosts and the
# only source of names, and where the machine has global addresses of both families. The network is a
# private one: only unix sockets reach the servers.
names_private() {
	local options=-mn
	needs unshare ip mount || return
	[ "$(id -u)" -eq 0 ] || options=-rmn
	cat >"$BATS_TEST_TMPDIR/hosts"
	echo 'hosts: files' >"$BATS_TEST_TMPDIR/nsswitch.conf"
	# shellcheck disable=SC2016
	INSIDE=(unshare "$options" sh -eu -c '
		mount --bind "$1/hosts" /etc/hosts
		mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf
		ip link set lo up
		ip address add 192.0.2.1/32 dev lo
		ip address add 2001:db8:1::1/128 dev lo nodad
		shift
		exec "$@"' sh "$BATS_TEST_TMPDIR")
}

# same COMMAND...: the same output, messages and status with the library as without.
same() { same_but '' "$@"; }

# same_but PATTERN COMMAND...: without looking at the lines of output that match.
same_but() {
	local dir=$BATS_TEST_TMPDIR/same but=${1:-$'\001'} bare=0 shim=0
	shift
	mkdir -p "$dir"
	bare timeout 120 "$@" >"$dir/bare.all" 2>"$dir/bare.err" || bare=$?
	shimmed timeout 120 "$@" >"$dir/shimmed.all" 2>"$dir/shimmed.err" || shim=$?
	grep -av -e "$but" "$dir/bare.all" >"$dir/bare" || true
	grep -av -e "$but" "$dir/shimmed.all" >"$dir/shimmed" || true
	diff -u "$dir/bare" "$dir/shimmed" >"$dir/diff" || {
		head -n 40 "$dir/diff" "$dir/shimmed.err"
		fail "other output: $*" || return
	}
	# Addresses of stacks that the program has made for itself.
	sed -i '/ASan is ignoring requested __asan_handle_no_return/d' "$dir/bare.err" "$dir/shimmed.err"
	diff -u "$dir/bare.err" "$dir/shimmed.err" || fail "other messages: $*" || return
	[ "$bare" -eq "$shim" ] || fail "status $bare became $shim: $*"
}

# both_ways NAME ARGUMENTS...: the program of that name is the same, stepwise and in one turn. BUT is a pattern of
# lines not to be looked at.
both_ways() {
	local way
	for way in no yes; do
		TUNIC_PIPELINE=$way same_but "${BUT:-}" "$(program "$1")" "${@:2}"
	done
}

# place_start: in setup_file, after tunic_setup: the machine of its own that `place` makes.
place_start() {
	needs python3 unshare nsenter || return
	background place "$TESTS/preload/place" "$BATS_FILE_TMPDIR"
	wait_until 20 test -s "$BATS_FILE_TMPDIR/place" ||
		fail "no place: $(cat "$(background_log place)")"
}

# place_enter: in setup, after tunic_setup: what follows runs there, with its relay for the proxy.
place_enter() {
	local there
	read -ra there <"$BATS_FILE_TMPDIR/place"
	INSIDE=(nsenter "${there[@]}")
	settle PROXY="127.0.0.1:$(port relay)"
	requests_forget
}

# servers_start: in setup_file, after tunic_setup.
servers_start() {
	needs python3 || return
	background servers python3 "$TESTS/servers/faults.py" "$BATS_FILE_TMPDIR"
	wait_until 20 test -s "$BATS_FILE_TMPDIR/ports" ||
		fail "no servers: $(cat "$(background_log servers)")"
}

port() { sed -n "s/^$1 //p" "$BATS_FILE_TMPDIR/ports"; }

# through PROXY: tunnels even loopback, to the server of that name ("relay.sock": on its unix socket).
through() {
	case $1 in
	relay.sock) settle PROXY="unix:$BATS_FILE_TMPDIR/relay.sock" ;;
	relay6) settle PROXY="[::1]:$(port relay6)" ;;
	*) settle PROXY="127.0.0.1:$(port "$1")" ;;
	esac
	settle LOCAL=tunnel
}

# settle NAME=VALUE...: settings for the library.
settle() { export "${@/#/TUNIC_}"; }

# requests: what the proxies were asked, one line each (tests/servers/faults.py).
requests() { cat "$BATS_FILE_TMPDIR/requests"; }
requests_forget() { : >"$BATS_FILE_TMPDIR/requests"; }
