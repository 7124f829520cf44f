#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The functions that look names up answer as libc's own do: for numeric addresses, for the hosts file, and
# for names that Tor answers where a hosts file with the same names is the specification.

load ../lib/tunic
load served

setup() {
	tunic_setup
	through relay.sock
	names_private <<-'END'
		127.0.0.1	localhost
		::1	localhost ip6-localhost
		203.0.113.5	multi.test first-alias second-alias
		203.0.113.6	multi.test
		2001:db8::5	multi.test
		203.0.113.7	four.test ALIAS.Test
		2001:db8::77	only-six.test
		203.0.113.9	single
	END
}

# public_names: the hosts file that the bare system has of what the proxies of faults.py answer. The shim is told
# not to look into it.
public_names() {
	printf -v LONG '%060d.%060d.%060d.%060d.example' 0 0 0 0
	LONG=${LONG//0/n}
	printf '198.51.100.7 public.example\n198.51.100.8 %s\n' "$LONG" | names_private
	settle HOSTS_FILE=no
}

LITERALS=(127.0.0.1 127.1 0x7f.1 0177.0.0.1 2130706433 1.2.3.4 ::1 :: ::ffff:1.2.3.4 2001:db8::1
	fe80::1%lo fe80::1%1 fe80::1%no-such 2001:db8::1%1)
HOSTS=(localhost LocalHost multi.test first-alias second-alias four.test alias.test only-six.test single
	SINGLE)
NO_NAMES=('' . .. ' ' : a..b 1.2.3.256 1.2.3.4.5 '1.2.3.4 ' '[::1]' 1::2::3 nowhere.example)

@test "getaddrinfo: numeric addresses, with every hint, as libc" {
	same "$(program addrinfo)" "${LITERALS[@]}"
}

@test "getaddrinfo: no node, with every hint, as libc" {
	same "$(program addrinfo)" -
}

@test "getaddrinfo: the node '*', with every hint, as libc" {
	same "$(program addrinfo)" '*'
}

@test "getaddrinfo: names of the hosts file, with every hint, as libc" {
	same "$(program addrinfo)" "${HOSTS[@]}"
}

@test "getaddrinfo: what is no name, or is unknown, fails with libc's error" {
	same "$(program addrinfo)" "${NO_NAMES[@]}"
}

@test "getaddrinfo: the flags in the list are the caller's" {
	same "$(program addrinfo)" flags 127.0.0.1 localhost
}

@test "a name is there from the moment it is in the hosts file to the moment it is not, as with libc" {
	same python3 -c '
import socket, time
name, path = "nowhere.example", "/etc/hosts"
def ask():
    for look_up in (socket.gethostbyname, lambda name: socket.getaddrinfo(name, 80)[0][4]):
        try:
            print(look_up(name))
        except OSError as error:
            print(error.args[0])
def put(text):
    with open(path, "w") as file:
        file.write(text)
before = open(path).read()
time.sleep(2.1)  # long enough for a copy to be kept
ask()
ask()
put(before + "203.0.113.50 " + name + "\n")
ask()
put(before + "203.0.113.50 " + name.upper() + ".\n")
ask()
put(before)
time.sleep(2.1)
ask()
put(before.replace("four.test", name))
ask()
put(before)
ask()'
}

@test "getaddrinfo: a public name is as one of the hosts file" {
	public_names
	# Of the family AF_INET6 (10) it has no address: see the next test.
	same_but '^public.example [^ ]* [0-9a-f]* 10 ' "$(program addrinfo)" public.example
	same_but '^n[^ ]* [^ ]* [0-9a-f]* 10 ' "$(program addrinfo)" "$LONG"
	requests | grep -q '^relay.sock f0 3 public.example '
}

@test "getaddrinfo: with a wrong service or wrong hints nobody is asked about a public name" {
	requests_forget
	same python3 -c '
import socket
for service, family, kind, flags in (("no-such", 0, 1, 0), ("no-such", 0, 1, socket.AI_NUMERICSERV),
        ("80x", 10, 1, socket.AI_NUMERICSERV), ("tftp", 0, 1, 0), ("80", 99, 1, 0), ("80", 0, 77, 0),
        ("80", 0, 1, 0x40000000)):
    try:
        print(socket.getaddrinfo("public.example", service, family, kind, 0, flags))
    except socket.gaierror as error:
        print(error.args)'
	[ -z "$(requests)" ] || fail "asked: $(requests)"
}

@test "getaddrinfo: a public name without an address of the family gets one from the pool" {
	public_names
	run shimmed "$(program addrinfo)" public.example
	grep -qE '^public.example 80 0 10 1 0: 0 \[10/10 1/6 100::[0-9a-f]+ 80\]$' <<<"$output"
	run shimmed "$(program addrinfo)" six.example
	grep -qE '^six.example 80 0 2 1 0: 0 \[2/2 1/6 127\.(19[2-9]|2..)\.[0-9.]+ 80\]$' <<<"$output"
	grep -qE '^six.example 80 0 0 1 0: 0 \[10/10 1/6 2001:db8::7 80\]$' <<<"$output"
}

@test "getaddrinfo: an address of this network that a stranger names is replaced by one of the pool" {
	for name in inside.example here.example; do
		run shimmed "$(program addrinfo)" $name
		grep -qE "^$name 80 0 0 1 0: 0 \[2/2 1/6 127\.(19[2-9]|2..)\.[0-9.]+ 80\]$" <<<"$output"
	done
}

@test "getaddrinfo: an onion name gets addresses of the pool, the same in any letters and with a dot" {
	run shimmed "$(program addrinfo)" abc.onion ABC.Onion abc.onion.
	for family in 0 2 10; do
		[ "$(grep -E " - 0 $family 1 0: 0 " <<<"$output" | sed 's/.* 0 \[/[/' | sort -u | wc -l)" -eq 1 ]
	done
	! requests | grep -i onion || fail "asked the proxy about it"
}

@test "gethostby*: numeric addresses as libc" {
	same "$(program hostent)" "${LITERALS[@]}"
}

@test "gethostby*: the hosts file as libc" {
	same "$(program hostent)" "${HOSTS[@]}" 203.0.113.5 203.0.113.7 2001:db8::5 2001:db8::77 \
		::ffff:203.0.113.5
}

@test "gethostby*: what is no name, or is unknown, fails as with libc" {
	same "$(program hostent)" "${NO_NAMES[@]}" 203.0.113.200 2001:db8::99
}

@test "gethostby*: a buffer that is too small is told so, and never overrun" {
	same "$(program hostent)" sizes multi.test 127.0.0.1 203.0.113.5 2001:db8::5 nowhere.example
	sleep 3 # the library keeps a copy of a hosts file that has not just been written
	same "$(program hostent)" sizes nowhere.example
}

@test "gethostby*: a public name, and its address, as from the hosts file" {
	public_names
	same_but '^gethostbyname2' "$(program hostent)" public.example "$LONG"
	same "$(program hostent)" 198.51.100.7 198.51.100.8
	same "$(program hostent)" sizes public.example 198.51.100.7 "$LONG" 198.51.100.8
	requests | grep -q '^relay.sock f1 1 198.51.100.7 '
}

@test "gethostby*: a name with 900 addresses as libc" {
	for i in {1..900}; do echo "198.18.$((i / 250)).$((i % 250)) many.test"; done | names_private
	same "$(program hostent)" many.test
}

@test "getnameinfo: every flag and size as libc" {
	same "$(program nameinfo)" 127.0.0.1 203.0.113.5 203.0.113.6 203.0.113.9 203.0.113.200 10.1.1.1 \
		0.0.0.0 ::1 2001:db8::5 2001:db8::99 fe80::1 ::ffff:203.0.113.5
}

@test "getnameinfo: a public address as from the hosts file, with every flag and size" {
	public_names
	same "$(program nameinfo)" 198.51.100.7 198.51.100.8
}

@test "private addresses are not asked about outside" {
	run shimmed "$(program hostent)" 10.0.0.1 192.168.1.1 172.16.0.1 169.254.1.1 127.0.0.9 fe80::1 fd00::1 \
		::ffff:10.0.0.1 224.0.0.1
	! requests | grep -E ' f1 [0-9] (10\.|192\.168|172\.16|169\.254|127\.|fe80|fd00|224\.)' || fail "asked outside"
}

@test "names of the local network are not asked about outside" {
	run shimmed "$(program hostent)" printer router.local fileserver.LOCAL
	! requests | grep -Ei ' f0 [0-9] (printer|router|fileserver)' || fail "asked outside"
}

@test "gethostbyaddr: an address with another family's length fails as with libc" {
	same "$(program hostent)" lengths 203.0.113.5 127.0.0.1 203.0.113.200 2001:db8::5
}

SENDS=connect,sendto,sendmsg,sendmmsg

# asks_nobody ARGUMENTS...: the oracle is the kernel's view: no socket of the process is connected to port 53, or
# sends there.
asks_nobody() {
	traced $SENDS "$(program hostent)" "$@" >/dev/null 2>&1
	! grep -F 'htons(53)' "$CALLS" || fail "asked a name server about $*"
}

# Where libc may ask (hosts: dns) every odd text is a way out.
@test "no name and no address is asked of a name server, whatever it looks like" {
	needs strace
	echo 'hosts: files dns' >"$BATS_TEST_TMPDIR/nsswitch.conf"
	for name in "${LITERALS[@]}" "${HOSTS[@]}" "${NO_NAMES[@]}" 0x7f000001 1e.2 printer public.example \
		nowhere.example 203.0.113.200 10.0.0.1; do
		TUNIC_NAMES=resolve asks_nobody "$name"
		TUNIC_NAMES=fake asks_nobody "$name"
	done
	asks_nobody lengths 203.0.113.200 2001:db8::5
}

@test "a bare program does ask one, so the oracle can see it" {
	needs strace
	echo 'hosts: files dns' >"$BATS_TEST_TMPDIR/nsswitch.conf"
	LIBTUNIC='' SANITIZED='' traced $SENDS "$(program hostent)" public.example
	grep -qF 'htons(53)' "$CALLS"
}
