# SPDX-License-Identifier: MIT
# What ./dev stress runs, and ./dev check with few rounds.

check_PROGRAMS += tests/stress/rounds
EXTRA_DIST += tests/stress/guard.bats tests/stress/rounds.bats tests/stress/stress.bats
