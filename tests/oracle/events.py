# SPDX-License-Identifier: LGPL-2.1-or-later

"""Events of rtnetlink in words: groups, headers and attributes by name."""

import ipaddress
import struct

import messages as m

GROUPS = (
    "- LINK NOTIFY NEIGH TC IPV4_IFADDR IPV4_MROUTE IPV4_ROUTE IPV4_RULE IPV6_IFADDR IPV6_MROUTE IPV6_ROUTE "
    "IPV6_IFINFO DECnet_IFADDR NOP2 DECnet_ROUTE DECnet_RULE NOP4 IPV6_PREFIX IPV6_RULE ND_USEROPT PHONET_IFADDR "
    "PHONET_ROUTE DCB IPV4_NETCONF IPV6_NETCONF MDB MPLS_ROUTE NSID MPLS_NETCONF IPV4_MROUTE_R IPV6_MROUTE_R "
    "NEXTHOP BRVLAN MCTP_IFADDR TUNNEL STATS IPV4_MCADDR IPV6_MCADDR IPV6_ACADDR"
).split()

# How an attribute is read: s text, u number, a address, m hardware address, or
# bytes. Nests and what is longer than a row go as they are.
LINK = (
    "- ADDRESS:m BROADCAST:m IFNAME:s MTU:u LINK:u QDISC:s STATS COST PRIORITY MASTER:u WIRELESS PROTINFO "
    "TXQLEN:u MAP WEIGHT:u OPERSTATE:u LINKMODE:u LINKINFO NET_NS_PID:u IFALIAS:s NUM_VF:u VFINFO_LIST STATS64 "
    "VF_PORTS PORT_SELF AF_SPEC GROUP:u NET_NS_FD EXT_MASK:u PROMISCUITY:u NUM_TX_QUEUES:u NUM_RX_QUEUES:u "
    "CARRIER:u PHYS_PORT_ID CARRIER_CHANGES:u PHYS_SWITCH_ID LINK_NETNSID:u PHYS_PORT_NAME:s PROTO_DOWN:u "
    "GSO_MAX_SEGS:u GSO_MAX_SIZE:u PAD XDP EVENT:u NEW_NETNSID:u TARGET_NETNSID:u CARRIER_UP_COUNT:u "
    "CARRIER_DOWN_COUNT:u NEW_IFINDEX:u MIN_MTU:u MAX_MTU:u PROP_LIST ALT_IFNAME:s PERM_ADDRESS:m "
    "PROTO_DOWN_REASON PARENT_DEV_NAME:s PARENT_DEV_BUS_NAME:s GRO_MAX_SIZE:u TSO_MAX_SIZE:u TSO_MAX_SEGS:u "
    "ALLMULTI:u DEVLINK_PORT GSO_IPV4_MAX_SIZE:u GRO_IPV4_MAX_SIZE:u DPLL_PIN MAX_PACING_OFFLOAD_HORIZON:u "
    "NETNS_IMMUTABLE:u HEADROOM:u TAILROOM:u"
)
ADDRESS = (
    "- ADDRESS:a LOCAL:a LABEL:s BROADCAST:a ANYCAST:a CACHEINFO MULTICAST:a FLAGS:x RT_PRIORITY:u "
    "TARGET_NETNSID:u PROTO:u"
)
ROUTE = (
    "- DST:a SRC:a IIF:u OIF:u GATEWAY:a PRIORITY:u PREFSRC:a METRICS MULTIPATH PROTOINFO FLOW:x CACHEINFO "
    "SESSION MP_ALGO TABLE:u MARK:u MFC_STATS VIA NEWDST PREF:u ENCAP_TYPE:u ENCAP EXPIRES:u PAD UID:u "
    "TTL_PROPAGATE:u IP_PROTO:u SPORT DPORT NH_ID:u FLOWLABEL"
)
NEIGH = (
    "- DST:a LLADDR:m CACHEINFO PROBES:u VLAN:u PORT VNI:u IFINDEX:u MASTER:u LINK_NETNSID:u SRC_VNI:u PROTOCOL:u "
    "NH_ID:u FDB_EXT_ATTRS FLAGS_EXT:x NDM_STATE_MASK:x NDM_FLAGS_MASK:x"
)
RULE = (
    "- DST:a SRC:a IIFNAME:s GOTO:u UNUSED2 PRIORITY:u UNUSED3 UNUSED4 UNUSED5 FWMARK:x FLOW:x TUN_ID "
    "SUPPRESS_IFGROUP:u SUPPRESS_PREFIXLEN:u TABLE:u FWMASK:x OIFNAME:s PAD L3MDEV:u UID_RANGE PROTOCOL:u "
    "IP_PROTO:u SPORT_RANGE DPORT_RANGE DSCP:u FLOWLABEL FLOWLABEL_MASK SPORT_MASK DPORT_MASK DSCP_MASK"
)
NEXTHOP = (
    "- ID:u GROUP GROUP_TYPE:u BLACKHOLE OIF:u GATEWAY:a ENCAP_TYPE:u ENCAP GROUPS MASTER:u FDB RES_GROUP "
    "RES_BUCKET OP_FLAGS:x GROUP_STATS HW_STATS_ENABLE HW_STATS_USED"
)
NETCONF = (
    "- IFINDEX:i FORWARDING:i RP_FILTER:i MC_FORWARDING:i PROXY_NEIGH:i IGNORE_ROUTES_WITH_LINKDOWN:i INPUT:i "
    "BC_FORWARDING:i FORCE_FORWARDING:i"
)
ATTRIBUTES = {
    16: ("IFLA", LINK), 20: ("IFA", ADDRESS), 24: ("RTA", ROUTE), 28: ("NDA", NEIGH), 32: ("FRA", RULE),
    52: ("PREFIX", "- ADDRESS:a CACHEINFO"), 56: ("IFA", ADDRESS), 60: ("IFA", ADDRESS),
    72: ("IFAL", "- ADDRESS:a LABEL:u"), 80: ("NETCONFA", NETCONF), 88: ("NETNSA", "- NSID:i PID:u FD:u TARGET_NSID:i"),
    104: ("NHA", NEXTHOP), 108: ("IFLA", LINK),
}  # fmt: skip
NAMES = {base: (prefix, [word.split(":") for word in words.split()]) for base, (prefix, words) in ATTRIBUTES.items()}

LINK_INFO = ["-", "KIND", "DATA", "XSTATS", "SLAVE_KIND", "SLAVE_DATA"]
LINK_FLAGS = (
    "UP BROADCAST DEBUG LOOPBACK POINTOPOINT NOTRAILERS RUNNING NOARP PROMISC ALLMULTI MASTER SLAVE MULTICAST "
    "PORTSEL AUTOMEDIA DYNAMIC LOWER_UP DORMANT ECHO"
).split()
STATES = "INCOMPLETE REACHABLE STALE DELAY PROBE FAILED NOARP PERMANENT".split()
NEIGH_FLAGS = "USE SELF MASTER PROXY EXT_LEARNED OFFLOADED STICKY ROUTER".split()
ADDRESS_FLAGS = (
    "SECONDARY NODAD OPTIMISTIC DADFAILED HOMEADDRESS DEPRECATED TENTATIVE PERMANENT MANAGETEMPADDR NOPREFIXROUTE "
    "MCAUTOJOIN STABLE_PRIVACY"
).split()
HOP_FLAGS = "DEAD PERVASIVE ONLINK OFFLOAD LINKDOWN UNRESOLVED TRAP".split()
ROUTE_FLAGS = {0x100: "NOTIFY", 0x200: "CLONED", 0x400: "EQUALIZE", 0x800: "PREFIX", 0x4000: "OFFLOAD", 0x8000: "TRAP"}
MESSAGE_FLAGS = {2: "MULTI", 4: "ACK", 8: "ECHO", 0x100: "REPLACE", 0x200: "EXCL", 0x400: "CREATE", 0x800: "APPEND"}
DELETE_FLAGS = {2: "MULTI", 4: "ACK", 8: "ECHO", 0x100: "NONREC", 0x200: "BULK"}
ROUTE_TYPES = (
    "unspec unicast local broadcast anycast multicast blackhole unreachable prohibit throw nat xresolve"
).split()
SCOPES = {0: "universe", 200: "site", 253: "link", 254: "host", 255: "nowhere"}
SPECIAL = {(24, 9), (104, 2), (20, 8)}  # RTA_MULTIPATH, NHA_GROUP, IFA_FLAGS
MASKED = 0x7E7E7E7E  # by volatile.py
BULKY = {16: {7, 12, 14, 23, 26}}  # attributes that are seldom what one looks for


def bits(value, names):
    if isinstance(names, dict):
        named = names
    else:
        named = {1 << at: name for at, name in enumerate(names)}
    words = [name for bit, name in named.items() if value & bit]
    rest = value & ~sum(named)
    return "|".join(words + ([f"{rest:#x}"] if rest else [])) or "0"


def one_of(value, names):
    return names[value] if value < len(names) else str(value)


def group_name(group):
    if group < 0:
        return f"error {-group}"
    return GROUPS[group] if group < len(GROUPS) else str(group)


def address(data):
    if len(data) in (4, 16):
        return str(ipaddress.ip_address(bytes(data)))
    return data.hex(":") or "empty"


def number(data):
    if len(data) not in (1, 2, 4, 8):
        return data.hex() or "empty"
    return int.from_bytes(data, "little")


def value(how, data):
    if how == "s":
        return data.rstrip(b"\0").decode(errors="backslashreplace")
    if how == "a":
        return address(data)
    if how == "m":
        return address(data) if len(data) in (4, 16) else data.hex(":") or "empty"
    if how in ("u", "x", "i") and len(data) in (1, 2, 4, 8):
        plain = int.from_bytes(data, "little", signed=how == "i")
        return hex(plain) if how == "x" else str(plain)
    return data.hex() or "empty"


def header(kind, data):
    """The words of the family header, and the family."""
    base = m.base_of(kind)
    if len(data) < m.header_length(kind):
        return f"short header {data.hex()}"
    if base in (16, 108):
        family, hardware, index, flags, change = struct.unpack_from("=BxHiII", data)
        return f"family {family} type {hardware} index {index} flags {bits(flags, LINK_FLAGS)} change {change:#x}"
    if base in (20, 56, 60):
        family, length, flags, scope, index = struct.unpack_from("=BBBBI", data)
        scope = SCOPES.get(scope, scope)
        return f"family {family} /{length} flags {bits(flags, ADDRESS_FLAGS)} scope {scope} index {index}"
    if base == 24:
        family, to, source, tos, table, protocol, scope, kind, flags = struct.unpack_from("=8BI", data)
        names = dict(ROUTE_FLAGS) | {1 << at: name for at, name in enumerate(HOP_FLAGS)}
        return (
            f"family {family} {one_of(kind, ROUTE_TYPES)} /{to} from /{source} tos {tos} table {table} "
            f"protocol {protocol} scope {SCOPES.get(scope, scope)} flags {bits(flags, names)}"
        )
    if base == 28:
        family, index, state, flags, kind = struct.unpack_from("=BxxxiHBB", data)
        return (
            f"family {family} index {index} state {bits(state, STATES)} flags {bits(flags, NEIGH_FLAGS)} "
            f"type {one_of(kind, ROUTE_TYPES)}"
        )
    if base == 32:
        family, to, source, tos, table, one, two, action, flags = struct.unpack_from("=8BI", data)
        return f"family {family} to /{to} from /{source} tos {tos} table {table} action {action} flags {flags:#x}"
    if base == 104:
        family, scope, protocol, _, flags = struct.unpack_from("=4BI", data)
        return f"family {family} scope {SCOPES.get(scope, scope)} protocol {protocol} flags {bits(flags, HOP_FLAGS)}"
    if base == 80:
        return f"family {data[0]}"
    return f"header {data[: m.header_length(kind)].hex()}"


def _hops(data):
    at, hops = 0, []
    while len(data) - at >= 8:
        length, flags, weight, index = struct.unpack_from("=HBBi", data, at)
        if length < 8 or length > len(data) - at:
            break
        words = [f"index {index} weight {weight + 1} flags {bits(flags, HOP_FLAGS)}"]
        for kind, a, b in m.attributes(data, at + 8, at + length):
            words.append(f"{named(24, kind & m.NLA_TYPE)[0]} {value(named(24, kind & m.NLA_TYPE)[1], data[a:b])}")
        hops.append("(" + " ".join(words) + ")")
        at += (length + 3) & ~3
    return " ".join(hops)


def _group(data):
    members = (struct.unpack_from("=IBB", data, at) for at in range(0, len(data) - 7, 8))
    return " ".join(f"({number} weight {low + 1 + high * 256})" for number, low, high in members)


def named(base, number):
    prefix, names = NAMES.get(base, ("", []))
    if number < len(names):
        name = names[number]
        return f"{prefix}_{name[0]}", name[1] if len(name) > 1 else ""
    return f"[{number}]", ""


def _nest(data, start, end, names=()):
    parts = []
    for kind, a, b in m.attributes(data, start, end):
        number = kind & m.NLA_TYPE
        name = names[number] if number < len(names) else str(number)
        if kind & m.NLA_F_NESTED or (names and name in ("DATA", "SLAVE_DATA")):
            parts.append(f"{name} ({_nest(data, a, b)})")
        elif name in ("KIND", "SLAVE_KIND"):
            parts.append(f"{name} {value('s', data[a:b])}")
        else:
            parts.append(f"{name}={data[a:b].hex()}")
    return " ".join(parts)


def attributes(kind, data, start, end):
    """(number, words) of each attribute, and of what is left behind them."""
    base = m.base_of(kind)
    last = start
    for tag, a, b in m.attributes(data, start, end):
        number = tag & m.NLA_TYPE
        name, how = named(base, number)
        payload = data[a:b]
        if base == 24 and number == 9:
            words = _hops(payload)
        elif base == 104 and number == 2:
            words = _group(payload)
        elif base == 16 and number == 18:
            words = _nest(data, a, b, LINK_INFO)
        elif not how and (tag & m.NLA_F_NESTED or m.is_nest(data, a, b)):
            words = "(" + _nest(data, a, b) + ")"
        elif base == 20 and number == 8 and len(payload) == 4:
            words = bits(struct.unpack("=I", payload)[0], ADDRESS_FLAGS)
        else:
            words = value(how, payload)
        yield number, f"{name}{'+' if tag & m.NLA_F_NESTED else ''} {words}"
        last = (b + 3) & ~3
    if last < end:
        yield -1, f"rest {data[last:end].hex()}"


def who(number, port):
    """A second socket has a number that the kernel draws."""
    return "0" if number == 0 else "mine" if number == port else "other"


def head(group, data, offset, port):
    length, kind, flags, sequence, sender = struct.unpack_from("=IHHII", data, offset)
    names = DELETE_FLAGS if kind & 3 == 1 else MESSAGE_FLAGS
    return (
        f"[{group_name(group)}] {m.name_of(kind)} flags {bits(flags, names)} "
        f"seq {'0' if sequence == 0 else 'set'} pid {who(sender, port)}"
    )


WORDS = 8  # of a long attribute, in a row


def _long(path, data):
    """What is longer than a row, in numbered words."""
    if len(data) <= 4 * WORDS or len(data) % 4:
        yield f"{path} {data.hex() or 'empty'}"
        return
    words = struct.unpack(f"={len(data) // 4}I", data)
    for at in range(0, len(words), WORDS):
        row = " ".join("~" if word == MASKED else str(word) for word in words[at : at + WORDS])
        yield f"{path} words {at}..: {row}"


def _leaves(path, data, start, end, names=()):
    """What is in a nest, a row each."""
    for kind, a, b in m.attributes(data, start, end):
        number = kind & m.NLA_TYPE
        name = names[number] if number < len(names) else str(number)
        inner = f"{path}/{name}{'+' if kind & m.NLA_F_NESTED else ''}"
        if name in ("KIND", "SLAVE_KIND"):
            yield f"{inner} {value('s', data[a:b])}"
        elif kind & m.NLA_F_NESTED or (names and name in ("DATA", "SLAVE_DATA")) or m.is_nest(data, a, b):
            yield inner
            yield from _leaves(inner, data, a, b)
        else:
            yield from _long(inner, data[a:b])


def rows_of(kind, data, start, end):
    """A row for each attribute, or several for what is nested or long."""
    base = m.base_of(kind)
    for tag, a, b in m.attributes(data, start, end):
        number = tag & m.NLA_TYPE
        name, how = named(base, number)
        path = f"{name}{'+' if tag & m.NLA_F_NESTED else ''}"
        if (base, number) == (16, 18):
            yield path
            yield from _leaves(path, data, a, b, LINK_INFO)
        elif how or (base, number) in SPECIAL:
            yield next(words for _, words in attributes(kind, data, a - 4, b))
        elif tag & m.NLA_F_NESTED or m.is_nest(data, a, b):
            yield path
            yield from _leaves(path, data, a, b)
        else:
            yield from _long(path, data[a:b])
        start = (b + 3) & ~3
    if start < end:
        yield f"rest {data[start:end].hex()}"


def describe(group, data, port):
    """A datagram of an event in lines: for each message its head, its header,
    and an attribute a line. @port: who asked."""
    rows = []
    if group < 0:
        return [f"[{group_name(group)}]"]
    for offset, length, kind, _ in m.messages(data):
        rows.append(head(group, data, offset, port))
        start = offset + 16 + m.header_length(kind)
        rows.append("  " + header(kind, data[offset + 16 : offset + length]))
        rows += ["  " + row for row in rows_of(kind, data, start, offset + length)]
    return rows


class Brief:
    """The same with the attributes of a message run together. Of a link, only
    what has changed since the last message about it."""

    def __init__(self, width=118):
        self.width = width
        self.links = {}

    def _shown(self, kind, data, offset, length):
        start = offset + 16 + m.header_length(kind)
        every = list(attributes(kind, data, start, offset + length))
        if m.base_of(kind) != 16:
            return [words for _, words in every]
        key = struct.unpack_from("=BxHi", data, offset + 16)
        last = self.links.get(key)
        self.links[key] = every
        shown = []
        for number, words in every:
            if number in BULKY[16]:
                words = words.split()[0] + " ..."
            elif last is not None and (number, words) in last and number != 3:
                continue
            shown.append(words)
        gone = {number for number, _ in last or []} - {number for number, _ in every}
        shown = [words for words in shown if last is None or not words.endswith("...")]
        shown += [f"no {named(16, number)[0]}" for number in sorted(gone)]
        return shown if last is None else [*shown, "the rest as before"]

    def describe(self, group, data, port):
        if group < 0:
            return [f"[{group_name(group)}]"]
        rows = []
        for offset, length, kind, _ in m.messages(data):
            rows.append(head(group, data, offset, port))
            rows.append("  " + header(kind, data[offset + 16 : offset + length]))
            joined = ""
            for words in self._shown(kind, data, offset, length):
                if joined and len(joined) + len(words) + 2 > self.width:
                    rows.append(joined)
                    joined = ""
                joined = f"{joined}; {words}" if joined else "    " + words
            rows += [joined] if joined else []
        return rows
