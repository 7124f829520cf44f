#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that the library cannot be in are started under the guard, and reach the proxy.

# $stderr comes from bats.
# shellcheck disable=SC2154

load ../lib/tunic
load guarded

# reaches COMMAND...: by address, and without a word.
reaches() {
	guarded "$@" connect 192.0.2.1 80 20
	assert_output '20 of 20'
	[ -z "$stderr" ] || { seen; fail "there were words"; }
}

@test "a static program" { reaches ./static; }

@test "a static program for another libc" { reaches ./musl; }

@test "a dynamic program for another libc" { reaches ./musl-dynamic; }

@test "a program that makes its system calls itself" { reaches ./raw; }

@test "a program that the library is in goes on as without the guard" { reaches ./dynamic; }

@test "a static program by IPv6" {
	guarded ./static connect 2001:db8::1 80 3
	assert_output '3 of 3'
}

@test "a program that a static program starts with an empty environment" {
	reaches ./past ./dynamic
	reaches ./past ./static
}

@test "a static program that a dynamic one starts" {
	# shellcheck disable=SC2016 # for the shell inside
	guarded sh -c '"$@"; env -i "$@"' sh ./static connect 192.0.2.1 80
	assert_output $'1 of 1\n1 of 1'
}

@test "a program of 32 bits, static and dynamic, by address and by name" {
	jail_kernel_needed
	[ "$(uname -m)" = x86_64 ] || skip "there are none for this machine"
	gcc -m32 -O2 -D_GNU_SOURCE -o narrow "$TESTS/guard/client.c" -lpthread
	gcc -m32 -static -O2 -D_GNU_SOURCE -o narrow-static "$TESTS/guard/client.c" -lpthread 2>warnings
	reaches ./narrow-static
	guarded ./narrow-static name sink.example 80
	assert_output '1 of 1'
	guarded ./narrow connect 192.0.2.1 80
	assert_output '1 of 1'
	guarded ./narrow-static connect 127.0.0.1 22
	assert_output '0 of 1 ECONNREFUSED'
	guarded ./narrow-static listen 0.0.0.0
	assert_output '0 of 1 EACCES'
}

@test "a script whose interpreter is static, or is started by options of env" {
	needs busybox
	printf '#!%s sh\n./static connect 192.0.2.1 80\n' "$(command -v busybox)" >script
	chmod +x script
	guarded ./script
	assert_output '1 of 1'
	printf '#!/usr/bin/env -iS %s connect 192.0.2.1 80 1\n' "$PWD/dynamic" >script
	guarded ./script
	assert_output '1 of 1'
}

@test "a Go program, by address and by name, eight at once" {
	go_build 0 "$TESTS/guard/dialling.go"
	guarded ./dialling 192.0.2.1:80 8
	assert_output '8 of 8'
	guarded ./dialling sink.example:80 8
	assert_output '8 of 8'
}

@test "a tunic inside a tunic is guarded by the outer one" {
	guarded "$TUNIC" ./static connect 192.0.2.1 80
	assert_output '1 of 1'
}

@test "a tunic inside a tunic is guarded whatever it is told, and whatever it has lost of its environment" {
	guarded "$TUNIC" --guard=off ./static connect 192.0.2.1 80
	assert_output '1 of 1'
	guarded --local=refuse env -i TUNIC_PROXY="$TUNIC_PROXY" "$TUNIC" --local=direct ./static connect 127.0.0.1 22
	assert_output '0 of 1 ECONNREFUSED'
	assert_stderr_says 'guard: refused a connection to this machine'
	guarded "$TUNIC" "$TUNIC" ./past ./dynamic name abcdefgh.onion 80
	assert_output '1 of 1'
}

@test "strace and gdb work inside" {
	needs strace gdb
	guarded strace -f -e trace=connect ./static connect 192.0.2.1 80
	assert_output '1 of 1'
	assert_stderr_has ', {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("192.0.2.1")}, 16) = 0'
	guarded gdb -q -batch -ex run --args ./static connect 192.0.2.1 80
	assert_output_has '1 of 1'
}

# as_user TUNIC-ARGUMENTS...: by somebody who is not root, with copies of the programs; $without the kernel lacks.
as_user() {
	needs setpriv
	PLACE=$(mktemp -d /var/tmp/tunic-test.XXXXXX)
	chmod 755 "$PLACE"
	mkdir "$PLACE/.libs"
	cp "$TUNIC" static past without "$PLACE"
	cp static "$PLACE/unreadable"
	chmod 111 "$PLACE/unreadable"
	cp "$LIBTUNIC" "$PLACE/.libs"
	run --separate-stderr timeout $((60 * ${SLOWNESS:-1})) setpriv --reuid=65534 --regid=65534 --clear-groups \
		env --chdir="$PLACE" HOME=/nonexistent ${without:+./without "$without"} ./tunic "$@"
	rm -rf "$PLACE"
}

@test "an ordinary user has the guard too" {
	[ "$(id -u)" -eq 0 ] || skip "that is who runs these tests"
	as_user ./static name sink.example 80
	assert_output '1 of 1'
}

@test "a program that wants nobody to look into it connects; one that nobody can look into does not" {
	[ "$(id -u)" -eq 0 ] || skip "it takes two users"
	as_user ./static undumpable 192.0.2.1 80
	assert_output '1 of 1'
	as_user ./past ./unreadable connect 192.0.2.1 80
	assert_output '0 of 1 EACCES'
}

@test "a process of the same user outside is neither traced nor written to nor robbed of its descriptors" {
	[ "$(id -u)" -eq 0 ] || skip "it takes two users"
	needs python3
	local nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups) process python place
	local code='
import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)
process, place = int(sys.argv[1]), int(sys.argv[2], 16)
buffer = ctypes.create_string_buffer(8)
here, there = ((ctypes.c_size_t * 2)(at, 8) for at in (ctypes.addressof(buffer), place))
def attempt(what, result):
    print(what, "ok" if result >= 0 else errno.errorcode[ctypes.get_errno()])
attempt("pidfd_getfd", libc.syscall(438, libc.syscall(434, process, 0), 1, 0))
attempt("process_vm_writev", libc.process_vm_writev(process, here, 1, there, 1, 0))
attempt("seize", libc.ptrace(0x4206, process, None, None))'
	python=$(readlink -f /usr/bin/python3)
	background outside "${nobody[@]}" sleep 300
	process=$(cat "$(background_dir)/outside.pid")
	wait_until 10 grep -q '\[stack\]' "/proc/$process/maps"
	wait_until 10 grep -q sleep "/proc/$process/comm"
	place=$(sed -n 's/-.*\[stack\]$//p' "/proc/$process/maps")
	for TUNIC_GUARD in on seal; do
		export TUNIC_GUARD
		as_user ./past "$python" -c "$code" "$process" "$place"
		assert_output $'pidfd_getfd EPERM\nprocess_vm_writev EPERM\nseize EPERM'
	done
	TUNIC_GUARD=on without=landlock as_user ./past "$python" -c "$code" "$process" "$place"
	assert_output $'pidfd_getfd EPERM\nprocess_vm_writev EPERM\nseize EPERM'
	run "${nobody[@]}" "$python" -c "$code" "$process" "$place"
	assert_output $'pidfd_getfd ok\nprocess_vm_writev ok\nseize ok'
}

@test "-v says at the end what went past the library, and by which program" {
	jail_kernel_needed
	# shellcheck disable=SC2016 # for the shell inside
	guarded -v sh -c './dynamic connect 192.0.2.1 80 2; ./static connect 192.0.2.1 80 3; ./musl name sink.example 80
		./static connect 127.0.0.1 22'
	assert_stderr_says 'guard: at the end: 2 connections as the library has them, 3 past the library by static, 1 past the library by musl, 1 look-ups past it, 1 refused'
	guarded -v true
	assert_stderr_says 'guard: at the end: there was nothing to do'
}
