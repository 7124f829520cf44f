# SPDX-License-Identifier: MIT
# ./dev fuzz: every driver in tests/fuzz under libFuzzer.

fuzz_main() {
	seconds=${1:-60}
	case $#:$seconds in
	[01]:*[!0-9]* | [01]: | [!01]:*) echo "usage: ./dev fuzz [seconds for each parser]" >&2; exit 2 ;;
	esac
	packages_need "fuzzing" build clang tests
	steps_begin
	step fuzz "$seconds s of new inputs for each parser" fuzz_run "$seconds"
	"$ROOT/tests/lib/tally" "$STEP"/*.tap
}

fuzz_names() {
	for source in "$ROOT"/tests/fuzz/fuzz_*.c; do
		basename "$source" .c
	done
}

# fuzz_run SECONDS: what is found stays in build/fuzz: new inputs in found/NAME, crashes beside it.
fuzz_run() {
	autogen_once && tree_configure "$BUILD/fuzz" --enable-fuzzing CC=clang CFLAGS='-O1 -g' || return
	count=0
	for fuzzer in $(fuzz_names); do
		count=$((count + 1))
		if fuzz_one "$fuzzer" "$1"; then
			echo "ok $count - nothing found by $fuzzer in $1 s"
		else
			echo "not ok $count - $fuzzer: see build/log/${STEP##*/}/output"
		fi >>"$STEP/fuzz.tap"
	done
	echo "1..$count" >>"$STEP/fuzz.tap"
}

fuzz_one() {
	found=$BUILD/fuzz/found/${1#fuzz_}
	mkdir -p "$found" && make -C "$BUILD/fuzz" -j"$JOBS" "tests/fuzz/$1" &&
		"$BUILD/fuzz/tests/fuzz/$1" -max_total_time="$2" -artifact_prefix="$BUILD/fuzz/" \
			"$found" "$ROOT/tests/fuzz/corpus/${1#fuzz_}"
}
