#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What Tor has said about a name is remembered for a while, by one process and under one isolation tag.

load ../lib/tunic
load served

setup() {
	tunic_setup
	settle PROXY="127.0.0.1:$(port relay)" HOSTS_FILE=no
	requests_forget
}

# looked_up SCRIPT: runs Python that may say names(NAME...) and back(ADDRESS...), and prints what was asked of the
# proxy: "COMMAND NAME USER" a line.
looked_up() {
	shimmed python3 - >"$BATS_TEST_TMPDIR/answers" <<END
import os, socket, time
def names(*all):
    for name in all:
        try:
            print(name, socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM)[0][4][0])
        except socket.gaierror as error:
            print(name, error.errno)
def back(*all):
    for address in all:
        print(address, socket.gethostbyaddr(address)[0])
$1
END
	requests | cut -d ' ' -f 2,4,6
}

@test "the same name twice is asked for once, in whatever letters and by whatever function" {
	run looked_up 'names("public.example", "public.example", "PUBLIC.Example.")
print(socket.gethostbyname("public.example"))'
	assert_output 'f0 public.example program:python3'
	[ "$(grep -c '198.51.100.7$' "$BATS_TEST_TMPDIR/answers")" -eq 4 ] || fail "$(cat "$BATS_TEST_TMPDIR/answers")"
}

@test "what is remembered is Tor's answer, whichever family asks" {
	run looked_up 'names("six.example")
print("v4", socket.gethostbyname("six.example"))'
	assert_output 'f0 six.example program:python3'
	grep -q '^six.example 2001:db8::7$' "$BATS_TEST_TMPDIR/answers"
	grep -q '^v4 127\.' "$BATS_TEST_TMPDIR/answers"
}

@test "the same address twice is asked for once" {
	run looked_up 'back("198.51.100.7", "198.51.100.7")'
	assert_output 'f1 198.51.100.7 program:python3'
	[ "$(grep -c 'public.example$' "$BATS_TEST_TMPDIR/answers")" -eq 2 ]
}

@test "what does not exist is asked for again" {
	run looked_up 'names("nowhere.example", "nowhere.example")'
	assert_output $'f0 nowhere.example program:python3\nf0 nowhere.example program:python3'
}

@test "name_cache = 0 remembers nothing" {
	settle NAME_CACHE=0
	run looked_up 'names("public.example", "public.example")'
	assert_output $'f0 public.example program:python3\nf0 public.example program:python3'
}

@test "an answer is forgotten when its time is over" {
	settle NAME_CACHE=1
	run looked_up 'names("public.example"); time.sleep(1.1); names("public.example")'
	assert_output $'f0 public.example program:python3\nf0 public.example program:python3'
}

@test "under isolate = destination a name has one tag, and is asked for once" {
	settle ISOLATE=destination
	run looked_up 'names("public.example", "six.example", "public.example")'
	assert_output $'f0 public.example host:public.example\nf0 six.example host:six.example'
}

@test "a child with a tag of its own does not use its parent's answer; one with the same tag does" {
	fork='names("public.example")
if os.fork() == 0:
    names("public.example")
    os._exit(0)
os.wait()'
	settle ISOLATE=process
	run looked_up "$fork"
	[ "$(sort -u <<<"$output" | wc -l)" -eq 2 ] || fail "$output"
	requests_forget
	settle ISOLATE=program
	run looked_up "$fork"
	assert_output 'f0 public.example program:python3'
}
