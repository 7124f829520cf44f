#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# optimistic = yes: the program speaks before the proxy has answered, and sees what it would see bare. In each
# situation the answer is held until the program's bytes are on their way (early.h).

load situations

setup() {
	situation_setup
	settle OPTIMISTIC=yes
}

# early PROGRAM SITUATIONS
early() { alike_in_all "$@" early; }

@test "a blocking connect is a success before the answer, and the first bytes arrive once" {
	early optimistic blocking
}

@test "a connect that does not wait is open before the answer, as poll and epoll tell" {
	early optimistic "not-waiting by-epoll"
}

@test "whichever call writes, its bytes arrive first" {
	early first_calls written
}

@test "whichever call reads first does not see the answer" {
	early first_calls read-first
}

@test "a stream of stdio that was made of the socket before connect does not see the answer" {
	early first_calls streamed-before
}

@test "nothing is to be read before the server's first byte, as poll and select tell" {
	early optimistic "nothing-by-poll nothing-by-select"
}

@test "nothing is to be read before the server's first byte, as epoll tells" {
	early optimistic "nothing-by-epoll nothing-by-epoll-edge nothing-by-epoll-once"
}

@test "nothing is to be read before the server's first byte, as FIONREAD and a peek tell" {
	early optimistic "nothing-by-ioctl nothing-by-recv"
}

@test "who has read in vain is woken by the server's first byte, not by the answer" {
	early optimistic "nothing-after-recv nothing-after-time"
}

@test "what the server says first is seen whole, one byte or much" {
	early optimistic "one-byte a-line much greeted-and-left"
}

@test "a single byte behind the answer is told of" {
	alike opening a-single-byte
}

@test "a thread that waits to read gets the server's first bytes" {
	early optimistic reader-waits
}

@test "a connection that is closed before the answer leaves its number to another" {
	early optimistic closed
}

@test "what was said before shutdown arrives, though the answer comes after it" {
	early optimistic shut-down
}

@test "shutdown of both halves does not wait for the answer" {
	early optimistic shut-down-for-good
}

@test "a duplicate from before connect reads the server's bytes" {
	early optimistic duplicated-before
}

@test "programs and processes that get the connection do not see the answer" {
	alike_in_all forking "forked forked-with-epoll"
	alike_in_all lives "handed-to-exec handed-by-duplicate handed-by-spawn handed-to-a-child-by-exec handed-on
		handed-to-itself"
}

@test "a refusal is told once by the read or write that comes next" {
	early refused_late "refused-by-recv refused-by-read refused-by-send refused-while-waiting"
}

@test "a refusal is told by poll, select and epoll, and once by SO_ERROR" {
	early refused_late "refused-by-poll refused-by-select refused-by-epoll refused-by-epoll-edge
		refused-by-epoll-once"
}

# A unix socket's peer closes both halves at once, and what was duplicated before is no connection.
@test "stand-in: the program speaks before the answer, and nobody sees that" {
	# shellcheck disable=SC2034 # for alike
	WAYS=(unix)
	early optimistic "blocking not-waiting by-epoll nothing-by-poll nothing-by-select nothing-by-epoll
		nothing-by-epoll-edge nothing-by-epoll-once nothing-by-ioctl nothing-by-recv nothing-after-recv
		one-byte much reader-waits closed shut-down"
	early first_calls "written read-first"
	early refused_late "refused-by-recv refused-by-poll refused-by-epoll"
}
