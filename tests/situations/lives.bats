#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Connections that open while the process forks, execs, and hands descriptors on.

load situations

@test "parent and child both wait for the same fifty connections" {
	alike lives forked
}

@test "parent and child each wait for a connection that they began after the fork" {
	alike lives forked-before
}

@test "parent and child each wait in an epoll of its own for what they began after the fork" {
	alike lives forked-before-epoll
}

@test "a child that closes its copy leaves the parent's alone" {
	alike lives forked-and-closed
}

@test "a child that was forked by a bare system call connects, and closes its copies alone" {
	alike_in_all lives "forked-past-libc forked-past-libc-and-closed"
}

@test "a connection that only the child has kept opens for it" {
	alike lives left-to-a-child
}

@test "a child that is killed while it waits leaves the parent's alone" {
	alike lives killed-child
}

@test "parent and child wait in the same epoll" {
	alike lives forked-with-epoll
}

@test "a parent's epoll tells of what a child has opened that has no epoll" {
	alike_in_all lives "forked-without-epoll forked-without-epoll-edge forked-without-epoll-refused
		forked-without-epoll-changed"
}

@test "a child of vfork that closes everything leaves the parent's alone" {
	alike lives vforked-and-closed
}

@test "posix_spawn and system leave what is opening alone" {
	alike lives spawned-meanwhile
}

@test "a refusal is one to parent and child, and told to who asks first" {
	alike_in_all lives "refused-after-fork refused-for-both"
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
