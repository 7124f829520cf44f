#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A name server of a few names, on port 53 of 127.0.0.1 over UDP and TCP.

    dns.py DIRECTORY

When it listens, DIRECTORY/dns is there; each question is a line in that file. It answers as any resolver does: records with a TTL of a minute, names compressed, RA set. What it does
not know does not exist; types other than A, AAAA and PTR are not implemented.
"""
import ipaddress
import os
import socketserver
import struct
import sys
import threading

A, PTR, AAAA, IN, OPT = 1, 12, 28, 1, 41
NOERROR, FORMERR, NXDOMAIN, NOTIMP = 0, 1, 3, 4
TTL = 60
ADDRESSES = {
    "public.example": ["198.51.100.7"],
    "six.example": ["2001:db8::7"],
    "localhost": ["127.0.0.1", "::1"],
}
NAMES = {ipaddress.ip_address(addresses[0]).reverse_pointer: name
         for name, addresses in ADDRESSES.items() if name != "localhost"}


def wire(name):
    return b"".join(bytes((len(label),)) + label.encode("latin-1")
                    for label in name.split(".") if label) + b"\0"


def read_question(message):
    """Name, type and class, and the bytes of the question."""
    labels, at = [], 12
    while message[at]:
        size = message[at]
        if size > 63 or at + size >= len(message):
            raise IndexError
        labels.append(message[at + 1:at + 1 + size].decode("latin-1"))
        at += 1 + size
    kind, group = struct.unpack_from("!HH", message, at + 1)
    return ".".join(labels).lower(), kind, group, message[12:at + 5]


def records(name, kind):
    """What a record of this kind holds; None where there is no such name."""
    if kind == PTR:
        return [wire(NAMES[name])] if name in NAMES else None
    if name not in ADDRESSES:
        return None
    addresses = map(ipaddress.ip_address, ADDRESSES[name])
    return [address.packed for address in addresses if address.version == (4 if kind == A else 6)]


def judge(name, kind, group):
    if group != IN or kind not in (A, AAAA, PTR):
        return NOTIMP, []
    found = records(name, kind)
    return (NXDOMAIN, []) if found is None else (NOERROR, found)


def note(name, kind):
    with open(log, "a", encoding="latin-1") as file:
        print(name, kind, file=file)


def answer(message):
    number, flags, questions, _, _, _ = struct.unpack_from("!6H", message)
    code, found, question, extra, kind = FORMERR, [], b"", b"", 0
    if flags & 0x7800:
        code = NOTIMP
    elif questions == 1:
        try:
            name, kind, group, question = read_question(message)
            note(name, kind)
            code, found = judge(name, kind, group)
        except (IndexError, struct.error):
            pass
    body = b"".join(struct.pack("!HHHIH", 0xC00C, kind, IN, TTL, len(data)) + data for data in found)
    if message[-11:-8] == b"\0\0\x29":
        extra = struct.pack("!BHHIH", 0, OPT, 1232, 0, 0)
    return struct.pack("!6H", number, 0x8080 | flags & 0x7910 | code, 1 if question else 0,
                       len(found), 0, 1 if extra else 0) + question + body + extra


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        message, server = self.request
        if len(message) >= 12 and not message[2] & 0x80:
            server.sendto(answer(message), self.client_address)


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        size = self.rfile.read(2)
        while len(size) == 2:
            message = answer(self.rfile.read(struct.unpack("!H", size)[0]))
            self.wfile.write(struct.pack("!H", len(message)) + message)
            size = self.rfile.read(2)


def main():
    socketserver.TCPServer.allow_reuse_address = True
    servers = [socketserver.ThreadingUDPServer(("127.0.0.1", 53), Datagram),
               socketserver.ThreadingTCPServer(("127.0.0.1", 53), Stream)]
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever).start()
    with open(log, "w", encoding="latin-1"):
        pass


if __name__ == "__main__":
    log = os.path.join(sys.argv[1], "dns")
    main()
