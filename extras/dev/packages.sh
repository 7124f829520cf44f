# SPDX-License-Identifier: MIT
# Which Debian packages each command of ./dev needs, and how the missing ones get here.

# packages_of PURPOSE: `NAME?` is wanted where the distribution has it: elsewhere another package
# of the list brings the same, or what needs it says that it did not run.
packages_of() {
	case $1 in
	build) echo gcc libc6-dev make autoconf automake libtool pkg-config libseccomp-dev ;;
	tests) echo libcmocka-dev bats procps musl-tools libeatmydata1 libtirpc-dev libcap2-bin git wget openssh-client \
		openssh-server binutils file xz-utils strace iputils-ping perl netbase \
		netcat-openbsd inetutils-telnet bind9-host bind9-dnsutils \
		gdb gcc-multilib? busybox-static golang-go sudo bubblewrap ;;
	tor) echo tor curl python3 util-linux iproute2 tcpdump ;;
	clang) echo clang libclang-rt-dev? ;;
	lint) echo git cppcheck shellcheck mandoc binutils clang-format-14? ;;
	clients) "$ROOT/tests/clients/run" --packages
		echo g++ libevent-dev libev-dev libuv1-dev libglib2.0-dev libboost-dev libcurl4-openssl-dev cargo \
			librust-mio-dev librust-tokio-dev libio-async-perl libanyevent-perl aria2 wget2 nginx-light \
			redis-tools postgresql-client weechat-headless irssi bsdutils transmission-cli rtorrent \
			rustc libnghttp2-dev libidn2-dev librtmp-dev libssh2-1-dev libpsl-dev libldap-dev \
			libzstd-dev libbrotli-dev zlib1g-dev libssl-dev \
			chromium firefox-esr ;;
	rivals) echo torsocks proxychains4 ;;
	machines) echo qemu-system-arm qemu-system-x86 mmdebstrap debian-archive-keyring kmod cpio binutils-aarch64-linux-gnu binutils-x86-64-linux-gnu ;;
	esac
}

package_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

package_known() {
	apt-cache show "$1" >/dev/null 2>&1
}

# packages_missing NAME...: those that have to be installed, and can be where they are optional.
packages_missing() {
	for package; do
		case $package in
		*\?) package=${package%\?}; ! package_installed "$package" && package_known "$package" ;;
		*) ! package_installed "$package" ;;
		esac && echo "$package"
	done | sort -u
}

# packages_need WHAT-FOR PURPOSE...: installs what is missing, or says what that is and ends.
packages_need() {
	what_for=$1
	shift
	if ! { command -v dpkg-query && command -v apt-get; } >/dev/null; then
		say "packages: this is neither Debian nor Ubuntu, so none can be installed for $what_for;" \
			"needed are:" "$(for purpose; do packages_of "$purpose"; done | tr -d '?' | tr '\n' ' ')"
		return 0
	fi
	# shellcheck disable=SC2046 # words are wanted
	missing=$(packages_missing $(for purpose; do packages_of "$purpose"; done))
	[ -n "$missing" ] || return 0
	missing=$(echo "$missing" | tr '\n' ' ')
	if [ "$(id -u)" -eq 0 ]; then
		as_root=
	elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		as_root=sudo
	else
		die "missing packages, and neither root nor sudo to install them; as root:" \
			"apt-get install --no-install-recommends $missing"
	fi
	say "packages: installing what $what_for needs: $missing"
	mkdir -p "$LOG"
	# shellcheck disable=SC2086 # words are wanted
	$as_root sh "$ROOT/extras/dev/install-packages" $missing >"$LOG/packages" 2>&1 || {
		tail -n 5 "$LOG/packages" >&2
		die "the packages could not be installed; see build/log/packages"
	}
}
