# SPDX-License-Identifier: MIT
# For the suites about the command: copies of tunic in odd places, and programs of every kind.

# stage DIR: a copy of the command and its library, laid out as in a build tree.
stage() {
	mkdir -p "$1/.libs"
	cp "$TUNIC" "$1/tunic"
	cp "$LIBTUNIC" "$1/.libs/libtunic.so"
}

# stage_public: $PLACE, where every user can go and setuid counts (/tmp may be mounted nosuid), with a copy
# of tunic in it. stage_public_end removes it.
stage_public() {
	PLACE=$(mktemp -d /var/tmp/tunic-test.XXXXXX)
	chmod 755 "$PLACE"
	stage "$PLACE"
	mkdir "$PLACE/home"
}

stage_public_end() {
	[ -z "${PLACE:-}" ] || rm -rf "$PLACE"
}

root_only() {
	[ "$(id -u)" -eq 0 ] || skip "only root can make such a file"
}

# as_nobody COMMAND...: as a user with no rights at all, whoever runs the tests.
as_nobody() {
	if [ "$(id -u)" -eq 0 ]; then
		HOME=$PLACE/home setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
	else
		HOME=$PLACE/home "$@"
	fi
}

# in_own_mounts SCRIPT ARGUMENTS...: a shell that may mount.
in_own_mounts() {
	if [ "$(id -u)" -eq 0 ]; then
		unshare -m sh -eu -c "$1" sh "${@:2}"
	else
		unshare -rm sh -eu -c "$1" sh "${@:2}"
	fi
}

# build FILE OPTIONS...: compiles the C program on standard input.
build() {
	gcc -x c - -o "$1" "${@:2}"
}

# witness FILE OPTIONS...: a program that tells whether the shim is in it, and whether the kernel started it as secure.
witness() {
	build "$@" <<-'END'
		#include <stdio.h>
		#include <string.h>
		#include <sys/auxv.h>

		int main(void)
		{
			FILE *maps = fopen("/proc/self/maps", "r");
			char line[8192];
			int shim = 0;

			while (maps && fgets(line, sizeof(line), maps))
				shim |= strstr(line, "libtunic.so") != NULL;
			printf("shim=%d secure=%d\n", shim, getauxval(AT_SECURE) != 0);
			return 0;
		}
	END
}

# poke FILE OFFSET BYTE...: writes bytes, in hexadecimal, into a file.
poke() {
	local byte at=$2
	for byte in "${@:3}"; do
		printf '%b' "\\x$byte" | dd of="$1" bs=1 seek="$at" conv=notrunc status=none
		at=$((at + 1))
	done
}

# script FILE LINE: an executable file whose first line is LINE.
script() {
	printf '%s\necho ran\n' "$2" >"$1"
	chmod +x "$1"
}
