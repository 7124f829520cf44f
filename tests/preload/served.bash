# SPDX-License-Identifier: MIT
# `same`, for files whose programs talk to the servers of tests/servers/faults.py from first to last.

load same

setup_file() {
	tunic_setup
	servers_start
}

teardown_file() { background_end; }
