# SPDX-License-Identifier: MIT
# ./dev bench: how much tunic costs, as ratios to the bare system and to its rivals.

bench_main() {
	packages_need "the benchmarks" build tests tor rivals
	build_for "the benchmarks"
	make -s -C "$BUILD" tests/bench/bench tests/servers/socks_sink
	exec "$ROOT/tests/bench/run" "$BUILD" "$@"
}
