# SPDX-License-Identifier: MIT
# What is built for the tests; ./dev runs the suites that are not programs of `make check`.

include tests/unit/local.mk
include tests/fuzz/local.mk
