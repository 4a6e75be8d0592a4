# SPDX-License-Identifier: LGPL-2.1-or-later

"""What shows that a comparison of changes can fail, and what it overlooks."""

import copy
import socket
import struct

import deviations
import messages as m
import tables
import volatile

PORT = 4711
LINE = "ip neigh add 10.0.0.4 lladdr 02:00:5f:00:00:07 dev v1"
TABLE = """[network]
fill=false
clock=77

[link v1]
index=2
mtu=1400
rx-packets=5

[route 1]
destination=10.0.0.0/8
device=v1

[neighbor 1]
device=v1
address=ff02::16
state=noarp

[neighbor 2]
device=v1
address=10.0.0.4
state=permanent
used=5
"""


def message(kind, body, sequence=5, port=PORT, flags=0):
    return struct.pack("=IHHII", 16 + len(body), kind, flags, sequence, port) + body


def neighbor(target="10.0.0.4", state=0x80, family=socket.AF_INET, mac=b"\2\0\x5f\0\0\7", time=b"\1" * 16):
    packed = socket.inet_pton(family, target) if family != m.AF_BRIDGE else b""
    named = m.attribute(1, packed) if packed else b""
    body = m.neighbor_header(family, 2, state) + named + m.attribute(2, mac) + m.attribute(3, time)
    return message(28, body)


def address(flags=0x80, created=b"\1" * 8):
    body = m.address_header(socket.AF_INET, 2, 24) + m.attribute(2, bytes(4)) + m.u32(8, flags)
    return message(20, body + m.attribute(6, b"\xff" * 8 + created))


def result(*datagrams):
    events = [(group, data.hex()) for group, data in datagrams]
    return {"pid": PORT, "status": 0, "output": "one\n", "errors": "", "events": events, "monitor": ""}


def differs(first, second):
    return deviations.of_command(0, LINE, first, second)


def events_are_seen():
    first = result((3, neighbor()), (5, address()))
    assert differs(first, copy.deepcopy(first)) is None
    for second, why in (
        (result((3, neighbor())), "a missing event"),
        (result((3, neighbor()), (5, address()), (5, address())), "one too many"),
        (result((5, address()), (3, neighbor())), "another order"),
        (result((9, neighbor()), (5, address())), "another group"),
        (result((3, neighbor("10.0.0.5")), (5, address())), "another address"),
        (result((3, neighbor(state=0x40)), (5, address())), "another state"),
        (result((3, neighbor()), (5, address(flags=0))), "other flags"),
        (result((3, message(28, neighbor()[16:], sequence=0)), (5, address())), "no sequence number"),
        (result((3, message(28, neighbor()[16:], port=0)), (5, address())), "no port"),
        (result((3, message(28, neighbor()[16:], flags=0x100)), (5, address())), "flags of the message"),
        (result((-105, b""), (5, address())), "a lost event"),
    ):
        found = differs(first, second)
        assert found and found.what == ["events"] and found.rows, why
    second = result((3, neighbor(time=b"\2" * 16)), (5, address(created=b"\2" * 8)))
    assert differs(first, second) is None, "times"


def words_are_seen():
    first = result()
    for key, value, what in (("output", "two\n", "words"), ("errors", "no\n", "words"), ("status", 2, "status")):
        found = differs(first, dict(first, **{key: value}))
        assert found and found.what == [what], key
    one = {"commands": [first], "final": [], "rest": "[LINK]1: lo\n"}
    assert not deviations.of_series([LINE], [], one, copy.deepcopy(one))
    assert deviations.of_series([LINE], [], one, dict(one, rest="[LINK]2: lo\n")), "what ip monitor says"


def passing_ones_are_not():
    """Of what the kernel's own packets leave, and only of that."""
    learned, static = neighbor(family=m.AF_BRIDGE, state=2, mac=b"\2\0\x5e\0\0\1"), neighbor(family=m.AF_BRIDGE)
    report = neighbor("ff02::16", 0x40, socket.AF_INET6)
    for data in (learned, report, neighbor(state=1), neighbor("0.0.0.0", 8)):
        assert volatile.is_passing(data)
        assert differs(result(), result((3, data))) is None
    for data in (
        static,
        neighbor(family=m.AF_BRIDGE, state=2),
        neighbor("ff02::16", 0x80, socket.AF_INET6),
        neighbor("2001:db8::16", 0x40, socket.AF_INET6),
        neighbor("10.0.0.4", 0x40),
        neighbor("0.0.0.0", 0x80),
        address(),
    ):
        assert not volatile.is_passing(data)


def tables_are_compared():
    assert not tables.differences(TABLE, TABLE)
    for old, new in (("clock=77", "clock=78"), ("used=5", "used=6"), ("rx-packets=5", "rx-packets=6")):
        assert not tables.differences(TABLE, TABLE.replace(old, new)), old
    for old, new in (
        ("mtu=1400", "mtu=1500"), ("10.0.0.0/8", "10.0.0.0/9"), ("state=permanent", "state=stale"),
        ("fill=false\n", ""), ("[link v1]", "[link v2]"), ("10.0.0.4", "10.0.0.5"),
    ):  # fmt: skip
        assert tables.differences(TABLE, TABLE.replace(old, new)), old
    assert tables.differences(TABLE, TABLE[: TABLE.index("[neighbor 2]")]), "a missing neighbor"
    start, end = TABLE.index("[neighbor 1]"), TABLE.index("[neighbor 2]")
    assert not tables.differences(TABLE, TABLE[:start] + TABLE[end:]), "what the kernel made for itself"


TESTS = [
    ("events that differ are seen", events_are_seen),
    ("words and statuses that differ are seen", words_are_seen),
    ("of the kernel's own packets, only what they leave is overlooked", passing_ones_are_not),
    ("tables that differ are seen", tables_are_compared),
]
