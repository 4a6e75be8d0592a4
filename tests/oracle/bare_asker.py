# SPDX-License-Identifier: LGPL-2.1-or-later

"""Sends bare requests, and prints what comes back: alike on the kernel and
under nlvirt. Of each a line: what was sent, and the datagrams of the answer,
with the socket's port as zero.

    bare_asker.py families | lengths | fillings | batches SEED COUNT"""

import random
import socket
import struct
import sys

NETLINK_ROUTE, SOL_NETLINK = 0, 270
ADD_MEMBERSHIP, EXT_ACK, CAP_ACK, STRICT = 1, 11, 10, 12
NLMSG_ERROR, NLMSG_DONE, RTM_BASE = 2, 3, 16
REQUEST, MULTI, ACK, ECHO = 1, 2, 4, 8
ROOT, MATCH, DUMP = 0x100, 0x200, 0x300
REPLACE, EXCL, CREATE, APPEND = 0x100, 0x200, 0x400, 0x800
LARGEST = 1 << 16
TYPES = range(16, 128)
FLAGS = {"ack": ACK, "create": ACK | CREATE, "first": ACK | CREATE | EXCL, "dump": ACK | DUMP, "root": ACK | ROOT,
         "match": ACK | MATCH}  # fmt: skip
SOME_FAMILIES = (0, 2, 7, 10, 28, 128, 129)


class Asker:
    """A socket. Ports are shown as the number of the socket that has them."""

    ports = {}

    def __init__(self, *options):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        for option in options:
            self.socket.setsockopt(SOL_NETLINK, option, 1)
        self.socket.bind((0, 0))
        self.ports[self.socket.getsockname()[0]] = len(self.ports) + 1

    def join(self, *groups):
        for group in groups:
            self.socket.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, group)

    def _without_ports(self, data):
        data, offset = bytearray(data), 0
        while offset + 16 <= len(data):
            length, port = struct.unpack_from("=I8xI", data, offset)
            struct.pack_into("=I", data, offset + 12, self.ports.get(port, port))
            offset += max(16, (length + 3) & ~3)
        return bytes(data)

    def ask(self, data):
        """All that is there once the request has been sent."""
        try:
            self.socket.send(data)
        except OSError as error:
            return [f"errno {error.errno}"]
        answers = []
        while True:
            try:
                answers.append(self._without_ports(self.socket.recv(LARGEST, socket.MSG_DONTWAIT)).hex())
            except BlockingIOError:
                return answers


def message(kind, flags, body, sequence=1):
    return struct.pack("=IHHII", 16 + len(body), kind, flags | REQUEST, sequence, 0) + body


def brief(answers):
    """Without the rows of a dump, whose contents are compared elsewhere."""
    kept = []
    for answer in answers:
        data, offset = bytes.fromhex(answer) if not answer.startswith("errno") else b"", 0
        kept += [answer] if not data else []
        while offset + 16 <= len(data):
            length, kind = struct.unpack_from("=IH", data, offset)
            kept.append(data[offset : offset + length].hex() if kind in (NLMSG_ERROR, NLMSG_DONE) else str(kind))
            offset += max(16, (length + 3) & ~3)
    return kept


def sweep(bodies, names):
    """Each of the bodies with each type and some flags."""
    asker = Asker(EXT_ACK)
    for kind in TYPES:
        for body in bodies:
            for name in names:
                answers = asker.ask(message(kind, FLAGS[name], body))
                print(kind, name, body.hex(), *brief(answers), sep="\t")


def families():
    sweep([bytes([family, 0, 0, 0]) for family in range(256) if family <= 131 or family == 255], ("first", "dump"))


def lengths():
    some = (1, 2, 3, 4, 7, 8, 11, 12, 15, 16, 20, 24, 32)
    sweep([b"", *((bytes([family]) + bytes(31))[:size] for family in SOME_FAMILIES for size in some)], FLAGS)


def fillings():
    some = (4, 8, 12, 16, 20, 24, 32, 36)
    sweep(
        [bytes([family]) + bytes([fill]) * (size - 1) for family in SOME_FAMILIES for size in some for fill in (1, 255)],
        ("ack", "first", "dump", "match"),
    )


# --- several in a datagram, and what the flags do ---


HEARD = (1, 3, 5, 7, 8, 32)  # RTNLGRP_LINK, _NEIGH, _IPV4_IFADDR, _IPV4_ROUTE, _IPV4_RULE, _NEXTHOP
NUMBERS = [number for number in range(41) if number not in (19, 28)]  # pids and fds are the program's own
NOTHING = struct.pack("=IHHII", 16, 1, 0, 0, 0)


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def u32(kind, value):
    return attribute(kind, struct.pack("=I", value))


def address(rng):
    host = bytes([10, 1, 0, rng.randint(1, 3)])
    return struct.pack("=BBBBI", 2, 24, 0, 0, rng.choice([1, 1, 1, 1, 99])) + attribute(2, host)


def route(rng):
    destination = bytes([10, 2, rng.randint(1, 3), 0])
    header = struct.pack("=8BI", 2, 24, 0, 0, rng.choice([254, 77]), 4, 253, rng.choice([1, 1, 6, 12]), 0)
    return header + attribute(1, destination) + u32(4, rng.choice([1, 1, 1, 99]))


def rule(rng):
    return struct.pack("=8BI", 2, 0, 0, 0, 77, 0, 0, 1, 0) + u32(6, rng.randint(100, 102))


def neighbor(rng):
    header = struct.pack("=BxxxiHBB", rng.choice([2, 10]), 1, rng.choice([0x80, 0]), 0, 0)
    return header + attribute(1, bytes([127, 0, 0, rng.randint(1, 3)]) + bytes(12))


def nexthop(rng):
    return struct.pack("=4BI", 2, 0, 0, 0, 0) + u32(1, rng.randint(1, 2)) + attribute(4, b"")


def label(rng):
    header = struct.pack("=BBBBII", 10, 0, 32, 0, 0, 0)
    return header + attribute(1, bytes([0x20, 1, rng.randint(1, 2)]) + bytes(13)) + u32(2, 5)


def link(rng):
    return struct.pack("=BxHiII", 0, 0, rng.choice([1, 99]), 0, 0) + u32(13, rng.choice([1000, 1001]))


KINDS = {16: link, 20: address, 24: route, 28: neighbor, 32: rule, 72: label, 104: nexthop}


def one(rng, sequence):
    """A message, most often one that is understood."""
    base = rng.choice(list(KINDS))
    kind = base + rng.choice([0, 0, 0, 1, 1, 2, 3 if base == 16 else 0])
    body = KINDS[base](rng)
    flags = rng.choice([0, ACK, ACK, ACK | ECHO, ECHO])
    flags |= rng.choice([0, 0, CREATE, CREATE | EXCL, CREATE | EXCL, REPLACE, CREATE | REPLACE, CREATE | APPEND, DUMP])
    if base == 16 and kind == 16:
        flags &= ~CREATE
    if kind == 18 or (kind & 3 == 2 and flags & DUMP):
        flags, body = flags & ~DUMP, rng.choice([body, body[:1]])
    shape = rng.randrange(30)
    if shape == 0:
        kind = rng.choice([0, 1, 2, 3, 4, 15, 124, 200, 65535])
    elif shape == 1:
        body = body[: rng.randrange(len(body))]
    elif shape == 2:
        body += bytes(rng.randint(1, 5))
    elif shape == 3:
        body += attribute(rng.choice(NUMBERS) | rng.choice([0, 0x8000, 0x4000]), b"12345678"[: rng.randint(0, 8)])
    data = bytearray(message(kind, flags | rng.choice([0, 0, 0, MULTI]), body, sequence))
    if shape == 4:
        struct.pack_into("=H", data, 6, flags & ~REQUEST)
    elif shape == 5:
        struct.pack_into("=I", data, 0, rng.choice([0, 15, len(data) - 1, len(data) + 1, len(data) + 4, 1 << 31]))
    elif shape == 6:
        struct.pack_into("=I", data, 12, rng.choice([1, 77]))
    return bytes(data) + bytes(-len(data) % 4) if rng.randrange(20) else bytes(data)


def batches(seed, count):
    """From sockets of all options, some of which hear what happens."""
    rng = random.Random(seed)
    options = [[o for i, o in enumerate((EXT_ACK, CAP_ACK, STRICT)) if bits >> i & 1] for bits in range(8)]
    askers = [Asker(*some) for some in options + options]
    for asker in askers[len(options) :]:
        asker.join(*HEARD)
    listener = Asker()
    listener.join(*HEARD)
    for _ in range(count):
        number = rng.choice([rng.randrange(len(askers)), rng.randrange(len(options))])
        data = b"".join(one(rng, n) for n in range(1, 1 + rng.choice([1, 1, 2, 3, 4, 6])))
        if rng.randrange(15) == 0:
            data = data[: rng.randint(0, len(data))]
        print(number, data.hex(), *askers[number].ask(data), sep="\t")
        print("heard", *listener.ask(NOTHING), sep="\t")
        for asker in askers[len(options) :]:
            asker.ask(NOTHING)


PARTS = {"families": families, "lengths": lengths, "fillings": fillings}

if __name__ == "__main__":
    if sys.argv[1] == "batches":
        batches(int(sys.argv[2]), int(sys.argv[3]))
    else:
        PARTS[sys.argv[1]]()
