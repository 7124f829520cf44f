# SPDX-License-Identifier: MIT
"""The servers behind the private Tor network: names, pages, echo, and one that hangs up.

All on loopback. DNS answers from the tables below, NXDOMAIN for what is not in them; every query
is a line in DIR/dns.log, every request a line in DIR/http.log, so that a test can see what arrived.
"""
import argparse
import http.server
import os
import socket
import socketserver
import struct
import threading
import time
import urllib.parse

A, CNAME, PTR, AAAA = 1, 5, 12, 28
KINDS = {A: 'A', PTR: 'PTR', AAAA: 'AAAA'}
SERVFAIL, NXDOMAIN = 2, 3

ADDRESSES = {
    'v4.test': ['127.0.0.1'],
    'v6.test': ['::1'],
    'dual.test': ['127.0.0.1', '::1'],
    'multi.test': ['127.0.0.3', '127.0.0.1', '127.0.0.2'],
    'pub.test': ['198.51.100.7'],
    'pub6.test': ['2001:db8::7'],
    'policy.test': ['127.0.0.66'],
    'a_b.test': ['198.51.100.7'],
    'nodata.test': [],
}
ALIASES = {'alias.test': 'pub.test'}
POINTERS = {
    '7.100.51.198.in-addr.arpa': 'pub.test',
    '7' + '.0' * 23 + '.8.b.d.0.1.0.0.2.ip6.arpa': 'pub6.test',
}
FRESH = '.fresh.test'  # each name under it is an alias: exits keep what they have asked for
FAILING = 'fail.test'
SILENT = 'drop.test'

PAGE = r"""
           \|/
           .'.          Hello from tornet.
         .' | '.
        /  /|\  \       %s
       |  | | |  |      %s
        \  \|/  /
         '.___.'
           '''
tornet ok /
"""
BY_ONION = ('This page came from an onion service:', 'no exit, no DNS, no address on either side.')
BY_EXIT = ('This page came by way of an exit:', 'the server has seen a relay, not you.')


def log_line(path, line):
    with open(path, 'a', encoding='utf-8') as log:
        log.write(line + '\n')


# ---- names --------------------------------------------------------------------------------------

def name_pack(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0'


def question_parse(query):
    """Return (name, type, end) of the one question of a query."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode('latin-1'))
        at += 1 + query[at]
    return '.'.join(labels).lower(), struct.unpack('>H', query[at + 1:at + 3])[0], at + 5


def records_of(name, kind):
    """Return (code, [(owner, type, data)]) for a name as it was asked for."""
    if name == FAILING:
        return SERVFAIL, []
    if kind == PTR and name in POINTERS:
        return 0, [(name, PTR, name_pack(POINTERS[name]))]
    target = ALIASES.get(name, 'pub.test' if name.endswith(FRESH) else name)
    if target not in ADDRESSES:
        return NXDOMAIN, []
    records = [(name, CNAME, name_pack(target))] if target != name else []
    family = {A: socket.AF_INET, AAAA: socket.AF_INET6}.get(kind)
    for address in ADDRESSES[target]:
        if family == (socket.AF_INET6 if ':' in address else socket.AF_INET):
            records.append((target, kind, socket.inet_pton(family, address)))
    return 0, records


def answer_pack(query):
    name, kind, end = question_parse(query)
    code, records = records_of(name, kind)
    answer = query[:2] + struct.pack('>HHHHH', 0x8580 | code, 1, len(records), 0, 0) + query[12:end]
    for owner, type_, data in records:
        answer += name_pack(owner) + struct.pack('>HHIH', type_, 1, 60, len(data)) + data
    return answer


class Dns(socketserver.BaseRequestHandler):
    def handle(self):
        query, sock = self.request
        name, kind, _ = question_parse(query)
        log_line(self.server.log, '%s %s' % (KINDS.get(kind, kind), name))
        if name != SILENT:
            sock.sendto(answer_pack(query), self.client_address)


# ---- pages and bytes ----------------------------------------------------------------------------

class Http(http.server.BaseHTTPRequestHandler):
    """`/` a page for people, `/big/N` N bytes, `/www/…` a file below DIR/www or 404,
    anything else one line that repeats the path."""
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path == '/':
            by_onion = self.headers.get('Host', '').split(':')[0].endswith('.onion')
            self.reply(200, (PAGE % (BY_ONION if by_onion else BY_EXIT)).encode())
        elif path.startswith('/big/'):
            self.reply(200, b'x' * int(path[5:]))
        elif path.startswith('/www/'):
            self.reply_file(path)
        else:
            self.reply(200, b'tornet ok %s\n' % path.encode())

    do_HEAD = do_GET

    def reply_file(self, path):
        root = os.path.realpath(self.server.root)
        file = os.path.realpath(root + urllib.parse.unquote(path))
        if not file.startswith(root + '/www/') or not os.path.isfile(file):
            self.reply(404, b'no such file\n')
            return
        with open(file, 'rb') as f:
            self.reply(200, f.read(), 'application/octet-stream')

    def reply(self, status, body, type_='text/plain; charset=utf-8'):
        self.send_response(status)
        self.send_header('Content-Type', type_)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def log_message(self, format, *args):
        host, agent = self.headers.get('Host', '-'), self.headers.get('User-Agent', '-')
        log_line(self.server.log, '%s %s %s %s' % (self.command, host, self.path, agent))


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Hangup(socketserver.BaseRequestHandler):
    def handle(self):
        pass


# ---- starting -----------------------------------------------------------------------------------

class Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request, client_address):
        """A client that goes away is nothing to report."""


class Tcp6(Tcp):
    address_family = socket.AF_INET6


class Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(('::1', 0))
        return True
    except OSError:
        return False


def serve(kind, where, handler, **attributes):
    server = kind(where, handler)
    vars(server).update(attributes)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('directory')
    for name in 'http', 'echo', 'hangup', 'resolver':
        parser.add_argument('--' + name, required=True, metavar='ADDRESS:PORT')
    parser.add_argument('--owner', default='', help='end when this process has ended')
    options = parser.parse_args()

    def where(name, address='127.0.0.1'):
        return address, int(vars(options)[name].rsplit(':', 1)[1])

    directory = options.directory
    serve(Udp, where('resolver'), Dns, log=directory + '/dns.log')
    pages = {'root': directory, 'log': directory + '/http.log'}
    serve(Tcp, where('http'), Http, **pages)
    serve(Tcp, where('echo'), Echo)
    serve(Tcp, where('hangup'), Hangup)
    if has_ipv6():
        serve(Tcp6, where('http', '::1'), Http, **pages)
        serve(Tcp6, where('echo', '::1'), Echo)
    with open(directory + '/servers/ready', 'w', encoding='utf-8'):
        pass
    while not options.owner or os.path.exists('/proc/' + options.owner):
        time.sleep(1)


main()
