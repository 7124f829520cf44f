#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# All processes of a run share names and their stand-in addresses, by a file that nobody holds open and
# that goes with its last user. Names are faked here, so nobody is asked for anything.

# Scripts in single quotes are for the shells under test; $stderr comes from bats.
# shellcheck disable=SC2016,SC2154

load ../lib/tunic

setup() {
	tunic_setup
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

@test "a file that is not a pool of ours is not used" {
	pool=$("$TUNIC" sh -c 'cp "$TUNIC_POOL" copy && cat /dev/null && echo "$TUNIC_POOL"')
	[ -n "$pool" ] || fail "no pool"
	size=$(stat -c %s copy)
	truncate -s "$size" open && chmod 644 open
	truncate -s 100 short && chmod 600 short
	install -m 600 copy good && ln -s good link
	ask="$(address_of abc.onion)"
	for file in open short link missing; do
		TUNIC_POOL=$PWD/$file LD_PRELOAD=$LIBTUNIC sh -c "$ask" >ip
		grep -q '^127\.' ip || fail "$file: no address"
		[ ! -s $file ] || ! grep -q abc.onion $file || fail "$file was used"
	done
	TUNIC_POOL=$PWD/good LD_PRELOAD=$LIBTUNIC sh -c "$ask" >ip
	[ ! -e good ] || fail "the good one was not used: its last user would have removed it"
}
