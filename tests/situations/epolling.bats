#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# epoll shows an opening socket as the kernel does, whenever and however it was registered.

load situations

@test "level-triggered, registered while it opens" {
	alike epolling level
}

@test "level-triggered, registered before connect" {
	alike epolling level-before
}

@test "edge-triggered, registered before connect: one edge, with the program's data" {
	alike epolling edge-before
}

@test "edge-triggered, registered while it opens: one edge" {
	alike epolling edge-meanwhile
}

@test "edge-triggered, registered when it is open: one edge" {
	alike epolling edge-after
}

@test "registered for reading alone, a connection that comes is no event" {
	alike epolling for-reading
}

@test "registered for reading alone, a greeting is an event" {
	alike epolling greeted
}

@test "edge-triggered, a connection and its greeting are one edge to who comes late" {
	alike epolling greeted-by-an-edge
}

@test "one-shot fires once, and again when it is armed again" {
	alike epolling one-shot
}

@test "one-shot that was disarmed before connect stays silent" {
	alike epolling one-shot-disarmed
}

@test "one-shot that is armed while it opens fires once" {
	alike epolling one-shot-armed-meanwhile
}

@test "exclusive, registered before connect" {
	alike epolling exclusive-before
}

@test "exclusive, registered while it opens" {
	alike epolling exclusive-meanwhile
}

@test "a registration can be modified while it opens" {
	alike epolling modified
}

@test "a registration can be modified while it opens by way of a duplicate of the epoll" {
	alike epolling modified-by-duplicate
}

@test "a registration can be deleted and made again while it opens" {
	alike epolling deleted
}

@test "a registration that was deleted while it opened tells nothing" {
	alike epolling deleted-for-good
}

@test "a number that was closed while it opened is its next owner's" {
	alike epolling closed-and-reused
}

@test "timeouts of epoll_wait, epoll_pwait and epoll_pwait2 are kept while a connect is held" {
	alike epolling time-runs-out
}

@test "a signal interrupts a wait that does not mask it" {
	alike epolling interrupted
}

@test "other descriptors in the same epoll are told of at once, in their turn" {
	alike epolling among-others
}

@test "who asks for one event and does not wait gets it, whatever opens meanwhile" {
	alike epolling behind-others
}

@test "arguments that make no sense get the kernel's errno" {
	alike epolling misused
}

@test "a thousand connects in one epoll open at once, and each is told of once" {
	alike epolling many
}
