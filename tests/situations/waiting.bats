#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who waits for an opening socket, how long, and what ends it.

load situations

@test "a blocking connect waits for the answer" {
	alike waiting for-the-answer
}

@test "a blocking connect waits for a refusal" {
	alike waiting for-a-refusal
}

@test "SO_SNDTIMEO ends the wait of connect, and the connection goes on" {
	alike waiting no-longer-than-its-timeout
}

@test "a refusal after SO_SNDTIMEO is told by SO_ERROR" {
	alike waiting refused-after-its-timeout
}

@test "a signal ends the wait of connect, and the connection goes on" {
	alike waiting until-interrupted
}

@test "connect, called again after a signal, waits on" {
	alike waiting again-when-interrupted
}

@test "a handler with SA_RESTART is not noticed by connect" {
	alike waiting on-through-a-signal
}

@test "shutdown in another thread ends the wait of connect" {
	alike waiting until-shut-down
}

@test "close in another thread does not end the wait of connect" {
	alike waiting beyond-its-close
}

@test "a send on a socket that has come to block waits for the answer" {
	alike waiting with-send
}

@test "a write on a socket that has come to block waits for the answer" {
	alike waiting with-write
}

@test "a recv on a socket that has come to block waits for the answer" {
	alike waiting with-recv
}

@test "a read on a socket that has come to block waits for the answer" {
	alike waiting with-read
}

@test "a connect on a socket that has come to block waits for the answer" {
	alike waiting with-connect
}

@test "a stream of stdio on a socket that has come to block waits for the answer" {
	alike waiting with-stdio
}

@test "SO_SNDTIMEO and SO_RCVTIMEO end the waits of send and recv" {
	alike waiting no-longer-than-their-timeouts
}

@test "a signal ends the wait of recv" {
	alike waiting recv-until-interrupted
}

@test "a socket that has come not to block does not wait" {
	alike waiting no-more
}

@test "TCP_FASTOPEN_CONNECT changes nothing" {
	alike waiting with-fast-open
}

@test "SIGIO comes with the answer, and not before" {
	alike waiting for-a-signal
}
