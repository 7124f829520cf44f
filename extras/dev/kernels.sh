# SPDX-License-Identifier: MIT
# ./dev kernels: suites on kernels of another age or machine, each in a virtual machine of its own.
#
# Its disk is a folder, build/kernels/MACHINE/root: packages of Debian laid out and never configured, so
# that nothing of that machine has to run here. The virtual machine sees it by 9p, under what it writes,
# which stays in memory; and this tree likewise, with tests and programs. These are built here, by clang:
# Debian's gcc for another machine and gcc-multilib exclude each other. The kernel is that of the Debian
# that was asked for. What happens inside is in kernels-boot and kernels-suite.
#
# All is emulated, and some twenty times slower: a test with a time limit of its own may fail by it.

KERNELS_DEBIAN=bookworm
KERNELS_TIMEOUT=7200
# What kernels-boot needs for the folders, in the order in which it is loaded.
KERNELS_MODULES="virtio_pci virtio_mmio 9pnet_virtio 9p overlay"

kernels_usage() {
	cat <<-E
	usage: ./dev kernels MACHINE[/DEBIAN] [SUITE...]
	Runs suites on the kernel of that Debian ($KERNELS_DEBIAN, unless named) in a virtual machine.
	  MACHINE  amd64 or arm64
	  SUITE    unit, a folder or a file of tests, leak, leak-guard, leak-seal, leak-swap; with nobody:
	           in front, started by an ordinary user. The default is unit guard leak-guard.
	E
}

kernels_main() {
	case ${1:-} in
	amd64 | amd64/*) cpu=x86_64 ;;
	arm64 | arm64/*) cpu=aarch64 ;;
	-h | --help) kernels_usage; exit 0 ;;
	*) kernels_usage >&2; exit 2 ;;
	esac
	machine=${1%%/*} debian=${1#"$machine"} debian=${debian#/} debian=${debian:-$KERNELS_DEBIAN}
	shift
	[ $# -gt 0 ] || set -- unit guard leak-guard
	[ "$(id -u)" -eq 0 ] || die "only root can make folders with files of many owners, as this needs"
	packages_need "other kernels" build tests clang machines
	KERNELS=$BUILD/kernels/$machine
	steps_begin
	kernels_prepare >"$LOG/kernels" 2>&1 || {
		tail -n 20 "$LOG/kernels" >&2
		die "there is nothing to run; see build/log/kernels"
	}
	for suite; do
		step "$(echo "$suite" | tr ':/' '..')" "$suite on the kernel of $debian for $machine" \
			kernels_suite "$suite"
	done
	"$ROOT/tests/lib/tally" --allow-skips "$LOG"/*/*.tap
}

kernels_prepare() {
	say "$machine: packages, the kernel of $debian, a build"
	kernels_folder "$KERNELS/root" "$KERNELS_DEBIAN" \
		--include='?essential' --include="mount,kmod,$(kernels_packages)" &&
		kernels_folder "$KERNELS/$debian" "$debian" --include="linux-image-$machine" &&
		autogen_once && kernels_build && kernels_boot
}

# kernels_folder FOLDER DEBIAN OPTIONS...
kernels_folder() {
	folder=$1 from=$2
	shift 2
	[ ! -d "$folder" ] || return 0
	mkdir -p "$KERNELS" && rm -rf "$folder.new" &&
		mmdebstrap --variant=extract --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
			--architectures="$machine" "$@" "$from" "$folder.new" &&
		mv "$folder.new" "$folder"
}

# What is optional is for amd64.
kernels_packages() {
	for purpose in build tests tor; do packages_of $purpose; done | tr ' ' '\n' |
		case $machine in amd64) tr -d '?' ;; *) grep -v '?' ;; esac | paste -sd,
}

kernels_build() {
	PKG_CONFIG_LIBDIR=$KERNELS/root/usr/lib/$cpu-linux-gnu/pkgconfig \
		PKG_CONFIG_SYSROOT_DIR=$KERNELS/root \
		tree_build "$KERNELS/build" --host="$cpu-linux-gnu" --enable-werror \
		CC="clang --target=$cpu-linux-gnu --sysroot=$KERNELS/root" CFLAGS='-O2 -g' &&
		tests_build "$KERNELS/build"
}

# kernels_boot: what the kernel begins with, a shell and modules that are named by their order.
kernels_boot() {
	release=$(basename "$KERNELS/$debian"/lib/modules/*)
	boot=$KERNELS/boot-$debian
	rm -rf "$boot" && mkdir -p "$boot/bin" "$boot/modules" && depmod -b "$KERNELS/$debian" "$release" &&
		cp "$KERNELS/root/bin/busybox" "$boot/bin" && cp "$ROOT/extras/dev/kernels-boot" "$boot/init" ||
		return
	count=100
	for module in $(kernels_modules); do
		xz -dcf "$module" >"$boot/modules/$count" || return
		count=$((count + 1))
	done
	(cd "$boot" && find . | cpio -o -H newc) >"$boot.cpio"
}

# kernels_modules: the files, each before those that need it.
kernels_modules() {
	for module in $KERNELS_MODULES; do
		modprobe -d "$KERNELS/$debian" -S "$release" --show-depends "$module"
	done | awk '/^insmod/ && !seen[$2]++ { print $2 }'
}

# kernels_suite SUITE: the console is TAP, but for the first words; it ends early where the machine does.
kernels_suite() {
	case $machine in
	amd64) board="-M q35 -cpu max" console="ttyS0 no_timer_check" ;;
	arm64) board="-M virt,gic-version=3 -cpu cortex-a72" console=ttyAMA0 ;;
	esac
	# shellcheck disable=SC2046,SC2086 # words are wanted
	nice timeout -k 10 $KERNELS_TIMEOUT "qemu-system-$cpu" $board -smp 2 -m 3G -nographic -nodefaults \
		-no-reboot -serial stdio -monitor none -device virtio-rng-pci \
		-kernel "$KERNELS/$debian"/boot/vmlinu?-"$release" -initrd "$boot.cpio" \
		-append "console=$console loglevel=0 panic=-1 -- $1" \
		$(kernels_share debian "$KERNELS/root") $(kernels_share modules "$KERNELS/$debian/lib/modules") \
		$(kernels_share tunic "$ROOT") | tr -d '\r' >"$STEP/suite.tap"
}

kernels_share() {
	echo "-fsdev local,id=$1,path=$2,readonly=on,security_model=none,multidevs=remap" \
		"-device virtio-9p-pci,fsdev=$1,mount_tag=$1"
}
