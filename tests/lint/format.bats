#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The layout of the source, as .clang-format has it. CLANG_FORMAT names the program, of version 14.

load tree

setup() { cd "$TREE" || return; }

@test "clang-format would change nothing" {
	local files
	files=$(c_files | something)
	# shellcheck disable=SC2086 # words are wanted
	"${CLANG_FORMAT:?}" --dry-run --style=file $files 2>&1 | sed -nE 's/^([^: ]+:[0-9]+):.*/\1/p' |
		sort -u | nothing "these lines would change"
}
