#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Threads that have slept in epoll_wait since before the connect are woken by its answer, and by nothing else.

load situations

@test "one thread sleeps, and is woken by the answer" {
	alike sleeping one-asleep-before
}

@test "two threads sleep, and one is woken by the answer" {
	alike sleeping two-asleep-before
}

@test "a thread sleeps, and another registers for level and connects" {
	alike sleeping asleep-level
}

@test "a thread sleeps, and another registers for edges and connects" {
	alike sleeping asleep-edge
}

@test "a thread sleeps, and another registers for one shot and connects" {
	alike sleeping asleep-one-shot
}

@test "a thread sleeps, and another registers exclusively and connects" {
	alike sleeping asleep-exclusive
}

@test "a thread sleeps on a disarmed one-shot, and another arms it" {
	alike sleeping asleep-disarmed
}

@test "one thread sleeps in epoll_wait and one in poll" {
	alike sleeping asleep-in-both
}

@test "a thread sleeps in poll on an epoll, and another registers in it and connects" {
	alike sleeping asleep-in-poll-of-epoll
}

@test "a thread sleeps in select on an epoll, and another registers in it and connects" {
	alike sleeping asleep-in-select-of-epoll
}

@test "a thread sleeps in an epoll around an epoll, and another registers in it and connects" {
	alike sleeping asleep-in-outer-epoll
}

@test "two threads in poll on the same socket are both told" {
	alike sleeping both-in-poll
}

@test "one thread waits in recv, another polls" {
	alike sleeping asleep-in-recv
}
