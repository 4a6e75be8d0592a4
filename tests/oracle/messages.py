# SPDX-License-Identifier: LGPL-2.1-or-later

"""The rtnetlink wire format: building requests, taking answers apart, and
putting both into words for who has to look at a difference."""

import struct

NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK, NLM_F_ECHO = 1, 2, 4, 8
NLM_F_ROOT, NLM_F_MATCH, NLM_F_ATOMIC = 0x100, 0x200, 0x400
NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH
NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE = 1, 2, 3
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLA_F_NESTED = 0x8000
NLA_TYPE = 0x3FFF

AF_UNSPEC, AF_INET, AF_BRIDGE, AF_INET6, AF_PACKET, AF_MPLS, AF_IPMR, AF_IP6MR = 0, 2, 7, 10, 17, 28, 128, 129
SEQUENCE = 0x5E9
ROW = 32  # bytes shown in a line

KINDS = {
    16: "LINK",
    20: "ADDR",
    24: "ROUTE",
    28: "NEIGH",
    32: "RULE",
    36: "QDISC",
    40: "TCLASS",
    44: "TFILTER",
    48: "ACTION",
    52: "PREFIX",
    56: "MULTICAST",
    60: "ANYCAST",
    64: "NEIGHTBL",
    68: "NDUSEROPT",
    72: "ADDRLABEL",
    76: "DCB",
    80: "NETCONF",
    84: "MDB",
    88: "NSID",
    92: "STATS",
    96: "CACHEREPORT",
    100: "CHAIN",
    104: "NEXTHOP",
    108: "LINKPROP",
    112: "VLAN",
    116: "NEXTHOPBUCKET",
    120: "TUNNEL",
}
GETS = {f"GET{name}": base + 2 for base, name in KINDS.items()}
# Of a message's family header, padded as its attributes' place needs it.
HEADERS = {
    16: 16, 20: 8, 24: 12, 28: 12, 32: 12, 36: 20, 40: 20, 44: 20, 48: 4, 52: 12, 56: 8, 60: 8, 64: 4, 68: 16,
    72: 12, 76: 4, 80: 4, 84: 8, 88: 4, 92: 12, 96: 4, 100: 20, 104: 8, 108: 16, 112: 8, 116: 8, 120: 8,
}  # fmt: skip


def base_of(kind):
    return kind & ~3


def name_of(kind):
    """RTM_GETLINK and so on."""
    verb = ("NEW", "DEL", "GET", "SET")[kind & 3]
    return f"RTM_{verb}{KINDS[base_of(kind)]}" if base_of(kind) in KINDS else f"type {kind}"


def header_length(kind):
    return HEADERS.get(base_of(kind), 4)


def attribute(kind, data):
    length = 4 + len(data)
    return struct.pack("=HH", length, kind) + data + bytes(-length & 3)


def nested(kind, *attributes):
    return attribute(kind | NLA_F_NESTED, b"".join(attributes))


def u32(kind, value):
    return attribute(kind, struct.pack("=I", value & 0xFFFFFFFF))


def u16(kind, value):
    return attribute(kind, struct.pack("=H", value))


def u8(kind, value):
    return attribute(kind, struct.pack("=B", value))


def text(kind, value):
    return attribute(kind, value.encode() + b"\0")


def message(kind, flags, body, sequence=SEQUENCE):
    return struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | flags, sequence, 0) + body


def link_header(family=0, index=0, flags=0, change=0):
    return struct.pack("=BxHiII", family, 0, index, flags, change)


def address_header(family, index=0, length=0):
    return struct.pack("=BBBBI", family, length, 0, 0, index)


def route_header(family, to=0, source=0, tos=0, table=0, protocol=0, scope=0, kind=0, flags=0):
    return struct.pack("=8BI", family, to, source, tos, table, protocol, scope, kind, flags)


def neighbor_header(family, index=0, state=0, flags=0, kind=0):
    return struct.pack("=BxHiHBB", family, 0, index, state, flags, kind)


def rule_header(family, to=0, source=0, tos=0, table=0, action=0, flags=0):
    return struct.pack("=8BI", family, to, source, tos, table, 0, 0, action, flags)


def tc_header(index=0, handle=0, parent=0, info=0):
    return struct.pack("=BBHiIII", 0, 0, 0, index, handle, parent, info)


def stats_header(index=0, mask=0, family=0):
    return struct.pack("=BBHII", family, 0, 0, index, mask)


def messages(data, cut=False):
    """(offset, length, kind, flags) of each message in a datagram. @cut: also
    of a last one that is not all there, with the length of what is."""
    offset = 0
    while offset + 16 <= len(data):
        length, kind, flags = struct.unpack_from("=IHH", data, offset)
        if cut and length > len(data) - offset:
            length = len(data) - offset
        if length < 16 or length > len(data) - offset:
            return
        yield offset, length, kind, flags
        offset += (length + 3) & ~3


def attributes(data, start, end):
    """(kind, payload's start, payload's end) of each attribute."""
    while end - start >= 4:
        length, kind = struct.unpack_from("=HH", data, start)
        if length < 4 or length > end - start:
            return
        yield kind, start + 4, start + length
        start += (length + 3) & ~3


def found(data, offset, length):
    """The attributes of the message at @offset, by number: the last of each."""
    kind = struct.unpack_from("=H", data, offset + 4)[0]
    start = offset + 16 + header_length(kind)
    return {k & NLA_TYPE: data[a:b] for k, a, b in attributes(data, start, offset + length)}


def is_nest(data, start, end):
    """Whether it looks like attributes to the last byte, as nobody tells."""
    if end - start < 4:
        return False
    last = start
    for kind, _, stop in attributes(data, start, end):
        if not 0 < kind & NLA_TYPE < 256:
            return False
        last = (stop + 3) & ~3
    return last >= end > start


def _rows(label, data):
    """@data in hexadecimal, in rows of which a difference shows few."""
    if len(data) <= ROW:
        yield f"{label} {data.hex()}"
        return
    yield label
    margin = " " * (len(label) - len(label.lstrip()) + 2)
    for at in range(0, len(data), ROW):
        yield f"{margin}{at:#06x} {data[at:at + ROW].hex()}"


def _describe_attributes(data, start, end, indent):
    for kind, a, b in attributes(data, start, end):
        flag = "+" if kind & NLA_F_NESTED else ""
        label = f"{' ' * indent}[{kind & NLA_TYPE}{flag}] {b - a}:"
        if kind & NLA_F_NESTED or is_nest(data, a, b):
            yield label
            yield from _describe_attributes(data, a, b, indent + 2)
        else:
            yield from _rows(label, data[a:b])
        start = (b + 3) & ~3
    if start < end:
        yield from _rows(f"{' ' * indent}rest", data[start:end])


def _describe_error(data, offset, length, flags):
    (error,) = struct.unpack_from("=i", data, offset + 16)
    yield f"  error {error}"
    start = offset + 20
    if length < 36:
        return
    size, kind, sent, sequence, port = struct.unpack_from("=IHHII", data, start)
    yield f"  of {name_of(kind)} length {size} flags {sent:#x} seq {sequence:#x} port {port:#x}"
    echoed = 16 if flags & NLM_F_CAPPED else min((size + 3) & ~3, offset + length - start)
    if echoed > 16:
        yield f"  echo {data[start + 16:start + echoed].hex()}"
    yield from _describe_attributes(data, start + echoed, offset + length, 2)


def describe(data):
    """A datagram in lines of text."""
    end = 0
    for offset, length, kind, flags in messages(data, cut=True):
        said, _, _, sequence, port = struct.unpack_from("=IHHII", data, offset)
        label = {NLMSG_ERROR: "ERROR", NLMSG_DONE: "DONE"}.get(kind, name_of(kind))
        label += " cut" if said > length else ""
        yield f"{label} length {said} flags {flags:#x} seq {sequence:#x} port {port:#x}"
        end = min(len(data), offset + ((length + 3) & ~3))
        if kind == NLMSG_ERROR and length >= 20:
            yield from _describe_error(data, offset, length, flags)
        elif kind == NLMSG_DONE and length >= 20:
            yield f"  status {struct.unpack_from('=i', data, offset + 16)[0]}"
            yield from _describe_attributes(data, offset + 20, offset + length, 2)
        else:
            start = min(offset + 16 + header_length(kind), offset + length)
            yield f"  header {data[offset + 16:start].hex()}"
            yield from _describe_attributes(data, start, offset + length, 2)
    if end < len(data):
        yield from _rows("rest", data[end:])
