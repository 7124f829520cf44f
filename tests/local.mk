# SPDX-License-Identifier: MIT
# What is built for the tests; ./dev runs the suites that are not programs of `make check`.

include tests/unit/local.mk
include tests/fuzz/local.mk
include tests/preload/local.mk
include tests/situations/local.mk
include tests/servers/local.mk
include tests/bench/local.mk
include tests/stress/local.mk

# Suites that are scripts; a folder comes along whole, so nothing may be built in it.
EXTRA_DIST += \
	tests/README.md \
	tests/clients tests/e2e tests/e2e_tor tests/guard tests/install tests/leak tests/lib tests/lint \
	tests/tornet
