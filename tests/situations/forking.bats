#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Connections that open while the process forks.

load situations

@test "parent and child both wait for the same fifty connections" {
	alike forking forked
}

@test "parent and child each wait for a connection that they began after the fork" {
	alike forking forked-before
}

@test "parent and child each wait in an epoll of its own for what they began after the fork" {
	alike forking forked-before-epoll
}

@test "a child that closes its copy leaves the parent's alone" {
	alike forking forked-and-closed
}

@test "a child that was forked by a bare system call connects, and closes its copies alone" {
	alike_in_all forking "forked-past-libc forked-past-libc-and-closed"
}

@test "a connection that only the child has kept opens for it" {
	alike forking left-to-a-child
}

@test "a child that is killed while it waits leaves the parent's alone" {
	alike forking killed-child
}

@test "parent and child wait in the same epoll" {
	alike forking forked-with-epoll
}

@test "a parent's epoll tells of what a child has opened that has no epoll" {
	alike_in_all forking "forked-without-epoll forked-without-epoll-edge forked-without-epoll-refused
		forked-without-epoll-changed"
}

@test "a child of vfork that closes everything leaves the parent's alone" {
	alike forking vforked-and-closed
}

@test "a refusal is one to parent and child, and told to who asks first" {
	alike_in_all forking "refused-after-fork refused-for-both"
}
