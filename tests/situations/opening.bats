#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A connect on a non-blocking socket is in progress until the far server has answered, and its socket says so.

load situations

@test "a connect is in progress until the server has answered" {
	alike opening in-progress
}

@test "what an opening socket tells of itself is what the kernel tells" {
	alike opening facts
}

@test "a second connect is EALREADY, then a success, then EISCONN" {
	alike opening already
}

@test "a program that asks connect alone sees its connection come" {
	alike opening asked-by-connect
}

@test "a program that asks getpeername alone sees its connection come" {
	alike opening asked-by-getpeername
}

@test "connect on a connection in use leaves its stream whole" {
	alike opening amid-a-stream
}

@test "reads and writes before the answer are EAGAIN, and no byte of the proxy's is to be seen" {
	alike opening not-yet
}

@test "several messages at once before the answer are EAGAIN" {
	alike opening two-at-once
}

@test "files and pipes cannot be sent before the answer, and can after it" {
	alike opening from-files
}

@test "a stream of stdio over a descriptor whose answer is on its way" {
	alike opening by-stdio
}

@test "what libc writes and reads by inner ways waits like any other" {
	alike_in_all opening "by-inner-ways by-threads-of-libc"
}

@test "the first bytes that the server says arrive whole" {
	alike opening greeted
}

@test "a server that greets and closes is seen to do so" {
	alike opening greeted-and-left
}

@test "an opening socket that is disconnected serves anew" {
	alike opening disconnected
}

@test "an opening socket that is shut down is over, and serves anew" {
	alike opening shut-down
}

@test "nothing is sent on an opening socket that was shut down" {
	alike opening shut-down-for-good
}

@test "a single byte that the server says is told of" {
	alike opening a-single-byte
}

@test "memory that cannot be written is EFAULT while it opens" {
	alike opening misused
}

@test "SO_RCVLOWAT and TCP_CORK that were set before stay, and delay nothing" {
	alike opening with-options
}

@test "SO_RCVLOWAT and TCP_CORK that are set while it opens stay, and delay nothing" {
	alike opening with-options-late
}
