#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where a connection counts as open when the request for it is on its way, what comes on it is told no worse.

load situations

# shellcheck disable=SC2034 # for alike
WAYS=(optimistic)

@test "optimistic: a single byte that the server says is told of" {
	alike opening a-single-byte
}
