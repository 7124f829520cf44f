#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a parent sees of a program that it has started, by way of the given command or by none.

    parent.py alone [COMMAND...]    the program, and it alone, is stopped, continued and ended
    parent.py hangup [COMMAND...]   it leads a session, or its group, and the terminal goes away
    parent.py usage [COMMAND...]    it has used half a second of processor time

Prints what was seen, which must not hang on the command. `parent.py program` is the program.
"""
import os
import pty
import signal
import sys
import time

LIMIT = 50 * int(os.environ.get("SLOWNESS", "1"))  # seconds
TOLD = 9    # the descriptor on which the program tells what happens to it


def program(what):
    """Tells its process id, and what signals it gets, until the one that ends it."""
    def tell(number, _):
        os.write(TOLD, f"program: {signal.Signals(number).name}\n".encode())
        if number != signal.SIGCONT:
            os._exit(7)
    for number in (signal.SIGCONT, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, tell)
    if what == "hangup" and os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    while what == "usage" and time.process_time() < 0.5:
        pass
    os.write(TOLD, f"{os.getpid()}\n".encode())
    while what != "usage":
        signal.pause()


def start(what, command, fork):
    """Returns the child, a terminal where there is one, and the lines of the program."""
    reader, writer = os.pipe()
    child = fork()
    child, terminal = child if isinstance(child, tuple) else (child, None)
    if child == 0:
        os.dup2(writer, TOLD)
        command = [*command, sys.executable, os.path.abspath(__file__), "program", what]
        os.execvp(command[0], command)
    os.close(writer)
    signal.signal(signal.SIGALRM, lambda *_: (os.kill(child, signal.SIGKILL), sys.exit("nothing more was seen")))
    signal.alarm(LIMIT)
    return child, terminal, os.fdopen(reader)


def see(child, flags=0):
    """Prints the child's next change of state."""
    _, status = os.waitpid(child, flags)
    if os.WIFSTOPPED(status):
        print("stopped by", os.WSTOPSIG(status))
    elif os.WIFCONTINUED(status):
        print("continued")
    else:
        print("ended with", os.waitstatus_to_exitcode(status))


def alone(command):
    child, _, told = start("alone", command, os.fork)
    process = int(told.readline())
    for _ in range(3):
        os.kill(process, signal.SIGSTOP)
        see(child, os.WUNTRACED)
        os.kill(process, signal.SIGCONT)
        see(child, os.WCONTINUED)
        print(told.readline(), end="")
    os.kill(process, signal.SIGUSR1)
    see(child)
    print(told.read(), end="")


def hangup(command):
    child, terminal, told = start("hangup", command, pty.fork)
    told.readline()
    os.close(terminal)
    see(child)
    # To a session's leader it continues, too.
    print([line for line in told.read().splitlines() if "CONT" not in line])


def usage(command):
    child, _, _ = start("usage", command, os.fork)
    see(child)
    times = os.times()
    print("used", times.children_user + times.children_system >= 0.4)  # counted in ticks


CASES = {"alone": alone, "hangup": hangup, "usage": usage}

if sys.argv[1] == "program":
    program(sys.argv[2])
else:
    CASES[sys.argv[1]](sys.argv[2:])
