#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that the library cannot be in look names up by the resolver of the jail, and their datagrams go nowhere.

# $stderr comes from bats.
# shellcheck disable=SC2154

load ../lib/tunic
load guarded

setup() {
	jail_kernel_needed
	guarded_setup
	proxy
}

@test "a name is asked of the proxy, whichever libc the program has" {
	for program in static musl dynamic; do
		guarded ./$program name sink.example 80
		assert_output '1 of 1'
	done
}

@test "an onion name is connected to by name" {
	guarded ./static name abcdefgh.onion 80
	assert_output '1 of 1'
}

@test "with names = fake nobody is asked" {
	needs dig
	guarded --names=fake dig +short sink.example
	[[ $output == 127.* ]] || { seen; return 1; }
}

@test "a name of this network is told to nobody" {
	guarded ./static name printer 80
	assert_output $'no such name\n0 of 1'
	assert_stderr_says 'refused to look up a name of the local network'
}

@test "dig gets an answer from whatever server it asks, for a name and for an address" {
	needs dig
	guarded dig +short @192.0.2.53 sink.example
	assert_output '198.51.100.99'
	guarded dig +short @2001:db8::53 sink.example
	assert_output '198.51.100.99'
	guarded dig +short -x 198.51.100.7
	assert_output 'sink.example.'
}

# name_server: the first of the system's, or what is asked where there is none.
name_server() {
	local address
	address=$(sed -n 's/^nameserver[[:blank:]]*//p' /etc/resolv.conf | head -n 1)
	echo "${address:-127.0.0.1}"
}

@test "the system's name servers are asked over TCP, with the library and without" {
	needs dig
	guarded ./past "$(command -v dig)" +tcp +short "@$(name_server)" sink.example
	assert_output '198.51.100.99'
	guarded dig +tcp +short "@$(name_server)" sink.example abcdefgh.onion -x 198.51.100.7
	[[ $output == 198.51.100.99$'\n'127.*$'\n'sink.example. ]] || { seen; return 1; }
	RES_OPTIONS=use-vc guarded ./static name sink.example 80
	assert_output '1 of 1'
}

@test "what is no message closes a connection to a name server, and a cut one waits" {
	needs python3
	guarded ./past "$(command -v python3)" -c '
import socket, sys
query = bytes.fromhex("00070100000100000000000004736966660465786d700000010001")
def ask(*parts):
    s = socket.create_connection((sys.argv[1], 53))
    s.settimeout(20)
    for part in parts:
        s.sendall(part)
    return s
framed = len(query).to_bytes(2, "big") + query
split = ask(framed[:1], framed[1:9], framed[9:] + framed[:5], framed[5:])
for _ in range(2):
    length = int.from_bytes(split.recv(2, socket.MSG_WAITALL), "big")
    print(split.recv(length, socket.MSG_WAITALL)[:2].hex())
print(ask(b"\xff\xff").recv(1))
print(ask(b"\0\0").recv(1))
' "$(name_server)"
	assert_output $'0007\n0007\nb\'\'\nb\'\''
}

@test "who asks a name server without end keeps nobody waiting" {
	needs python3
	guarded ./past "$(command -v python3)" -c '
import os, signal, socket, sys, threading
query = bytes.fromhex("0015000701000001000000000000016101620000100001")
def hear(s):
    while s.recv(1 << 20):
        pass
signal.alarm(50)
ready, ours = os.pipe()
asker = os.fork()
if asker == 0:
    s = socket.create_connection((sys.argv[1], 53))
    threading.Thread(target=hear, args=(s,), daemon=True).start()
    os.write(ours, b".")
    while True:
        s.sendall(query * 4000)
os.read(ready, 1)
for _ in range(100):
    s = socket.create_connection(("192.0.2.1", 80))
os.kill(asker, signal.SIGKILL)
print("served")' "$(name_server)"
	assert_output 'served'
}

@test "a server that is not the system's is asked over TCP by way of the proxy" {
	guarded ./static connect 192.0.2.53 53
	assert_output '1 of 1'
	guarded ./dynamic connect 192.0.2.53 53
	assert_output '1 of 1'
}

@test "a datagram to anything else is refused at once" {
	guarded ./static datagram 192.0.2.1 443
	assert_output '0 of 1 ECONNREFUSED'
	guarded ./dynamic datagram 192.0.2.1 443
	assert_output '0 of 1 ECONNREFUSED'
	guarded ./musl datagram 2001:db8::1 443
	assert_output '0 of 1 ECONNREFUSED'
}

@test "what one program of the run has looked up another can connect to" {
	# shellcheck disable=SC2016 # for the shell inside
	guarded sh -c 'address=$(dig +short abcdefgh.onion) && ./static connect "$address" 80'
	assert_output '1 of 1'
}

@test "the names of the run have no file, and reach who has closed everything, or has another /dev/shm" {
	needs unshare getent python3
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/runtime
	mkdir -m 700 "$XDG_RUNTIME_DIR"
	# shellcheck disable=SC2016 # for the shell inside
	guarded sh -c 'address=$(getent ahostsv4 abcdefgh.onion | sed "s/ .*//;q"); echo "${TUNIC_POOL-none}"; ls "$XDG_RUNTIME_DIR"
		exec unshare --user --map-root-user --mount sh -c "mount -t tmpfs none /dev/shm && mount -t tmpfs none $XDG_RUNTIME_DIR && exec \"\$@\"" \
			sh python3 -c "
import os, sys
out = os.dup(1)
os.closerange(0, out); os.closerange(out + 1, 65536); os.dup2(out, 1)
os.execvp(\"getent\", [\"getent\", \"hosts\", sys.argv[1]])" "$address"'
	[[ $output == none$'\n'127.*abcdefgh.onion ]] || { seen; return 1; }
}

@test "a program can write into the names of the run, and neither shorten nor lengthen them" {
	needs python3
	guarded python3 -c '
import ctypes, errno, os
fd = ctypes.CDLL(None).connect(-1, b"\0\0tunic'"'"'s names\0", 16)
os.pwrite(fd, b"\xff" * 4096, 0)
for size in 0, 1 << 30:
    try:
        os.ftruncate(fd, size)
    except OSError as error:
        print(errno.errorcode[error.errno])'
	assert_output $'EPERM\nEPERM'
}
