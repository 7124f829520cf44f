# SPDX-License-Identifier: MIT
# For the checks on the tree: which files there are.

# shellcheck disable=SC2034 # for the suites
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# In a clone: what git has, or would have. In an unpacked tarball: everything but what is built.
tree_files() {
	if [ -e "$TREE/.git" ]; then
		git -c "safe.directory=$TREE" -C "$TREE" ls-files -co --exclude-standard |
			while read -r file; do
				[ ! -e "$TREE/$file" ] || echo "$file"
			done
	else
		(cd "$TREE" && find . \( -name 'build*' -o -name autom4te.cache \) -prune -o -type f \
			! -name configure ! -name 'Makefile.in' ! -name aclocal.m4 ! -name 'config.h.in*' -print |
			sed 's|^\./||')
	fi
}

# Files that people wrote as text: not the corpus of the fuzzers.
text_files() { tree_files | grep -v '^tests/fuzz/corpus/'; }

c_files() { tree_files | grep -E '\.[ch]$'; }

def_files() { tree_files | grep -E '\.def$'; }

shell_files() {
	text_files | while read -r file; do
		case $file in
		*.bash | *.bats | *.sh) echo "$file" ;;
		*.*) ;;
		*) if head -n 1 "$TREE/$file" | grep -qE '^#!.*[/ ](sh|bash|bats)$'; then echo "$file"; fi ;;
		esac
	done
}

# built FILE: a file of the build tree under test.
built() {
	[ -n "${TUNIC_BUILD:-}" ] || { echo "TUNIC_BUILD is not set" >&2; return 1; }
	[ -e "$TUNIC_BUILD/$1" ] || { echo "not built: $TUNIC_BUILD/$1" >&2; return 1; }
	echo "$TUNIC_BUILD/$1"
}

# objects_of FOLDER...: what was compiled of these folders of src, as it is in the library.
objects_of() {
	local folder dir
	for folder; do
		dir=$(built "src/$folder") || return
		find "$dir" -name '*.o' -path '*/.libs/*' | something || return
	done
}

# nothing WHAT: fails with its standard input, if there is any.
nothing() {
	local lines
	lines=$(cat)
	[ -z "$lines" ] || { printf '%s:\n%s\n' "$1" "$lines" >&2; return 1; }
}

# something: passes its standard input on, and fails if there is none: a list that is empty by mistake
# would pass every check. It has to stand in an assignment, where its failure counts.
something() { grep . || { echo "the list of files is empty" >&2; return 1; }; }
