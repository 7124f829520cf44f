# SPDX-License-Identifier: MIT
# For the suites about the guard: programs that the library cannot be in, a proxy, and tunic with the guard.

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
	run --separate-stderr timeout 60 "$TUNIC" "$@"
}
