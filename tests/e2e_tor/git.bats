#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A repository cloned over http and over ssh, from an exit and from an onion service.

load ../lib/tunic
load ../lib/sshd
load repository

setup_file() {
	environment_clean
	tornet_setup
	needs git ssh ssh-keygen
	repository_make onion.git
	sshd_start
}

teardown_file() {
	background_end
	repository_remove onion.git
}

setup() {
	tunic_setup
	tornet_setup
	CLONE=$BATS_TEST_TMPDIR/clone
	export GIT_SSH_COMMAND="ssh -F $SSH_DIR/client_config" GIT_TERMINAL_PROMPT=0
}

@test "git clones over http from an exit" {
	run --separate-stderr "$TUNIC" git clone -q "http://pub.test:$HTTP_PORT/www/onion.git" "$CLONE"
	assert_cloned "$CLONE"
}

@test "git clones over http from an onion service" {
	run --separate-stderr "$TUNIC" git clone -q "http://$TORNET_ONION/www/onion.git" "$CLONE"
	assert_cloned "$CLONE"
}

@test "git clones over ssh from an exit" {
	run --separate-stderr "$TUNIC" git clone -q \
		"ssh://$(id -un)@198.51.100.7:${TORNET_SSH##*:}$TORNET_DIR/www/onion.git" "$CLONE"
	assert_cloned "$CLONE"
}

@test "git clones over ssh from an exit by name" {
	run --separate-stderr "$TUNIC" git clone -q \
		"ssh://$(id -un)@pub.test:${TORNET_SSH##*:}$TORNET_DIR/www/onion.git" "$CLONE"
	assert_cloned "$CLONE"
}

@test "git clones over ssh from an onion service" {
	run --separate-stderr "$TUNIC" git clone -q \
		"ssh://$(id -un)@$TORNET_ONION$TORNET_DIR/www/onion.git" "$CLONE"
	assert_cloned "$CLONE"
}

@test "ssh runs a command through Tor" {
	run --separate-stderr "$TUNIC" ssh -F "$SSH_DIR/client_config" "$TORNET_ONION" echo over there
	assert_status 0
	assert_output "over there"
}
