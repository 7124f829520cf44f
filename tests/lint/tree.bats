#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What every file and every folder has to have.

load tree

setup() { cd "$TREE" || return; }

# A source file opens with its licence and, at once, with what it is for.
opens_well() {
	case $1 in
	*.c | *.h | *.def)
		[ "$(sed -n 1p "$1")" = '/* SPDX-License-Identifier: MIT */' ] &&
			sed -n '2,3p' "$1" | tr '\n' ' ' | grep -qE '^/\* *(\* *)?[A-Za-z#]'
		;;
	*)
		sed -n '1{/^#!/d};p' "$1" | sed -n 1p | grep -qE '^(#|dnl|\.\\") SPDX-License-Identifier: MIT$' &&
			sed -n '1{/^#!/d};p' "$1" | sed -n 2p | grep -qE '^(#|dnl|\.\\"|"""|'"'''"') ?[^ ]'
		;;
	esac
}

sources() {
	c_files
	def_files
	shell_files
	tree_files | grep -E '\.(py|mk|ac|am|[158])$'
}

@test "every source file opens with its licence and what it is for" {
	local files
	files=$(sources | something)
	for file in $files; do
		opens_well "$file" || echo "$file"
	done | nothing "these do not"
}

@test "every folder of src, and tests, has a README" {
	for folder in src/*/ tests/; do
		[ -s "${folder}README.md" ] || echo "$folder"
	done | nothing "these have none"
}

@test "a README is no longer than a screen and a half" {
	local files
	files=$(tree_files | grep -E '^(src|tests)/.*README\.md$' | something)
	for file in $files; do
		[ "$(wc -l <"$file")" -le 75 ] || echo "$file"
	done | nothing "these are longer"
}

@test "nothing that is generated is in the repository" {
	if [ -e .git ]; then
		git -c "safe.directory=$TREE" ls-files -ci --exclude-standard | nothing "these are"
	fi
	tree_files | grep -E '(^|/)(configure|Makefile\.in|Makefile|aclocal\.m4|config\.h\.in|.*\.(o|lo|la|so|log|trs|orig|rej|pyc))$' |
		nothing "these are"
}

@test "no file names the home of whoever wrote it" {
	local files
	files=$(text_files | something)
	for file in $files; do
		grep -nHE '(^|[^A-Za-z0-9_.$}-])/(home|root|Users|work)/' "$file" || true
	done | grep -vE '^tests/lint/tree.bats:|/home/(u|user|you)/' | nothing "these do"
}

@test "lines end without blanks, and files with a newline" {
	local files
	files=$(text_files | something)
	for file in $files; do
		grep -nHE '[[:blank:]]$' "$file" || true
		[ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at the end"
	done | nothing "these do not"
}

@test "no comment puts something off" {
	local files
	files=$(sources | something)
	for file in $files; do
		grep -nHE '(^|[[:blank:]])(#|/\*|\*|//).*\b(TODO|FIXME|XXX)\b' "$file" || true
	done | grep -vE '^tests/(lint/(tree|tally).bats|lib/tally):' | nothing "these do"
}
