#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Servers that know of their protocols just what it takes to please a client.

    protocols.py DIRECTORY

When all listen on loopback, DIRECTORY/ports has a line "NAME PORT" for each; what clients said is in
DIRECTORY/said, a line "NAME WORDS" each.

    redis      answers everything with PONG
    postgres   lets everybody in, and answers every query with one row, "skin"
    irc        welcomes, and answers PING
"""
import os
import socketserver
import struct
import sys
import threading


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class Handler(socketserver.StreamRequestHandler):
    name = ""

    def say(self, data):
        self.wfile.write(data)

    def note(self, words):
        with open(os.path.join(sys.argv[1], "said"), "a", encoding="latin-1") as file:
            print(self.name, words, file=file)


class Redis(Handler):
    name = "redis"

    def handle(self):
        while head := self.rfile.readline():
            words = []
            for _ in range(int(head[1:])):
                words.append(self.rfile.read(int(self.rfile.readline()[1:]) + 2)[:-2])
            self.note(b" ".join(words).decode("latin-1"))
            self.say(b"+PONG\r\n")


class Postgres(Handler):
    name = "postgres"
    NO_TLS = (80877103, 80877104)  # requests for it and for its kin

    def message(self, kind, body):
        self.say(kind + struct.pack("!i", len(body) + 4) + body)

    def begin(self):
        while True:
            size, code = struct.unpack("!ii", self.rfile.read(8))
            words = self.rfile.read(size - 8)
            if code not in self.NO_TLS:
                break
            self.say(b"N")
        self.note(words.replace(b"\0", b" ").decode("latin-1"))
        self.message(b"R", struct.pack("!i", 0))
        self.message(b"Z", b"I")

    def handle(self):
        self.begin()
        while (kind := self.rfile.read(1)) == b"Q":
            (size,) = struct.unpack("!i", self.rfile.read(4))
            self.note(self.rfile.read(size - 4)[:-1].decode("latin-1"))
            self.message(b"T", struct.pack("!h", 1) + b"word\0" + struct.pack("!ihihih", 0, 0, 25, -1, -1, 0))
            self.message(b"D", struct.pack("!hi", 1, 4) + b"skin")
            self.message(b"C", b"SELECT 1\0")
            self.message(b"Z", b"I")


class Irc(Handler):
    name = "irc"

    def handle(self):
        nick = "*"
        while line := self.rfile.readline().decode("latin-1").rstrip("\r\n"):
            self.note(line)
            word, _, rest = line.partition(" ")
            if line.startswith("CAP LS"):
                self.say(b":tornet.test CAP * LS :\r\n")
            elif word == "NICK":
                nick = rest
            elif word == "USER":
                self.say(f":tornet.test 001 {nick} :Welcome\r\n".encode())
            elif word == "PING":
                self.say(f"PONG {rest}\r\n".encode())


def main():
    directory = sys.argv[1]
    with open(os.path.join(directory, "ports.new"), "w", encoding="ascii") as file:
        for handler in Redis, Postgres, Irc:
            server = Server(("127.0.0.1", 0), handler)
            threading.Thread(target=server.serve_forever).start()
            print(handler.name, server.server_address[1], file=file)
    os.rename(os.path.join(directory, "ports.new"), os.path.join(directory, "ports"))


main()
