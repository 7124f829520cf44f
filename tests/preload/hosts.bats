#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that do nothing with the network do not notice the library.
# shellcheck disable=SC2016 # what is between single quotes is for other shells

load ../lib/tunic
load same

setup() {
	tunic_setup
	cd "$BATS_TEST_TMPDIR" || return
	printf 'b\na\nc\n' >lines
}

@test "true and false" {
	same /bin/true
	same /bin/false
}

@test "sort, sed, tar and find" {
	same sort -r lines
	same sed -n 2p lines
	same sh -c 'tar -cf - lines | tar -tvf -'
	same find . -name lines
}

@test "bash, with pipes, jobs, process substitution and traps" {
	same bash -c 'trap "echo bye" EXIT; sort <(cat lines) | while read -r l; do echo "<$l>"; done
		sleep 0.1 & wait $!; echo $?; kill -TERM $$'
	same bash -c 'exec 3<>lines; read -r a <&3; echo "$a"; exec 3<&-; ls /proc/self/fd; ulimit -n'
}

@test "perl, with sockets of its own pairs" {
	needs perl
	same perl -MSocket -e 'socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; syswrite($a, "hi\n");
		print scalar(<$b>); print "$_\n" for sort keys %ENV ? "env" : ""'
	same perl -e 'print "$^V $!\n"; fork // die; wait; print "$?\n"'
}

@test "python3, with threads, subprocesses and an event loop" {
	same python3 -c '
import asyncio, os, subprocess, threading
t = threading.Thread(target=print, args=("thread",)); t.start(); t.join()
print(subprocess.check_output(["echo", "child"]))
async def main():
    p = await asyncio.create_subprocess_exec("echo", "async", stdout=-1)
    print(await p.communicate())
asyncio.run(main())
print(len(os.listdir("/proc/self/fd")))'
	same python3 -m unittest --help
}

@test "git" {
	needs git
	same git --version
	git init -q repository
	same git -C repository status
	same sh -c 'cd repository && git -c user.name=n -c user.email=e@example.org commit -q --allow-empty \
		-m m --date 2000-01-01T00:00:00Z && git log --format=%s && git fsck && rm -rf .git/refs/heads/*'
}

@test "programs that end by a signal end by it" {
	same sh -c 'sh -c "kill -KILL \$\$"; echo $?; sh -c "kill -TERM \$\$"; echo $?'
}
