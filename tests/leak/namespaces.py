# SPDX-License-Identifier: MIT
"""Two network namespaces joined by a wire, without a name that could stay behind.

The calling thread ends up inside: `inner` is its end of the wire and its only way out. The other
end, `outer`, answers for every address there is, so that a program without tunic fails at once
instead of waiting. Neither end asks or tells its neighbour anything (NOARP, no router solicitation,
no duplicate address detection, no link-local address of the kernel's making): what passes is some
program's.

As root the kernel lets us do this; an ordinary user becomes root of a user namespace first.
"""
import ctypes
import errno
import os
import socket
import subprocess

INNER, OUTER, TUN = "inner", "outer", "tun7"
INNER_ADDRESSES = ("10.77.0.1/24", "fd77::1/64", "fe80::77:1/64")
OUTER_ADDRESSES = ("10.77.0.2/24", "fd77::2/64", "fe80::77:2/64")
NAME_SERVERS = ("10.77.0.2", "127.0.0.1")
MAC = "02:00:00:00:77:01"  # of both ends: without ARP each takes its own for its neighbour's

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000
PR_SET_DUMPABLE = 4
ETH_P_ALL = 3

_libc = ctypes.CDLL(None, use_errno=True)


def _call(function, *args):
    if getattr(_libc, function)(*args) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{function}: {os.strerror(error)}")


def _command(*words, **more):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **more)
    if done.returncode != 0:
        raise OSError(f"{' '.join(words)}: {done.stdout.strip()}")


def _write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def become_ordinary(uid):
    """Drops root for good; /proc/self stays ours, which mapping ids needs."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def _leave_host():
    """New mount and network namespaces; inside a new user namespace if need be."""
    try:
        _call("unshare", CLONE_NEWNS | CLONE_NEWNET)
    except PermissionError:
        uid, gid = os.geteuid(), os.getegid()
        _call("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"0 {uid} 1")
        _write("/proc/self/gid_map", f"0 {gid} 1")
    _command("mount", "--make-rprivate", "/")


def _settings():
    for family in ("all", "default"):
        where = f"/proc/sys/net/ipv6/conf/{family}"
        for name, value in (("accept_ra", 0), ("accept_dad", 0), ("autoconf", 0),
                            ("router_solicitations", 0), ("addr_gen_mode", 1),
                            ("disable_ipv6", 0)):
            _write(f"{where}/{name}", str(value))
    # An answer to every datagram, however many: bare programs then need not wait for one.
    _write("/proc/sys/net/ipv4/icmp_ratelimit", "0")
    _write("/proc/sys/net/ipv6/icmp/ratelimit", "0")
    # Fast open for clients, with no cookie asked for first; echo requests for everybody.
    _write("/proc/sys/net/ipv4/tcp_fastopen", "5")
    _write("/proc/sys/net/ipv4/ping_group_range", "0 0")
    _command("ip", "link", "set", "lo", "up")


def _plug(end, addresses):
    _command("ip", "link", "set", end, "arp", "off", "up")
    for address in addresses:
        _command("ip", "address", "add", address, "dev", end)


def _tun():
    """A device that belongs to nobody, as virtual machines have them, and what it sends is forwarded."""
    if not os.access("/dev/net/tun", os.W_OK):
        return
    _command("ip", "tuntap", "add", "dev", TUN, "mode", "tun")
    _command("ip", "link", "set", TUN, "up")
    _write(f"/proc/sys/net/ipv4/conf/{TUN}/forwarding", "1")


def _listen(interface):
    """A socket that sees every frame of the interface."""
    watcher = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    watcher.bind((interface, ETH_P_ALL))
    return watcher


def _netns():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def separate():
    """Goes inside. Returns sockets that see every frame of the outer end, and of the inner `lo`."""
    try:
        _leave_host()
    except OSError as error:
        if error.errno in (errno.EPERM, errno.ENOSPC, errno.EACCES):
            raise OSError("needs root, or a kernel that lets users make user namespaces; "
                          f"{error.strerror}") from error
        raise
    outside = _netns()
    _settings()
    _call("unshare", CLONE_NEWNET)
    inside = _netns()
    _settings()
    _command("ip", "link", "add", INNER, "address", MAC, "type", "veth",
             "peer", "name", OUTER, "address", MAC)
    _command("ip", "link", "set", OUTER, "netns", f"/proc/self/fd/{outside}", pass_fds=[outside])
    _call("setns", outside, CLONE_NEWNET)
    _plug(OUTER, OUTER_ADDRESSES)
    for everything in ("0.0.0.0/0", "::/0"):
        _command("ip", "route", "add", "local", everything, "dev", "lo", "table", "main")
    outer = _listen(OUTER)
    _call("setns", inside, CLONE_NEWNET)
    _plug(INNER, INNER_ADDRESSES)
    for gateway in (address.split("/")[0] for address in OUTER_ADDRESSES[:2]):
        _command("ip", "route", "add", "default", "via", gateway, "dev", INNER)
        # Or the kernel looks for it of its own accord, before it answers a knock, say.
        _command("ip", "neighbour", "replace", gateway, "lladdr", MAC, "dev", INNER,
                 "nud", "permanent")
    _tun()
    return outer, _listen("lo")


# ---- files -------------------------------------------------------------------------------------

COVERED = ("/run", "/var/lib")  # empty inside; resolvers' sockets are below them
FILES = {
    "/etc/resolv.conf": "".join(f"nameserver {server}\n" for server in NAME_SERVERS)
                        + "search lan.test\noptions timeout:1 attempts:1\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nnetworks: files dns\n"
                          "services: files\nprotocols: files\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n203.0.113.77 in-hosts.test\n",
}


def furnish(scratch):
    """What the programs inside read about names: ours. Where resolvers listen, only we can."""
    paths = {path: os.path.realpath(path) for path in FILES}
    for folder in COVERED:
        _command("mount", "-t", "tmpfs", "tmpfs", folder)
    for path, text in FILES.items():
        source = os.path.join(scratch, os.path.basename(path))
        _write(source, text)
        if not os.path.exists(paths[path]):
            os.makedirs(os.path.dirname(paths[path]), exist_ok=True)
            _write(paths[path], "")
        _command("mount", "--bind", source, paths[path])
    if os.path.exists("/etc/tunic.conf"):
        _command("mount", "--bind", os.devnull, "/etc/tunic.conf")
