# SPDX-License-Identifier: MIT
# What ./dev bench runs; speed is measured, not tested, so nothing of it is in TESTS.

check_PROGRAMS += tests/bench/bench
EXTRA_DIST += tests/bench/README.md tests/bench/run
