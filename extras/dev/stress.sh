# SPDX-License-Identifier: MIT
# ./dev stress: the suite that ./dev check runs with few rounds, with many.

STRESS_MANY=400

stress_main() {
	STRESS_ROUNDS=${1:-$STRESS_MANY}
	case $#:$STRESS_ROUNDS in
	[01]:*[!0-9]* | [01]: | [01]:0* | [!01]:*) echo "usage: ./dev stress [rounds]" >&2; exit 2 ;;
	esac
	packages_need "the stress tests" build tests tor
	build_for "the stress tests"
	steps_begin
	tornet_begin
	step tornet "a private Tor network starts" tornet_start
	step stress "much at once: $STRESS_ROUNDS rounds" suite_run stress "$BUILD"
	check_tally
}
