# SPDX-License-Identifier: MIT
# A git repository of one commit, behind the exits and the onion service.

# repository_make NAME: laid out so that a server that knows nothing of git can hand it out. Its
# path is $TORNET_DIR/www/NAME, in a URL /www/NAME.
repository_make() {
	local work=$BATS_FILE_TMPDIR/work bare=$TORNET_DIR/www/$1
	rm -rf "$bare"
	git init -q -b main "$work"
	echo "skin of an onion" >"$work/tunic"
	git -C "$work" add tunic
	git -C "$work" -c user.name=test -c user.email=test@tornet.test commit -q -m "tunic: add it"
	git clone -q --bare "$work" "$bare"
	git -C "$bare" update-server-info
}

repository_remove() { rm -rf "${TORNET_DIR:?}/www/$1"; }

# assert_cloned DIR: after `run`.
assert_cloned() {
	assert_status 0
	[ "$(cat "$1/tunic")" = "skin of an onion" ] || { seen; fail "the clone lacks its file"; }
}
