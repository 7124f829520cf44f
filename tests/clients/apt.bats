#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# apt, whose downloads are made by a program of their own, under a user of its own and a filter of system
# calls. The repository has one package and stands behind the exits and the onion service.

load ../lib/tunic

setup_file() {
	environment_clean
	tornet_setup
	needs apt-get dpkg-deb strace
	repository_make
}

teardown_file() {
	rm -rf "${TORNET_DIR:?}/www/apt"
}

setup() {
	tunic_setup
	tornet_setup
	# Where _apt, too, may go.
	PLACE=$(mktemp -d "${TMPDIR:-/tmp}/tunic-apt.XXXXXX")
	chmod 755 "$PLACE"
	cd "$PLACE" || return
	mkdir -p etc/apt.conf.d etc/preferences.d state/lists/partial cache/archives/partial
	: >status
	cat >apt.conf <<-END
		Dir::State "$PWD/state";
		Dir::State::status "$PWD/status";
		Dir::Cache "$PWD/cache";
		Dir::Etc "$PWD/etc";
		Dir::Log "$PWD";
		APT::Sandbox::Seccomp "true";
		APT::Sandbox::Verify "true";
		Acquire::Retries "0";
	END
	export APT_CONFIG=$PWD/apt.conf
}

teardown() {
	cd / && rm -rf "$PLACE"
}

repository_make() {
	local package=$BATS_FILE_TMPDIR/package repository=$TORNET_DIR/www/apt file
	mkdir -p "$package/DEBIAN" "$repository"
	file=$repository/skin.deb
	cat >"$package/DEBIAN/control" <<-END
		Package: skin
		Version: 1
		Architecture: all
		Maintainer: test <test@tornet.test>
		Description: skin of an onion
	END
	dpkg-deb --build --root-owner-group "$package" "$file" >/dev/null
	{
		cat "$package/DEBIAN/control"
		echo "Filename: ./skin.deb"
		echo "Size: $(stat -c %s "$file")"
		echo "SHA256: $(sha256sum "$file" | cut -d ' ' -f 1)"
	} >"$repository/Packages"
}

# apt_from HOST: asks the repository there for its package.
apt_from() {
	echo "deb [trusted=yes] http://$1/www/apt ./" >etc/sources.list
	"$TUNIC" apt-get -q -o Acquire::BlockDotOnion=false update && "$TUNIC" apt-get -q download skin \
		-o Acquire::BlockDotOnion=false
}

assert_package() {
	assert_status 0
	[ "$(dpkg-deb --field skin_1_all.deb Package)" = skin ] || { seen; fail "there is no package"; }
	refute_stderr_has tunic:
}

@test "apt fetches a package by name from an exit" {
	run --separate-stderr apt_from "pub.test:$HTTP_PORT"
	assert_package
}

@test "apt fetches a package from an onion service, if it may" {
	run --separate-stderr apt_from "$TORNET_ONION"
	assert_package
}

@test "what downloads for apt becomes another user if root starts it, and puts a filter before its system calls" {
	local user
	user=$(id -u _apt)
	[ "$(id -u)" -ne 0 ] || chown _apt state/lists/partial
	echo "deb [trusted=yes] http://pub.test:$HTTP_PORT/www/apt ./" >etc/sources.list
	run strace -f -e trace=setresuid,seccomp -o calls "$TUNIC" apt-get -q update
	assert_status 0
	[ -n "$(ls state/lists/*_Packages)" ]
	[ "$(id -u)" -ne 0 ] || grep -qE "setresuid\($user, $user, $user\) += 0" calls
	grep -qE 'seccomp\(SECCOMP_SET_MODE_FILTER.* = 0' calls
}
