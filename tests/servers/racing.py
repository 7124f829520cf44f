#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A SOCKS5 proxy for programs that try several addresses of a name and keep the first that answers.

    racing.py HOW DIRECTORY

What becomes of the requests is decided by their order and not by a clock. HOW says it:
    refused     the first is refused, the others are granted
    overtaken   the first is granted when the page has come from another
    won         the first is granted when another waits; the others wait for ever
    closed      all are refused

Behind the proxy is a page, "the first has PATH" or "another has PATH". When it listens, DIRECTORY/port
has its port; DIRECTORY/requests is as of faults.py.
"""
import socket
import sys
import threading

sys.dont_write_bytecode = True  # the tree stays as it is

from faults import (Talk, hold, listener, notes_open, page_asked, page_give, reply, serve,  # noqa: E402
                    write_whole)

GRANTED, REFUSED = 0, 5


def serve_page(conn, who):
    page_give(conn, b"%s has %s\n" % (who, page_asked(conn)))


class Race:
    def __init__(self, how):
        self._run = getattr(self, how)
        self._came = threading.Semaphore(1)
        self._others_wait, self._page_came = threading.Event(), threading.Event()

    def enter(self, conn):
        talk = Talk(conn).until_request()
        self._run(talk, self._came.acquire(blocking=False))

    def refused(self, talk, is_first):
        talk.say(reply(REFUSED if is_first else GRANTED))
        if not is_first:
            serve_page(talk.conn, b"another")

    def overtaken(self, talk, is_first):
        if is_first:
            self._page_came.wait()
        talk.say(reply(GRANTED))
        serve_page(talk.conn, b"the first" if is_first else b"another")
        self._page_came.set()

    def won(self, talk, is_first):
        if is_first:
            self._others_wait.wait()
            talk.say(reply(GRANTED))
            serve_page(talk.conn, b"the first")
        else:
            self._others_wait.set()
            hold(talk.conn)

    @staticmethod
    def closed(talk, _):
        talk.say(reply(REFUSED))


def main():
    how, directory = sys.argv[1:]
    notes_open(directory)
    race = Race(how)
    sock = listener(socket.AF_INET, ("127.0.0.1", 0))
    write_whole(directory, "port", f"{sock.getsockname()[1]}\n")
    while True:
        conn, _ = sock.accept()
        threading.Thread(target=serve, args=(conn, how, race.enter), daemon=True).start()


main()
