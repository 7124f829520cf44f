#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A person at a terminal, whose shell has job control: types lines, presses keys, tells what was seen.

    terminal.py KEYS...

KEYS: ^C ^Z ^\\, a number of seconds to wait at most for a text (5:text), or a line to type.
Prints what the terminal showed.
"""
import os
import pty
import select
import sys
import time

CONTROL = {"^C": b"\x03", "^Z": b"\x1a", "^\\": b"\x1c"}
LIMIT = 30


class Terminal:
    def __init__(self):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["PS1"] = "ready> "
            os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
        self.seen = b""
        self.at = 0

    def read(self, seconds):
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return False
        try:
            data = os.read(self.fd, 4096)
        except OSError:
            return False
        self.seen += data
        return bool(data)

    def wait_for(self, text, seconds):
        """Waits for a text that has not been waited for yet."""
        deadline = time.monotonic() + seconds
        while text not in self.seen[self.at:]:
            left = deadline - time.monotonic()
            if left <= 0 or not self.read(left):
                sys.stdout.write(self.seen.decode(errors="replace"))
                sys.exit(f"\nterminal.py: never saw {text!r}")
        self.at = self.seen.index(text, self.at) + len(text)

    def key(self, key):
        seconds, colon, text = key.partition(":")
        if colon and seconds.isdigit():
            self.wait_for(text.encode(), int(seconds))
        else:
            os.write(self.fd, CONTROL.get(key, key.encode() + b"\n"))


def main():
    terminal = Terminal()
    terminal.wait_for(b"ready> ", LIMIT)
    for key in sys.argv[1:]:
        terminal.key(key)
    terminal.key("exit")
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and terminal.read(deadline - time.monotonic()):
        pass
    sys.stdout.write(terminal.seen.decode(errors="replace"))


main()
