#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A setting is a row of options.def; help, manual pages and completions have to agree with the rows.

load tree

setup() { cd "$TREE" || return; }

# The keys, as they are in tunic.conf.
keys() { sed -nE 's/^OPTION\(([a-z0-9_]+),.*/\1/p' src/core/options.def | sort | something; }

flags() { keys | tr _ -; }

page() { MANWIDTH=400 mandoc -T ascii "$1" | sed 's/.\x08//g'; }

@test "tunic --help has the flag of every setting, and no flag that is unknown" {
	local help
	help=$("$(built tunic)" --help)
	diff <({ flags; printf '%s\n' config help print-config report shell version; } | sort) \
		<(grep -E '^ +-' <<<"$help" | grep -oE -- '(^ +(-[A-Za-z], )?|, )--[a-z0-9-]+' |
			sed 's/.*--//' | sort -u)
}

@test "tunic --print-config has every setting" {
	local config
	config=$(env -i HOME=/nonexistent "$(built tunic)" --print-config)
	for key in $(keys); do
		grep -qE "^#? ?$key\b" <<<"$config" || echo "$key"
	done | nothing "it lacks"
}

@test "tunic(1) has the flag of every setting" {
	[ -f doc/tunic.1 ]
	page doc/tunic.1 >"$BATS_TEST_TMPDIR/page"
	for flag in $(flags); do
		grep -qE -- "--$flag\b" "$BATS_TEST_TMPDIR/page" || echo "--$flag"
	done | nothing "it lacks"
}

@test "libtunic(8) names every function that is interposed, and no other" {
	sed -n '/^.Ss What is interposed/,/^.Sh/s/^\.Fn \([A-Za-z0-9_]*\).*/\1/p' doc/libtunic.8 | sort \
		>"$BATS_TEST_TMPDIR/page"
	sed -nE 's/^(HOOK|HOOK_MAY|ALIAS|LATE|INNER)\(([A-Za-z0-9_]+).*/\2/p' src/lib/hooks.def | sort | something |
		diff - "$BATS_TEST_TMPDIR/page"
}

@test "tunic.conf(5) has every setting and its environment name" {
	[ -f doc/tunic.conf.5 ]
	page doc/tunic.conf.5 >"$BATS_TEST_TMPDIR/page"
	for key in $(keys); do
		grep -qE "^ *$key\b" "$BATS_TEST_TMPDIR/page" || echo "$key"
	done | nothing "it lacks"
	grep -q TUNIC_ "$BATS_TEST_TMPDIR/page"
}

@test "tunic.conf(5) has no setting that is unknown" {
	sed -nE 's/^\.It Cm ([a-z0-9_]+) = .*/\1/p' doc/tunic.conf.5 | sort -u |
		comm -23 - <(keys) | nothing "it has"
}

@test "every completion has every flag" {
	[ -d extras/completions ] || return 0
	for file in extras/completions/*; do
		for flag in $(flags); do
			grep -qE -- "(--| -l )'?$flag\b" "$file" || echo "$file: --$flag"
		done
	done | nothing "these are missing"
}
