# SPDX-License-Identifier: MIT
# What ./dev says on the terminal.

say() { echo "$*"; }

die() { echo "dev: $*" >&2; exit 1; }

seconds_now() { date +%s; }

# transient WORDS: a line that the next one overwrites; only on a terminal.
transient() {
	[ ! -t 1 ] || printf '\r\033[K%.78s' "$*"
}

transient_end() {
	[ ! -t 1 ] || printf '\r\033[K'
}

# tree_end PID: ends a process that we started and all that it started.
tree_end() {
	{ tr ' ' '\n' <"/proc/$1/task/$1/children"; } 2>/dev/null | while read -r tree_child; do
		tree_end "$tree_child"
	done
	kill "$1" 2>/dev/null || :
}
