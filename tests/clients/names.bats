#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Names in programs: what libc answers comes from Tor, whatever function is asked; what a program asks of a name
# server itself is refused, and said in one line. That nothing gets out is watched in tests/leak.

load ../lib/tunic

setup() {
	tunic_setup
	tornet_setup
}

# gives EXPECTED COMMAND...: under tunic, in silence.
gives() {
	run --separate-stderr "$TUNIC" "${@:2}"
	assert_status 0
	assert_output "$1"
	[ -z "$stderr" ] || { seen; fail "expected silence"; }
}

@test "getent tells all addresses of a name, one of it, and the name of an address" {
	gives "2001:db8::7     pub6.test" getent hosts pub6.test
	gives "198.51.100.7    pub.test" getent hosts 198.51.100.7
	gives "198.51.100.7 STREAM pub.test
198.51.100.7 DGRAM
198.51.100.7 RAW" sh -c 'getent ahosts pub.test | sed -E "s/ +/ /g; s/ $//"'
}

@test "python's functions for names agree with each other" {
	gives "198.51.100.7
('pub.test', [], ['198.51.100.7'])
pub.test
pub.test
('pub.test', 'http')" python3 -c '
import socket
print(socket.gethostbyname("pub.test"))
print(socket.gethostbyname_ex("pub.test"))
print(socket.gethostbyaddr("198.51.100.7")[0])
print(socket.getfqdn("198.51.100.7"))
print(socket.getnameinfo(("198.51.100.7", 80), 0))'
}

@test "perl's functions for names agree with each other" {
	# shellcheck disable=SC2016 # perl's variables
	gives "198.51.100.7 pub.test 198.51.100.7 pub.test" perl -MSocket=:all -e '
my $packed = gethostbyname("pub.test");
my ($error, $found) = getaddrinfo("pub.test", "80", {socktype => SOCK_STREAM});
my ($failed, $name) = getnameinfo($found->{addr}, 0, NIx_NOSERV);
my ($port, $address) = unpack_sockaddr_in($found->{addr});
print join " ", inet_ntoa($packed), scalar gethostbyaddr($packed, AF_INET), inet_ntoa($address), $name;'
}

@test "an onion name has an address for whoever wants one, the same in every program of a run" {
	# shellcheck disable=SC2016 # of that shell
	gives same sh -c '
		one=$(getent ahostsv4 "$1" | sed -n "s/ .*//p;q")
		two=$(python3 -c "import socket, sys; print(socket.gethostbyname(sys.argv[1]))" "$1")
		[ "$one" = "$two" ] && echo same' sh "$TORNET_ONION"
}

@test "host, dig and nslookup are answered by the guard" {
	local command
	for command in 'host -t A' dig 'dig +tcp' 'nslookup -type=A'; do
		# shellcheck disable=SC2086 # words are wanted
		run --separate-stderr "$TUNIC" $command pub.test
		assert_status 0
		assert_output_has 198.51.100.7
	done
}

@test "host, dig and nslookup are refused in one line without the guard" {
	local command
	export TUNIC_GUARD=off
	for command in host 'dig +tries=1' 'nslookup -retry=0'; do
		# shellcheck disable=SC2086 # words are wanted
		run --separate-stderr "$TUNIC" $command pub.test
		assert_failure
		refute_output_has 198.51.100.7
		assert_stderr_says "${command%% *}: refused a datagram"
		[ "$(grep -c '^tunic:' <<<"$stderr")" -eq 1 ] || { seen; fail "expected one line of tunic's"; }
	done
}
