# SPDX-License-Identifier: MIT
"""What stands inside beside the program: a proxy that leads nowhere, and resolvers without answers.

The proxy speaks SOCKS5 with Tor's RESOLVE and RESOLVE_PTR and has no fault; it notes what it was
asked before it answers. A connection through it leads to a page for who asks for one, and then to
its end.
"""
import ipaddress
import os
import select
import socket
import socketserver
import struct
import threading

PROXY_PORT, NOBODY_PORT, RUDE_PORT = 9050, 9051, 9052
PROXY_PORTS = frozenset((PROXY_PORT, NOBODY_PORT, RUDE_PORT))
PROXY_SOCKET = "/run/proxy"
CONNECT, RESOLVE, RESOLVE_PTR = 1, 0xF0, 0xF1
COMMANDS = {CONNECT: "CONNECT", RESOLVE: "RESOLVE", RESOLVE_PTR: "RESOLVE_PTR"}
PAGE = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\npage\n"

asked = []  # since it was last cleared


def _exactly(stream, n):
    data = stream.read(n)
    if len(data) != n:
        raise ConnectionError
    return data


def _address(stream, kind):
    """Reads an address of this kind: as text, for a line."""
    if kind == 3:
        return _exactly(stream, _exactly(stream, 1)[0]).decode("ascii")
    address = ipaddress.ip_address(_exactly(stream, 4 if kind == 1 else 16))
    return f"[{address}]" if kind == 4 else str(address)


def _answer(command, name):
    """Kind and bytes of the address in the reply."""
    if command == RESOLVE and name.startswith("six."):
        return 4, ipaddress.ip_address("2001:db8::99").packed
    if command == RESOLVE:
        return 1, ipaddress.ip_address("198.51.100.99").packed
    if command == RESOLVE_PTR:
        return 3, b"\x09name.test"
    return 1, bytes(4)


class Proxy(socketserver.StreamRequestHandler):
    """One client, from its greeting to its end."""

    def _log_in(self):
        methods = _exactly(self.rfile, _exactly(self.rfile, 2)[1])
        self.wfile.write(b"\5\2" if 2 in methods else b"\5\0")
        if 2 in methods:
            _exactly(self.rfile, 1)
            for _ in ("name", "password"):
                _exactly(self.rfile, _exactly(self.rfile, 1)[0])
            self.wfile.write(b"\1\0")

    def _request(self):
        _, command, _, kind = _exactly(self.rfile, 4)
        name = _address(self.rfile, kind)
        port = struct.unpack("!H", _exactly(self.rfile, 2))[0]
        where = f"{name}:{port}" if command == CONNECT else name
        asked.append(f"{COMMANDS.get(command, command)} {where}")
        kind, address = _answer(command, name)
        self.wfile.write(bytes((5, 0, 0, kind)) + address + bytes(2))
        return command

    def _serve(self):
        if self.request.recv(65536).startswith(b"GET "):
            self.wfile.write(PAGE)

    def handle(self):
        try:
            self._log_in()
            if self._request() == CONNECT:
                self._serve()
        except (ConnectionError, OSError):
            pass


class Rude(socketserver.BaseRequestHandler):
    """Hangs up without a word."""

    def handle(self):
        pass


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class _Tcp6(_Tcp):
    address_family = socket.AF_INET6


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def _start(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()


def proxies_start():
    _start(_Tcp(("127.0.0.1", PROXY_PORT), Proxy))
    _start(_Tcp6(("::1", PROXY_PORT), Proxy))
    _start(_Unix(PROXY_SOCKET, Proxy))
    _start(_Tcp(("127.0.0.1", RUDE_PORT), Rude))


# ---- somebody who hands out sockets --------------------------------------------------------------

GIVER = "/run/giver"


class _Giver(socketserver.BaseRequestHandler):
    """Whoever asks gets a datagram socket of ours."""

    def handle(self):
        self.request.recv(64)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as given:
            socket.send_fds(self.request, [b"here"], [given.fileno()])


def giver_start():
    _start(_Unix(GIVER, _Giver))
    os.chmod(GIVER, 0o666)


# ---- resolvers -----------------------------------------------------------------------------------

NSCD = "/run/nscd/socket"
SOCKETS = (NSCD, "/run/systemd/resolve/io.systemd.Resolve", "/run/avahi-daemon/socket",
           "/run/nslcd/socket", "/run/mdnsd", "/run/samba/winbindd/pipe", "/var/lib/sss/pipes/nss")
# Requests to nscd about users, groups and services say nothing about the network; nor does 13,
# which asks for a view of its table of hosts: glibc reads there when interfaces last changed.
NSCD_ELSEWHERE = frozenset((0, 1, 2, 3, 11, 12, 13, 15, 16, 17, 18))
FENCE = b"fence"


class Resolvers:
    """Listens where resolvers do, and notes who comes. One thread, so that all is in one order."""

    def __init__(self):
        self._seen = []
        self._listeners = {}
        for path in SOCKETS:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(path)
            os.chmod(path, 0o666)
            listener.listen(64)
            self._listeners[listener] = path
        threading.Thread(target=self._run, daemon=True).start()

    def _receive(self, listener):
        path = self._listeners[listener]
        client = listener.accept()[0]
        with client:
            client.settimeout(2)  # for who connects and says nothing
            try:
                said = client.recv(4096)
            except OSError:
                said = b""
            about = struct.unpack_from("=i", said, 4)[0] if len(said) >= 8 else -1
            if said != FENCE and not (path == NSCD and about in NSCD_ELSEWHERE):
                self._seen.append(f"unix {path}")

    def _run(self):
        while True:
            for listener in select.select(list(self._listeners), [], [])[0]:
                self._receive(listener)

    def collect(self):
        """Every line since the last time: whoever came before our own visit was noted before it."""
        for path in SOCKETS:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as visitor:
                visitor.connect(path)
                visitor.send(FENCE)
                visitor.recv(1)
        seen, self._seen = self._seen, []
        return seen
