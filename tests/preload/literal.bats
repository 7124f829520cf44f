#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# warn_literal: an address that no look-up through the library has given is told of, once.

load ../lib/tunic
load served

setup() {
	tunic_setup
	settle PROXY="127.0.0.1:$(port plain)" WARN_LITERAL=yes
}

# connecting SCRIPT: Python that may say to(HOST).
connecting() {
	run --separate-stderr shimmed python3 -c "
import socket
def to(host, family=socket.AF_INET):
    with socket.socket(family) as sock:
        sock.connect((host, 80))
        assert sock.recv(6) == b'hello\n'
$1"
	assert_status 0
}

warned() {
	[ "$stderr" = "tunic: python3: connects to the address $1, which no look-up through tunic gave it; if it knows it from a name, that was looked up outside Tor" ] ||
		{ seen; fail "not this one line"; }
}

silent() { [ -z "$stderr" ] || { seen; fail "something was said"; }; }

@test "a literal address is told of once, and connected to" {
	connecting 'to("198.51.100.7"); to("198.51.100.8")'
	warned 198.51.100.7:80
	connecting 'to("2001:db8::7", socket.AF_INET6)'
	warned '[2001:db8::7]:80'
}

@test "a literal that went through getaddrinfo is a literal" {
	connecting 'socket.getaddrinfo("198.51.100.7", 80); to("198.51.100.7")'
	warned 198.51.100.7:80
}

@test "nothing is said of what Tor has answered, of stand-ins and of loopback" {
	connecting 'to("onionname.onion")'
	silent
	settle PROXY="127.0.0.1:$(port atyp4)" LOCAL=tunnel # it answers everything with 2001:db8::1
	connecting 'address = socket.getaddrinfo("public.example", 80)[0][4][0]
assert address == "2001:db8::1"
to(address, socket.AF_INET6)
to("127.0.0.1")'
	silent
	connecting 'to("2001:db8::1", socket.AF_INET6)'
	warned '[2001:db8::1]:80'
}

# The proxy is not there, but what is said of addresses is said before it is asked.
@test "nothing is said of what the hosts file has answered" {
	names_private <<<'203.0.113.5 listed.test'
	settle PROXY=unix:/nonexistent/socks
	for look in 'gethostbyname("listed.test")' 'getaddrinfo("listed.test", 80)[0][4][0]'; do
		connecting "with socket.socket() as sock: sock.connect_ex((socket.$look, 80))"
		refute_stderr_has 'no look-up'
	done
	connecting 'with socket.socket() as sock: sock.connect_ex(("203.0.113.5", 80))'
	assert_stderr_has 'no look-up'
}

@test "nothing is said unasked" {
	settle WARN_LITERAL=no
	connecting 'to("198.51.100.7")'
	silent
}
