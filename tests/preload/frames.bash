# SPDX-License-Identifier: MIT
# What frames.bats and musl.bats share, after `load same`: the snippets (snippets.c) print the same with the library
# as without, wherever they are run, but for the lines that a file names.

# Lines SYMBOL|LIBC'S LINE|OURS, ours being empty where there is none. Each has to be met.
otherwise() { :; }

# frames_setup: in setup, after tunic_setup.
frames_setup() {
	place_enter
	INSIDE=(timeout 60 "${INSIDE[@]}")
	cd "$BATS_TEST_TMPDIR" || return
	settle LOCAL=tunnel
	# shellcheck disable=SC2034 # the files that load this read it
	MODULE=$(program .libs/snippets.so)
	FRAMES=$(program frames)
	ECHO=$(port echo) LATE=$(program .libs/late.so)
	export ECHO LATE
}

# expect FRAME...: writes what that frame prints without the library, with our lines in their places, into the file
# `expected`, and its messages into `expected.err`.
expect() {
	bare "$FRAMES" "$@" 2>expected.err |
		awk -v table="$(otherwise)" '
			BEGIN {
				for (n = split(table, rows, "\n"); n > 0; n--) {
					split(rows[n], row, "|")
					ours[row[1] "|" row[2]] = row[3]
				}
			}
			/^--- / { symbol = substr($0, 5) }
			(at = symbol "|" $0) in ours { met[at]; $0 = ours[at] }
			length { print }
			END { for (at in ours) if (!(at in met)) print "not met: " at }' >expected
}

# as_expected COMMAND...: prints what is in that file, says nothing but what it refuses, asks the proxy, and not
# the name server.
as_expected() {
	: >"$BATS_FILE_TMPDIR/dns"
	shimmed "$@" >shimmed.out 2>shimmed.err ||
		fail "status $?: $(tail -n 3 shimmed.out shimmed.err)" || return
	diff -u expected shimmed.out || fail "other output: $*" || return
	[ ! -s "$BATS_FILE_TMPDIR/dns" ] ||
		fail "the name server was asked: $(cat "$BATS_FILE_TMPDIR/dns")" || return
	! grep '^tunic: ' shimmed.err | grep -v '^tunic: [^ ]*: refused ' || fail "other messages" || return
	requests | grep -q '^relay f0 3 public.example ' || fail "the proxy was not asked"
}

# frame FRAME...: that frame is as the plain one without the library.
frame() {
	expect plain
	as_expected "$FRAMES" "$@"
}

# handler: getaddrinfo and its kin, popen, dlopen allocate and lock; a signal handler may not call them without the
# library either. It runs the others.
handler() {
	expect handler
	[ "$(grep -c '^---' expected)" -ge 30 ] || fail "only $(grep -c '^---' expected)" || return
	shimmed "$FRAMES" handler >shimmed.out
	diff -u expected shimmed.out
}
