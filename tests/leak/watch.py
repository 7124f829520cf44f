# SPDX-License-Identifier: MIT
"""What passed on the wire and on `lo`, a line each: "udp to 203.0.113.9:53", "lo tcp syn to …".

Nothing here waits for a time to pass. After a program has ended, a marked frame is sent the same
way from every processor, for each has its own queue; what was sent before arrives before them.
"""
import errno
import ipaddress
import os
import select
import socket
import struct
import time

from namespaces import INNER

FENCE = 0x88B5  # an EtherType for local experiments
ETH_IPV4, ETH_ARP, ETH_IPV6 = 0x0800, 0x0806, 0x86DD
PACKET_OUTGOING = 4
PATIENCE = 10  # seconds; what is slower never comes
HOP_BY_HOP = 0
PROTOCOLS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 58: "icmp6", 132: "sctp", 33: "dccp",
             136: "udplite"}
WITH_PORTS = ("tcp", "udp", "udplite", "sctp", "dccp")
SYN, RST, ACK = 2, 4, 16


def _flags(tcp):
    """The kind of a segment."""
    seen = tcp[13]
    if seen & RST:
        return "rst"
    if seen & SYN:
        return "syn-ack" if seen & ACK else "syn"
    return "segment"


def _describe(protocol, to, payload):
    name = PROTOCOLS.get(protocol, f"protocol {protocol}")
    kind = f"{name} {_flags(payload)}" if name == "tcp" else name
    if name not in WITH_PORTS:
        return f"{kind} to {to}", ()
    source, port = struct.unpack_from("!HH", payload)
    where = f"[{to}]" if to.version == 6 else str(to)
    return f"{kind} to {where}:{port}", (source, port)


def describe(frame):
    """A frame in words, and its ports if it has some."""
    kind = struct.unpack_from("!H", frame, 12)[0]
    packet = frame[14:]
    if kind == ETH_IPV4:
        header = (packet[0] & 15) * 4
        return _describe(packet[9], ipaddress.ip_address(packet[16:20]), packet[header:])
    if kind == ETH_IPV6:
        protocol, payload = packet[6], packet[40:]
        if protocol == HOP_BY_HOP:
            protocol, payload = payload[0], payload[8 * (payload[1] + 1):]
        return _describe(protocol, ipaddress.ip_address(packet[24:40]), payload)
    return f"frame {kind:04x}", ()


def send(sock, frame):
    """Sends a frame, again where the kernel had no room for it: whatever else runs may have filled its queues."""
    for _ in range(500):
        try:
            sock.send(frame)
            return
        except OSError as problem:
            if problem.errno != errno.ENOBUFS:
                raise
            time.sleep(0.01)
    raise OSError(errno.ENOBUFS, "no frame can be sent")


class Watch:
    """One interface: `listener` sees its frames, those that `sender` sends from inside included."""

    def __init__(self, listener, interface, prefix, harmless_ports):
        self._listener, self._prefix, self._harmless = listener, prefix, harmless_ports
        self._sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._sender.bind((interface, 0))
        self._count = 0
        self._seen = []

    def _take(self, wait):
        """Takes a frame: its line is kept, unless it is harmless. True: it was a fence."""
        if not select.select([self._listener], [], [], wait)[0]:
            return None
        frame, (_, _, kind, *_) = self._listener.recvfrom(65536)
        if kind == PACKET_OUTGOING:
            return False
        if frame[12:14] == struct.pack("!H", FENCE):
            return True
        line, ports = describe(frame)
        if not self._harmless.intersection(ports):
            self._seen.append(self._prefix + line)
        return False

    def _fence(self):
        """Sends a fence from every processor; the number of them."""
        processors = os.sched_getaffinity(0)
        frame = bytes.fromhex("ffffffffffff020000007701") + struct.pack("!H", FENCE) + bytes(46)
        for processor in processors:
            os.sched_setaffinity(0, [processor])
            send(self._sender, frame)
        os.sched_setaffinity(0, processors)
        return len(processors)

    def collect(self):
        """Every line since the last time."""
        fences = self._fence()
        while fences:
            fence = self._take(PATIENCE)
            if fence is None:
                raise OSError("the oracle is blind: a frame of its own did not arrive")
            fences -= fence
        seen, self._seen = self._seen, []
        return seen

    def wait(self, line):
        """Until this line was seen; a packet that has not come by then is not to be expected."""
        deadline = time.monotonic() + PATIENCE
        while line not in self._seen and time.monotonic() < deadline:
            self._take(max(0, deadline - time.monotonic()))


def wire(outer, harmless_ports=frozenset()):
    return Watch(outer, INNER, "", harmless_ports)


def loopback(listener, harmless_ports):
    return Watch(listener, "lo", "lo ", harmless_ports)



def _checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def _syn(source, to, port):
    """A segment that opens a connection, from port 40000."""
    def segment(checksum):
        return struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 5 << 4, SYN, 1024, checksum, 0)
    pseudo = source.packed + to.packed + struct.pack("!IHBB", 20, 0, 0, socket.IPPROTO_TCP)
    return segment(_checksum(pseudo + segment(0)))


def knock(outer, mac, source, to, port):
    """Lets the outside connect to an address inside."""
    source, to = ipaddress.ip_address(source), ipaddress.ip_address(to)
    segment = _syn(source, to, port)
    if to.version == 4:
        def header(checksum):
            return struct.pack("!BBHHHBBH", 0x45, 0, 40, 1, 0, 64, socket.IPPROTO_TCP,
                               checksum) + source.packed + to.packed
        kind, packet = ETH_IPV4, header(_checksum(header(0))) + segment
    else:
        kind = ETH_IPV6
        packet = struct.pack("!IHBB", 6 << 28, 20, socket.IPPROTO_TCP, 64) \
            + source.packed + to.packed + segment
    address = bytes.fromhex(mac.replace(":", ""))
    send(outer, address + address + struct.pack("!H", kind) + packet)
