# SPDX-License-Identifier: LGPL-2.1-or-later

"""What shows that the comparison can fail: changes that it must see, and
messages and text of which it may overlook no more than volatile.py names."""

import re
import struct

import messages as m
import volatile

# --- changes of the network ipv4-routes: (name, in the namespace, in the table)


def _edit(table, header, change):
    """@table with the first group whose text matches @header changed."""
    groups = re.split(r"(?m)^(?=\[)", table)
    for number, group in enumerate(groups):
        if re.search(header, group):
            groups[number] = change(group)
            return "".join(groups)
    raise AssertionError(f"no group {header}")


def _set(key, value):
    def change(group):
        lines = [line for line in group.rstrip("\n").split("\n") if not line.startswith(f"{key}=")]
        return "\n".join([lines[0], f"{key}={value}", *lines[1:]]) + "\n\n"

    return change


CHANGES = [
    (
        "another MTU",
        "ip link set v1 mtu 1399",
        lambda table: _edit(table, r"\A\[link v1\]", _set("mtu", 1399)),
    ),
    (
        "a missing route",
        "ip route del unreachable 10.102.0.0/16",
        lambda table: _edit(table, r"(?m)\A\[route .*(.*\n)*destination=10\.102\.0\.0/16$", lambda group: ""),
    ),
    (
        "another rule",
        "ip rule del pref 32766; ip rule add pref 32765 lookup main",
        lambda table: _edit(table, r"(?m)\A\[rule .*(.*\n)*priority=32766$", _set("priority", 32765)),
    ),
]


# --- what is masked

BASES = {name: base for base, name in m.KINDS.items()}
SIZE = 64


def _wrapped(base, path, payload):
    """A message of that type with @payload at the end of @path."""
    for step in reversed(path):
        if isinstance(step, str) and step != volatile.ANY:
            payload = bytes(int(step)) + payload
        else:
            payload = m.attribute(1 if step == volatile.ANY else step, payload)
    if tuple(path[:2]) == volatile.BRIDGES_ONLY:
        kind = m.attribute(1, volatile.BRIDGE)
        payload = m.attribute(path[0], kind + payload[4:])
    return m.message(base, 0, bytes(m.header_length(base)) + payload)


def _equal(base, path, first, second, way):
    one, other = (volatile.mask_datagram(_wrapped(base, path, payload), way) for payload in (first, second))
    return one == other


def _bytes_of(table, name, path):
    """The numbers of the masked bytes among the first SIZE."""
    spans = [span for other, way, span, _ in table if (other, way) == (name, path)]
    return {at for first, last in spans for at in range(first, SIZE if last is None else last)}


def _entry(name, path, masked, way):
    base, one, other = BASES[name], b"\1" * SIZE, b"\2" * SIZE
    for at in range(SIZE):
        changed = one[:at] + b"\2" + one[at + 1 :]
        assert _equal(base, path, one, changed, way) == (at in masked), f"{name} {path} byte {at}"
    assert not _equal(base, path, one, one + b"\1" * 4, way), f"{name} {path}: its length"
    assert not _equal(base, (*path[:-1], 200), one, other, way), f"{name} {path}: its neighbor"
    assert not _equal(124, path, one, other, way), f"{path} of another type"


def _bounds():
    """Of an attribute: the lowest value is as the kernel was built, the highest is not."""

    def refused(flags, low, high):
        policy = m.attribute(4, struct.pack("=Q", low)) + m.attribute(5, struct.pack("=Q", high))
        about = struct.pack("=iIHHII", -34, 24, 18, 1, 0, 0) + (b"" if flags & m.NLM_F_CAPPED else bytes(8))
        data = about + m.attribute(4, policy)
        return volatile.mask_datagram(struct.pack("=IHHII", 16 + len(data), m.NLMSG_ERROR, flags, 0, 0) + data)

    for flags in (m.NLM_F_ACK_TLVS, m.NLM_F_ACK_TLVS | m.NLM_F_CAPPED):
        assert refused(flags, 1, 2) == refused(flags, 3, 2) != refused(flags, 1, 3)


def volatile_messages():
    for name, path, _, _ in volatile.MESSAGES:
        _entry(name, path, _bytes_of(volatile.MESSAGES, name, path), False)
    for number in volatile.OF_WAY:
        one, other = (b"\1" * 4, b"\2" * 4)
        assert _equal(volatile.ROUTE, (number,), one, other, True), f"{number} of a way"
        assert not _equal(volatile.ROUTE, (number,), one, other, False), f"{number} where there is one way only"
    assert not _equal(volatile.ROUTE, (6,), b"\1" * 4, b"\2" * 4, True), "what is of the whole route"
    ways = [struct.pack("=HBBI", 8, 0, 0, link) for link in (1, 2, 3)]
    assert _equal(volatile.ROUTE, (9,), b"".join(ways), b"".join(reversed(ways)), False), "which way comes first"
    assert not _equal(volatile.ROUTE, (9,), b"".join(ways), ways[0] * 3, False), "which ways there are"
    _bounds()
    for without_end in (b"\xff" * 4, b"\0" * 4):
        assert not _equal(20, (6,), without_end * 4, b"\1\0\0\0" * 4, False), "an end of what has none"
    bridge = _wrapped(16, (18, 2, 19), b"\1" * 8)
    other = bridge.replace(volatile.BRIDGE, b"vxlans\0")
    assert volatile.mask_datagram(bridge) != bridge and volatile.mask_datagram(other) == other


# (command, text, what is left of it)
KEPT = [
    ("ip -s -s link", "2: v0: <UP> mtu 1500 qdisc noqueue qlen 1000", None),
    ("ip addr", "valid_lft forever preferred_lft 0sec", None),
    ("ip addr", "inet 10.8.0.2/24 metric 7 valid_lft 5sec", "inet 10.8.0.2/24 metric 7 valid_lft Nsec"),
    ("ip -j addr", '"valid_life_time":4294967295,"preferred_life_time":0', None),
    ("ip -j addr", '"valid_life_time":77', '"valid_life_time":N'),
    ("ip -6 route", "fd00::/64 dev v0 metric 7 expires 5sec", "fd00::/64 dev v0 metric 7 expires Nsec"),
    ("ip route", "10.0.0.0/8 via 192.0.2.1 dev v0 mtu 1400 rto_min 300ms", None),
    ("ip -s neigh show", "dev v0 ref 1 used 5/6/7 probes 3 STALE", "dev v0 ref N used N probes N STALE"),
    ("ip ntable", "reachable 17716 base_reachable 30000 queue 9", "reachable N base_reachable 30000 queue 9"),
    ("ip -s -s link", "    RX:  bytes   packets\n    1234      56", "RX: bytes packets\nN N"),
    ("tc -s qdisc", "pfifo 7: root limit 9p\n Sent 5 bytes 6 pkt", "pfifo 7: root limit 9p\n Sent N bytes N pkt"),
]  # fmt: skip


def volatile_text():
    for command, text, left in KEPT:
        masked = volatile.mask_text(command, text)
        assert masked == (text if left is None else left), f"{command}: {masked}"
