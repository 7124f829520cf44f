# SPDX-License-Identifier: MIT
# For the suites about the guard: programs that the library cannot be in, a proxy, and tunic with the guard.
#
#	load ../lib/tunic
#	load guarded
#
# A file whose tests need something else in their setup has one of its own, with guarded_setup in it.

setup_file() {
	tunic_setup
	programs_build
}

setup() {
	guarded_setup
	# shellcheck disable=SC2119 # without options of its own
	proxy
}

teardown() { background_end; }

# programs_build: the kinds of client, into the file's own folder; and `past`, `without`.
programs_build() {
	needs gcc musl-gcc
	cd "$BATS_FILE_TMPDIR" || return
	gcc -O2 -D_GNU_SOURCE -o dynamic "$TESTS/guard/client.c" -lpthread
	# Static glibc says that it wants its shared parts for names, which it has here.
	gcc -O2 -D_GNU_SOURCE -static -o static "$TESTS/guard/client.c" -lpthread 2>warnings
	gcc -O2 -D_GNU_SOURCE -DRAW -o raw "$TESTS/guard/client.c" -lpthread
	musl-gcc -O2 -D_GNU_SOURCE -static -o musl "$TESTS/guard/client.c"
	musl-gcc -O2 -D_GNU_SOURCE -o musl-dynamic "$TESTS/guard/client.c"
	gcc -O2 -static -o past "$TESTS/guard/past.c"
	gcc -O2 -D_GNU_SOURCE -o without "$TESTS/guard/without.c"
}

# guarded_setup: in the folder of the programs, with the guard. GUARD_UNDER_TEST=off shows which tests it carries.
guarded_setup() {
	tunic_setup
	cd "$BATS_FILE_TMPDIR" || return
	export TUNIC_GUARD=${GUARD_UNDER_TEST:-on}
}

# proxy OPTIONS...: a proxy that grants everything and sends back what it gets; $TUNIC_PROXY is where.
# shellcheck disable=SC2120 # some tests have options for it
proxy() {
	background proxy "$BUILD_UNDER_TEST/tests/servers/socks_sink" "$@"
	proxy_find
}

# proxy_that_stops_reading: it grants one connection, without credentials and stepwise, and reads nothing that comes on it.
proxy_that_stops_reading() {
	needs python3
	background proxy python3 -uc '
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
s.bind(("127.0.0.1", 0)); s.listen(); print("port", s.getsockname()[1])
c = s.accept()[0]; c.recv(3); c.sendall(b"\5\0"); c.recv(10); c.sendall(b"\5\0\0\1" + bytes(6))
s.accept()'
	proxy_find
}

proxy_find() {
	wait_until 10 grep -q . "$(background_log proxy)"
	TUNIC_PROXY=$(sed 's/^port /127.0.0.1:/; s/^unix /unix:/' "$(background_log proxy)")
	export TUNIC_PROXY
}

# answers FILE: a server on this machine, which notes each connection in FILE; its port is in $PORT.
answers() {
	needs python3
	: >"$1"
	background server python3 -uc '
import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64); print(s.getsockname()[1])
while True:
    s.accept()[0].close(); open(sys.argv[1], "a").write("connection\n")' "$1"
	wait_until 10 grep -q . "$(background_log server)"
	# shellcheck disable=SC2034 # for the test
	PORT=$(cat "$(background_log server)")
}

# guarded PROGRAM...: under tunic, with an end.
guarded() {
	run --separate-stderr timeout $((60 * ${SLOWNESS:-1})) "$TUNIC" "$@"
	expected_lack_drop
}

# kernel_since VERSION: is this kernel that one, or a newer one?
kernel_since() { printf '%s\n' "$1" "$(uname -r)" | sort -CV; }

# kernel_needed VERSION WHAT: for a test of what older kernels do not have.
kernel_needed() { kernel_since "$1" || skip "$2 needs Linux $1"; }

race_kernel_needed() { kernel_needed 6.7 "that it is never won"; }

jail_kernel_needed() { kernel_needed 5.14 "a jail for datagrams"; }

# What the kernel is too old for is told in a line of each run. missing.bats sees to that line; all others are
# about what is said besides.
expected_lack_drop() {
	kernel_since 6.7 || stderr=$(sed '/^tunic: guard: .*this kernel has no Landlock rules/d' <<<"$stderr")
}

# interrupted COUNT: so many connections beside a timer's signals, whose handler says whether they interrupt; none is
# lost.
# shellcheck disable=SC2154 # $output comes from bats
interrupted() {
	local program
	for program in static dynamic; do
		guarded ./$program timer 192.0.2.1 80 "$1"
		[[ $output == "$1 of $1" || $output == "$1 of $1 EINTR" ]] || { seen; return 1; }
		guarded ./$program timer 192.0.2.1 80 "$1" restart
		assert_output "$1 of $1"
	done
}
