#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Much at once: threads, signals, thousands of connects, numbers that change hands.

load situations

# The odd proxy says its bytes too slowly for thousands.
# shellcheck disable=SC2034 # for alike
WAYS=(stepwise one-turn)

@test "two thousand connects in a storm of signals with SA_RESTART" {
	alike storms signals-that-restart
}

@test "two thousand connects in a storm of signals without SA_RESTART" {
	alike storms signals-that-interrupt
}

@test "ten thousand connects leave no descriptor and no page of memory behind" {
	alike storms soak
}

@test "ten thousand connects are pending at once" {
	# However long the last ones take on a busy machine, the first must not be given up meanwhile.
	settle TIMEOUT=600
	alike storms pending
}

@test "four threads in one epoll are told of each connection once, and never early" {
	alike storms one-epoll
}

@test "threads connect and close each other's descriptors" {
	alike storms closing-each-others
}

@test "a number that was closed by a raw system call is its next owner's" {
	alike storms closed-unseen
}

@test "of two threads that connect one socket one begins it" {
	alike storms one-socket
}
