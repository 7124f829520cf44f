#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Connections that open while the process execs, hands descriptors on, or closes them.

load situations

@test "posix_spawn and system leave what is opening alone" {
	alike lives spawned-meanwhile
}

@test "a connection that opens is handed to the program that exec makes" {
	alike lives handed-to-exec
}

@test "a duplicate of a connection that opens is handed over though the first descriptor closes on exec" {
	alike lives handed-by-duplicate
}

@test "a connection that opens is handed to the program that posix_spawn makes, though it closes on exec" {
	alike lives handed-by-spawn
}

@test "a connection that opens is handed to a child's program" {
	alike lives handed-to-a-child-by-exec
}

@test "a descriptor that closes on exec keeps nobody waiting" {
	alike lives kept-from-exec
}

@test "an exec that fails changes nothing" {
	alike lives exec-that-fails
}

@test "an opening socket that is sent to another process opens there" {
	alike lives handed-on
}

@test "an opening socket that a process sends to itself opens" {
	alike lives handed-to-itself
}

@test "a file that dup2 has put in the place of an opening socket is that file" {
	alike lives replaced
}

@test "a number that is closed and connected anew is the new connection" {
	alike lives closed-and-connected-anew
}

@test "close_range and closefrom close one number of several" {
	alike lives closed-by-range
}
