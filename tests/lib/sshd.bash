# SPDX-License-Identifier: MIT
# A login server behind the private Tor network. After sshd_start, `ssh -F $SSH_DIR/client_config` may log in
# there as whoever runs the tests.

# sshd_start: one of our own, with throwaway keys, for whoever runs the tests, on the port to which
# port 22 of the onion service leads.
sshd_start() {
	local sshd port=${TORNET_SSH##*:} key
	sshd=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd) || fail "sshd is missing: this test needs it"
	export SSH_DIR=$BATS_FILE_TMPDIR/ssh
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
