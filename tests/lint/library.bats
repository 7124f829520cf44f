#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# libtunic.so is a guest in somebody else's process: what it shows, what it calls, how it is linked.

load tree

setup() {
	LIBRARY=$(built .libs/libtunic.so)
	rows >"$BATS_TEST_TMPDIR/rows"
}

# The exported names.
rows() {
	sed -nE 's/^(HOOK|HOOK_MAY|ALIAS|LATE|INNER)\(([A-Za-z0-9_]+).*/\2/p' "$TREE/src/lib/hooks.def" |
		sort -u | something
}

exported() { nm -D --defined-only "$LIBRARY" | awk '{ print $3 }' | sed 's/@.*//' | sort -u; }

@test "every row of hooks.def is of a known kind" {
	grep -E '^[A-Z_]+\(' "$TREE/src/lib/hooks.def" | grep -vE '^(HOOK|HOOK_MAY|ALIAS|LATE|INNER)\(' |
		nothing "these are not"
}

@test "the library exports the rows of hooks.def, and nothing more" {
	diff "$BATS_TEST_TMPDIR/rows" <(exported)
}

# The hooks of syscall(2) and dlsym(3) are left out: what they name are the hooks, and they mean them. What
# target opens it closes by name, since the command does so, too: no program has had that descriptor, so the
# hook is the real call and nothing more.
@test "nothing that is linked into the library calls by name what it interposes" {
	local objects
	objects=$(objects_of base proto core target lib)
	for object in $objects; do
		[[ $object = *hook_syscall.o || $object = *hook_loader.o ]] || nm -A -u "$object"
	done | sed 's/@.*//' | grep -vE 'target\.o:.* (close|prctl)$' |
		awk 'NR == FNR { hooked[$1]; next } $NF in hooked' "$BATS_TEST_TMPDIR/rows" - |
		nothing "these do: they have to go through real"
}

@test "the library needs libc alone" {
	readelf -d "$LIBRARY" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
		grep -vE '^(libc\.so|ld-linux|ld-musl)' | nothing "it also needs"
}

@test "the library is relocated whole before it runs, and keeps nothing writable that need not be" {
	readelf -d "$LIBRARY" | grep -qE 'FLAGS.*(BIND_NOW|NOW)'
	readelf -lW "$LIBRARY" | grep -q GNU_RELRO
	readelf -d "$LIBRARY" | grep TEXTREL | nothing "text relocations"
	readelf -lW "$LIBRARY" | grep -E 'GNU_STACK.*E|LOAD.*RWE' | nothing "memory to write and execute"
}

@test "the command is a position independent program, relocated whole before it runs" {
	local command
	command=$(built tunic)
	readelf -h "$command" | grep -qE 'Type: +DYN'
	readelf -d "$command" | grep -qE 'FLAGS.*(BIND_NOW|NOW)'
	readelf -lW "$command" | grep -q GNU_RELRO
}
