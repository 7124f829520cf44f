#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A program that a program starts, by whichever function and with whatever environment, is under tunic too, or is
# not started.

# Scripts in single quotes are for the shells under test; $stderr comes from bats.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load ../lib/tunic
load staging

setup_file() {
	tunic_setup
	needs gcc
	cd "$BATS_FILE_TMPDIR" || return
	gcc -D_GNU_SOURCE -O1 -o starts "$TESTS/e2e/starts.c"
	gcc -O1 -o seen "$TESTS/e2e/seen.c"
	gcc -O1 -static -o static "$TESTS/e2e/seen.c"
	echo 'int other;' | build other.so -shared -fPIC
}

setup() {
	tunic_setup
	# The library alone: the guard starts more than it.
	export TUNIC_GUARD=off
	needs setpriv setcap unshare chroot python3 perl strace
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/* . 2>/dev/null || true
	SHIM=$(realpath "$LIBTUNIC")
	export GIVEN_PRELOAD=$PWD/other.so
}

teardown() {
	stage_public_end
}

# Every way to start a program.
EXECS='execve execv execvp execvpe execl execlp execle execveat at fexecve path syscall_execve syscall_execveat'
SPAWNS='posix_spawn posix_spawnp'
SHELLS='system popen wordexp'

# started WHERE HOW ENVIRONMENT FILE...: under a tunic that tags.
started() {
	run --separate-stderr timeout 60 "$TUNIC" -t mine ./starts "$@"
}

# assert_refused ERRNO REASON: with one line, and without a word from the program.
assert_refused() {
	assert_output "$1"
	[ "$(grep -c ^tunic: <<<"$stderr")" -eq 1 ] || { seen; fail "not one line"; }
	assert_stderr_says "refused to start .*$2"
}

# same_error HOW FILE: what fails fails as it does without tunic, and in silence.
same_error() {
	local bare
	run --separate-stderr timeout 60 ./starts main "$1" whole "$2"
	bare=$output
	case $bare in 0 | shim=*) seen; fail "$1 $2 runs without tunic" || return ;; esac
	started main "$1" whole "$2"
	[ "$output" = "$bare" ] || { seen; fail "$1 $2 was: $bare"; }
	refute_stderr_has tunic:
}

@test "an emptied environment gets the shim and the settings back, whoever starts the child" {
	for how in $EXECS $SPAWNS $SHELLS; do
		run ./starts main "$how" empty "$PWD/seen" word
		assert_output 'shim=0 other=0 run=0 pool=0 tag= argument=word'
		started main "$how" empty "$PWD/seen" word
		assert_output 'shim=1 other=0 run=1 pool=1 tag=mine argument=word' || fail "$how"
		assert_status 0
	done
}

@test "an LD_PRELOAD of the program's own is kept behind the shim, whoever starts the child" {
	for how in $EXECS $SPAWNS $SHELLS; do
		run ./starts main "$how" edited "$PWD/seen" more
		assert_output_has 'shim=0 other=1 run=0'
		started main "$how" edited "$PWD/seen" more
		assert_output_has 'shim=1 other=1 run=1 pool=1 tag=mine argument=more' || fail "$how"
		assert_output_has "1 of LD_PRELOAD: $SHIM:$PWD/other.so" || fail "$how"
	done
}

@test "an environment that is whole is handed on as it is" {
	for how in $EXECS $SPAWNS $SHELLS; do
		started main "$how" whole "$PWD/seen" word
		assert_output 'shim=1 other=0 run=1 pool=1 tag=mine argument=word'
	done
	run "$TUNIC" sh -c 'env | sort >before; env | sort >after; diff before after && echo same'
	assert_output same
}

# setenv changes the first of two, ld.so takes the last.
@test "an LD_PRELOAD that is in the environment twice does not hide the shim" {
	for how in $EXECS $SPAWNS $SHELLS; do
		started main "$how" twice "$PWD/seen" more
		assert_output_has 'shim=1 other=0 run=1' || fail "$how"
		assert_output_has "1 of LD_PRELOAD: $SHIM" || fail "$how"
	done
}

@test "children of vfork, threads and signal handlers on small stacks start programs" {
	for where in vfork thread handler; do
		for how in execve execvp execl fexecve syscall_execve posix_spawn; do
			for environment in whole empty edited; do
				run timeout 60 ./starts $where $how $environment "$PWD/seen" word
				assert_output_has 'shim=0'
				started $where $how $environment "$PWD/seen" word
				assert_output_has 'shim=1' || fail "$where $how $environment"
				assert_output_has 'run=1 pool=1 tag=mine argument=word'
				assert_status 0
			done
			started $where $how edited "$PWD/static" word
			assert_refused EACCES 'statically linked' || fail "$where $how"
		done
	done
}

@test "an environment of 100,000 variables is completed, or too big as it is without tunic" {
	for how in execve execvp execl execveat posix_spawn; do
		run ./starts main $how many "$PWD/seen" word
		assert_output_has shim=0
		started main $how many "$PWD/seen" word
		assert_output_has 'shim=1 other=0 run=1' || fail "$how"
	done
	ulimit -s 1024
	same_error execve "$PWD/seen" 2>/dev/null || true
	started main execve many "$PWD/seen" word
	assert_output E2BIG
}

@test "static programs are refused with EACCES and a line, whoever starts them" {
	for how in $EXECS $SPAWNS; do
		run ./starts main "$how" whole "$PWD/static" word
		assert_output_has 'argument=word'
		started main "$how" whole "$PWD/static" word
		assert_refused EACCES 'it is statically linked' || fail "$how"
		started main "$how" empty "$PWD/static" word
		assert_refused EACCES 'it is statically linked' || fail "$how"
	done
	for how in $SHELLS; do
		started main "$how" empty "$PWD/static" word
		refute_output_has argument=
		# wordexp silences its children.
		[ "$how" = wordexp ] || assert_stderr_says 'refused to start .* it is statically linked'
	done
}

@test "scripts of static programs are refused as those are" {
	script direct "#!$PWD/static"
	script twice "#!$PWD/direct"
	for how in execve execv execvp execl fexecve posix_spawn posix_spawnp syscall_execve; do
		started main $how whole "$PWD/direct"
		assert_refused EACCES "its interpreter '$PWD/static' is statically linked" || fail "$how"
		started main $how whole "$PWD/twice"
		assert_refused EACCES "its interpreter '$PWD/static' is statically linked" || fail "$how"
	done
}

@test "what env starts is judged when env starts it" {
	script by-env "#!/usr/bin/env $PWD/static"
	started main execve whole "$PWD/by-env"
	assert_status 126
	assert_stderr_says "refused to start '$PWD/static': it is statically linked"
	script empties "#!/usr/bin/env -S -i $PWD/seen"
	started main execve whole "$PWD/empties"
	assert_output "shim=1 other=0 run=1 pool=1 tag=mine argument=$PWD/empties"
}

@test "programs of other machines, C libraries and loaders, and Go programs, are refused with EACCES" {
	cp seen other-machine
	poke other-machine 18 ff 00
	started main execve whole "$PWD/other-machine"
	assert_refused EACCES 'another architecture'
	witness musl -Wl,--dynamic-linker="/lib/ld-musl-$(uname -m).so.1"
	started main execve whole "$PWD/musl"
	assert_refused EACCES 'another C library'
	loader=$(readelf -lW seen | sed -n 's/.*interpreter: \(.*\)]/\1/p')
	run ./starts main execve whole "$loader" "$PWD/static"
	assert_output_has shim=0
	started main execve whole "$loader" "$PWD/static"
	assert_refused EACCES 'is the dynamic loader'
	build go <<-'END'
		__attribute__((section(".note.go.buildid"), aligned(4), used)) static const struct {
			int name, size, type;
			char owner[4], id[4];
		} note = {4, 4, 4, "Go", "abc"};

		int main(void) { return note.name == 0; }
	END
	started main posix_spawn whole "$PWD/go"
	assert_refused EACCES 'is a Go program'
}

@test "setuid, setgid and capable programs, and scripts for them, are refused with EPERM" {
	root_only
	stage_public
	cp starts seen "$PLACE"
	script "$PLACE/script" "#!$PLACE/seen"
	for kind in setuid setgid 'file capabilities'; do
		case $kind in
		setuid) chmod 4755 "$PLACE/seen" ;;
		setgid) chmod 2755 "$PLACE/seen" ;;
		*) chmod 755 "$PLACE/seen" && setcap cap_net_bind_service+ep "$PLACE/seen" ;;
		esac
		for how in $EXECS $SPAWNS; do
			run as_nobody "$PLACE/starts" main "$how" whole "$PLACE/seen" word
			assert_output_has argument=word
			run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/starts" main "$how" whole "$PLACE/seen" word
			assert_refused EPERM "$kind" || fail "$how"
		done
		run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/starts" main execve whole "$PLACE/script"
		assert_refused EPERM "its interpreter '$PLACE/seen' .*$kind"
	done
}

# The kernel calls a process secure whose ids differ, and ld.so then drops LD_PRELOAD.
@test "while the effective user or group is not the real one, no program is started" {
	root_only
	stage_public
	cp seen "$PLACE"
	for ids in 'os.seteuid(65534)' 'os.setegid(65534)'; do
		script="import os, sys; $ids; os.execv(sys.argv[1], sys.argv[1:])"
		run python3 -c "$script" "$PLACE/seen"
		assert_output_has shim=0
		run --separate-stderr "$PLACE/tunic" python3 -c "$script" "$PLACE/seen"
		refute_output_has shim=
		assert_stderr_has 'Operation not permitted'
		assert_stderr_says 'refused to start .* effective user or group'
	done
	run "$PLACE/tunic" python3 -c 'import os, sys; os.setresuid(65534, 65534, 65534); os.execv(sys.argv[1], sys.argv[1:])' "$PLACE/seen"
	assert_output_has shim=1
}

@test "a program that may be executed but not read is refused" {
	stage_public
	cp starts seen "$PLACE"
	chmod 111 "$PLACE/seen"
	run --separate-stderr as_nobody "$PLACE/tunic" "$PLACE/starts" main execve whole "$PLACE/seen"
	assert_refused EACCES 'may not be read'
}

@test "a child that could not load the shim is not started: behind chroot, and as a user who may not read it" {
	root_only
	stage_public
	cp static seen "$PLACE"
	mkdir -p "$PLACE/root"
	for file in "$PLACE/seen" $(ldd seen | grep -oE '/[^ ]+'); do
		mkdir -p "$PLACE/root$(dirname "$file")"
		cp "$file" "$PLACE/root$file"
	done
	run chroot "$PLACE/root" "$PLACE/seen"
	assert_output_has shim=0
	run --separate-stderr "$PLACE/tunic" chroot "$PLACE/root" "$PLACE/seen"
	refute_output_has shim=
	assert_stderr_says 'refused to start a program, which could not load this library from here'
	mkdir -p "$PLACE/root$PLACE/.libs"
	cp "$LIBTUNIC" "$PLACE/root$PLACE/.libs/libtunic.so"
	run "$PLACE/tunic" chroot "$PLACE/root" "$PLACE/seen"
	assert_output_has 'run=1 pool=1'
	refute_output_has tunic:
	chmod 700 "$PLACE/.libs"
	run --separate-stderr "$PLACE/tunic" setpriv --reuid=65534 --regid=65534 --clear-groups "$PLACE/seen"
	refute_output_has shim=
	assert_stderr_says 'could not load this library'
}

@test "what cannot be started fails as it does without tunic" {
	mkdir dir
	echo 'echo ran' >plain
	: >empty
	head -c 300 seen >short
	head -c 4096 /dev/urandom | sed '1s/^/xx/' >noise
	echo '#!' >no-name
	ln -s loop loop
	printf '#!%s/none\n' "$PWD" >lost
	printf '#!%s/dir\n' "$PWD" >of-dir
	printf '#!./self\n' >self
	witness orphan -Wl,--dynamic-linker="/nowhere/$(basename "$(readelf -lW seen | sed -n 's/.*interpreter: \(.*\)]/\1/p')")"
	chmod +x empty short noise no-name lost of-dir self
	for how in $EXECS $SPAWNS; do
		case $how in
		execvp | execvpe | execlp) files='lost of-dir self orphan' ;;
		*) files='empty short noise no-name lost of-dir self orphan' ;;
		esac
		for file in none none/none plain/none dir plain loop $files; do
			same_error "$how" "$PWD/$file"
		done
		same_error "$how" /dev/null
	done
	for how in execve execvp posix_spawn posix_spawnp; do
		same_error $how ''
		same_error $how "/$(printf '%05000d' 0)"
		same_error $how "$(printf '%0300d' 0)"
	done
}

@test "a bad pointer is EFAULT" {
	build bad <<-'END'
		#include <errno.h>
		#include <stdio.h>
		#include <unistd.h>

		int main(void)
		{
			char *const none[] = {NULL};
			const char *volatile bad = (const char *)8;

			printf("%d", execve(bad, none, none));
			printf(" %d\n", errno == EFAULT);
			return 0;
		}
	END
	run "$TUNIC" ./bad
	assert_output '-1 1'
}

@test "execvp and posix_spawnp find what they find without tunic, and run a file without #! by the shell" {
	mkdir denied empty found later
	echo 'echo "$0 $1"' | tee denied/word found/word later/word >/dev/null
	chmod +x found/word later/word
	cp seen found/program
	cp static later/program
	for path in "$PWD/denied:$PWD/found:$PWD/later" "$PWD/none:$PWD/seen:$PWD/empty::$PWD/found" "$PWD/denied" "$PWD/empty" ''; do
		for how in execvp execvpe execlp posix_spawnp; do
			for file in word program none; do
				run env "PATH=$path" ./starts main $how whole $file argument
				bare=${output/shim=0/shim=1}
				run env "PATH=$path" "$TUNIC" ./starts main $how whole $file argument
				[ "$output" = "${bare/run=0 pool=0/run=1 pool=1}" ] ||
					{ seen; fail "$how $file along $path was: $bare"; }
			done
		done
	done
	PATH=$PWD/later:$PWD/found:$PATH started main execvp whole program
	assert_refused EACCES 'statically linked'
	PATH=$PWD/later:$PWD/found:$PATH started main posix_spawnp whole program
	assert_refused EACCES 'statically linked'
}

@test "the shell of execvp is under tunic too" {
	echo "$PWD/seen word" >plain
	chmod +x plain
	for how in execvp execvpe execlp; do
		started main $how empty "$PWD/plain"
		assert_output 'shim=1 other=0 run=1 pool=1 tag=mine argument=word'
	done
}

@test "a relative path for another directory is refused, since nobody can look at it beforehand" {
	mkdir elsewhere
	cp static elsewhere/seen
	run ./starts main moved whole ./seen word
	assert_output_has argument=word
	started main moved whole ./seen word
	assert_refused EACCES 'relative path'
	started main moved whole "$PWD/seen" word
	assert_output_has shim=1
}

@test "each refusal is said once in a process" {
	run --separate-stderr "$TUNIC" python3 -c 'if True:
		import subprocess, sys
		for _ in range(5):
			try: subprocess.run([sys.argv[1]], close_fds=False)
			except PermissionError: print("refused")' "$PWD/static"
	assert_output "$(printf 'refused\n%.0s' 1 2 3 4 5)"
	[ "$(grep -c ^tunic: <<<"$stderr")" -le 5 ]
	run --separate-stderr "$TUNIC" python3 -c 'if True:
		import os, sys
		for _ in range(5):
			try: os.execv(sys.argv[1], sys.argv[1:])
			except PermissionError: print("refused")' "$PWD/static"
	[ "$(grep -c ^tunic: <<<"$stderr")" -eq 1 ] || { seen; fail "not once"; }
}

@test "real programs that empty the environment of their children do not lose tunic" {
	want='shim=1 other=0 run=1 pool=1 tag=mine argument='
	run "$TUNIC" -t mine env -i ./seen
	assert_output "$want"
	run "$TUNIC" -t mine sh -c 'unset LD_PRELOAD TUNIC_RUN TUNIC_TAG TUNIC_POOL; ./seen'
	assert_output "$want"
	run "$TUNIC" -t mine bash -c 'exec -c ./seen'
	assert_output "$want"
	for arguments in 'env={}, close_fds=True' 'env={}, close_fds=False' 'env={}, preexec_fn=lambda: None' 'env={}, shell=True'; do
		run "$TUNIC" -t mine python3 -c "import subprocess; subprocess.run('./seen', $arguments)"
		assert_output "$want"
	done
	run "$TUNIC" -t mine perl -e '%ENV = (); system("./seen"); print `./seen`; exec("./seen")'
	assert_output "$(printf '%s\n' "$want" "$want" "$want")"
	run "$TUNIC" -t mine find . -name seen -exec env -i '{}' ';'
	assert_output "$want"
	run "$TUNIC" -t mine xargs -a /dev/null ./seen
	assert_output "$want"
}

@test "settings survive a program that writes over the memory of its environment" {
	build over <<-'END'
		#include <string.h>
		#include <unistd.h>

		extern char **environ;

		int main(int argc, char **argv)
		{
			char *const none[] = {NULL};

			for (char **string = environ; *string; string++)
				memset(*string, 'x', strlen(*string));
			return argc < 2 ? 1 : execve(argv[1], argv + 1, none);
		}
	END
	run "$TUNIC" -t mine ./over "$PWD/seen"
	assert_output 'shim=1 other=0 run=1 pool=1 tag=mine argument='
}

@test "a setting that a child is given on purpose is the child's" {
	run "$TUNIC" -t mine env TUNIC_TAG=yours ./seen
	assert_output 'shim=1 other=0 run=1 pool=1 tag=yours argument='
	run "$TUNIC" -t mine env -i TUNIC_TAG=yours ./seen
	assert_output 'shim=1 other=0 run=1 pool=1 tag=yours argument='
	run "$TUNIC" -t mine env -u TUNIC_TAG ./seen
	assert_output 'shim=1 other=0 run=1 pool=1 tag= argument='
}

@test "a tunic inside of a tunic works, and what it sets holds" {
	run "$TUNIC" "$TUNIC" -t b ./seen
	assert_output 'shim=1 other=0 run=1 pool=1 tag=b argument='
	run "$TUNIC" -t a sh -c '"$1" -t b ./seen; "$1" --tag= ./seen; ./seen' sh "$TUNIC"
	assert_output $'shim=1 other=0 run=1 pool=1 tag=b argument=\nshim=1 other=0 run=1 pool=1 tag= argument=\nshim=1 other=0 run=1 pool=1 tag=a argument='
	run "$TUNIC" -t a env -i "$TUNIC" -t b ./seen
	assert_output 'shim=1 other=0 run=1 pool=1 tag=b argument='
	LD_PRELOAD=$SHIM TUNIC_TAG=a run "$TUNIC" --tag= ./seen
	assert_output 'shim=1 other=0 run=1 pool=1 tag= argument='
}

@test "the library alone is handed on, with its settings" {
	LD_PRELOAD=$SHIM TUNIC_TAG=mine run ./starts main execve empty "$PWD/seen" more
	assert_output_has 'shim=1 other=0 run=0 pool=0 tag=mine'
	assert_output_has "1 of LD_PRELOAD: $SHIM"
	LD_PRELOAD=$PWD/other.so:$SHIM run ./starts main execve empty "$PWD/seen" more
	assert_output_has "1 of LD_PRELOAD: $PWD/other.so:$SHIM"
	cp "$SHIM" .
	LD_PRELOAD=./libtunic.so run sh -c 'cd /; exec env -i "$1" more' sh "$PWD/seen"
	assert_output_has "1 of LD_PRELOAD: $PWD/libtunic.so"
	assert_output_has 'shim=1'
}

@test "a library that LD_PRELOAD cannot name starts nothing" {
	mkdir 'a b'
	cp "$SHIM" 'a b'
	cd 'a b'
	LD_PRELOAD=./libtunic.so run --separate-stderr ../starts main execve whole "$PWD/../seen"
	assert_output EACCES
	assert_stderr_says 'could not load this library'
}

@test "with wrong settings programs are started, and are as cut off as their parents" {
	LD_PRELOAD=$SHIM TUNIC_LOCAL=nonsense run --separate-stderr ./starts main execve empty "$PWD/seen" word
	assert_output 'shim=1 other=0 run=0 pool=0 tag= argument=word'
	[ "$(grep -c nonsense <<<"$stderr")" -eq 2 ] || { seen; fail "not said by both"; }
}

@test "two hundred execs, one after another, leave nothing behind" {
	build chain <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		#include <unistd.h>

		int main(int argc, char **argv)
		{
			char left[16], *const none[] = {NULL};
			int n = argc < 3 ? 0 : atoi(argv[2]);

			snprintf(left, sizeof(left), "%d", n - 1);
			if (n > 0)
				execle("/proc/self/exe", argv[0], argv[1], left, (char *)NULL, none);
			else
				execl(argv[1], argv[1], "more", (char *)NULL);
			return 1;
		}
	END
	run "$TUNIC" -t mine ./chain "$PWD/seen" 1
	once=$output
	assert_output_has 'shim=1 other=0 run=1 pool=1 tag=mine'
	run "$TUNIC" -t mine ./chain "$PWD/seen" 200
	[ "${output#*variables}" = "${once#*variables}" ] || { seen; fail "was: $once"; }
}

@test "two copies of the library that both want to be first do not make LD_PRELOAD longer" {
	cp "$SHIM" second.so
	LD_PRELOAD=$PWD/second.so:$SHIM run sh -c 'sh -c "env -i sh -c \"env -i $1 more\""' sh "$PWD/seen"
	[ "$(grep -o second.so <<<"$output" | wc -l)" -eq 1 ] || { seen; fail "longer"; }
}

@test "with the library alone a started program knows the names of who started it" {
	PYTHON=$(python3 -c 'import sys; print(sys.executable)')
	export TUNIC_NAMES=fake LD_PRELOAD=$SHIM
	asks='import socket, sys
for address in sys.argv[1:]:
    try: print(socket.gethostbyaddr(address)[0])
    except OSError: print("nobody")'
	looks='import os, socket, subprocess, sys
addresses = [socket.gethostbyname(name) for name in ("one.onion", "two.example")]
child = [sys.argv[1], "-c", sys.argv[2], *addresses]'
	run "$PYTHON" -c "$looks"'
os.execve(child[0], child, {})' "$PYTHON" "$asks"
	assert_output $'one.onion\ntwo.example'
	run "$PYTHON" -c "$looks"'
subprocess.run(child, close_fds=True)
os.posix_spawn(child[0], child, {"TUNIC_POOL": "/nowhere"})
os.wait()' "$PYTHON" "$asks"
	assert_output $'one.onion\ntwo.example\none.onion\ntwo.example'
	run "$PYTHON" -c "$looks"'
import shlex
os.environ.clear()
os.system(shlex.join(["sh", "-c", "env -i \"$@\"", "sh", *child]))' "$PYTHON" "$asks"
	assert_output $'one.onion\ntwo.example'
	unset LD_PRELOAD
	run env LD_PRELOAD="$SHIM" "$PYTHON" -c "$asks" 127.200.1.2
	assert_output nobody
}

@test "more names than are handed on, and nonsense instead of names, do no harm" {
	PYTHON=$(python3 -c 'import sys; print(sys.executable)')
	export TUNIC_NAMES=fake
	script='import os, socket, sys
for i in range(3000): address = socket.gethostbyname("name%d.example" % i)
os.execve(sys.argv[1], [sys.argv[1], "more"], {})'
	LD_PRELOAD=$SHIM run "$PYTHON" -c "$script" "$PWD/seen"
	assert_output_has 'shim=1 other=0 run=0 pool=1'
	for names in '1=' '=,=' '1,2,3' '99999999999=a.onion' '4096=a.onion,-1=a.onion' ',,,1=a b' "$(printf '%0600d' 1)=a.onion,5=b.onion" '5=b.onion,5=c.onion'; do
		TUNIC_POOL=$names LD_PRELOAD=$SHIM run --separate-stderr ./seen
		assert_output_has 'shim=1'
		[ -z "$stderr" ] || { seen; fail "said something: $names"; }
	done
}
