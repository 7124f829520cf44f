#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# All processes of a run share names and their stand-in addresses, by a file that nobody holds open and
# that goes with its last user. Names are faked here, so nobody is asked for anything.

# Scripts in single quotes are for the shells under test; $stderr comes from bats.
# shellcheck disable=SC2016,SC2154

load ../lib/tunic

setup() {
	tunic_setup
	# The library alone: the guard has no file.
	export TUNIC_GUARD=off
	needs python3 getent flock
	cd "$BATS_TEST_TMPDIR" || return
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/runtime TUNIC_NAMES=fake
	mkdir -m 700 "$XDG_RUNTIME_DIR"
}

# pools: the files of all runs.
pools() { find "$XDG_RUNTIME_DIR" -type f -name 'tunic-*' -printf '%f %m\n'; }

# address_of NAME, name_of ADDRESS: shell text for a program under test.
address_of() { echo "getent ahostsv4 $1 | sed -n '1s/ .*//p'"; }
name_of() { echo "getent hosts $1 | sed 's/.* //'"; }

@test "a name that a child resolved is known to its parent's other children" {
	run "$TUNIC" sh -c "ip=\$($(address_of abc.onion)); $(name_of '$ip')"
	assert_output 'abc.onion'
}

@test "without tunic each process has names of its own" {
	ip=$(LD_PRELOAD=$LIBTUNIC sh -c "$(address_of abc.onion)")
	[ -n "$ip" ] || fail "no address"
	LD_PRELOAD=$LIBTUNIC run sh -c "$(name_of "$ip")"
	assert_output ''
	[ -z "$(pools)" ] || fail "a pool was made: $(pools)"
}

@test "two runs have names of their own" {
	ip=$("$TUNIC" sh -c "$(address_of abc.onion)")
	run "$TUNIC" sh -c "$(name_of "$ip")"
	assert_output ''
}

@test "names survive exec, another directory and the closing of every descriptor" {
	run "$TUNIC" python3 -c '
import os, socket, sys
ip = socket.gethostbyname("abc.onion")
os.chdir("/")
null = os.open("/dev/null", os.O_RDWR)
out = os.dup(1)
os.closerange(0, 1); os.closerange(2, out); os.closerange(out + 1, 65536)
os.dup2(out, 1)
os.execvp("sh", ["sh", "-c", "exec getent hosts " + ip])'
	assert_output_has 'abc.onion'
}

@test "names survive many execs" {
	cat >script <<-'END'
		[ "$left" -gt 0 ] || exec getent hosts "$ip"
		left=$((left - 1)) exec sh ./script
	END
	run "$TUNIC" sh -c "export ip=\$($(address_of abc.onion)) left=200; exec sh ./script"
	assert_output_has 'abc.onion'
}

@test "a daemon still knows the names of the run after its parents have ended" {
	cat >daemon <<-'END'
		for _ in $(seq 200); do
			[ ! -e go ] || break
			sleep 0.05
		done
		getent hosts "$ip" >said
		mv said answer
	END
	"$TUNIC" sh -c "ip=\$($(address_of abc.onion)) && export ip && setsid sh ./daemon 3>&- &"
	wait_until 10 pgrep -f 'sh ./daemon' || fail "no daemon"
	[ "$(pools | wc -l)" -eq 1 ] || fail "the pool went while a daemon had it: $(pools)"
	touch go
	wait_until 10 test -e answer || fail "the daemon did not answer"
	grep -q abc.onion answer || fail "it said: $(cat answer)"
}

@test "the file is its user's alone, and goes with the last process, however that ends" {
	run "$TUNIC" sh -c 'find "$XDG_RUNTIME_DIR" -name "tunic-*" -printf "%m %s\n"'
	assert_output_has '600 '
	[ -z "$(pools)" ] || fail "left by a shell: $(pools)"
	"$TUNIC" true
	"$TUNIC" python3 -c 'import os; os._exit(0)'
	"$TUNIC" bash -c 'exit 3' || true
	"$TUNIC" sh -c 'true | true'
	[ -z "$(pools)" ] || fail "left: $(pools)"
}

@test "a pool whose users were killed is removed by a later run, after its minute of grace" {
	"$TUNIC" sh -c 'kill -9 $$' || true
	[ "$(pools | wc -l)" -eq 1 ] || fail "no pool was left: $(pools)"
	"$TUNIC" true
	[ "$(pools | wc -l)" -eq 1 ] || fail "it had no grace: $(pools)"
	touch -d '-2 minutes' "$XDG_RUNTIME_DIR"/tunic-*
	"$TUNIC" true
	[ -z "$(pools)" ] || fail "it stayed: $(pools)"
}

@test "a pool in use is not removed, however old" {
	background run "$TUNIC" python3 -c '
import time, sys
open("ready", "w").close()
time.sleep(20)'
	wait_until 10 test -e ready || fail "the run did not start"
	touch -d '-2 days' "$XDG_RUNTIME_DIR"/tunic-*
	"$TUNIC" true
	[ "$(pools | wc -l)" -eq 1 ] || fail "it went: $(pools)"
	background_end
}

# fill COUNT: python text that looks up so many names, n0.example and on, and one more.
fill() {
	cat <<-END
		import socket
		ips = [socket.gethostbyname("n%d.example" % i) for i in range($1)]
		print(len(set(ips)), socket.gethostbyaddr(ips[0])[0], socket.gethostbyaddr(ips[-1])[0])
		try:
		    print(socket.gethostbyname("one-more.example"))
		except socket.gaierror as error:
		    print(error.args[0] == socket.EAI_MEMORY)
		print(socket.gethostbyname("n7.example") == ips[7])
	END
}

@test "a pool takes 4096 names, says so when the next one comes, and gives no older one up" {
	run --separate-stderr "$TUNIC" python3 -c "$(fill 4096)"
	assert_output $'4096 n0.example n4095.example\nTrue\nTrue'
	assert_stderr_says 'pool of stand-in addresses is full.* \(one-more.example\).*pool_size'
	[ "$(wc -l <<<"$stderr")" -eq 1 ] || { seen; fail "it said more"; }
}

@test "a pool takes as many names as pool_size says" {
	run --separate-stderr "$TUNIC" --pool-size=6000 python3 -c "$(fill 6000)"
	assert_output $'6000 n0.example n5999.example\nTrue\nTrue'
	assert_stderr_says 'pool of stand-in addresses is full.* \(one-more.example\)'
	run --separate-stderr env LD_PRELOAD="$LIBTUNIC" TUNIC_POOL_SIZE=6000 python3 -c "$(fill 6000)"
	assert_output $'6000 n0.example n5999.example\nTrue\nTrue'
}

# in_room SIZE COMMAND...: where the file systems for the pool have room for so much.
in_room() {
	local options=-m
	needs unshare mount || return
	[ "$(id -u)" -eq 0 ] || options=-mr
	unshare "$options" sh -eu -c '
		for place in "$XDG_RUNTIME_DIR" /dev/shm; do mount -t tmpfs -o "size=$1" tmpfs "$place"; done
		shift
		exec "$@"' sh "$@"
}

@test "where the file system of the pool is full a new name is an error, and nobody is killed" {
	run --separate-stderr in_room 64k "$TUNIC" python3 -c '
import itertools, socket
ips = []
try:
    for i in itertools.count():
        ips.append(socket.gethostbyname("n%d.example" % i))
except socket.gaierror as error:
    print(error.args[0] == socket.EAI_MEMORY, 0 < i < 4096)
print([socket.gethostbyaddr(ip)[0] for ip in ips] == ["n%d.example" % j for j in range(i)])'
	assert_output $'True True\nTrue'
	assert_stderr_says 'pool of stand-in addresses is full, or has no memory'
}

@test "where there is no room for a pool tunic says so, and each process has names of its own" {
	run --separate-stderr in_room 4k "$TUNIC" sh -c "ip=\$($(address_of abc.onion)); echo \$ip; $(name_of '$ip')"
	[[ $output = 127.* && $output != *abc.onion* ]] || { seen; fail "names"; }
	assert_stderr_says "no pool of names in $XDG_RUNTIME_DIR: No space left on device"
	assert_stderr_says 'no pool of names in /dev/shm: No space left on device'
}

@test "a run has one size of pool, whatever a program or a tunic in it asks for" {
	run "$TUNIC" --pool-size=65536 sh -c "stat -c %s \"\$TUNIC_POOL\"
		ip=\$(env -u TUNIC_POOL_SIZE $(address_of abc.onion)); TUNIC_POOL_SIZE=5000 $(name_of '$ip')
		ip=\$('$TUNIC' --pool-size=4096 $(address_of def.onion)); $(name_of '$ip')"
	assert_output $'17039360\nabc.onion\ndef.onion'
	[ -z "$(pools)" ] || fail "left: $(pools)"
}

@test "a file that is not a pool of ours is not used" {
	pool=$("$TUNIC" sh -c 'cp "$TUNIC_POOL" copy && cat /dev/null && echo "$TUNIC_POOL"')
	[ -n "$pool" ] || fail "no pool"
	size=$(stat -c %s copy)
	truncate -s "$size" open && chmod 644 open
	install -m 600 /dev/null short && truncate -s 100 short
	install -m 600 /dev/null torn && truncate -s $((size + 1)) torn
	install -m 600 /dev/null small && truncate -s $((size * 4095 / 4096)) small
	install -m 600 /dev/null huge && truncate -s $((size * 65537 / 4096)) huge
	install -m 600 copy good && ln -s good link
	ask="$(address_of abc.onion)"
	for file in open short torn small huge link missing; do
		TUNIC_POOL=$PWD/$file LD_PRELOAD=$LIBTUNIC sh -c "$ask" >ip
		grep -q '^127\.' ip || fail "$file: no address"
		[ $file = missing ] || [ -e $file ] || fail "$file was used: its last user removed it"
		[ ! -e $file ] || ! grep -q abc.onion $file || fail "$file was used"
	done
	TUNIC_POOL=$PWD/good LD_PRELOAD=$LIBTUNIC sh -c "$ask" >ip
	[ ! -e good ] || fail "the good one was not used: its last user would have removed it"
}
