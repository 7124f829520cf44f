#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# ssh as more than a client: a SOCKS server of its own and a forwarded port, for programs that know nothing of tunic.

load ../lib/tunic
load ../lib/sshd

setup_file() {
	environment_clean
	tornet_setup
	needs ssh ssh-keygen curl
	sshd_start
}

teardown_file() {
	background_end
}

setup() {
	tunic_setup
	tornet_setup
	PORT=$(port_free)
}

teardown() {
	background_end
}

# ssh_serves OPTION...: an ssh under tunic that listens on $PORT.
ssh_serves() {
	background ssh "$TUNIC" ssh -F "$SSH_DIR/client_config" -N -o ExitOnForwardFailure=yes "$@" "$TORNET_ONION"
	wait_until 60 tcp_answers 127.0.0.1 "$PORT" || { cat "$(background_log ssh)" >&2; return 1; }
}

@test "ssh -D under tunic serves programs that are not, and connects at the far end" {
	ssh_serves -D "127.0.0.1:$PORT"
	run --separate-stderr curl -sS --socks5-hostname "127.0.0.1:$PORT" "http://127.0.0.1:$HTTP_PORT/dynamic"
	assert_status 0
	assert_output "tornet ok /dynamic"
}

@test "ssh -L under tunic forwards a port to the far end" {
	ssh_serves -L "127.0.0.1:$PORT:127.0.0.1:$HTTP_PORT"
	run --separate-stderr curl -sS "http://127.0.0.1:$PORT/forwarded"
	assert_status 0
	assert_output "tornet ok /forwarded"
}
