#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Starts a program with sockets of every kind in its hands, as somebody outside tunic would have made them.

    holding.py [KIND | FD=KIND]... -- COMMAND [ARGUMENT...]

The first KIND is descriptor 10 of COMMAND, the next 11, and so on; FD=KIND says another number.

    file  pipe  unix                a file, the reading end of a pipe, one end of a pair of unix sockets
    unconnected  unconnected6       a fresh TCP socket
    udp  raw  packet                a fresh socket of that kind
    udp:HOST:PORT                   a UDP socket that is connected; nothing is sent
    connected:HOST:PORT             a TCP connection; the other end is kept open for as long as it lasts
    opening:HOST:PORT               one whose first packet is not answered
    listening:HOST:PORT             a TCP socket that listens
"""
import contextlib
import fcntl
import os
import signal
import socket
import sys
import tempfile

FIRST, LIFE = 10, 60
SYN_SENT = 2


def endpoint(text):
    host, _, port = text.rpartition(":")
    return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, int(port))


def listening(text, backlog=16):
    family, where = endpoint(text)
    sock = socket.socket(family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(where)
    sock.listen(backlog)
    return sock


def in_child(work, *kept):
    """Runs work in a child that holds none of our descriptors but those kept, and ends by itself."""
    if os.fork() == 0:
        for fd in {int(fd) for fd in os.listdir("/proc/self/fd")} - {sock.fileno() for sock in kept}:
            with contextlib.suppress(OSError):
                os.close(fd)
        signal.alarm(LIFE)
        try:
            work()
        finally:
            os._exit(0)


def connected(text):
    server = listening(text)

    def hold():
        conn, _ = server.accept()
        while conn.recv(4096):
            pass
    in_child(hold, server)
    family, where = endpoint(text)
    sock = socket.socket(family)
    sock.connect(where)
    server.close()
    return sock


def opening(text):
    server = listening(text, backlog=0)
    family, where = endpoint(text)
    filling = [server]
    for _ in range(8):
        sock = socket.socket(family)
        sock.setblocking(False)
        sock.connect_ex(where)
        if sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == SYN_SENT:
            in_child(signal.pause, *filling)
            return sock
        filling.append(sock)
    sys.exit("holding.py: every connection was answered")


def udp(text):
    family, where = endpoint(text)
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.connect(where)
    return sock


FRESH = {
    "file": tempfile.TemporaryFile,
    "pipe": lambda: os.fdopen(os.pipe()[0]),
    "unix": lambda: socket.socketpair()[0],
    "unconnected": socket.socket,
    "unconnected6": lambda: socket.socket(socket.AF_INET6),
    "udp": lambda: socket.socket(type=socket.SOCK_DGRAM),
    "raw": lambda: socket.socket(type=socket.SOCK_RAW, proto=socket.IPPROTO_ICMP),
    "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM),
}
PLACED = {"udp": udp, "connected": connected, "opening": opening, "listening": listening}


def make(kind):
    name, _, where = kind.partition(":")
    return PLACED[name](where) if where else FRESH[name]()


def main():
    split = sys.argv.index("--")
    given, number = [], FIRST
    for word in sys.argv[1:split]:
        fd, _, kind = word.rpartition("=")
        given.append((int(fd) if fd else number, make(kind)))
        number += not fd
    # First out of the way of each other, then to their places, where exec leaves them open.
    high = [(to, fcntl.fcntl(held.fileno(), fcntl.F_DUPFD_CLOEXEC, 100)) for to, held in given]
    for to, fd in high:
        os.dup2(fd, to)
    os.execvp(sys.argv[split + 1], sys.argv[split + 1:])


main()
