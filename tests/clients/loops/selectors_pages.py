# SPDX-License-Identifier: MIT
"""HOST PORT COUNT: pages by non-blocking sockets and python's selectors, the kind named by SELECTOR."""
import errno
import os
import selectors
import socket
import sys

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
selector = getattr(selectors, os.environ.get("SELECTOR", "DefaultSelector"))()


def on_open(sock, number):
    error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        sys.exit(f"page {number}: {errno.errorcode[error]}")
    sock.send(b"GET /%d HTTP/1.0\r\nHost: %s\r\n\r\n" % (number, host.encode()))
    selector.modify(sock, selectors.EVENT_READ, (on_read, number))


def on_read(sock, _):
    data = sock.recv(4096)
    sys.stdout.write(data.decode())
    if not data:
        selector.unregister(sock)
        sock.close()


family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
for i in range(count):
    connection = socket.socket(family)
    connection.setblocking(False)
    if connection.connect_ex(where) not in (0, errno.EINPROGRESS):
        sys.exit(f"page {i}: connect failed at once")
    selector.register(connection, selectors.EVENT_WRITE, (on_open, i))
while selector.get_map():
    for key, _ in selector.select():
        key.data[0](key.fileobj, key.data[1])
