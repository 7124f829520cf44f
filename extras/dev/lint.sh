# SPDX-License-Identifier: MIT
# ./dev lint: checks on the tree, without running what it builds.

# Versions of clang-format disagree about the same configuration, so one of them decides.
CLANG_FORMAT=clang-format-14

lint_main() {
	[ $# -eq 0 ] || { echo "usage: ./dev lint" >&2; exit 2; }
	packages_need "the checks on the tree" build lint
	build_for "the checks on the tree"
	steps_begin
	step lint "checks on the tree" lint_run
	"$ROOT/tests/lib/tally" "$STEP"/*.tap
}

lint_files() {
	for file in "$ROOT"/tests/lint/*.bats; do
		case $file in
		*/format.bats) ! command -v $CLANG_FORMAT >/dev/null || echo "$file" ;;
		*) echo "$file" ;;
		esac
	done
}

lint_run() {
	command -v $CLANG_FORMAT >/dev/null ||
		echo "the layout of the source was not checked: there is no $CLANG_FORMAT here"
	# shellcheck disable=SC2046 # words are wanted
	TUNIC_BUILD=$BUILD CLANG_FORMAT=$CLANG_FORMAT \
		timeout -k 10 600 bats --formatter tap $(lint_files) >"$STEP/lint.tap"
}
