#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One thread with many connections: do all pages come, and do the connections open at the same time? A proxy that
# answers nobody before all have come tells that without a clock. event_libraries.bats has more of these.

load ../lib/tunic
load loops

setup() {
	tunic_setup
	tornet_setup
}

teardown() {
	background_end
}

@test "python's selectors fetch pages by select, poll and epoll" {
	for SELECTOR in SelectSelector PollSelector EpollSelector; do
		export SELECTOR
		pages_come python3 "$LOOPS/selectors_pages.py"
	done
}

@test "python's selectors open connections at once by select" {
	SELECTOR=SelectSelector opens_at_once python3 "$LOOPS/selectors_pages.py"
}

@test "python's selectors open connections at once by poll" {
	SELECTOR=PollSelector opens_at_once python3 "$LOOPS/selectors_pages.py"
}

@test "python's selectors open connections at once by epoll" {
	SELECTOR=EpollSelector opens_at_once python3 "$LOOPS/selectors_pages.py"
}

@test "python's asyncio fetches pages" {
	pages_come python3 "$LOOPS/asyncio_pages.py"
}

@test "python's asyncio opens connections at once" {
	opens_at_once python3 "$LOOPS/asyncio_pages.py"
}

@test "curl --parallel fetches pages" {
	AS_URLS=yes pages_come curl -sS --parallel --parallel-immediate
}

@test "curl --parallel opens connections at once" {
	AS_URLS=yes opens_at_once curl -sS --parallel --parallel-immediate
}
