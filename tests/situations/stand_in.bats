#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Situations where a stand-in has to serve, because the proxy is a unix socket.

load situations

on_a_stand_in() {
	# shellcheck disable=SC2034 # for alike
	WAYS=(unix)
	alike_in_all "$@"
}

@test "stand-in: a connect is in progress until the server has answered" {
	on_a_stand_in opening "in-progress already asked-by-connect asked-by-getpeername"
}

@test "stand-in: reads and writes before the answer" {
	on_a_stand_in opening "amid-a-stream not-yet greeted by-stdio by-inner-ways by-threads-of-libc"
}

# Linux leaves ECONNRESET in a socket that was disconnected, not in the fresh one that replaces a stand-in.
@test "stand-in: an opening socket that is disconnected serves anew" {
	# shellcheck disable=SC2034
	BUT='^disconnected: OUT'
	on_a_stand_in opening disconnected
}

@test "stand-in: nothing is sent on an opening socket that was shut down" {
	on_a_stand_in opening shut-down-for-good
}

@test "stand-in: a refusal" {
	on_a_stand_in refusing "by-poll by-select by-epoll by-send by-recv by-connect blocking again
		by-blocking-recv by-blocking-send"
}

@test "stand-in: poll and select" {
	on_a_stand_in polling "time-runs-out by-select among-others high-numbers by-duplicate many"
}

# A unix socket becomes writable again with every byte that its peer takes: edges are compared before the stream.
@test "stand-in: epoll, registered before connect and while it opens" {
	on_a_stand_in epolling "level level-before edge-before edge-after one-shot modified deleted many"
}

@test "stand-in: connects that wait" {
	on_a_stand_in waiting "for-the-answer for-a-refusal no-longer-than-its-timeout with-send with-recv"
}

@test "stand-in: fork, exec and descriptors that are handed on" {
	on_a_stand_in forking "forked forked-and-closed left-to-a-child"
	on_a_stand_in lives "handed-to-exec handed-on closed-and-connected-anew"
}

# The reason is told in the process that has heard it.
@test "stand-in: a refusal ends the connection of parent and child" {
	on_a_stand_in forking refused-after-fork
}

@test "stand-in: threads that have slept since before the connect are woken by its answer alone" {
	on_a_stand_in sleeping "one-asleep-before two-asleep-before asleep-level asleep-edge asleep-one-shot"
}
