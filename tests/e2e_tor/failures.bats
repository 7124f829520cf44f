#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a program and its user are told when Tor says no.

load ../lib/tunic

# Well-formed, its key is a published test vector (RFC 8032, 7.1), and no service has it.
UNPUBLISHED=25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion

setup() {
	tunic_setup
	tornet_setup
}

# connect_errno HOST PORT: the name of the errno that connect gives to a program.
connect_errno() {
	"$TUNIC" python3 -c '
import errno, socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])))
    print("connected")
except OSError as error:
    print(errno.errorcode.get(error.errno, error))' "$@"
}

@test "a closed port behind an exit refuses the connection" {
	run --separate-stderr connect_errno 198.51.100.7 1
	assert_output ECONNREFUSED
}

@test "an ordinary refusal is left to the program to tell" {
	run --separate-stderr connect_errno "$TORNET_ONION" 83
	assert_output ECONNREFUSED
	[ -z "$stderr" ] || { seen; fail "expected silence"; }
}

@test "with log = info an ordinary refusal is told, with the target" {
	TUNIC_LOG=info run --separate-stderr connect_errno "$TORNET_ONION" 83
	assert_output ECONNREFUSED
	assert_stderr_says "$TORNET_ONION:83: .*refused"
}

@test "a closed port behind an onion service refuses the connection" {
	run --separate-stderr connect_errno "$TORNET_ONION" 81
	assert_output ECONNREFUSED
}

@test "a port that no exit allows refuses the connection" {
	run --separate-stderr "$TUNIC" --log=info curl -sS http://198.51.100.7:9/
	assert_status 7
	assert_stderr_says '198\.51\.100\.7:9: .*could not connect'
}

@test "an onion address with a wrong letter is said to be invalid" {
	local letter=a
	[[ $TORNET_ONION != a* ]] || letter=b
	run --separate-stderr connect_errno "$letter${TORNET_ONION:1}" 80
	assert_output EINVAL
	assert_stderr_says 'not a valid onion address'
}

@test "an onion address that is too short is said to be invalid" {
	run --separate-stderr connect_errno short.onion 80
	assert_output EINVAL
	assert_stderr_says 'not a valid onion address'
}

@test "an onion service that is not published is said to be unknown" {
	run --separate-stderr connect_errno "$UNPUBLISHED" 80
	assert_output EHOSTUNREACH
	assert_stderr_says 'onion service is not known'
	assert_stderr_has "$UNPUBLISHED"
}

@test "an onion service that wants a key is said to want one" {
	run --separate-stderr connect_errno "$TORNET_ONION_KEYED" 80
	assert_output EACCES
	assert_stderr_says authorisation
}

@test "a SOCKS port without extended errors gives an onion failure too" {
	TUNIC_PROXY=$TORNET_SOCKS_PLAIN run --separate-stderr connect_errno "$UNPUBLISHED" 80
	assert_output EHOSTUNREACH
}

@test "a target that hangs up at once ends the stream and is no failure to connect" {
	run --separate-stderr connect_errno "$TORNET_ONION" 82
	assert_output connected
}

@test "a proxy that is not there is named, and nothing is sent elsewhere" {
	run --separate-stderr "$TUNIC" --proxy=127.0.0.1:1 curl -sS "http://$TORNET_ONION/"
	assert_failure
	assert_stderr_says '127\.0\.0\.1:1'
}

@test "with log = quiet a failure is told to the program alone" {
	TUNIC_LOG=quiet run --separate-stderr connect_errno "$UNPUBLISHED" 80
	assert_output EHOSTUNREACH
	[ -z "$stderr" ] || { seen; fail "expected silence"; }
}
