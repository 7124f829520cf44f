#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Threads, forks, signals, and the other turns that the life of a host process takes. STRESS multiplies the counts.

load ../lib/tunic
load served

setup() {
	tunic_setup
	cd "$BATS_TEST_TMPDIR" || return
	through relay
	settle TIMEOUT=60
	N=$((10 * ${STRESS:-1}))
}

# In each way that a descriptor gets to the proxy.
everywhere() {
	local proxy
	for proxy in relay relay6 relay.sock; do
		through $proxy
		same "$@"
	done
}

@test "sixteen threads connect, look names up and close at once" {
	everywhere "$(program threads)" 127.0.0.1 "$(port echo)" 127.0.0.1 "$N"
	settle NAMES=fake
	run shimmed timeout 120 "$(program threads)" 127.0.0.1 "$(port echo)" public.example "$N"
	assert_output "$((16 * N)) of $((16 * N)) rounds, 0 descriptors left over"
	settle NAMES=resolve
	run shimmed timeout 120 "$(program threads)" 127.0.0.1 "$(port echo)" public.example "$N"
	assert_output "$((16 * N)) of $((16 * N)) rounds, 0 descriptors left over"
}

# A lock that another thread held at the fork stays locked in the child for ever.
@test "children that are forked beside busy threads connect" {
	settle NAMES=fake
	run shimmed timeout 120 "$(program threads)" 127.0.0.1 "$(port echo)" public.example $((2 * N)) fork
	assert_output "$((32 * N)) of $((32 * N)) rounds, $((2 * N)) of $((2 * N)) children, 0 descriptors left over"
	settle NAMES=resolve
	run shimmed timeout 120 "$(program threads)" 127.0.0.1 "$(port echo)" localhost $((2 * N)) fork
	assert_output "$((32 * N)) of $((32 * N)) rounds, $((2 * N)) of $((2 * N)) children, 0 descriptors left over"
}

@test "connects succeed in a storm of signals, and in the handler too" {
	everywhere "$(program storm)" 127.0.0.1 "$(port echo)" $((25 * N))
}

@test "a child of vfork that starts nothing, connects and leaves by _exit leaves its parent whole" {
	everywhere "$(program life)" vfork 127.0.0.1 "$(port echo)"
}

@test "children of clone connect, whatever they share with their parent" {
	everywhere "$(program life)" clone 127.0.0.1 "$(port echo)"
}

@test "a process and a thread that unshare descriptors and folder connect" {
	everywhere "$(program life)" unshare 127.0.0.1 "$(port echo)"
}

@test "a daemon connects" {
	everywhere "$(program life)" daemon 127.0.0.1 "$(port echo)"
}

@test "settings stay what they were at the start, whatever becomes of the environment" {
	everywhere "$(program life)" clear 127.0.0.1 "$(port echo)"
}

@test "settings stay what they were at the start, behind chroot" {
	needs unshare
	# shellcheck disable=SC2034 # for same
	[ "$(id -u)" -eq 0 ] || INSIDE=(unshare -r)
	through relay
	same "$(program life)" chroot 127.0.0.1 "$(port echo)"
	through relay6
	same "$(program life)" chroot 127.0.0.1 "$(port echo)"
}

@test "a program that is started with descriptors 0, 1 and 2 closed gets them for its own" {
	local proxy
	for proxy in relay relay6 relay.sock; do
		through $proxy
		bare "$(program life)" bare 127.0.0.1 "$(port echo)" <&- >&- 2>&-
		mv seen seen.bare
		shimmed "$(program life)" bare 127.0.0.1 "$(port echo)" <&- >&- 2>&-
		diff -u seen.bare seen
		grep -qx 'socket 0, echo, file 1' seen
	done
}

@test "python's subprocess, by vfork or not, leaves the connections of its parent" {
	# shellcheck disable=SC2016
	everywhere python3 -c '
import socket, subprocess, sys
def echo(s):
    s.sendall(b"x")
    return s.recv(1)
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
for _ in range(20):
    print(subprocess.run(["echo", "child"], capture_output=True).stdout, echo(s), s.getpeername()[0])
    try:
        subprocess.run(["/no/such"])
    except OSError as error:
        print(error.errno)
    n = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    print(echo(n))
    n.close()' "$(port echo)"
}

# calls_added KINDS: system calls of /bin/true that it makes only with the library, one line each.
calls_added() {
	local shape='s/^[0-9]* *//; s/0x[0-9a-f]*/ADDRESS/g; s/ = .*//'
	LIBTUNIC='' traced "$1" /bin/true
	sed "$shape" "$CALLS" | sort -u >without
	traced "$1" /bin/true
	sed "$shape" "$CALLS" | sort -u >with
	comm -13 without with
}

# A program without network pays next to nothing: no socket, no thread, no child, no signal handler.
@test "a program without network gets nothing of ours but a look at the settings" {
	needs strace
	unset TUNIC_LOCAL TUNIC_PROXY TUNIC_TIMEOUT
	run calls_added '%network,fork,vfork,clone,clone3,pipe,pipe2,eventfd2,signalfd4,rt_sigaction,memfd_create'
	assert_output ''
	run calls_added open,openat
	grep -q tunic.conf <<<"$output"
	! grep -vE '/libtunic\.so"|\.so(\.[0-9]+)*"|/etc/tunic\.conf"|/tunic/tunic\.conf"' <<<"$output" ||
		fail "other files"
}
