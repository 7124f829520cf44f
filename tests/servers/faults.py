#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SOCKS5 proxies that misbehave, each in its own way, and plain servers to reach through them.

    faults.py DIRECTORY

Every behaviour has its own port on loopback. When all of them listen, DIRECTORY/ports has a line
"NAME PORT" for each; DIRECTORY/requests gets a line for each request that a proxy understood:
"NAME COMMAND ATYP HOST PORT USER PASSWORD".

Plain servers:
    echo echo6      send back what comes                    greeter     says "hello" first
    refused         a port where nobody listens

Proxies that do their work (relay6 is on ::1; relay.sock in DIRECTORY is a unix socket):
    relay relay6    connect to the target; answer RESOLVE and RESOLVE_PTR from NAMES

Proxies that agree, in an odd manner, then say "hello" and send back what comes:
    plain glued dribbled dribbled-glued name atyp4

Proxies that misbehave with every first connection, and with every second one are as `plain`:
    see FAULTS
"""
import itertools
import os
import selectors
import socket
import struct
import sys
import threading
import time

NAMES = {  # the first address of a family is the answer to RESOLVE
    "public.example": "198.51.100.7",
    4 * (60 * "n" + ".") + "example": "198.51.100.8",  # near the longest that there can be
    "six.example": "2001:db8::7",
    "inside.example": "10.0.0.1",
    "here.example": "127.0.0.1",
}
REVERSE = {address: name for name, address in NAMES.items()}

METHOD_PASSWORD, METHOD_NONE = 2, 0xFF
CONNECT, RESOLVE, RESOLVE_PTR = 1, 0xF0, 0xF1
GREETING = b"hello\n"


class Gone(Exception):
    """The client has closed."""


def take(conn, n):
    data = b""
    while len(data) < n:
        more = conn.recv(n - len(data))
        if not more:
            raise Gone
        data += more
    return data


def echo(conn):
    while data := conn.recv(65536):
        conn.sendall(data)


def hold(conn):
    """Says nothing more until the client goes."""
    while conn.recv(65536):
        pass


def page_asked(conn):
    """The request for a page of HTTP: the last part of its path."""
    request = b""
    while b"\r\n\r\n" not in request:
        more = conn.recv(4096)
        if not more:
            raise Gone
        request += more
    path = request.split(b" ")[1]
    return path[path.rfind(b"/"):]


def page_give(conn, body):
    conn.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def address(text):
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return bytes([4 if ":" in text else 1]) + socket.inet_pton(family, text)


def name(text):
    return bytes([3, len(text)]) + text.encode()


def reply(code=0, bound=None, port=0):
    return bytes([5, code, 0]) + (bound or address("0.0.0.0")) + struct.pack(">H", port)


class Talk:
    """One conversation up to the request, answered well; `say` is how bytes are sent."""

    def __init__(self, conn, say=None):
        self.conn = conn
        self.say = say or conn.sendall
        self.user = self.password = ""

    def greeting(self):
        version, count = take(self.conn, 2)
        self.methods = take(self.conn, count)
        return version == 5

    def login(self):
        take(self.conn, 1)
        self.user = take(self.conn, take(self.conn, 1)[0]).decode("latin-1")
        self.password = take(self.conn, take(self.conn, 1)[0]).decode("latin-1")

    def request(self):
        _, self.command, _, self.atyp = take(self.conn, 4)
        if self.atyp == 3:
            self.host = take(self.conn, take(self.conn, 1)[0]).decode("latin-1")
        else:
            family, size = ((socket.AF_INET6, 16) if self.atyp == 4 else (socket.AF_INET, 4))
            self.host = socket.inet_ntop(family, take(self.conn, size))
        (self.port,) = struct.unpack(">H", take(self.conn, 2))

    def until_request(self):
        self.greeting()
        if METHOD_PASSWORD in self.methods:
            self.say(b"\5\2")
            self.login()
            self.say(b"\1\0")
        else:
            self.say(b"\5\0")
        self.request()
        note(self)
        return self


# ---- proxies that do their work -----------------------------------------------------------------

ERRORS = {111: 5, 101: 3, 113: 4, 110: 6}


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def relay(conn):
    talk = Talk(conn).until_request()
    if talk.command == RESOLVE:
        known = NAMES.get(talk.host.lower())
        talk.say(reply(0, address(known)) if known else reply(4))
        return
    if talk.command == RESOLVE_PTR:
        known = REVERSE.get(talk.host)
        talk.say(reply(0, name(known)) if known else reply(4))
        return
    family = socket.AF_INET6 if talk.atyp == 4 else socket.AF_INET
    with socket.socket(family) as target:
        try:
            target.connect((NAMES.get(talk.host, talk.host), talk.port))
        except OSError as error:
            talk.say(reply(ERRORS.get(error.errno, 1)))
            return
        talk.say(reply(0))
        back = threading.Thread(target=pump, args=(target, conn), daemon=True)
        back.start()
        pump(conn, target)
        back.join()


# ---- proxies that agree in an odd manner ---------------------------------------------------------

def agree(conn, bound=None, glue=False, say=None):
    talk = Talk(conn, say).until_request()
    whole = reply(0, bound)
    if glue:
        talk.say(whole + GREETING)
    else:
        talk.say(whole)
        time.sleep(0.01)
        conn.sendall(GREETING)
    echo(conn)


def by_bytes(conn):
    def say(data):
        for i in range(len(data)):
            conn.sendall(data[i:i + 1])
            time.sleep(0.001)
    return say


AGREEMENTS = {
    "plain": agree,
    "glued": lambda conn: agree(conn, glue=True),
    "dribbled": lambda conn: agree(conn, say=by_bytes(conn)),
    "dribbled-glued": lambda conn: agree(conn, glue=True, say=by_bytes(conn)),
    "name": lambda conn: agree(conn, bound=name("n" * 255), glue=True),
    "atyp4": lambda conn: agree(conn, bound=address("2001:db8::1"), glue=True),
}


# ---- proxies that misbehave ----------------------------------------------------------------------

def refuse(code):
    return lambda conn: Talk(conn).until_request().say(reply(code))


def first_bytes(n, then):
    """Of a good answer to a login and a request, only the first n bytes; then `then`."""
    def fault(conn):
        left = [n]

        def say(data):
            conn.sendall(data[:left[0]])
            left[0] = max(0, left[0] - len(data))
            if left[0] == 0:
                raise Gone
        try:
            Talk(conn, say).until_request().say(reply(0))
        except Gone:
            then(conn)
    return fault


def close(conn):
    conn.shutdown(socket.SHUT_RDWR)


def answer_greeting(data, then=hold):
    def fault(conn):
        Talk(conn).greeting()
        conn.sendall(data)
        then(conn)
    return fault


def answer_login(data):
    def fault(conn):
        talk = Talk(conn)
        talk.greeting()
        conn.sendall(b"\5\2")
        talk.login()
        conn.sendall(data)
        hold(conn)
    return fault


def answer_request(data):
    def fault(conn):
        Talk(conn).until_request()
        conn.sendall(data)
        hold(conn)
    return fault


def reset(conn):
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


FAULTS = {
    **{f"reply-{code:02x}": refuse(code) for code in (*range(1, 9), 0x5A, *range(0xF0, 0xF8))},
    **{f"close-{n}": first_bytes(n, close) for n in range(1, 14)},
    "close-at-once": close,
    "reset": reset,
    **{f"stall-{n}": first_bytes(n, hold) for n in (1, 2, 3, 4, 5, 13)},
    "stall-at-once": hold,
    "stall-in-name": answer_request(b"\5\0\0\3\xffshort"),
    "bad-version": answer_greeting(b"\4\2"),
    "other-method": answer_greeting(b"\5\0"),
    "no-method": answer_greeting(b"\5\xff"),
    "http": answer_greeting(b"HTTP/1.0 400 Bad Request\r\n\r\n"),
    "login-refused": answer_login(b"\1\1"),
    "bad-login-version": answer_login(b"\2\0"),
    "bad-reply-version": answer_request(b"\4" + reply(0)[1:]),
    "bad-reserved": answer_request(b"\5\0\1" + reply(0)[3:]),
    "bad-atyp": answer_request(b"\5\0\0\x09" + bytes(6)),
    "no-address": answer_request(b"\5\0\0\0" + bytes(2)),
    "empty-name": answer_request(b"\5\0\0\3\0" + bytes(2)),
}


def in_turn(fault):
    """Every first connection meets the fault, every second one a good proxy."""
    turns = itertools.cycle((fault, agree))
    return lambda conn: next(turns)(conn)


# ---- serving -------------------------------------------------------------------------------------

PLAIN = {
    "echo": echo,
    "echo6": echo,
    "greeter": lambda conn: (conn.sendall(GREETING), echo(conn)),
    "relay": relay,
    "relay6": relay,
}


def notes_open(directory):
    note.lock = threading.Lock()
    note.file = open(os.path.join(directory, "requests"), "a", encoding="latin-1")


def note(talk):
    line = " ".join((threading.current_thread().name, f"{talk.command:02x}", str(talk.atyp), talk.host,
                     str(talk.port), talk.user or "-", talk.password or "-"))
    with note.lock:
        print(line, file=note.file, flush=True)


def write_whole(directory, name, text):
    """Whoever waits for the file finds all of it."""
    path = os.path.join(directory, name)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".new", path)


def listener(family, where):
    sock = socket.socket(family)
    sock.bind(where)
    sock.listen(1024)
    return sock


def serve(conn, label, behaviour):
    threading.current_thread().name = label
    with conn:
        try:
            if conn.family != socket.AF_UNIX:
                conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            behaviour(conn)
        except (Gone, OSError):
            pass


def main():
    directory = sys.argv[1]
    notes_open(directory)
    selector = selectors.DefaultSelector()
    ports = {}
    for label, behaviour in {**PLAIN, **AGREEMENTS, **FAULTS}.items():
        six = label in ("echo6", "relay6")
        sock = listener(*((socket.AF_INET6, ("::1", 0)) if six else (socket.AF_INET, ("127.0.0.1", 0))))
        ports[label] = sock.getsockname()[1]
        selector.register(sock, selectors.EVENT_READ,
                          (label, in_turn(behaviour) if label in FAULTS else behaviour))
    sock = listener(socket.AF_UNIX, os.path.join(directory, "relay.sock"))
    selector.register(sock, selectors.EVENT_READ, ("relay.sock", relay))
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    ports["refused"] = closed.getsockname()[1]
    write_whole(directory, "ports", "".join(f"{label} {port}\n" for label, port in ports.items()))
    while True:
        for key, _ in selector.select():
            conn, _ = key.fileobj.accept()
            threading.Thread(target=serve, args=(conn, *key.data), daemon=True).start()


if __name__ == "__main__":
    main()
