#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Much at once over the private Tor network: programs, threads, forks. STRESS_ROUNDS says how much:
# ./dev check runs few, ./dev stress many.

load ../lib/tunic

setup() {
	tunic_setup
	tornet_setup
	[ -n "${STRESS_ROUNDS:-}" ] || fail "STRESS_ROUNDS is not set"
}

# counted FILE: how often each line is in it.
counted() { sort "$1" | uniq -c | sed 's/^ *//'; }

@test "programs that run at once all get their page" {
	local seen=$BATS_TEST_TMPDIR/seen
	seq "$STRESS_ROUNDS" | xargs -P 16 -I N \
		"$TUNIC" curl -sS -m 120 "http://pub.test:$HTTP_PORT/at-once" >"$seen" 2>&1
	run counted "$seen"
	assert_output "$STRESS_ROUNDS tornet ok /at-once"
}

@test "a run of programs, one after the other, uses one name's one stand-in address" {
	local seen=$BATS_TEST_TMPDIR/seen
	# shellcheck disable=SC2016 # for the inner shell
	"$TUNIC" bash -c 'for i in $(seq "$1"); do
		python3 -c "import socket, sys; print(socket.gethostbyname(sys.argv[1]))" "$2"
	done' bash "$STRESS_ROUNDS" "$TORNET_ONION" >"$seen" 2>&1
	run counted "$seen"
	[ "$(wc -l <<<"$output")" -eq 1 ] || { seen; fail "expected one address"; }
	[[ $output = "$STRESS_ROUNDS 127."* ]] || { seen; fail "expected an address of the pool"; }
}

# fetch_in_python: page(host, port, path) by bytes and sockets alone: nothing of python's own has a lock
# that a fork could find taken.
fetch_in_python() {
	cat <<-'END'
		import socket

		def page(host, port, path):
		    fd = socket.socket()
		    fd.settimeout(120)
		    fd.connect(socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0][4])
		    fd.sendall(b"GET " + path + b" HTTP/1.0\r\n\r\n")
		    answer = b""
		    while piece := fd.recv(4096):
		        answer += piece
		    fd.close()
		    return answer.split(b"\r\n\r\n")[1].strip()
	END
}

@test "threads that look names up and connect at once all get their page" {
	{ fetch_in_python; cat <<-'END'; } >"$BATS_TEST_TMPDIR/threads.py"
		import concurrent.futures, sys
		rounds, port = int(sys.argv[1]), int(sys.argv[2])
		with concurrent.futures.ThreadPoolExecutor(16) as threads:
		    pages = list(threads.map(lambda _: page(b"pub.test", port, b"/thread"), range(rounds)))
		print(len(pages), *sorted(set(pages)))
	END
	run --separate-stderr timeout 600 \
		"$TUNIC" python3 "$BATS_TEST_TMPDIR/threads.py" "$STRESS_ROUNDS" "$HTTP_PORT"
	assert_status 0
	assert_output "$STRESS_ROUNDS b'tornet ok /thread'"
}

@test "children forked while threads connect get their page" {
	{ fetch_in_python; cat <<-'END'; } >"$BATS_TEST_TMPDIR/forks.py"
		import os, sys, threading
		rounds, port = int(sys.argv[1]), int(sys.argv[2])
		over = threading.Event()

		def busy():
		    while not over.is_set():
		        page(b"pub.test", port, b"/busy")

		threads = [threading.Thread(target=busy) for _ in range(4)]
		for thread in threads:
		    thread.start()
		good = 0
		for _ in range(rounds):
		    child = os.fork()
		    if child == 0:
		        os._exit(page(b"pub.test", port, b"/forked") != b"tornet ok /forked")
		    good += os.waitpid(child, 0)[1] == 0
		over.set()
		for thread in threads:
		    thread.join()
		print(good)
	END
	run --separate-stderr timeout 600 \
		"$TUNIC" python3 "$BATS_TEST_TMPDIR/forks.py" "$STRESS_ROUNDS" "$HTTP_PORT"
	assert_status 0
	assert_output "$STRESS_ROUNDS"
}
