# SPDX-License-Identifier: MIT
# Steps: named pieces of a check, each with its own folder of output, and lanes, which are rows of
# steps that run beside each other.
#
# A step is a function. What it prints goes to build/log/STEP/output. It leaves TAP in files *.tap in
# that folder ($STEP), one for each producer; a step that leaves none is itself the one test: it
# passes when the function returns 0. A step that fails without a failing test in its TAP gets one.

steps_begin() {
	[ ! -d "$LOG" ] || find "$LOG" -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
	mkdir -p "$LOG/.lanes"
	LANES=
}

# verdict FILE ok|'not ok' SENTENCE: one test.
verdict() {
	printf '1..1\n%s 1 - %s\n' "$2" "$3" >"$1"
}

# step NAME SENTENCE FUNCTION ARGUMENTS...: always returns 0; the tally judges.
step() {
	name=$1 sentence=$2
	shift 2
	STEP=$LOG/$name
	mkdir -p "$STEP"
	echo "$name" >"$LOG/.lanes/${LANE:-main}"
	started=$(seconds_now)
	status=0
	("$@") >"$STEP/output" 2>&1 </dev/null || status=$?
	step_judge $status "$sentence"
	transient_end
	printf '  %-18s %-52s %s, %d s\n' "$name" "$sentence" "$(step_counts)" \
		$(($(seconds_now) - started))
	rm -f "$LOG/.lanes/${LANE:-main}"
}

step_judge() {
	if [ -z "$(find "$STEP" -name '*.tap' | head -n 1)" ]; then
		if [ "$1" -eq 0 ]; then
			verdict "$STEP/$name.tap" ok "$2"
		else
			verdict "$STEP/$name.tap" 'not ok' "$2: status $1, see build/log/$name/output"
			tail -n 15 "$STEP/output" | sed 's/^/# /' >>"$STEP/$name.tap"
		fi
	elif [ "$1" -ne 0 ] && "$ROOT/tests/lib/tally" --allow-skips "$STEP"/*.tap >/dev/null; then
		verdict "$STEP/status.tap" 'not ok' "$2: status $1, see build/log/$name/output"
		tail -n 15 "$STEP/output" | sed 's/^/# /' >>"$STEP/status.tap"
	fi
}

step_counts() {
	"$ROOT/tests/lib/tally" --allow-skips "$STEP"/*.tap | tail -n 1 | sed 's/, 0 failed//'
}

# lane NAME FUNCTION: runs beside the others; lanes_wait collects them.
lane() {
	(trap - EXIT; LANE=$1; "$2") &
	LANES="$LANES $1:$!"
}

lanes_running() {
	for lane in $LANES; do
		if kill -0 "${lane#*:}" 2>/dev/null; then echo "${lane%%:*}"; fi
	done
}

# What each lane is at, with the number of tests so far.
lanes_at() {
	for lane in $(lanes_running); do
		at=$(cat "$LOG/.lanes/$lane" 2>/dev/null) || continue
		count=$(cat "$LOG/$at"/*.tap 2>/dev/null | grep -cE '^(not )?ok') || :
		[ "$count" -eq 0 ] && printf '%s  ' "$at" || printf '%s (%s)  ' "$at" "$count"
	done
}

# lanes_wait: with progress: always on a terminal, elsewhere a line from time to time.
lanes_wait() {
	waited=0
	while [ -n "$(lanes_running)" ]; do
		sleep 1
		waited=$((waited + 1))
		transient "  ... $waited s: $(lanes_at)"
		[ -t 1 ] || [ $((waited % 30)) -ne 0 ] || say "  ... $waited s: $(lanes_at)"
	done
	transient_end
	for lane in $LANES; do
		wait "${lane#*:}" && continue
		mkdir -p "$LOG/lane"
		verdict "$LOG/lane/${lane%%:*}.tap" 'not ok' "the ${lane%%:*} lane ran to its end"
	done
	LANES=
}

lanes_end() {
	for lane in ${LANES:-}; do tree_end "${lane#*:}"; done
}
