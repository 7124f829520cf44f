#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Under the seal a program is in a network where there is nobody, and is carried out of it to the proxy alone.

# Scripts in single quotes are for the shells inside; $stderr comes from bats.
# shellcheck disable=SC2016,SC2154

load ../lib/tunic
load guarded

setup() {
	jail_kernel_needed
	guarded_setup
	export TUNIC_GUARD=seal
	proxy
}

# python CODE ARGUMENTS...: a program that the library is not in.
python() {
	needs python3
	guarded ./past "$(command -v python3)" -c "import os, socket, sys; $1" "${@:2}"
}

# beside COMMAND...: in the network of a sealed program, without filter and library: as if no system call were known.
beside() {
	needs nsenter
	[ -s "$(background_log sealed)" ] || background sealed "$TUNIC" sh -c 'echo $$; exec sleep 300'
	wait_until 10 grep -q . "$(background_log sealed)"
	run --separate-stderr timeout 60 nsenter "--net=/proc/$(cat "$(background_log sealed)")/ns/net" "$@"
}

# as_user COMMAND...: by somebody who is not root, in a folder that everybody may read.
as_user() {
	needs setpriv
	[ "$(id -u)" -eq 0 ] || { guarded "$@"; return; }
	PLACE=$(mktemp -d /var/tmp/tunic-test.XXXXXX)
	chmod 755 "$PLACE"
	mkdir "$PLACE/.libs"
	cp "$TUNIC" static dynamic "$PLACE"
	cp "$LIBTUNIC" "$PLACE/.libs"
	run --separate-stderr timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups \
		env --chdir="$PLACE" HOME=/nonexistent ./tunic "$@"
	rm -rf "$PLACE"
}

# ---- it is carried to the proxy

@test "a program of any kind is carried to the proxy, waiting or not" {
	for program in static musl musl-dynamic raw dynamic "past ./dynamic"; do
		# shellcheck disable=SC2086 # words are wanted
		for address in 192.0.2.1 2001:db8::1; do
			guarded ./$program connect $address 80 20
			assert_output '20 of 20'
			guarded ./$program nonblocking $address 80 50
			assert_output '50 of 50 EINPROGRESS'
			[ -z "$stderr" ] || { seen; fail "there were words"; }
		done
	done
}

@test "those that do not wait wait beside each other" {
	background_end
	proxy --delay=1000
	for program in static dynamic; do
		run --separate-stderr timeout 20 "$TUNIC" ./$program nonblocking 192.0.2.1 80 50
		assert_output '50 of 50 EINPROGRESS'
	done
}

@test "a Go program is carried, by address and by name" {
	go_build 0 "$TESTS/guard/dialling.go"
	guarded ./dialling 192.0.2.1:80 8
	assert_output '8 of 8'
	guarded ./dialling sink.example:80 8
	assert_output '8 of 8'
}

@test "a program of 32 bits is carried, and so are its datagrams to the resolver" {
	[ "$(uname -m)" = x86_64 ] || skip "there are none for this machine"
	gcc -m32 -static -O2 -D_GNU_SOURCE -o narrow-static "$TESTS/guard/client.c" -lpthread 2>warnings
	guarded ./narrow-static connect 192.0.2.1 80 20
	assert_output '20 of 20'
	guarded ./narrow-static name sink.example 80
	assert_output '1 of 1'
}

@test "signals interrupt it, or do not, as their handlers say; and no connection is lost" {
	interrupted 500
}

@test "names are asked of the proxy: by any libc, by dig, and by curl with an emptied environment" {
	needs dig curl
	for program in static musl dynamic; do
		guarded ./$program name sink.example 80
		assert_output '1 of 1'
	done
	guarded dig +short @192.0.2.53 sink.example
	assert_output '198.51.100.99'
	guarded ./past "$(command -v dig)" +tcp +short sink.example
	assert_output '198.51.100.99'
	guarded ./past "$(command -v getent)" ahostsv4 sink.example
	assert_output_has '198.51.100.99'
	background_end
	proxy --source=100000
	guarded ./past "$(command -v curl)" -sS --http0.9 -o page http://abcdefgh.sink.example/
	[ "$(wc -c <page)" -eq 100000 ] || { seen; fail "the page has $(wc -c <page) bytes"; }
}

@test "a megabyte comes back whole, whichever way it is carried" {
	local code='
s = socket.create_connection(("192.0.2.1", 80)); data = os.urandom(1 << 20); back = b""
if os.fork() == 0:
    s.sendall(data); os._exit(0)
while len(back) < len(data):
    back += s.recv(65536) or sys.exit("cut off")
print(back == data)'
	python "$code"
	assert_output True
	guarded python3 -c "import os, socket, sys; $code"
	assert_output True
}

@test "a proxy on a unix socket is reached by its path" {
	background_end
	proxy --unix="$BATS_TEST_TMPDIR/proxy"
	for program in static dynamic; do
		guarded ./$program connect 192.0.2.1 80 20
		assert_output '20 of 20'
		guarded ./$program nonblocking 2001:db8::1 80 20
		assert_output '20 of 20 EINPROGRESS'
	done
}

@test "what a program is told of its peer is what it is told without the seal" {
	local code='print(*socket.create_connection(("192.0.2.1", 80)).getpeername())'
	python "$code"
	assert_output "${TUNIC_PROXY/:/ }"
	guarded python3 -c "import socket; $code"
	assert_output '192.0.2.1 80'
}

@test "where there is no proxy connections fail, and a line says so" {
	TUNIC_PROXY=127.0.0.1:1 guarded ./static connect 192.0.2.1 80 2
	assert_output '0 of 2 ECONNREFUSED'
	assert_stderr_says 'guard: cannot reach the proxy 127.0.0.1:1: Connection refused'
	TUNIC_PROXY=127.0.0.1:1 guarded ./dynamic connect 192.0.2.1 80 2
	assert_output '0 of 2 ECONNREFUSED'
	assert_stderr_says 'dynamic: cannot reach the proxy 127.0.0.1:1: Connection refused'
}

# ---- nothing else leaves

@test "a system call that the filter does not know leads nowhere" {
	beside ./static connect "${TUNIC_PROXY%:*}" "${TUNIC_PROXY#*:}"
	assert_output '0 of 1 ECONNREFUSED'
	run ./static connect "${TUNIC_PROXY%:*}" "${TUNIC_PROXY#*:}"
	assert_output '0 of 1 EPROTO' # somebody is there
	beside ./static connect 192.0.2.1 80
	assert_output '0 of 1 ECONNREFUSED'
	beside ./static datagram 192.0.2.1 443
	assert_output '0 of 1 ECONNREFUSED'
}

@test "without Landlock, too, a thread that exchanges descriptor and address gains nothing" {
	answers "$BATS_TEST_TMPDIR/connections"
	run --separate-stderr timeout 60 ./without landlock "$TUNIC" ./static race "$PORT" 20000
	assert_output '0 of 20000'
	[ ! -s "$BATS_TEST_TMPDIR/connections" ] || fail "connections were made"
}

@test "a datagram goes nowhere, and is told so at once" {
	for program in static musl dynamic; do
		guarded ./$program datagram 192.0.2.1 443
		assert_output '0 of 1 ECONNREFUSED'
	done
}

@test "addresses and routes of this machine are not to be seen" {
	needs ip
	guarded ip -brief link
	[[ $output == lo\ * && $output != *$'\n'* ]] || { seen; return 1; }
	guarded cat /proc/net/route /proc/net/arp
	refute_output_has 0x
}

@test "a socket of another network is refused, be it inherited or handed over" {
	local give='
import socket, sys
listener = socket.socket(socket.AF_UNIX); listener.bind(sys.argv[1]); listener.listen()
print("ready", flush=True)
peer = listener.accept()[0]
outside = socket.socket(); socket.send_fds(peer, [b"x"], [outside.fileno()])
peer.recv(1)'
	needs python3
	background giver python3 -c "$give" "$BATS_TEST_TMPDIR/giver"
	wait_until 10 grep -q ready "$(background_log giver)"
	python 's = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
print(socket.socket(fileno=socket.recv_fds(s, 1, 1)[1][0]).connect_ex(("192.0.2.1", 80)))' "$BATS_TEST_TMPDIR/giver"
	assert_output 101 # ENETUNREACH
	assert_stderr_says 'refused a socket of another network'
	run --separate-stderr python3 -c 'import os, socket, sys
outside = socket.socket(); os.dup2(outside.fileno(), 9); os.execv(sys.argv[1], sys.argv[1:])' "$TUNIC" ls /proc/self/fd
	refute_output_has 9
	assert_stderr_says 'closed the inherited descriptor 9: refused a socket of another network'
}

@test "a program in a network of its own making is refused there" {
	needs unshare
	guarded unshare --user --net ./static connect 192.0.2.1 80
	assert_output '0 of 1 ENETUNREACH'
}

# ---- what is inside

@test "it may listen to itself, and nobody else is heard" {
	local code='
s = socket.create_server(("0.0.0.0", 0)); port = s.getsockname()[1]
print(port, flush=True)
if os.fork() == 0:
    s.accept()[0].sendall(b"inside"); os._exit(0)
print(socket.create_connection(("127.0.0.1", port)).recv(6).decode(), flush=True)
os.wait()
print(open(sys.argv[1]).read())'
	mkfifo fifo
	background inside "$TUNIC" --local=direct ./past "$(command -v python3)" -c "import os, socket, sys; $code" fifo
	wait_until 10 grep -q inside "$(background_log inside)"
	run tcp_answers 127.0.0.1 "$(head -1 "$(background_log inside)")"
	assert_failure
	timeout 10 sh -c 'echo over >fifo'
}

@test "this machine outside is not to be reached, whatever local says" {
	guarded ./static connect 127.0.0.1 22
	assert_output '0 of 1 ECONNREFUSED'
	assert_stderr_says 'refused a connection to this machine \(127.0.0.1:22\)'
	needs python3
	background server python3 -uc 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1]); s.accept()'
	wait_until 10 grep -q . "$(background_log server)"
	guarded --local=direct ./static connect 127.0.0.1 "$(cat "$(background_log server)")"
	assert_output '0 of 1 ECONNREFUSED'
}

@test "unix sockets of paths lead outside, abstract ones do not" {
	local serve='
import socket, sys
s = [socket.socket(socket.AF_UNIX) for name in sys.argv[1:]]
for each, name in zip(s, sys.argv[1:]):
    each.bind(name.replace("@", "\0")); each.listen()
print("ready", flush=True)
s[0].accept()'
	local ask='print(*(socket.socket(socket.AF_UNIX).connect_ex(name.replace("@", "\0")) for name in sys.argv[1:]))'
	needs python3
	background server python3 -c "$serve" "$BATS_TEST_TMPDIR/socket" "@$BATS_TEST_TMPDIR"
	wait_until 10 grep -q ready "$(background_log server)"
	python "$ask" "$BATS_TEST_TMPDIR/socket" "@$BATS_TEST_TMPDIR"
	assert_output '0 111' # ECONNREFUSED
}

@test "root's programs see whose files are whose, and may become others" {
	[ "$(id -u)" -eq 0 ] || skip "that is root's"
	needs setpriv
	guarded sh -c 'stat -c %u /etc/passwd; setpriv --reuid=65534 --clear-groups id -u'
	assert_output $'0\n65534'
}

@test "an ordinary user stays who he is, and what is root's is nobody's" {
	as_user sh -c 'id -u; id -g; stat -c %u /etc/passwd; ./static connect 192.0.2.1 80; ./dynamic name sink.example 80'
	[[ $output == *$'\n65534\n1 of 1\n1 of 1' ]] || { seen; return 1; }
	[ "$(id -u)" -ne 0 ] || [[ $output == $'65534\n65534\n'* ]] || { seen; return 1; }
}

# ---- whether it is to be had

@test "where there are no namespaces, or descriptors cannot be had, nothing is started, and a line says so" {
	for lack in "namespaces: no namespace of its own" "pidfd_getfd: descriptors cannot be duplicated"; do
		run --separate-stderr timeout 60 ./without "${lack%%:*}" "$TUNIC" ./dynamic connect 192.0.2.1 80
		assert_status 125
		assert_output ''
		assert_stderr_says "guard: the seal cannot be had here:${lack#*:}"
		assert_stderr_has 'hint: guard = on needs less'
		[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
	done
}

@test "a tunic inside is under the seal, and one that wants it in a run without is refused" {
	guarded "$TUNIC" ./static connect 192.0.2.1 80
	assert_output '1 of 1'
	guarded --guard=on "$TUNIC" --guard=seal ./static connect 192.0.2.1 80
	assert_status 125
	assert_stderr_says 'this run is guarded and not sealed'
}

@test "-v says what is in force" {
	local landlock=
	! kernel_since 6.7 || landlock=' Landlock,'
	guarded -v true
	assert_stderr_says "guard: in force: connections on behalf,$landlock sealed in a network of its own"
}
