# SPDX-License-Identifier: LGPL-2.1-or-later

"""Two table files of what should be one network: the one that `nlvirt record`
made of the kernel's, the other that `nlvirt run --save` wrote."""

import difflib
import ipaddress
import re
import struct

import messages as m
import volatile

# (group, key, value, what to put there), and why it may differ.
COUNTERS, TIME, DRAWN = "counters", "time", "drawn by the kernel"
PASSING = "left by the kernel's own packets"
UNSEEN = "recording finds those only that a rule or a route names"
VOLATILE = [
    ("network", r"clock", r".*", "", TIME),
    ("network", r"ipv[46]-empty-tables", r".*", "", UNSEEN),
    ("network", r"(arp|ndisc)-(default-)?(table|settings)", r"\b(entries|last_\w+|hash_\w+|allocs|destroys|res_failed|"
     r"lookups|hits|\w+_gc_runs|reachable_time|table_fulls|rcv_probes_\w+|unres_discards|rcv_\w+):\d+;", "", COUNTERS),
    ("link", r"(rx|tx)-(?!queues|queue-).*|multicast-packets|collisions", r".*", "", COUNTERS),
    ("link", r"(ipv6|icmpv6)-statistics", r".*", "", COUNTERS),
    ("link", r"ipv6-state", r"\b(updated|reachable_time):\d+;", "", TIME),
    ("link", r"(arp|ndisc)-settings", r"\b(references|reachable_time):\d+;", "", DRAWN),
    ("link", r"(ipv4|ipv6)-groups", r" \d+ \d+;", ";", TIME),
    ("link|neighbor", r"mac-address", r"(?!02:00:5e)[0-9a-f][26ae](:[0-9a-f]{2}){5}", "~", DRAWN),  # of links made without
    ("link", r"kind-data", r"0c001[0-3]00[0-9a-f]{16}", "~", TIME),  # the timers of a bridge
    ("link", r"slave-data", r"0c001[5-7]00[0-9a-f]{16}", "~", TIME),
    ("link", r"slave-data", r"08002600[0-9a-f]{8}", "~", PASSING),  # IFLA_BRPORT_MCAST_EHT_HOSTS_CNT
    ("link", r"slave-data", r"08002900[0-9a-f]{8}", "~", PASSING),  # IFLA_BRPORT_MCAST_N_GROUPS
    ("link", r"kind-data", r"08003000[0-9a-f]{8}", "~", PASSING),  # IFLA_BR_FDB_N_LEARNED
    ("address", r"created|updated|(valid|preferred)-lifetime", r"[1-9]\d*", "N", TIME),
    ("route", r"expires", r"\d+", "N", TIME),
    ("neighbor", r"confirmed|used|updated|references|probes|attribute-3", r".*", "", TIME),
]  # fmt: skip
OBJECTS = {
    "qdisc": 36, "class": 40, "filter": 44, "chain": 100, "action": 48, "stats": 92, "bucket": 116, "tunnel": 120,
}  # fmt: skip
TELLING = r"(device|address|destination|priority|mac-address|id|gateway|table)="


def _masked(kind, key, value):
    for group, keys, values, instead, _ in VOLATILE:
        if re.fullmatch(group, kind) and re.fullmatch(keys, key):
            value = re.sub(values, instead, value, count=0 if values != ".*" else 1)
    return value


def _only_way(rows):
    """The weight of an IPv6 route's only way, which no message tells."""
    found = dict(row.partition("=")[::2] for row in rows)
    way = re.fullmatch(r"(?:via (\S+) )?dev (\S+) weight \d+(?: flags (\S+))?;", found.get("nexthops", ""))
    if not way or ":" not in found["destination"] + (way[1] or ""):
        return rows
    if way[3] not in (None, "linkdown"):
        return [re.sub(r" weight \d+ ", " ", row) for row in rows]
    told = [f"gateway={way[1]}"] * bool(way[1]) + [f"device={way[2]}"]
    at = next(i for i, row in enumerate(rows) if row.startswith("nexthops="))
    return [*rows[:at], *told, *rows[at + 1 :]]


TC_H_ROOT = 0xFFFFFFFF
NOBODY = ipaddress.ip_address("0.0.0.0")


def _is_counted(rows):
    """A qdisc that the kernel itself made, told of only for its counters: not mq, and
    none below it."""
    found = dict(row.partition("=")[::2] for row in rows)
    data = bytes.fromhex(found["data"]) if found.get("type") == "qdisc" else b""
    handle, parent = struct.unpack_from("=II", data.ljust(16, b"\0"), 8)
    if handle or parent != TC_H_ROOT:
        return False
    attributes = m.found(m.message(OBJECTS["qdisc"], 0, data), 0, 16 + len(data))
    return attributes.get(1) != b"mq\0" and any(attributes.get(3, b""))  # TCA_KIND, TCA_STATS


def _remotes(parts):
    """Where vxlans send to, which takes a neighbor for each that nobody has asked for."""
    entries = (part.splitlines() for part in parts if "\nfamily=bridge\n" in part)
    return {row for rows in entries for row in rows if row.startswith("address=")}


def _is_passing(kind, rows, remotes):
    """What the kernel's own packets left, as volatile.is_passing()."""
    if kind == "object":
        return any(row == "type=multicast" for row in rows)
    if kind != "neighbor":
        return False
    found = dict(row.partition("=")[::2] for row in rows)
    if found.get("family") == "bridge":
        learned = not {"permanent", "noarp"} & set(found.get("state", "permanent").split(";"))
        return learned and found.get("mac-address", "").startswith("02:00:5e:")
    if found.get("state") == "incomplete" or (found.get("state") == "failed" and "probes" in found):
        return True
    if found.get("state") == "noarp" and f"address={found.get('address')}" in remotes:
        return "mac-address" not in found
    # To an address of its own, over lo.
    if (found.get("state"), found.get("type"), found.get("device")) == ("noarp", "local", "lo"):
        return found.get("mac-address") == "00:00:00:00:00:00"
    try:
        address = ipaddress.ip_address(found.get("address", ""))
        if address == NOBODY:
            return found.get("state") != "permanent"
        return address.is_multicast and found.get("state") == "noarp"
    except ValueError:
        return False


def _masked_object(rows):
    """A message, as it came."""
    found = dict(row.partition("=")[::2] for row in rows)
    base = OBJECTS.get(found.get("type"))
    if not base:
        return " ".join(rows)
    masked = volatile.mask_datagram(m.message(base, 0, bytes.fromhex(found["data"])))
    return f"type={found['type']} {masked[16:].hex()}"


COUNTED = "counted"
LEAST_MTU = 68  # of IPv4; of IPv6 it is more


def _has_no_protocol(kind, rows):
    """Of a link that has neither IPv4 nor IPv6, nothing tells how old it is."""
    mtu = next((int(row.partition("=")[2]) for row in rows if row.startswith("mtu=")), LEAST_MTU)
    return kind == "link" and mtu < LEAST_MTU


DRAWN_MAC = r"(?m)^mac-address=((?!02:00:5e)[0-9a-f][26ae](?::[0-9a-f]{2}){5})$"


def _without_drawn(text):
    """Without the addresses and groups that follow from a link's address, if the
    kernel drew that."""
    for address in set(re.findall(DRAWN_MAC, text)):
        octets = bytes.fromhex(address.replace(":", ""))
        host = bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]
        own = ipaddress.ip_address(b"\xfe\x80" + bytes(6) + host)
        group = ipaddress.ip_address(b"\xff\x02" + bytes(9) + b"\1\xff" + octets[3:])
        for told in (str(own), str(group), "33:33:ff:" + octets[3:].hex(":")):
            text = re.sub(rf"(?<![\w:.]){re.escape(told)}(?![\w:.])", "~", text)
    return text


def groups(text):
    """(kind, name, rows) of each, without what is volatile; neighbors, which are
    in the order of a hash with a secret, sorted, and objects by type; links of no
    known age last."""
    found, neighbors, objects, ageless = [], [], [], []
    parts = re.split(r"(?m)^(?=\[)", _without_drawn(text))
    remotes = _remotes(parts)
    for part in parts:
        head, *rows = part.strip().splitlines() or [""]
        kind, _, name = head.strip("[]").partition(" ")
        if not kind:
            continue
        if name.isdigit():
            name = ""
        shown = []
        for row in _only_way(rows) if kind == "route" else rows:
            key, _, value = row.partition("=")
            value = _masked(kind, key, value)
            if value:
                shown.append(f"{key}={value}")
        if kind == "object":
            name = COUNTED if _is_counted(rows) else ""
            shown = [_masked_object(rows)]
        if not _is_passing(kind, rows, remotes):
            of_kind = {"neighbor": neighbors, "object": objects}.get(kind, found)
            of_kind = ageless if _has_no_protocol(kind, rows) else of_kind
            # How old a link is is told of those only that have IPv4 or IPv6; lo is the oldest.
            of_kind.insert(0 if (kind, name) == ("link", "lo") else len(of_kind), (kind, name, tuple(shown)))
    return [*found, *sorted(neighbors), *sorted(objects, key=lambda group: group[2][0].split()[0]), *sorted(ageless)]


# Where the recorder finds 127.0.0.1, if no rule is in the way.
LOCAL_TABLE = re.compile(r"(?m)^local-table=")


def _without_local_table(group):
    kind, name, rows = group
    return kind, name, tuple(row for row in rows if not LOCAL_TABLE.match(row))


def _head(group):
    kind, name, rows = group
    about = [row for row in rows if re.match(TELLING, row)]
    return f"[{kind}{' ' + name if name else ''}] {' '.join(about)}".strip()


def _without_counted(one, other):
    """Without what is told of only for its counters, but if the other tells of it too."""
    told = {rows for kind, _, rows in other if kind == "object"}
    left = [group for group in one if group[1] != COUNTED or group[2] in told]
    return [(kind, "" if name == COUNTED else name, rows) for kind, name, rows in left]


def differences(first, second):
    """Rows: - what the first has, + what the second has."""
    one, other = groups(first), groups(second)
    if not (LOCAL_TABLE.search(first) and LOCAL_TABLE.search(second)):
        one, other = ([_without_local_table(group) for group in side] for side in (one, other))
    one, other = _without_counted(one, other), _without_counted(other, one)
    rows = []
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone, come = one[a:b], list(other[c:d])
        for group in gone:
            match = next((g for g in come if g[:2] == group[:2] and _head(g) == _head(group)), None)
            if match is None:
                rows.append(f"  - {_head(group)}")
                continue
            come.remove(match)
            if match != group:
                rows.append(f"    {_head(group)}")
                changed = difflib.unified_diff(group[2], match[2], lineterm="", n=0)
                rows += [f"    {row}" for row in list(changed)[2:] if not row.startswith("@@")]
        rows += [f"  + {_head(group)}" for group in come]
    return rows
