#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A connect that fails through the proxy leaves the same socket as one that the server refuses, but for the errno.

load situations

ALL="by-poll by-poll-for-nothing by-select by-epoll by-send by-write by-recv by-read by-connect by-blocking-recv
	by-blocking-send by-duplicate blocking again"

@test "a proxy that closes instead of replying is ECONNRESET, whichever call tells of it" {
	# shellcheck disable=SC2034 # for alike
	WAYS=(closing)
	TOLD_AS=ECONNRESET
	alike_in_all refusing "$ALL"
}

# The bare system is asked about a refusal, since its own deadline is minutes away.
@test "a proxy that says nothing is ETIMEDOUT in time, whichever call tells of it" {
	settle TIMEOUT=2
	# shellcheck disable=SC2034 # for alike
	WAYS=(stepwise)
	# shellcheck disable=SC2034
	TOLD_AS=ETIMEDOUT
	alike_in_all refusing "$ALL" silent
}

@test "who inherits a connection and asks after its time finds that it has failed" {
	settle TIMEOUT=2
	# shellcheck disable=SC2034 # for alike
	WAYS=(stepwise)
	# shellcheck disable=SC2034
	TOLD_AS=ETIMEDOUT
	alike forking left-to-a-child-too-long silent
}
