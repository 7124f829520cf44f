#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One server far away that answers when it is told to: over a wire, and behind SOCKS5 proxies.

    unshare -n late.py DIRECTORY

Loopback answers every connect at once, so a program that is to be seen while its connection opens needs
something else. Here FAR is at the end of a wire whose other end this server holds. It sends every packet
back with the two addresses exchanged (which leaves the checksums right), so that FAR is this machine
itself; but the packet that opens a connection waits until its answer is due. A proxy's reply waits for the
same moment, and so a program meets the same server with the library as without.

A port of FAR is WHEN + WHAT, and its answer is due
    0    when the control says so      100  after 100 ms      200  at once
and what answers
    1    refuses                       7    sends back what comes
    3    says one byte, and            5    says 100,000 bytes, and
    13   says "hello" and closes       17   says "hello", then sends back what comes

DIRECTORY/control is a unix socket for one program at a time, which begins anew what is counted:
    "held N"      is answered by "held" as soon as N openings in all have come to wait
    "answer N"    lets the next N be answered, those that wait already first

Proxies:
    9050, late.sock in DIRECTORY        reply like anybody
    9051                                byte by byte, with a name for an address, "hello" glued to it
    9052                                closes where it should refuse

DIRECTORY/ready is there when all of them listen. It serves thousands at once.
"""
import array
import asyncio
import collections
import contextlib
import fcntl
import os
import resource
import socket
import struct
import subprocess
import sys

HERE, FAR, HERE6, FAR6 = "198.51.100.1", "198.51.100.7", "2001:db8::1", "2001:db8::7"
NEAR_END, FAR_END, MAC = "near", "far", "02:00:00:00:51:01"
ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD
SIOCETHTOOL, ETHTOOL_STXCSUM = 0x8946, 0x17
SOL_PACKET, PACKET_FANOUT, PACKET_FANOUT_HASH = 263, 18, 0
SYN, ACK = 0x02, 0x10

WHEN_TOLD, LATE, AT_ONCE = 0, 100, 200
BACKLOG = 16384  # connections that wait for us
DELAY = 0.1
GREETING = b"hello\n"
REFUSING = 1
SERVERS = {3: (b"!", True), 5: (b"a" * 100000, True), 7: (b"", True),
           13: (GREETING, False), 17: (GREETING, True)}  # what is said; does it go on?

METHOD_PASSWORD, SUCCEEDED, REFUSED = 2, 0, 5


# ---- when answers are due ------------------------------------------------------------------------

class Gate:
    """Where openings wait for the control's word, in the order of their coming."""

    def __init__(self):
        self.came = self.permits = 0
        self.waiting = collections.deque()
        self.told = []

    def arrive(self, future):
        self.came += 1
        self.waiting.append(future)
        self.settle()

    def permit(self, count):
        self.permits += count
        self.settle()

    def tell(self, count, say):
        self.told.append((count, say))
        self.settle()

    def settle(self):
        while self.permits and self.waiting:
            future = self.waiting.popleft()
            if not future.done():
                future.set_result(None)
                self.permits -= 1
        for entry in [entry for entry in self.told if entry[0] <= self.came]:
            self.told.remove(entry)
            entry[1]()


gate = Gate()


async def due(port):
    """Returns when the answer of that port is."""
    when = port - port % 100
    if when == LATE:
        await asyncio.sleep(DELAY)
    elif when == WHEN_TOLD:
        future = asyncio.get_running_loop().create_future()
        gate.arrive(future)
        await future


async def control(reader, writer):
    """The gate is anew for each program; what an earlier one has left waiting waits for ever."""
    global gate
    gate = own = Gate()
    while words := (await reader.readline()).split():
        if words[0] == b"held":
            own.tell(int(words[1]), lambda: writer.write(b"held\n"))
        else:
            own.permit(int(words[1]))
    writer.close()


# ---- the wire ------------------------------------------------------------------------------------

def command(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def checksums_whole(device):
    """Packets reach us as they would be on a real wire: a virtual one leaves checksums out."""
    value = array.array("I", (ETHTOOL_STXCSUM, 0))
    with socket.socket() as sock:
        fcntl.ioctl(sock, SIOCETHTOOL, struct.pack("16sP16x", device.encode(), value.buffer_info()[0]))


def room_for_thousands():
    """Who finds no room in a server's queue comes again after seconds, and then after twice as many."""
    try:
        with open("/proc/sys/net/core/somaxconn", "w", encoding="ascii") as file:
            file.write(str(BACKLOG))
    except OSError:
        pass  # an older kernel lets nobody but root; it only takes longer then


def wire():
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w", encoding="ascii") as file:
        file.write("10000 65000")  # for thousands of clients whose last ones are not forgotten yet
    command("ip", "link", "set", "lo", "up")
    command("ip", "link", "add", NEAR_END, "address", MAC, "type", "veth",
            "peer", "name", FAR_END, "address", MAC)
    for device in (NEAR_END, FAR_END):
        command("ip", "link", "set", device, "arp", "off")
    command("ip", "address", "add", HERE + "/24", "dev", NEAR_END)
    command("ip", "address", "add", HERE6 + "/64", "dev", NEAR_END, "nodad")
    checksums_whole(NEAR_END)
    for device in (FAR_END, NEAR_END):
        command("ip", "link", "set", device, "up")


def exchanged(packet):
    if packet[0] >> 4 == 6:
        return packet[:8] + packet[24:40] + packet[8:24] + packet[40:]
    return packet[:12] + packet[16:20] + packet[12:16] + packet[20:]


class FarEnd:
    """The other end of the wire, for packets of one protocol: many sockets, since the first packets of a
    thousand connections are more than one may keep."""

    def __init__(self, protocol):
        self.back = (FAR_END, protocol, 0, 0, bytes.fromhex(MAC.replace(":", "")))
        self.answered, self.tasks = {}, set()
        for _ in range(32):
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, 0)
            sock.bind((FAR_END, protocol))
            sock.setsockopt(SOL_PACKET, PACKET_FANOUT, protocol | PACKET_FANOUT_HASH << 16)
            asyncio.get_running_loop().add_reader(sock, self.receive, sock)
        self.send = sock.sendto

    def receive(self, sock):
        with contextlib.suppress(BlockingIOError):
            while True:
                self.take(sock.recv(65536))

    def take(self, packet):
        version = packet[0] >> 4
        tcp = 40 if version == 6 else (packet[0] & 15) * 4
        protocol = packet[6 if version == 6 else 9]
        if protocol != socket.IPPROTO_TCP:
            return
        if packet[tcp + 13] & (SYN | ACK) == SYN:
            self.open(packet, packet[tcp:tcp + 8])
        else:
            self.give(packet)

    def open(self, packet, identity):
        """The first packet of a connection, known by its ports and number; it may be sent again."""
        if identity not in self.answered:
            self.answered[identity] = False
            port = struct.unpack(">H", identity[2:4])[0]
            task = asyncio.ensure_future(self.open_when_due(packet, identity, port))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        elif self.answered[identity]:
            self.give(packet)

    async def open_when_due(self, packet, identity, port):
        await due(port)
        self.answered[identity] = True
        self.give(packet)
        await asyncio.sleep(30)
        del self.answered[identity]

    def give(self, packet):
        self.send(exchanged(packet), self.back)


# ---- who answers ---------------------------------------------------------------------------------

async def serve(what, first, reader, writer, said=b""):
    """The server behind a port, from when the connection is there; `said` goes out with its first bytes.
    `first` reads what the client says first."""
    greeting, goes_on = SERVERS[what]
    if said + greeting:
        writer.write(said + greeting)
    if not goes_on:
        return
    data = await first
    while data:
        writer.write(data)
        await writer.drain()
        data = await reader.read(65536)


def reading(reader):
    return asyncio.ensure_future(reader.read(65536))


def to_the_end(conversation):
    """That conversation, for a connection that may break at any time."""
    async def serve_one(reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await conversation(reader, writer)
        writer.close()
    return serve_one


async def asked(reader, say):
    """A SOCKS5 client's conversation up to its request, answered well; the port that it asks for."""
    _, count = await reader.readexactly(2)
    if METHOD_PASSWORD in await reader.readexactly(count):
        await say(b"\5\2")
        await reader.readexactly(1)
        for _ in ("user", "password"):
            await reader.readexactly((await reader.readexactly(1))[0])
        await say(b"\1\0")
    else:
        await say(b"\5\0")
    _, _, _, kind = await reader.readexactly(4)
    size = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
    await reader.readexactly(size)
    return struct.unpack(">H", await reader.readexactly(2))[0]


async def until_due(port, reader):
    """Waits for the moment to reply, and returns what reads on; None: the client has gone before, or has ended
    its stream, which is the same to Tor."""
    reply, first = asyncio.ensure_future(due(port)), reading(reader)
    await asyncio.wait((reply, first), return_when=asyncio.FIRST_COMPLETED)
    if first.done() and (first.exception() or not first.result()):
        reply.cancel()
        return None
    await reply
    return None if reader.at_eof() else first


async def proxy(reader, writer, closing=False):
    async def say(data):
        writer.write(data)
    port = await asked(reader, say)
    first = await until_due(port, reader)
    refuses = port % 100 == REFUSING
    if first is None or (refuses and closing):
        return
    writer.write(bytes([5, REFUSED if refuses else SUCCEEDED, 0, 1]) + bytes(6))
    if not refuses:
        await serve(port % 100, first, reader, writer)


async def closing_proxy(reader, writer):
    await proxy(reader, writer, closing=True)


async def odd_proxy(reader, writer):
    async def say(data):
        for byte in data:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.001)
    port = await asked(reader, say)
    first = await until_due(port, reader)
    if first is None:
        return
    refuses = port % 100 == REFUSING
    reply = bytes([5, REFUSED if refuses else SUCCEEDED, 0, 3, 255]) + b"n" * 255 + b"\0\7"
    await say(reply[:20])
    if refuses:
        writer.write(reply[20:])
    else:
        await serve(port % 100, first, reader, writer, reply[20:])


async def listen():
    for host in (HERE, HERE6):
        for when in (WHEN_TOLD, LATE, AT_ONCE):
            for what in SERVERS:
                def conversation(reader, writer, what=what):
                    return serve(what, reading(reader), reader, writer)
                await asyncio.start_server(to_the_end(conversation), host, when + what, backlog=BACKLOG)
    for port, conversation in ((9050, proxy), (9051, odd_proxy), (9052, closing_proxy)):
        await asyncio.start_server(to_the_end(conversation), "127.0.0.1", port, backlog=BACKLOG)
    await asyncio.start_unix_server(to_the_end(proxy), "late.sock", backlog=BACKLOG)
    await asyncio.start_unix_server(to_the_end(control), "control")


async def main():
    os.chdir(sys.argv[1])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    wire()
    room_for_thousands()
    ends = [FarEnd(ETH_P_IP), FarEnd(ETH_P_IPV6)]
    await listen()
    with open("ready", "w", encoding="ascii") as file:
        print(len(ends), file=file)
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
