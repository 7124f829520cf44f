#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A refused connect leaves a socket like a refused one, whichever call tells of it.

load situations

@test "poll tells of a refusal, and SO_ERROR once which" {
	alike refusing by-poll
}

@test "poll for no event tells of a refusal" {
	alike refusing by-poll-for-nothing
}

@test "select tells of a refusal" {
	alike refusing by-select
}

@test "epoll tells of a refusal, and once where edges are asked for" {
	alike refusing by-epoll
}

@test "send tells once why it was refused, then it is EPIPE" {
	alike refusing by-send
}

@test "write tells once why it was refused, then it is EPIPE" {
	alike refusing by-write
}

@test "recv tells once why it was refused, then it is the end" {
	alike refusing by-recv
}

@test "read tells once why it was refused, then it is the end" {
	alike refusing by-read
}

@test "a second connect tells why the first was refused" {
	alike refusing by-connect
}

@test "a recv that waits is told of the refusal" {
	alike refusing by-blocking-recv
}

@test "a send that waits is told of the refusal" {
	alike refusing by-blocking-send
}

@test "a duplicate is told of the refusal, and nobody else then" {
	alike refusing by-duplicate
}

@test "a refusal that comes at once is told like one that comes late" {
	alike refusing at-once
}

@test "a blocking connect tells of the refusal itself" {
	alike refusing blocking
}

@test "a descriptor that was refused thrice serves for a fourth connect" {
	alike refusing again
}
