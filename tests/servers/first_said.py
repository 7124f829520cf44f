#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A relay in front of a proxy that writes down what each connection says before it is answered.

    first_said.py HOST:PORT DIRECTORY [hold | close]

Each connection is a line of DIRECTORY/said: what came in its first piece, in hexadecimal. With `hold`
the first connection gets no answer, with `close` its end is all the answer; every other one meets the
proxy. DIRECTORY/port holds the relay's port as soon as it listens.
"""
import contextlib
import os
import socket
import sys
import threading


def pump(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def relay(client, first, proxy):
    with client, contextlib.suppress(OSError), socket.create_connection(proxy) as server:
        server.sendall(first)
        back = threading.Thread(target=pump, args=(server, client), daemon=True)
        back.start()
        pump(client, server)
        back.join()


def main():
    host, _, port = sys.argv[1].rpartition(":")
    directory, fault = sys.argv[2], (sys.argv[3:] or [""])[0]
    held = []
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    with open(os.path.join(directory, "port.new"), "w", encoding="ascii") as file:
        print(listener.getsockname()[1], file=file)
    os.rename(file.name, os.path.join(directory, "port"))
    with open(os.path.join(directory, "said"), "w", encoding="ascii") as said:
        while True:
            client, _ = listener.accept()
            first = client.recv(65536)
            print(first.hex(), file=said, flush=True)
            if fault == "hold":
                held.append(client)
            elif fault == "close":
                client.close()
            else:
                threading.Thread(target=relay, args=(client, first, (host, int(port))), daemon=True).start()
            fault = ""


main()
