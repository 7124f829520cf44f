#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A SOCKS5 proxy that answers no request before COUNT of them wait for an answer at the same time.

    gathering.py COUNT DIRECTORY

A program that opens one connection after the other waits for ever for its first: after PATIENCE
seconds all are refused, then and later. Behind the proxy is a page, "gathered PATH", whatever the
target; who speaks HTTP to it without SOCKS gathers by the request for the page. When it listens,
DIRECTORY/port has its port; DIRECTORY/requests is as of faults.py.
"""
import socket
import sys
import threading

sys.dont_write_bytecode = True  # the tree stays as it is

from faults import (Gone, Talk, listener, notes_open, page_asked, page_give, reply,  # noqa: E402
                    write_whole)

PATIENCE = 10


class Gathering:
    def __init__(self, count):
        self._missing = count
        self._changed = threading.Condition()
        self._given_up = False

    def join(self):
        """Have all come?"""
        with self._changed:
            self._missing -= 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._missing <= 0 or self._given_up, PATIENCE)
            self._given_up = self._given_up or self._missing > 0
            return not self._given_up


def serve_page(conn, gather):
    path = page_asked(conn)
    if gather():
        page_give(conn, b"gathered %s\n" % path)


def serve(conn, gathering):
    with conn:
        try:
            if conn.recv(1, socket.MSG_PEEK) != b"\5":
                serve_page(conn, gathering.join)
                return
            talk = Talk(conn).until_request()
            agreed = gathering.join()
            talk.say(reply(0 if agreed else 4))
            if agreed:
                serve_page(conn, lambda: True)
        except (Gone, OSError):
            pass


def main():
    count, directory = int(sys.argv[1]), sys.argv[2]
    notes_open(directory)
    gathering = Gathering(count)
    sock = listener(socket.AF_INET, ("127.0.0.1", 0))
    write_whole(directory, "port", f"{sock.getsockname()[1]}\n")
    while True:
        conn, _ = sock.accept()
        threading.Thread(target=serve, args=(conn, gathering), daemon=True).start()


main()
