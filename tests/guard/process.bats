#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whoever starts tunic sees of a guarded program what it would see of the program itself.

# Scripts in single quotes are for the shells inside; $stderr comes from bats.
# shellcheck disable=SC1003,SC2016,SC2030,SC2031,SC2154

load ../lib/tunic
load guarded

# The program answers "guarded" in each of these, so that none passes without the guard.
GUARDED='[ "$(cat /proc/$PPID/comm)" = tunic ] || exit 99;'

@test "its exit status is the program's" {
	guarded sh -c "$GUARDED exit 42"
	assert_status 42
	run -127 "$TUNIC" ./nonexistent
}

@test "it dies of the signal that the program dies of" {
	for signal in TERM KILL USR1 ABRT; do
		guarded sh -c "$GUARDED kill -$signal \$\$"
		assert_status $((128 + $(kill -l $signal)))
	done
}

@test "a signal to it is one to the program" {
	background program "$TUNIC" sh -c "$GUARDED"' trap "echo heard; exit 3" USR1; echo up; while :; do sleep 0.1; done'
	wait_until 10 grep -q up "$(background_log program)"
	kill -USR1 "$(cat "$(background_dir)/program.pid")"
	wait_until 10 grep -q heard "$(background_log program)"
}

@test "SIGCHLD that the caller ignores, and a timer that it has set, are as they were" {
	needs perl
	run perl -e '$SIG{CHLD} = "IGNORE"; system(@ARGV); exec "true"' "$TUNIC" sh -c "$GUARDED exit 0"
	assert_status 0
	run timeout 20 perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' "$TUNIC" sh -c "$GUARDED exit 5"
	assert_status 5
	run timeout 20 perl -e 'alarm 1; exec @ARGV' "$TUNIC" sh -c "$GUARDED exec sleep 15"
	assert_status 142
}

@test "environment, directory, descriptors, mask and priority are what the caller has given" {
	local look='tr "\0" "\n" </proc/self/environ | grep -v -e ^TUNIC_ -e ^LD_PRELOAD -e ^_=; pwd; ls /proc/self/fd; nice
		grep -e SigIgn -e SigBlk -e SigCgt /proc/self/status; cat <&7; id; umask; ulimit -a'
	echo seven >file
	run nice -n 3 sh -c "$look" 7<file
	local bare=$output
	TUNIC_GUARD=off run nice -n 3 "$TUNIC" sh -c "$look" 7<file
	[ "$output" = "$bare" ] || { diff <(echo "$bare") <(echo "$output") >&2; fail "without the guard"; }
	run --separate-stderr nice -n 3 "$TUNIC" sh -c "$GUARDED $look" 7<file
	[ "$output" = "$bare" ] || { diff <(echo "$bare") <(echo "$output") >&2; fail "with it"; }
}

@test "descriptors that the caller has closed are closed" {
	sh -c 'ls /proc/self/fd >bare' <&- 2>&-
	"$TUNIC" sh -c "$GUARDED"' ls /proc/self/fd >guarded; ./static connect 192.0.2.1 80 >connected' <&- 2>&-
	diff bare guarded
	[ "$(cat connected)" = '1 of 1' ]
}

@test "a reader sees the end when the program has closed, though a daemon of it goes on" {
	run --separate-stderr timeout 20 "$TUNIC" sh -c "$GUARDED"' setsid sh -c "sleep 15" >/dev/null 2>&1 </dev/null & echo done'
	assert_output 'done'
}

@test "a daemon is guarded when the program has ended" {
	guarded sh -c "$GUARDED"' setsid sh -c "sleep 0.5; ./past ./static connect 192.0.2.1 80 >daemon" >&- 2>&- <&- & exit 6'
	assert_status 6
	wait_until 10 grep -q '^1 of 1$' daemon
}

@test "when nothing guarded is left, nothing of tunic is" {
	needs python3
	# With the descriptors that bats has, and from a shell that has no others.
	local look="$GUARDED"'sed -n "s/^Pid:.//p" /proc/$PPID/status; ./static connect 192.0.2.1 80'
	for inherited in 4096 3; do
		run --separate-stderr timeout 60 python3 -c 'import os, sys; os.closerange(int(sys.argv[1]), 4096); os.execv(sys.argv[2], sys.argv[2:])' \
			$inherited "$TUNIC" sh -c "$look"
		[[ $output == [0-9]*$'\n1 of 1' ]] || { seen; return 1; }
		wait_until 10 test ! -e "/proc/${lines[0]}"
	done
}

@test "when the supervisor is killed connections fail, and the program goes on" {
	guarded sh -c "$GUARDED"' kill -KILL $PPID; sleep 0.2; ./dynamic connect 192.0.2.1 80; exit 8'
	assert_output '0 of 1 ENOSYS'
	assert_status 8
}

@test "when the supervisor is killed while a connect waits, that fails" {
	background_end
	proxy --delay=10000
	guarded sh -c "$GUARDED"' (sleep 1; kill -KILL $PPID) & exec ./past ./static connect 192.0.2.1 80'
	assert_output '0 of 1 ENOSYS'
}

@test "when the supervisor is killed a connection lives on, and the next one fails" {
	needs python3
	guarded sh -c "$GUARDED"' exec ./past "$(command -v python3)" -c "
import os, signal, socket, time
s = socket.create_connection((\"192.0.2.1\", 80))
supervisor = os.getppid()
os.kill(supervisor, signal.SIGKILL)
while os.getppid() == supervisor:
    time.sleep(0.01)
s.sendall(b\"alive\")
print(s.recv(5, socket.MSG_WAITALL).decode())
print(socket.socket().connect_ex((\"192.0.2.1\", 80)))"'
	assert_output $'alive\n38'
}

@test "when tunic is killed so is the program" {
	background program "$TUNIC" sh -c "$GUARDED"' echo $$; exec sleep 30'
	wait_until 10 grep -q . "$(background_log program)"
	kill -KILL "$(cat "$(background_dir)/program.pid")"
	wait_until 10 test ! -e "/proc/$(cat "$(background_log program)")"
}

# terminal KEYS...: see terminal.py.
terminal() {
	needs python3
	run timeout 100 python3 "$TESTS/guard/terminal.py" "$@"
	assert_status 0
}

# stays: a program that stays, and says when it goes on, since what is typed too soon after `fg` is still the
# shell's. No shell: one that is stopped between vfork and exec does not stop.
stays() {
	needs perl
	cat >stays <<-'END'
		#!/usr/bin/perl
		$| = 1;
		$SIG{CONT} = sub { print "continued\n" };
		open my $parent, "<", "/proc/" . getppid() . "/comm";
		print "up under ", <$parent>;
		sleep 1 while 1;
	END
	chmod +x stays
}

# seen_alike CASE: what a parent sees of the guarded program is what it sees of the program; see parent.py.
seen_alike() {
	needs python3
	run timeout $((60 * ${SLOWNESS:-1})) python3 "$TESTS/guard/parent.py" "$1"
	assert_status 0
	local bare=$output
	run timeout $((60 * ${SLOWNESS:-1})) python3 "$TESTS/guard/parent.py" "$1" "$TUNIC" sh -c "$GUARDED"' exec "$@"' sh
	assert_output "$bare"
}

@test "when the program alone is stopped and continued, so is tunic, and the program once" { seen_alike alone; }

@test "when the terminal goes away the program hears of it in a group of its own, too" { seen_alike hangup; }

@test "the processor time that the program has used is a child's to who waits for tunic" { seen_alike usage; }

@test "it cannot type what the shell that has started it would then do" {
	cat >typing <<-'END'
		#!/usr/bin/python3
		import fcntl, termios
		try:
		    fcntl.ioctl(0, termios.TIOCSTI, b"x")
		except OSError as error:
		    print("errno", error.errno)
	END
	chmod +x typing
	terminal "$TUNIC ./typing" '10:errno 1'
}

@test "keys of the terminal stop, continue, interrupt and quit it" {
	stays
	terminal "$TUNIC ./stays" '10:up under tunic' ^Z 10:Stopped '10:ready> ' fg 10:continued ^C '10:ready> ' \
		'echo code=$?' 10:code=130
	terminal "$TUNIC ./stays" '10:up under tunic' '^\' '10:ready> ' 'echo code=$?' 10:code=131
}

@test "a shell under it has job control of its own" {
	stays
	terminal "PS1='inn''er> ' $TUNIC bash --norc --noprofile -i" '10:inner> ' 'cat /proc/$PPID/comm' 10:tunic \
		'10:inner> ' ./stays '10:up under bash' ^Z 10:Stopped '10:inner> ' fg 10:continued ^C '10:inner> ' \
		'exit 7' '10:ready> ' 'echo code=$?' 10:code=7
}
