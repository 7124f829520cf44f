# SPDX-License-Identifier: MIT
# Build trees: build/ itself is the one that is tested and shown, its sub-folders are variants.

JOBS=$(nproc)

# autogen_once: makes configure where it is missing or older than what it comes from. It has to be
# done before several trees are built at once, because all of them share it.
autogen_once() {
	stamp=$BUILD/autogen.stamp
	if [ -x "$ROOT/configure" ] && [ -f "$stamp" ] &&
		[ -z "$(cd "$ROOT" && find configure.ac Makefile.am src tests doc extras \
			\( -name '*.mk' -o -name '*.am' -o -name '*.ac' \) -newer "$stamp" | head -n 1)" ]; then
		return 0
	fi
	touch "$stamp.new"
	"$ROOT/autogen.sh" && mv "$stamp.new" "$stamp"
}

# tree_configure DIR OPTIONS...: unless that is how it is configured already.
tree_configure() {
	tree=$1
	shift
	mkdir -p "$tree"
	if [ -n "$(find "$tree/config.status" -newer "$ROOT/configure" 2>/dev/null)" ] &&
		[ "$(cat "$tree/dev-options" 2>/dev/null)" = "$*" ]; then
		return 0
	fi
	(cd "$tree" && "$ROOT/configure" --quiet "$@") && echo "$*" >"$tree/dev-options"
}

# tree_build DIR OPTIONS...
tree_build() {
	tree_configure "$@" && make -C "$1" -j"$JOBS"
}

# tests_build DIR: the programs of `make check`, which other suites use too, without running them.
tests_build() { make -C "$1" -j"$JOBS" check TESTS=; }

build_gcc() { tree_build "$BUILD" --enable-werror CC=gcc CFLAGS='-O2 -g'; }

build_clang() { tree_build "$BUILD/clang" --enable-werror CC=clang CFLAGS='-O2 -g'; }

build_sanitizers() {
	tree_build "$BUILD/sanitizers" --enable-werror --enable-sanitizers CC=gcc CFLAGS='-O1 -g'
}

build_threads() {
	tree_build "$BUILD/threads" --enable-sanitizers=thread CC=gcc CFLAGS='-O1 -g'
}

build_fuzz() {
	tree_build "$BUILD/fuzz" --enable-fuzzing CC=clang CFLAGS='-O1 -g'
}

# build_for WHAT-FOR: the main tree, alone and with words.
build_for() {
	mkdir -p "$LOG/build"
	say "building in build/ for $1..."
	{ autogen_once && build_gcc; } >"$LOG/build/output" 2>&1 || {
		tail -n 20 "$LOG/build/output" >&2
		die "the build failed; see build/log/build/output"
	}
}
