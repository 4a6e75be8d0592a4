# SPDX-License-Identifier: LGPL-2.1-or-later

"""All that may differ between two looks at the same network, and why. It is
this table, and nothing else, that the comparison overlooks. What is masked
must still be there, and be as long."""

import json
import re
import struct

import messages as m

ANY = "*"  # an attribute of whatever number; "+28": behind a struct of so many bytes
WHOLE = (0, None)
COUNTERS, TIME, DRAWN, PASSING = "counters", "time", "drawn by the kernel", "left by the kernel's own packets"
ASKED = "who asks"

# (what it is a part of, the way to the attribute, its bytes, why). Of "finite"
# bytes only those words that are neither 0 nor all ones are masked: whether
# something ends at all is no question of time.
MESSAGES = [
    ("LINK", (7,), WHOLE, COUNTERS),  # IFLA_STATS
    ("LINK", (23,), WHOLE, COUNTERS),  # IFLA_STATS64
    ("LINK", (26, 10, 3), WHOLE, COUNTERS),  # IFLA_AF_SPEC, AF_INET6, IFLA_INET6_STATS
    ("LINK", (26, 10, 6), WHOLE, COUNTERS),  # IFLA_INET6_ICMP6STATS
    ("LINK", (26, 10, 5), (8, 12), DRAWN),  # IFLA_INET6_CACHEINFO: reachable_time
    ("LINK", (12, 3), WHOLE, COUNTERS),  # IFLA_PROTINFO of AF_INET6 has the same
    ("LINK", (12, 6), WHOLE, COUNTERS),
    ("LINK", (12, 5), (8, 12), DRAWN),
    ("LINK", (18, 2, 16), WHOLE, TIME),  # IFLA_BR_HELLO_TIMER
    ("LINK", (18, 2, 17), WHOLE, TIME),  # IFLA_BR_TCN_TIMER
    ("LINK", (18, 2, 18), WHOLE, TIME),  # IFLA_BR_TOPOLOGY_CHANGE_TIMER
    ("LINK", (18, 2, 19), WHOLE, TIME),  # IFLA_BR_GC_TIMER
    ("LINK", (18, 5, 21), WHOLE, TIME),  # IFLA_BRPORT_MESSAGE_AGE_TIMER
    ("LINK", (18, 5, 22), WHOLE, TIME),  # IFLA_BRPORT_FORWARD_DELAY_TIMER
    ("LINK", (18, 5, 23), WHOLE, TIME),  # IFLA_BRPORT_HOLD_TIMER
    ("LINK", (12, 21), WHOLE, TIME),  # IFLA_PROTINFO of AF_BRIDGE has the same
    ("LINK", (12, 22), WHOLE, TIME),
    ("LINK", (12, 23), WHOLE, TIME),
    ("ADDR", (6,), (0, 8), "finite " + TIME),  # IFA_CACHEINFO: what is left
    ("ROUTE", (12,), (0, 8), COUNTERS),  # RTA_CACHEINFO: clntref, lastuse
    ("ROUTE", (12,), (8, 12), "finite " + TIME),  # expires
    ("ROUTE", (12,), (16, 20), COUNTERS),  # used
    ("NEIGH", (3,), WHOLE, TIME),  # NDA_CACHEINFO
    ("NEIGH", (4,), WHOLE, COUNTERS),  # NDA_PROBES
    ("NEIGHTBL", (5,), (4, 8), COUNTERS),  # NDTA_CONFIG: entries, of all namespaces
    ("NEIGHTBL", (5,), (8, 16), TIME),  # last_flush, last_rand
    ("NEIGHTBL", (5,), (16, 24), DRAWN),  # hash_rnd, hash_mask: anew when all namespaces' entries are many
    ("NEIGHTBL", (6, 3), WHOLE, DRAWN),  # NDTA_PARMS: NDTPA_REACHABLE_TIME
    ("NEIGHTBL", (7,), WHOLE, COUNTERS),  # NDTA_STATS
    ("QDISC", (3,), WHOLE, COUNTERS),  # TCA_STATS
    ("QDISC", (4,), WHOLE, COUNTERS),  # TCA_XSTATS
    ("QDISC", (7,), WHOLE, COUNTERS),  # TCA_STATS2
    ("TCLASS", (3,), WHOLE, COUNTERS),
    ("TCLASS", (4,), WHOLE, COUNTERS),
    ("TCLASS", (7,), WHOLE, COUNTERS),
    ("TFILTER", (2, 7, ANY, 4), WHOLE, COUNTERS),  # TCA_OPTIONS, TCA_U32_ACT, TCA_ACT_STATS
    ("TFILTER", (2, 7, ANY, 2, 1), WHOLE, TIME),  # TCA_ACT_OPTIONS, TCA_MIRRED_TM
    ("ACTION", (1, ANY, 4), WHOLE, COUNTERS),  # TCA_ACT_TAB
    ("ACTION", (1, ANY, 2, 1), WHOLE, TIME),
    ("MDB", (1, 1, 1, "+28", 1), WHOLE, TIME),  # MDBA_MDB_EATTR_TIMER, behind a struct br_mdb_entry
    ("STATS", (1,), WHOLE, COUNTERS),  # IFLA_STATS_LINK_64
    ("STATS", (2,), WHOLE, COUNTERS),  # IFLA_STATS_LINK_XSTATS
    ("STATS", (3,), WHOLE, COUNTERS),  # IFLA_STATS_LINK_XSTATS_SLAVE
    ("TUNNEL", (1, 5), WHOLE, COUNTERS),  # VXLAN_VNIFILTER_ENTRY, VXLAN_VNIFILTER_ENTRY_STATS
    ("NEXTHOP", (12, 4), WHOLE, TIME),  # NHA_RES_GROUP: NHA_RES_GROUP_UNBALANCED_TIME
    ("NEXTHOP", (15, 1, 2), WHOLE, COUNTERS),  # NHA_GROUP_STATS: NHA_GROUP_STATS_ENTRY_PACKETS
    ("NEXTHOPBUCKET", (13, 2), WHOLE, TIME),  # NHA_RES_BUCKET: NHA_RES_BUCKET_IDLE_TIME
]
# Of events, these too: when something was made, which a recorded network has.
EVENTS = [
    *MESSAGES,
    ("ADDR", (6,), (8, 16), TIME),  # IFA_CACHEINFO: cstamp, tstamp
    ("MULTICAST", (6,), (8, 16), TIME),
    ("ANYCAST", (6,), (8, 16), TIME),
    ("LINK", (12, 5), (4, 8), TIME),  # IFLA_PROTINFO, IFLA_INET6_CACHEINFO: tstamp
    ("LINK", (26, 10, 5), (4, 8), TIME),
    ("LINK", (12, 38), WHOLE, PASSING),  # IFLA_BRPORT_MCAST_EHT_HOSTS_CNT
    ("LINK", (18, 5, 38), WHOLE, PASSING),
    ("LINK", (12, 41), WHOLE, PASSING),  # IFLA_BRPORT_MCAST_N_GROUPS
    ("LINK", (18, 5, 41), WHOLE, PASSING),
    ("LINK", (18, 2, 48), WHOLE, PASSING),  # IFLA_BR_FDB_N_LEARNED
]
# NLMSGERR_ATTR_POLICY, NL_POLICY_TYPE_ATTR_MIN_VALUE_U: MAX_TCP_HEADER, which
# IFLA_GSO_MAX_SIZE and its like must be above, is as the kernel was built.
ERRORS = {4: {4: {None: [(*WHOLE, False)]}}}
# These numbers mean something else in other kinds of link.
BRIDGES_ONLY = (18, 2)

# Which way of several a packet takes is drawn by a hash with a secret. What
# belongs to the way is left out of an answer where the route that matches has
# several; and such a route itself begins with the way that was drawn.
OF_WAY = [
    4,  # RTA_OIF
    5,  # RTA_GATEWAY
    7,  # RTA_PREFSRC
    11,  # RTA_FLOW
    18,  # RTA_VIA
    21,  # RTA_ENCAP_TYPE
    22,  # RTA_ENCAP
]
RTA_MULTIPATH = 9
ROUTE, NEIGH, MDB, NLM_F_MULTI = 24, 28, 84, 2
MDB_STATE = 16 + 8 + 3 * 4 + 4  # of the struct br_mdb_entry of an event: temporary is 0
NUD_INCOMPLETE, NUD_FAILED, NUD_NOARP, NUD_PERMANENT = 1, 0x20, 0x40, 0x80
LINK_ADDRESSES = b"\x02\x00\x5e"  # networks.mac(), and what is drawn from it
ERROR_CODE = 4  # bytes before the message that an error is about


def _single_spaces(match):
    return " ".join(match[0].split())


def _numbers_as_one(match):
    return re.sub(r"\d+", "N", _single_spaces(match))


# (commands, pattern, what to put there, why)
TEXT = [
    (r"route get fibmatch", r"(?m)(^\tnexthop .*\n?)+", lambda found: _sorted_lines(found), DRAWN),
    (r"-j.*route get fibmatch", r"(?s)\[\{.*\}\]", lambda found: _sorted_nexthops(found), DRAWN),
    (r"\baddr\b", r"(valid_lft|preferred_lft) [1-9]\d*sec", r"\1 Nsec", TIME),
    (r"^ip .*-j .*addr", r'"(valid_life_time|preferred_life_time)":(?!0\b|4294967295\b)\d+', r'"\1":N', TIME),
    (r"^ip\b.* route|^ip route", r"\b(expires) -?\d+sec", r"\1 Nsec", TIME),
    (r"^ip\b.* route|^ip route", r'"expires":-?\d+', '"expires":N', TIME),
    (r"^ip\b.* route|^ip route", r"\b(age|users|used) \d+(sec)?", r"\1 N", COUNTERS),
    (r"^ip\b.* route|^ip route", r'"(age|users|used)":\d+', r'"\1":N', COUNTERS),
    (r"^ip -s.* neigh|^bridge -s.* fdb", r"\b(used|ref) \d+(/\d+)*", r"\1 N", TIME),
    (r"^ip -s.* neigh|^busybox ip neigh", r"probes \d+", "probes N", COUNTERS),
    # What it has beside an address of an unusual length is of its own memory.
    (r"^busybox ip neigh", r"lladdr [^ -~].*?(?= used| ref| probes|$)", "lladdr N", DRAWN),
    # As wide as the counters are.
    (r"^ip -s.* link|^ip stats|^ip -s.* addr", r"(?m)^ +[RT]X.*$", _single_spaces, COUNTERS),
    (r"^ip -s.* link|^ip stats|^ip -s.* addr", r"(?m)^ +\d[\d ]*$", _numbers_as_one, COUNTERS),
    (r"^ip -j stats", r'"(bytes|packets|errors|dropped|multicast)":\d+', r'"\1":N', COUNTERS),
    (r"^ip .*ntable|^ip ntable", r"\b(reachable) \d+(?= )", r"\1 N", DRAWN),
    (r"^ip -s.* ntable", r"\b(hash_rnd|hash_mask) \S+", r"\1 N", DRAWN),
    (r"^ip -s.* ntable", r"\b(entries|last_flush|last_rand) (\d+-\S+ [\d:]+|\d+)", r"\1 N", TIME),
    (r"^ip -s.* ntable", r"\b(allocs|destroys|hash_grows|res_failed|rcv_mcast_probes|rcv_ucast_probes|lookups|hits|"
     r"periodic_gc_runs|forced_gc_runs|table_fulls) \d+", r"\1 N", COUNTERS),
    (r"^ip -d", r"\b(hello_timer|tcn_timer|topology_change_timer|gc_timer|message_age_timer|forward_delay_timer|"
     r"hold_timer) +\d+\.\d+", r"\1 N", TIME),
    (r"^ip .*-j.* -d|^ip -d.* -j|^ip -j -d",
     r'"(hello_timer|tcn_timer|topology_change_timer|gc_timer|message_age_timer|forward_delay_timer|hold_timer)":'
     r"\d+\.\d+", r'"\1":N', TIME),
    (r"^tc -s", r"\b(Sent|installed|used|firstused|expires) \d+", r"\1 N", COUNTERS),
    (r"^tc -s", r"\d+ (bytes|pkt)", r"N \1", COUNTERS),
    (r"^tc -s", r"\b(tokens|ctokens|lended|borrowed|giants): -?\d+", r"\1: N", COUNTERS),
    (r"^bridge -s", r"\d+\.\d+(?=$|\n)", "N", TIME),
    (r"^ip nexthop|^ip -d nexthop", r"\b(unbalanced_time|idle_time) \d+(\.\d+)?", r"\1 N", TIME),
]  # fmt: skip

# Of what changes, these too.
EVENT_TEXT = [
    *TEXT,
    (r"^ip monitor", r"(?m)^\[NEIGH\](Deleted )?((22[4-9]|23\d|ff[0-9a-f]{2}:).* NOARP|0\.0\.0\.0 (?!.*PERMANENT).*) *\n",
     "", PASSING),
    (r"^ip monitor", r"(?m)^\[NEIGH\](Deleted )?dev \S+ lladdr 02:00:5e:\S+ (?!.*(PERMANENT|NOARP)).*\n", "", PASSING),
    (r"^ip monitor", r"(?m)^\[NEIGH\].* (INCOMPLETE|FAILED).*\n", "", PASSING),
    # What the kernel's own packets look for; those of a person are told of by events, and in table files.
    (r"^ip .*neigh", r"(?m)^.* (INCOMPLETE|FAILED).*\n", "", PASSING),
    (r"^ip .*neigh", r"(?m)^((22[4-9]|23\d|ff[0-9a-f]{2}:).* NOARP|0\.0\.0\.0 (?!.*PERMANENT).*) *\n", "", PASSING),
    (r"^bridge fdb", r"(?m)^02:00:5e:(?!.*(permanent|static|extern_learn)).*\n", "", PASSING),
    (r"^ip monitor", r"(valid_lft|preferred_lft) [1-9]\d*sec", r"\1 Nsec", TIME),
    (r"^ip monitor", r"\b(expires) -?\d+sec", r"\1 Nsec", TIME),
    (r"^ip monitor", r"\b(hello_timer|tcn_timer|topology_change_timer|gc_timer|message_age_timer|forward_delay_timer|"
     r"hold_timer) +\d+\.\d+", r"\1 N", TIME),
    # In the order of a hash with a secret.
    (r"^ip .*neigh|^bridge fdb", r"(?s)^.+$", lambda found: _sorted_lines(found), DRAWN),
    (r"^ip monitor", r"(?m)(^\[NEIGH\].*\n)+", lambda found: _sorted_lines(found), DRAWN),
    # Who asks: root of the kernel, and somebody else of us.
    (r"route get", r"\buid (0|65534)\b", "uid N", ASKED),
    # Messages of AF_INET6 have no IFLA_TXQLEN: ip(8) asks by SIOCGIFTXQLEN.
    (r"^ip -6 addr", r" qlen \d+|(?m: $|^ioctl\(SIOCGIFTXQLEN\) failed: .*\n)", "", ASKED),
]  # fmt: skip


def _grown(entries):
    """The table as a tree: by base type, then by attribute; under None, bytes."""
    numbers = {name: base for base, name in m.KINDS.items()}
    tree = {}
    for name, path, span, why in entries:
        node = tree.setdefault(numbers[name], {})
        for step in path:
            node = node.setdefault(step, {})
        node.setdefault(None, []).append((*span, why.startswith("finite")))
    return tree


TREE = _grown(MESSAGES)
EVENT_TREE = _grown(EVENTS)
BRIDGE = b"bridge\0"


def _blank(data, start, end, spans):
    for first, last, finite in spans:
        a, b = start + first, end if last is None else min(start + last, end)
        if not finite:
            data[a:b] = b"~" * max(0, b - a)
            continue
        for at in range(a, b - 3, 4):
            if struct.unpack_from("=I", data, at)[0] not in (0, 0xFFFFFFFF):
                data[at : at + 4] = b"~~~~"


def _attributes(data, start, end):
    """Those of a datagram that was cut off, too: the last one as far as it is."""
    while end - start >= 4:
        length, kind = struct.unpack_from("=HH", data, start)
        stop = min(end, start + max(length, 4))
        yield kind, start + 4, stop
        start = (stop + 3) & ~3


def _mask_attributes(data, start, end, tree, path=()):
    names = {}
    for kind, a, b in _attributes(data, start, end):
        number = kind & m.NLA_TYPE
        names.setdefault(number, bytes(data[a:b]))
        node = tree.get(number) or tree.get(ANY)
        if node is None or ((*path, number) == BRIDGES_ONLY and names.get(1) != BRIDGE):
            continue
        if None in node:
            _blank(data, a, b, node[None])
        for step in node:
            if isinstance(step, str) and step[0] == "+":
                _mask_attributes(data, a + int(step), b, node[step])
        _mask_attributes(data, a, b, node, (*path, number))


def _sorted_ways(data):
    """The struct rtnexthops of a RTA_MULTIPATH, in an order of their own."""
    ways, at = [], 0
    while len(data) - at >= 8:
        length = max(8, struct.unpack_from("=H", data, at)[0])
        ways.append(bytes(data[at : at + length]))
        at += (length + 3) & ~3
    return b"".join(sorted(ways))


def _without_way(message, way):
    """A single answer about a route: see OF_WAY."""
    start = 16 + m.header_length(ROUTE)
    kept = [bytes(message[:start])]
    for kind, a, b in _attributes(message, start, len(message)):
        number = kind & m.NLA_TYPE
        if way and number in OF_WAY:
            continue
        payload = _sorted_ways(message[a:b]) if number == RTA_MULTIPATH else bytes(message[a:b])
        kept.append(struct.pack("=HH", len(payload) + 4, kind) + payload + bytes(-len(payload) % 4))
    whole = b"".join(kept)
    return struct.pack("=I", len(whole)) + whole[4:]


def mask_datagram(datagram, way=False, tree=None):
    """@datagram with its volatile bytes put out; @way: without what is of the
    way that was drawn."""
    tree = TREE if tree is None else tree
    data, parts, offset = bytearray(datagram), [], 0
    while len(data) - offset >= 16:
        length, kind, flags = struct.unpack_from("=IHH", data, offset)
        end = min(len(data), offset + max(length, 16))
        node = tree.get(m.base_of(kind)) if kind >= 16 else None
        if node:
            _mask_attributes(data, offset + 16 + m.header_length(kind), end, node)
        elif flags & m.NLM_F_ACK_TLVS and kind in (m.NLMSG_ERROR, m.NLMSG_DONE) and end - offset >= 36:
            about = 0
            if kind == m.NLMSG_ERROR:
                about = 16 if flags & m.NLM_F_CAPPED else struct.unpack_from("=I", data, offset + 16 + ERROR_CODE)[0]
            _mask_attributes(data, offset + 16 + ERROR_CODE + ((about + 3) & ~3), end, ERRORS)
        following = min(len(data), (end + 3) & ~3)
        if kind == ROUTE and not flags & NLM_F_MULTI:
            parts.append(_without_way(data[offset:end], way))
        else:
            parts.append(bytes(data[offset:following]))
        offset = following
    return b"".join([*parts, bytes(data[offset:])])


def _sorted_lines(match):
    return "".join(sorted(match[0].splitlines(True)))


def _sorted_nexthops(match):
    routes = json.loads(match[0])
    for route in routes:
        if "nexthops" in route:
            route["nexthops"].sort(key=json.dumps)
    return json.dumps(routes)


def is_passing(message):
    """Whether an event is about what the kernel's own packets left: neighbors
    that it looks for, or whose multicast addresses it sent a report to, and what
    a bridge learns from such a packet."""
    kind = struct.unpack_from("=H", message, 4)[0]
    if m.base_of(kind) == MDB:
        return message[MDB_STATE : MDB_STATE + 1] == b"\0"
    if m.base_of(kind) != NEIGH or len(message) < 28:
        return False
    family, state, flags = message[16], struct.unpack_from("=H", message, 24)[0], message[26]
    found = m.found(message, 0, len(message))
    if family == m.AF_BRIDGE:
        return not state & (NUD_NOARP | NUD_PERMANENT) and found.get(2, b"").startswith(LINK_ADDRESSES)
    # Nobody answered, if it was asked for.
    if state == NUD_INCOMPLETE or (state == NUD_FAILED and any(found.get(4, b""))):
        return True
    target = found.get(1, b"")
    # On a link between two points, 0.0.0.0 stands for whatever is sent to.
    if target == bytes(4):
        return not state & NUD_PERMANENT
    multicast = target[:1] == b"\xff" if len(target) == 16 else target[:1] and 224 <= target[0] < 240
    return bool(multicast) and bool(state & NUD_NOARP)


def mask_text(command, output, table=None):
    for commands, pattern, replacement, _ in TEXT if table is None else table:
        if re.search(commands, command):
            output = re.sub(pattern, replacement, output)
    return output
