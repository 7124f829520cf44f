# SPDX-License-Identifier: MIT
# ./dev stress: the suite that ./dev check runs with few rounds, with many.

# What 200,000 programs take on two slow cores is a quarter of this.
STRESS_MANY=400
STRESS_TIMEOUT=2400

stress_main() {
	STRESS_ROUNDS=${1:-$STRESS_MANY}
	case $#:$STRESS_ROUNDS in
	[01]:*[!0-9]* | [01]: | [01]:0* | [!01]:*) echo "usage: ./dev stress [rounds]" >&2; exit 2 ;;
	esac
	packages_need "the stress tests" build tests tor
	build_for "the stress tests"
	make -s -C "$BUILD" tests/stress/rounds tests/servers/socks_sink >>"$LOG/build/output" 2>&1 ||
		die "the build failed; see build/log/build/output"
	steps_begin
	tornet_begin
	step tornet "a private Tor network starts" tornet_start
	SUITE_TIMEOUT=$((2 * STRESS_TIMEOUT)) TEST_TIMEOUT=$STRESS_TIMEOUT
	step stress "much at once: $STRESS_ROUNDS rounds" suite_run stress "$BUILD"
	check_tally
}
