#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Situations of a socket of IPv6, which reaches the proxy by an IPv4-mapped address.

load situations

@test "IPv6: what an opening socket says of itself, and a second connect" {
	alike_in_all opening "in-progress facts already greeted not-yet disconnected" 6
}

@test "IPv6: a refusal" {
	alike_in_all refusing "by-poll by-send by-recv by-connect blocking again" 6
}

@test "IPv6: poll, select and epoll" {
	alike_in_all polling "by-select among-others many" 6
	alike_in_all epolling "edge-before one-shot deleted many" 6
}

@test "IPv6: connects that wait" {
	alike_in_all waiting "for-the-answer no-longer-than-its-timeout until-interrupted with-send with-recv" 6
}
