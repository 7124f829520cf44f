# SPDX-License-Identifier: MIT
# Situations: the same program bare and with the library, against one far server (tests/servers/late.py).
#
#	load situations
#	@test "..." { alike PROGRAM SITUATION; }

load ../lib/tunic
load ../preload/same

# How the library is to speak to which proxy.
WAYS=(stepwise one-turn odd)

# By what errno a proxy's refusal is told, where it does not refuse like the server.
TOLD_AS=ECONNREFUSED

# Lines that match this are not looked at.
BUT=$'\001'

setup_file() {
	tunic_setup
	needs python3 unshare nsenter ip || return
	local options=-n
	[ "$(id -u)" -eq 0 ] || options=-rn
	background late unshare $options python3 "$TESTS/servers/late.py" "$BATS_FILE_TMPDIR"
	wait_until 20 test -s "$BATS_FILE_TMPDIR/ready" ||
		fail "no server: $(cat "$(background_log late)")"
}

teardown_file() {
	background_end
}

setup() { situation_setup; }

situation_setup() {
	local options=(-n)
	tunic_setup
	[ "$(id -u)" -eq 0 ] || options=(-n -U --preserve-credentials)
	# shellcheck disable=SC2034 # for `bare`
	INSIDE=(nsenter -t "$(cat "$BATS_FILE_TMPDIR/background/late.pid")" "${options[@]}")
	settle TIMEOUT=60 LOG=quiet
}

way() {
	settle PROXY=127.0.0.1:9050 PIPELINE=no
	case $1 in
	stepwise) ;;
	one-turn) settle PIPELINE=yes ;;
	odd) settle PROXY=127.0.0.1:9051 ;;
	closing) settle PROXY=127.0.0.1:9052 ;;
	unix) settle PROXY="unix:$BATS_FILE_TMPDIR/late.sock" ;;
	esac
}

# live HOW PROGRAM SITUATION [6 | silent | early]: what the program saw is in the file $SEEN; fails if it came to
# no end.
live() {
	local how=$1 status=0
	SEEN=$BATS_TEST_TMPDIR/$1
	shift
	"$how" timeout 90 "$BUILD_UNDER_TEST/tests/situations/$1" "$2" "$BATS_FILE_TMPDIR/control" \
		"${@:3}" >"$SEEN" 2>"$SEEN.messages" </dev/null || status=$?
	[ $status -eq 0 ] || {
		head -n 60 "$SEEN" "$SEEN.messages"
		[ $status -ne 124 ] || echo "and then nothing for 90 seconds"
		fail "$1 $2, $how: status $status"
	}
}

# alike PROGRAM SITUATION [6 | silent | early]: sees the same bare and in each way.
alike() {
	local how known=("${@/#silent/}")
	live bare "${known[@]/#early/}" || return
	sed "/$BUT/d; s/ECONNREFUSED/$TOLD_AS/" "$SEEN" >"$BATS_TEST_TMPDIR/expected"
	for how in "${WAYS[@]}"; do
		way "$how"
		live shimmed "$@" || fail "$how" || return
		sed -i "/$BUT/d" "$SEEN"
		diff -u --label bare --label "$how" "$BATS_TEST_TMPDIR/expected" "$SEEN" \
			>"$BATS_TEST_TMPDIR/diff" || {
			head -n 60 "$BATS_TEST_TMPDIR/diff" "$SEEN.messages"
			fail "not as it is bare: $*, $how" || return
		}
	done
}

# alike_in_all PROGRAM LIST [6 | silent | early]: each situation of the list; one that fails does not hide another.
alike_in_all() {
	local situation failed=
	for situation in $2; do
		alike "$1" "$situation" "${@:3}" || failed+=" $situation"
	done
	[ -z "$failed" ] || fail "not alike:$failed"
}
