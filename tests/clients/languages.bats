#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# bats file_tags=more
# Names as they come out of the languages' own functions. Pages are rows of clients.tsv.

# A setting is for one test.
# shellcheck disable=SC2030,SC2031

load ../lib/tunic

setup() {
	tunic_setup
	tornet_setup
}

# Tells "NAME WHAT…" for each call, in the order in which they were made.
node_dns() {
	"$TUNIC" node -e '
const dns = require("dns").promises;
(async () => {
	for (const call of process.argv.slice(1)) {
		const [name, ...words] = call.split(" ");
		const told = await dns[name](...words).catch(error => error.code);
		console.log(name, typeof told === "string" ? told : Object.values(told).join(" "));
	}
})()' "$@"
}

java_net() { "$TUNIC" java "$TESTS/clients/Net.java" "$@"; }

@test "node looks names and addresses up by libc" {
	run --separate-stderr node_dns "lookup pub.test" "lookup pub6.test" "lookupService 198.51.100.7 80" "lookup no.test"
	assert_output "lookup 198.51.100.7 4
lookup 2001:db8::7 6
lookupService pub.test http
lookup ENOTFOUND"
	[ -z "$stderr" ] || { seen; fail "expected silence"; }
}

@test "node's own resolver is answered by the guard, as far as Tor can be asked" {
	run --separate-stderr node_dns "resolve4 pub.test" "resolve6 pub.test" "resolveMx pub.test" "reverse 198.51.100.7"
	assert_output "resolve4 198.51.100.7
resolve6 ENODATA
resolveMx ENOTIMP
reverse pub.test"
	[ -z "$stderr" ] || { seen; fail "expected silence"; }
}

@test "node's own resolver is refused without the guard and says so, at once and in one line" {
	export TUNIC_GUARD=off
	run --separate-stderr node_dns "resolve4 pub.test" "resolve6 pub.test" "resolveMx pub.test" \
		"resolveTxt pub.test" "reverse 198.51.100.7"
	assert_output "resolve4 ECONNREFUSED
resolve6 ECONNREFUSED
resolveMx ECONNREFUSED
resolveTxt ECONNREFUSED
reverse ENOTFOUND"
	assert_stderr_says 'node: refused a datagram'
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "expected one line"; }
}

@test "java finds the address of a name and the name of an address" {
	run --separate-stderr java_net address pub.test
	assert_output 198.51.100.7
	run --separate-stderr java_net name 198.51.100.7
	assert_output pub.test
	run --separate-stderr java_net address no.test
	assert_failure
	assert_stderr_has UnknownHostException
}

@test "php finds addresses and names, and records too" {
	run --separate-stderr "$TUNIC" php -r '
echo gethostbyname("pub.test"), " ", gethostbyaddr("198.51.100.7"), " ", gethostbyname("no.test"), " ";
echo dns_get_record("pub.test", DNS_A)[0]["ip"], " ", dns_get_record("pub6.test", DNS_AAAA)[0]["ipv6"];'
	assert_output "198.51.100.7 pub.test no.test 198.51.100.7 2001:db8::7"
	[ -z "$stderr" ] || { seen; fail "expected silence"; }
}

@test "ruby's own resolver is answered by the guard" {
	run --separate-stderr "$TUNIC" ruby -rresolv -e 'puts Resolv::DNS.new.getaddress("pub.test")'
	assert_output 198.51.100.7
}

@test "ruby finds addresses and names by libc, and its own resolver is refused without the guard" {
	export TUNIC_GUARD=off
	run --separate-stderr "$TUNIC" ruby -rsocket -rresolv -e '
puts Addrinfo.ip("pub.test").ip_address, Addrinfo.tcp("pub6.test", 80).ip_address
puts Addrinfo.ip("198.51.100.7").getnameinfo[0]
begin
	Resolv::DNS.new.getaddress("pub.test")
rescue SystemCallError => error
	puts error.class
end'
	assert_output "198.51.100.7
2001:db8::7
pub.test
Errno::EADDRNOTAVAIL"
	assert_stderr_says 'ruby: refused a datagram'
}
