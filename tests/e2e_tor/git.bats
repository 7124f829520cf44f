#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A repository cloned over http and over ssh, from an exit and from an onion service.

load ../lib/tunic
load repository

setup_file() {
	environment_clean
	tornet_setup
	needs git ssh ssh-keygen
	export SSH_DIR=$BATS_FILE_TMPDIR/ssh
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

# sshd_start: one of our own, with throwaway keys, for whoever runs the tests, on the port to which
# port 22 of the onion service leads.
sshd_start() {
	local sshd port=${TORNET_SSH##*:} key
	sshd=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd) || fail "sshd is missing: this test needs it"
	mkdir -m 700 "$SSH_DIR"
	for key in host_key user_key; do
		ssh-keygen -q -t ed25519 -N '' -C '' -f "$SSH_DIR/$key"
	done
	cp "$SSH_DIR/user_key.pub" "$SSH_DIR/authorized_keys"
	echo "* $(cat "$SSH_DIR/host_key.pub")" >"$SSH_DIR/known_hosts"
	cat >"$SSH_DIR/server_config" <<-END
		ListenAddress 127.0.0.1:$port
		HostKey $SSH_DIR/host_key
		AuthorizedKeysFile $SSH_DIR/authorized_keys
		PidFile none
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin prohibit-password
	END
	cat >"$SSH_DIR/client_config" <<-END
		Host *
		IdentityFile $SSH_DIR/user_key
		IdentitiesOnly yes
		UserKnownHostsFile $SSH_DIR/known_hosts
		GlobalKnownHostsFile none
		StrictHostKeyChecking yes
		BatchMode yes
	END
	# Where root starts sshd, it wants this directory, which its service would have made.
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
	background sshd "$sshd" -D -e -f "$SSH_DIR/server_config"
	wait_until 10 tcp_answers 127.0.0.1 "$port" || { cat "$(background_log sshd)" >&2; return 1; }
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
