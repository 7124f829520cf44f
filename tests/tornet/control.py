# SPDX-License-Identifier: MIT
"""Asks the client of the private Tor network by its control port.

    control.py ask COMMAND...     one command, its reply on stdout ("ask GETINFO version")
    control.py circuits TAG       the ids of the circuits that carry streams with this tag,
                                  as SOCKS user name or password, one a line
    control.py events FILE        write stream events to FILE until ended; FILE appears when
                                  tor has promised to send them

Where the port is and how to authenticate is in the environment: TORNET_CONTROL, TORNET_COOKIE.
"""
import os
import re
import socket
import sys

EVENTS_LIMIT = 120  # seconds without any event after which a forgotten logger ends


class Control:
    def __init__(self):
        host, port = os.environ['TORNET_CONTROL'].rsplit(':', 1)
        self.sock = socket.create_connection((host, int(port)), timeout=20)
        self.lines = self.sock.makefile('r', encoding='utf-8', newline='\r\n')
        with open(os.environ['TORNET_COOKIE'], 'rb') as cookie:
            self.ask('AUTHENTICATE ' + cookie.read().hex())

    def ask(self, command):
        """Send a command, return the lines of its reply without the status in front of each."""
        self.sock.sendall(command.encode() + b'\r\n')
        reply = []
        while True:
            line = self.lines.readline().rstrip('\r\n')
            if not re.match(r'\d{3}[ +-]', line):
                raise SystemExit('control port: %s: unexpected %r' % (command.split()[0], line))
            status, kind, text = line[:3], line[3], line[4:]
            if status != '250':
                raise SystemExit('control port: %s: %s %s' % (command.split()[0], status, text))
            reply.append(text)
            if kind == '+':
                reply += self.data()
            if kind == ' ':
                return reply

    def data(self):
        """The lines of a data reply, up to its lone dot."""
        lines = []
        while (line := self.lines.readline().rstrip('\r\n')) != '.':
            lines.append(line)
        return lines


def circuits_of(control, tag):
    carrying = re.compile(r'\bSOCKS_(USERNAME|PASSWORD)="%s"' % re.escape(tag))
    return [line.split()[0] for line in control.ask('GETINFO circuit-status')
            if ' BUILT ' in line and carrying.search(line)]


def log_events(control, path):
    control.ask('SETEVENTS STREAM')
    control.sock.settimeout(EVENTS_LIMIT)
    with open(path, 'w', encoding='utf-8') as log:
        for line in control.lines:
            log.write(line)
            log.flush()


def main():
    if sys.argv[1:2] == ['ask'] and len(sys.argv) > 2:
        print('\n'.join(Control().ask(' '.join(sys.argv[2:]))))
    elif sys.argv[1:2] == ['circuits'] and len(sys.argv) == 3:
        for circuit in circuits_of(Control(), sys.argv[2]):
            print(circuit)
    elif sys.argv[1:2] == ['events'] and len(sys.argv) == 3:
        log_events(Control(), sys.argv[2])
    else:
        raise SystemExit(__doc__)


main()
