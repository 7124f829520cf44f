#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that would gain rights as they start: refused, or run without, as `setuid` says.

# Scripts in single quotes are for the shells inside; $stderr comes from bats.
# shellcheck disable=SC2016,SC2154

load ../lib/tunic
load ../e2e/staging
load guarded

# $PLACE has a program of each kind, and `id` and `grep` tell by which rights they run.
setup() {
	guarded_setup
	proxy
	root_only
	needs setpriv setcap
	stage_public
	cp dynamic static past "$PLACE"
	cp "$(command -v id)" "$PLACE/setuid-id"
	cp "$(command -v id)" "$PLACE/setgid-id"
	cp "$(command -v grep)" "$PLACE/capable-grep"
	cp dynamic "$PLACE/setuid-dynamic"
	cp static "$PLACE/setuid-static"
	cp dynamic "$PLACE/capable-dynamic"
	cp musl-dynamic "$PLACE/setuid-musl"
	chmod 4755 "$PLACE"/setuid-*
	chmod 2755 "$PLACE"/setgid-*
	setcap cap_chown+ep "$PLACE/capable-grep"
	setcap cap_chown+ep "$PLACE/capable-dynamic"
	cd "$PLACE" || return
}

teardown() {
	background_end
	cd /
	stage_public_end
}

# as_user TUNIC-ARGUMENTS...
as_user() {
	run --separate-stderr timeout $((60 * ${SLOWNESS:-1})) setpriv --reuid=65534 --regid=65534 --clear-groups \
		env "HOME=$PLACE/home" ./tunic "$@"
	expected_lack_drop
}

# What three of them tell of the rights that they have got.
TELL='./setuid-id -u; ./setgid-id -g; ./capable-grep CapPrm /proc/self/status'
ALL_GAINED=$'0\n0\nCapPrm:\t0000000000000001'
NONE_GAINED=$'65534\n65534\nCapPrm:\t0000000000000000'

@test "they are refused, and the line tells how they can be started" {
	run setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "$TELL"
	assert_output "$ALL_GAINED"
	for program in setuid-id setgid-id capable-grep setuid-static; do
		as_user ./$program --help
		assert_status 126
		assert_output ''
		assert_stderr_says "'.*/$program' was not started: it (is set|has file cap).* hint: .*setuid = unprivileged"
	done
}

@test "so are those that a program starts" {
	as_user sh -c "$TELL"
	assert_output ''
	assert_stderr_says "refused to start '.*setuid-id': it is setuid.* hint: .*setuid = unprivileged"
	assert_stderr_says "refused to start '.*setgid-id': it is setgid"
	assert_stderr_says "refused to start '.*capable-grep': it has file capabilities"
}

@test "with setuid = unprivileged they run, and gain nothing" {
	as_user --setuid=unprivileged ./setuid-id -u
	assert_output 65534
	as_user --setuid=unprivileged ./setgid-id -g
	assert_output 65534
	as_user --setuid=unprivileged ./capable-grep CapPrm /proc/self/status
	assert_output $'CapPrm:\t0000000000000000'
	as_user --setuid=unprivileged sh -c "$TELL"
	assert_output "$NONE_GAINED"
	as_user --setuid=unprivileged env -i sh -c "$TELL"
	assert_output "$NONE_GAINED"
	[ -z "$stderr" ] || { seen; fail "there were words"; }
}

@test "with setuid = unprivileged they reach the proxy, by address and by name" {
	for program in setuid-dynamic setuid-static setuid-musl capable-dynamic; do
		as_user --setuid=unprivileged ./$program connect 192.0.2.1 80 3
		assert_output '3 of 3'
		as_user --setuid=unprivileged ./past ./$program connect 192.0.2.1 80 3
		assert_output '3 of 3'
		as_user --setuid=unprivileged ./$program name sink.example 80
		assert_output '1 of 1'
		as_user --setuid=unprivileged ./$program connect 127.0.0.1 22
		assert_output '0 of 1 ECONNREFUSED'
	done
}

@test "with setuid = unprivileged the library is in a setuid program" {
	as_user -v --setuid=unprivileged ./setuid-dynamic connect 192.0.2.1 80 2
	assert_stderr_says 'guard: at the end: 2 connections as the library has them'
}

@test "under the seal it is so, too" {
	jail_kernel_needed
	TUNIC_GUARD=seal as_user ./setuid-id -u
	assert_status 126
	TUNIC_GUARD=seal as_user --setuid=unprivileged sh -c "$TELL; ./setuid-dynamic connect 192.0.2.1 80"
	assert_output "$NONE_GAINED"$'\n1 of 1'
}

@test "without the guard they are refused, whatever the setting" {
	TUNIC_GUARD=off as_user --setuid=unprivileged ./setuid-id -u
	assert_status 126
	assert_stderr_says 'hint: .*with the guard'
	TUNIC_GUARD=off as_user --setuid=unprivileged sh -c "$TELL"
	assert_output ''
	assert_stderr_says "refused to start '.*setuid-id'"
	cp "$BATS_FILE_TMPDIR/without" .
	run --separate-stderr timeout 60 ./without listener setpriv --reuid=65534 --regid=65534 --clear-groups \
		env HOME="$PLACE/home" ./tunic --guard=auto --setuid=unprivileged ./setuid-id -u
	assert_status 126
	assert_stderr_says 'hint: .*with the guard'
}

@test "a tunic inside may forbid it, and not allow it" {
	as_user ./tunic --setuid=unprivileged ./setuid-id -u
	assert_status 126
	as_user --setuid=unprivileged ./tunic --setuid=refuse ./setuid-id -u
	assert_status 126
}

@test "who starts tunic where no rights can be gained has said so already" {
	run --separate-stderr timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs \
		env HOME="$PLACE/home" ./tunic sh -c "$TELL"
	assert_output "$NONE_GAINED"
}

# rights COMMAND...: those of a program that it starts which could open the locks; see guard_cage.c.
rights() {
	local held
	held=$("$@" sed -n 's/^CapEff:.//p' /proc/self/status)
	printf '%x\n' $((0x$held & (1 << 12 | 1 << 13 | 1 << 16 | 1 << 17 | 1 << 19 | 1 << 21 | 1 << 39)))
}

@test "rights that could open the locks are not the program's, be they inheritable or ambient" {
	local user=(setpriv --reuid=65534 --regid=65534 --clear-groups "--inh-caps=+net_raw,+net_admin"
		"--ambient-caps=+net_raw,+net_admin" env "HOME=$PLACE/home")
	[ "$(rights "${user[@]}")" = 3000 ]
	for setting in on seal; do
		[ "$(rights setpriv --inh-caps=+sys_admin,+net_admin,+sys_ptrace ./tunic --guard=$setting)" = 0 ]
		[ "$(rights "${user[@]}" ./tunic --guard=$setting)" = 0 ]
	done
}

@test "sudo is refused with a line, or says itself what it lacks" {
	needs sudo
	as_user sudo -n true
	assert_status 126
	assert_stderr_says "sudo' was not started: it is setuid.* hint: start tunic inside of it"
	as_user sh -c 'sudo -n true'
	assert_status 126
	assert_stderr_says "refused to start '.*sudo': it is setuid"
	as_user --setuid=unprivileged sudo -n true
	assert_failure
	assert_stderr_has 'no new privileges'
}
