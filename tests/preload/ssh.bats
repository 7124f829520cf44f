#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Through a proxy that others wrote, and to which a loopback address is one of its own machine:
# ssh -D, to an sshd of our own.

load ../lib/tunic
load served

setup_file() {
	tunic_setup
	servers_start
	ssh_start
}

setup() {
	tunic_setup
	settle TIMEOUT=20 LOCAL=tunnel ISOLATE=none PROXY="127.0.0.1:$(cat "$BATS_FILE_TMPDIR/ssh/port")"
}

ssh_start() {
	local dir=$BATS_FILE_TMPDIR/ssh
	needs sshd ssh ssh-keygen || return
	mkdir -p "$dir"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/user"
	mkdir -p /run/sshd 2>/dev/null || true
	read -r sshd_port socks_port < <(python3 -c '
import socket
a, b = socket.socket(), socket.socket()
a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
	echo "$socks_port" >"$dir/port"
	background sshd "$(command -v sshd)" -D -e -f /dev/null -p "$sshd_port" -h "$dir/host" \
		-o ListenAddress=127.0.0.1 -o AuthorizedKeysFile="$dir/user.pub" -o StrictModes=no \
		-o UsePAM=no -o PidFile=none
	wait_until 10 tcp_answers 127.0.0.1 "$sshd_port" ||
		fail "no sshd: $(cat "$(background_log sshd)")" || return
	background ssh ssh -N -F /dev/null -p "$sshd_port" -i "$dir/user" -D "127.0.0.1:$socks_port" \
		-o UserKnownHostsFile="$dir/known" -o StrictHostKeyChecking=no -o BatchMode=yes \
		-o ExitOnForwardFailure=yes "$(id -un)@127.0.0.1"
	wait_until 10 tcp_answers 127.0.0.1 "$socks_port" ||
		fail "no ssh -D: $(cat "$(background_log ssh)" "$(background_log sshd)")"
}

@test "peers, modes, misuse, numbers and greetings are as without" {
	both_ways peer 127.0.0.1 "$(port echo)"
	both_ways peer ::1 "$(port echo6)"
	both_ways modes 127.0.0.1 "$(port echo)"
	both_ways misuse 127.0.0.1 "$(port echo)"
	both_ways numbers 127.0.0.1 "$(port echo)" 50
	both_ways greeted 127.0.0.1 "$(port greeter)"
}
