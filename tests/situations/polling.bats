#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# poll, select and their kin show an opening socket as the kernel does.

load situations

@test "a timeout of poll and ppoll is kept while a connect is held" {
	alike polling time-runs-out
}

@test "select sees a connection come, and keeps account of its time" {
	alike polling by-select
}

@test "pselect sees a connection come, and leaves its timeout alone" {
	alike polling by-pselect
}

@test "a signal interrupts poll and select" {
	alike polling interrupted
}

@test "signal masks of ppoll and pselect hold while they wait, and no longer" {
	alike polling masked
}

@test "other descriptors in the same poll are told of at once" {
	alike polling among-others
}

@test "other descriptors in the same select are told of at once" {
	alike polling among-others-in-select
}

@test "select takes descriptors beyond 1024 in a larger set" {
	alike polling high-numbers
}

@test "select over all descriptors that there may be looks at those that there are" {
	alike polling all-numbers
}

@test "a thousand connects from one thread open at once" {
	alike polling many
}

@test "__poll_chk and __ppoll_chk are poll and ppoll" {
	alike polling by-checked-names
}

@test "every duplicate of an opening socket tells the same" {
	alike polling by-duplicate
}

@test "a poll that sees the answer come tells the same of every duplicate" {
	alike polling by-two-numbers
}

@test "a select that sees the answer come tells the same of every duplicate" {
	alike polling by-two-numbers-in-select
}

@test "arguments that make no sense get the kernel's errno" {
	alike polling misused
}
