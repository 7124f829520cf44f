#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What other programs think of the tree.

load tree

setup() { cd "$TREE" || return; }

@test "cppcheck has nothing to say about the source" {
	c_files | something >"$BATS_TEST_TMPDIR/files"
	# NULL is a pointer in every libc that tunic runs with, so it may end an argument list; the next
	# is about the order of two conditions that are both true of every string; the last is no finding.
	cppcheck --quiet --error-exitcode=1 --enable=warning,portability,performance --inline-suppr \
		--suppress=varFuncNullUB --suppress=arrayIndexThenCheck \
		--suppress=normalCheckLevelMaxBranches --std=c11 --language=c -D_GNU_SOURCE -D__linux__ \
		-D__x86_64__ -D__GNUC__=12 -D_Noreturn=__attribute__\(\(noreturn\)\) -DFUZZ_CORPUS='"x"' -DBINDIR='"x"' -DPKGLIBDIR='"x"' \
		-Isrc -I. -I"$TUNIC_BUILD" --file-list="$BATS_TEST_TMPDIR/files"
}

@test "a suppression of cppcheck's says why" {
	grep -rnE 'cppcheck-suppress' src tests --include='*.[ch]' |
		grep -vE 'cppcheck-suppress [A-Za-z]+ ?[;:] ?[A-Za-z].*' | nothing "these do not"
}

@test "shellcheck has nothing to say about the scripts" {
	local files
	files=$(shell_files | grep -v '^extras/dev/.*\.sh$' | something)
	# shellcheck disable=SC2086 # words are wanted
	shellcheck -x -P SCRIPTDIR $files
	# The parts of ./dev make sense only together.
	shellcheck -x -a dev
}

@test "the manual pages are well formed" {
	tree_files | grep -E '^doc/.*\.[158]$' | something >"$BATS_TEST_TMPDIR/pages"
	xargs mandoc -T lint -W warning <"$BATS_TEST_TMPDIR/pages"
}
