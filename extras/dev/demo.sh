# SPDX-License-Identifier: MIT
# ./dev demo: tunic over a private Tor network, with proof that nothing else left.
#
# It runs in a network namespace of its own wherever that is possible: as root, or where an ordinary
# user may make one. Nothing that runs beside it is then in the picture, and a capture of everything is
# possible. Elsewhere the proof is the list of the program's sockets. (The user keeps his number in that
# namespace: as its root, tcpdump would want to become somebody else, which it cannot there.)

demo_main() {
	[ $# -eq 0 ] || { echo "usage: ./dev demo" >&2; exit 2; }
	packages_need "the demo" build tor
	build_for "the demo"
	DEMO=$(mktemp -d "${TMPDIR:-/tmp}/tunic-demo.XXXXXX")
	trap demo_end EXIT
	trap 'exit 1' INT TERM HUP
	if [ "$(id -u)" -eq 0 ] && unshare -n true 2>/dev/null; then
		unshare -n "$ROOT/extras/dev/demo-show" "$ROOT" "$DEMO" apart
	elif unshare -cn --keep-caps ip link set lo up 2>/dev/null; then
		unshare -cn --keep-caps "$ROOT/extras/dev/demo-show" "$ROOT" "$DEMO" apart
	else
		"$ROOT/extras/dev/demo-show" "$ROOT" "$DEMO" beside
	fi
}

demo_end() {
	"$ROOT/tests/tornet/tornet" stop "$DEMO/tor" || :
	rm -rf "$DEMO"
}
