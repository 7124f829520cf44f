# SPDX-License-Identifier: MIT
# ./dev check: everything that has to hold, in lanes beside each other, and the tally of it.

# Which suites there are is said here, in the lanes, and not found by looking: one that is missing has to fail.
SUITES="e2e guard preload leak install"
THREAD_TESTS="tests/unit/test_pool tests/unit/test_interest tests/unit/test_opening tests/unit/test_fd_table
	tests/unit/test_name_cache"
FUZZ_SECONDS=10
SUITE_TIMEOUT=900
TEST_TIMEOUT=300
STRESS_ROUNDS=20
CLIENTS=
skips=

check_usage() {
	cat <<-E
	usage: ./dev check [--allow-skips] [--clients]
	Runs every check. Exits with 0 when all passed and none was skipped; what each step said is in
	build/log.
	  --allow-skips  tests may pass over what this machine cannot do
	  --clients      every program of tests/clients, not only those that most machines have
	E
}

check_main() {
	for argument; do
		case $argument in
		--allow-skips) skips=--allow-skips ;;
		--clients) CLIENTS=--all ;;
		-h | --help) check_usage; exit 0 ;;
		*) check_usage >&2; exit 2 ;;
		esac
	done
	packages_need "the checks" build tests tor clang lint ${CLIENTS:+clients}
	steps_begin
	tornet_begin
	say "checking, with a line for each step; what each says is in build/log"
	lane build lane_build
	lane tor lane_tornet
	lanes_wait
	if [ -x "$BUILD/tunic" ]; then
		lane suites lane_suites
		lane tor lane_tor
		lane variants lane_variants
		lanes_wait
	fi
	check_tally
}

# check_tally: the paths have no blanks, since configure does not take any.
check_tally() {
	# shellcheck disable=SC2046,SC2086 # words are wanted
	"$ROOT/tests/lib/tally" $skips $(find "$LOG" -name '*.tap' | sort)
}

# tornet_begin: the place for the network, which ends with us, whatever ends us.
tornet_begin() {
	TORNET=$(mktemp -d "${TMPDIR:-/tmp}/tunic-tornet.XXXXXX")
	trap tornet_end EXIT
	trap 'exit 1' INT TERM HUP
}

tornet_end() {
	lanes_end
	"$ROOT/tests/tornet/tornet" stop "$TORNET" || :
	rm -rf "$TORNET"
}

lane_build() {
	step build "gcc, warnings are errors" check_build
}

lane_tornet() {
	step tornet "a private Tor network starts" tornet_start
	step newer-curl "a curl that refuses .onion by itself" \
		"$ROOT/tests/lib/newer-curl" "$BUILD/newer-curl"
}

lane_suites() {
	step unit "unit tests, every prefix of the fuzz corpus" unit_tests "$BUILD"
	for suite in $SUITES; do
		# shellcheck disable=SC2086 # none, or one word
		step "$suite" "$(suite_title "$suite")" suite_run "$suite" "$BUILD" $CLIENTS
	done
	step lint "checks on the tree" lint_run
	step leak-swap "nor where it cannot have descriptors of programs" suite_run leak "$BUILD" --swap
}

lane_tor() {
	step e2e_tor "$(suite_title e2e_tor)" suite_run e2e_tor "$BUILD"
	# shellcheck disable=SC2086 # none, or one word
	step clients "$(suite_title clients)" suite_run clients "$BUILD" $CLIENTS
	step stress "$(suite_title stress)" suite_run stress "$BUILD"
	step situations "$(suite_title situations)" suite_run situations "$BUILD"
	step leak-guard "nothing leaves under the guard, by whatever way" suite_run leak "$BUILD" --guard
	step leak-seal "nothing leaves under the seal, nor beside it" suite_run leak "$BUILD" --seal
	[ "$(id -u)" -ne 0 ] || step leak-user "nothing leaves, started by an ordinary user" \
		suite_run leak "$BUILD" --unprivileged
}

lane_variants() {
	step clang "clang, warnings are errors" variant_build clang
	step clang-unit "unit tests of that build" unit_tests "$BUILD/clang"
	step sanitizers "gcc with address and undefined sanitizers" variant_build sanitizers
	step sanitizers-unit "unit tests of that build" unit_tests "$BUILD/sanitizers"
	step sanitizers-preload "the sanitized library in host programs" \
		sanitized_suite_run preload
	step sanitizers-situations "the same while connections open" \
		sanitized_suite_run situations
	step threads "the thread sanitizer on what threads share" threads_run
	step fuzz "$FUZZ_SECONDS s of new inputs for each parser" fuzz_run $FUZZ_SECONDS
	step distcheck "the tarball builds, passes and installs" check_dist
}

check_build() { autogen_once && build_gcc && tests_build "$BUILD"; }

tornet_start() { OWNER=$$ TORNET_PROGRESS=1 "$ROOT/tests/tornet/tornet" start "$TORNET"; }

variant_build() { "build_$1" && tests_build "$BUILD/$1"; }

suite_title() {
	case $1 in
	e2e) echo "the command, without Tor" ;;
	guard) echo "programs that the library cannot be in" ;;
	preload) echo "host programs with and without the library" ;;
	situations) echo "host programs while their connections open, bare and with the library" ;;
	leak) echo "nothing leaves but to the proxy" ;;
	install) echo "make install, and what it installed" ;;
	e2e_tor) echo "programs over the private Tor network" ;;
	clients) echo "$(clients_count "$CLIENTS") of $(clients_count --all) clients, and more (--clients runs all)" ;;
	stress) echo "much at once: $STRESS_ROUNDS rounds of $STRESS_MANY (./dev stress)" ;;
	*) echo "tests/$1" ;;
	esac
}

clients_count() { grep -c "^check${1:+\|^more}" "$ROOT/tests/clients/clients.tsv"; }

# suite_run NAME TREE ARGUMENTS...: a folder with a program `run` that speaks TAP, with bats files, or both. With
# --all, what is tagged `more` runs too.
suite_run() {
	suite=$1
	TUNIC_BUILD=$2 TORNET_ENV=$TORNET/env CURL_NEW=$BUILD/newer-curl
	export TUNIC_BUILD TORNET_ENV CURL_NEW STRESS_ROUNDS
	shift 2
	status=0
	[ ! -x "$ROOT/tests/$suite/run" ] || suite_part "$suite" "$ROOT/tests/$suite/run" "$@" || status=$?
	[ -z "$(find "$ROOT/tests/$suite" -name '*.bats')" ] || suite_bats "$@" || status=$?
	return $status
}

suite_bats() {
	[ "${1:-}" = --all ] && tags= || tags='!more'
	suite_part "$suite-bats" env BATS_TEST_TIMEOUT=$TEST_TIMEOUT bats --formatter tap \
		${tags:+--filter-tags "$tags"} "$ROOT/tests/$suite"
}

suite_part() {
	part=$1
	shift
	timeout -k 10 $SUITE_TIMEOUT "$@" >"$STEP/$part.tap"
}

# The library's own leaks are looked for in the unit tests: here those of the hosts would be found.
sanitized_suite_run() {
	TUNIC_SANITIZED=$(realpath "$(gcc -print-file-name=libasan.so)")
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1
	export TUNIC_SANITIZED ASAN_OPTIONS UBSAN_OPTIONS
	suite_run "$1" "$BUILD/sanitizers"
}

# unit_tests TREE: each program's log is its TAP.
unit_tests() {
	find "$1/tests" -name '*.log' -exec rm -f {} +
	status=0
	UBSAN_OPTIONS=print_stacktrace=1 make -C "$1" -j"$JOBS" -k check || status=$?
	find "$1/tests" -name '*.log' | while read -r log; do
		cp "$log" "$STEP/$(basename "$log" .log).tap"
	done
	[ -n "$(find "$STEP" -name '*.tap')" ] || { echo "make check ran no test"; status=1; }
	return $status
}

# The thread sanitizer wants addresses where it expects them, hence setarch.
threads_run() {
	tree_configure "$BUILD/threads" --enable-sanitizers=thread CC=gcc CFLAGS='-O1 -g' || return
	status=0
	for program in $THREAD_TESTS; do
		make -C "$BUILD/threads" -j"$JOBS" "$program" || return
		CMOCKA_MESSAGE_OUTPUT=TAP setarch -R "$BUILD/threads/$program" \
			>"$STEP/$(basename "$program").tap" || status=$?
	done
	return $status
}

check_dist() {
	make -C "$BUILD" -j"$JOBS" distcheck DISTCHECK_CONFIGURE_FLAGS='CFLAGS=-O0'
}
