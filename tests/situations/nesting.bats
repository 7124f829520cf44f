#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# An opening socket in several epolls, by several numbers, and in an epoll within another.

load situations

@test "a duplicate that is registered, beside the first number" {
	alike nesting duplicate-registered
}

@test "a registration outlives its number while a duplicate is open" {
	alike nesting registered-number-closed
}

@test "an epoll that was closed lives on in its duplicate" {
	alike nesting epoll-duplicated
}

@test "of two epolls one is closed, and the other tells" {
	alike nesting one-of-two-closed
}

@test "two epolls tell of the same socket, each in its mode" {
	alike nesting two-epolls
}

@test "an epoll in an epoll, both level-triggered" {
	alike nesting nested-level
}

@test "an epoll in an epoll, both edge-triggered: the outer wakes once" {
	alike nesting nested-edge
}

@test "an edge-triggered epoll in a level-triggered one" {
	alike nesting nested-edge-in-level
}

@test "an epoll in poll" {
	alike nesting nested-in-poll
}
