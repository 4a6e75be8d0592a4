# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the kernel and we are asked by bare messages: for each network the
same systematic set, and draws from all there could be."""

import random as random_module
import socket
import struct

import messages as m
from messages import attribute, nested, text, u8, u16, u32

RTM_F_LOOKUP_TABLE, RTM_F_FIB_MATCH = 0x1000, 0x2000
FAMILIES = [0, m.AF_INET, m.AF_BRIDGE, m.AF_INET6, 1, m.AF_PACKET, m.AF_MPLS, m.AF_IPMR, m.AF_IP6MR, 255]
FLAGS = [
    0, m.NLM_F_ACK, m.NLM_F_DUMP, m.NLM_F_ROOT, m.NLM_F_MATCH, m.NLM_F_DUMP | m.NLM_F_ACK, m.NLM_F_ECHO,
    m.NLM_F_DUMP | m.NLM_F_ECHO, m.NLM_F_ATOMIC, m.NLM_F_DUMP | m.NLM_F_ATOMIC, m.NLM_F_MULTI, 0xFFFF,
]  # fmt: skip
LENGTHS = [0, 1, 3, 4, 7, 8, 11, 12, 15, 16, 20, 24, 28, 32]
SIZES = ["512", "4096", "8192", "16384", "32768", "65536", "512,32768", "32768,512"]
OPTIONS = ["-", "s", "e", "se", "c", "sec"]
# An address family's dump that has attributes of its own to filter by.
FILTER_BITS = [1 << bit for bit in range(10)]
# What disciplines, classes, filters and their parents are called.
HANDLES = [
    0, 0, 0, 1, 0x10000, 0x10001, 0x10010, 0x70000, 0xA0000, 0xFFFF0000, 0xFFFFFFF1, 0xFFFFFFF2, 0xFFFFFFF3, 0xFFFFFFFF,
    22, 0x80000000, 0x80000800, 0xFFF00000, 0x300000,
]  # fmt: skip
# Priority and protocol.
FILTERS = [0, 0x50000, 0x50008, 0x30008, 0x70300, 0x80008, 0x90008, 0x50006, 8]
GROUPS = [("239.1.1.1", 0x800), ("239.1.1.3", 0x800), ("239.1.1.1", 0x801), ("ff05::5", 0x86DD)]


class Exchange:
    """One line for `ask`. @match is how far off the exchange is that asks for
    the matching route instead of the way; see volatile.py."""

    def __init__(self, data, options="e", sizes="32768", flags=0, match=0):
        self.data = data
        self.options = options
        self.sizes = sizes
        self.flags = flags
        self.match = match

    def line(self):
        return f"{self.options} {self.sizes} {self.flags:x} {self.data.hex() or '-'}\n"


def header(kind, family, random=None, index=0):
    """The family header of @kind, with nothing asked for."""
    base = m.base_of(kind)
    if base == 92:
        return m.stats_header(index, random.choice([1, 2, 4, 8, 16, 31]) if random else 1, family)
    body = bytearray(m.header_length(kind))
    body[0] = family
    if index and base in (16, 20, 28, 36, 40, 44, 100):
        struct.pack_into("=i", body, 4, index)
    return bytes(body)


class Requests:
    """All exchanges for one network. @scale is a hundredth of what there is."""

    def __init__(self, view, seed, scale=100):
        self.view = view
        self.random = random_module.Random(seed)
        self.scale = scale
        self.exchanges = []

    def add(self, data, options="e", **more):
        self.exchanges.append(Exchange(data, options, **more))

    def both(self, data, **more):
        """With strict checking and without."""
        for options in ("e", "se"):
            self.add(data, options, **more)

    def sample(self, choices, most):
        """@choices, or as many as the scale grants, in order."""
        choices = list(choices)
        count = min(len(choices), max(1, most * self.scale // 100))
        return [choices[i] for i in sorted(self.random.sample(range(len(choices)), count))] if choices else []

    def pick(self, choices):
        return self.random.choice(choices)

    # --- every type

    def types(self):
        cases = [
            (kind, family, flags)
            for kind in m.GETS.values()
            for family in FAMILIES
            for flags in (0, m.NLM_F_DUMP)
        ]
        for kind, family, flags in self.sample(cases, 600):
            self.both(m.message(kind, flags, header(kind, family)))

    def unknown_types(self):
        for kind in self.sample([*range(4), *range(16, 128), 0x7FF, 0xFFFF], 100):
            family = self.pick(FAMILIES)
            flags = self.pick([0, m.NLM_F_DUMP, m.NLM_F_ACK])
            self.add(m.message(kind, flags, header(kind, family)), self.pick(OPTIONS))

    def no_request(self):
        """Without NLM_F_REQUEST; too short or too long for itself."""
        body = m.link_header()
        for length, flags in [(32, 0), (32, m.NLM_F_ACK), (15, 1), (0, 1), (33, 1), (36, 1), (4000, 1), (16, 0x301)]:
            self.add(struct.pack("=IHHII", length, 18, flags, m.SEQUENCE, 0) + body, self.pick(OPTIONS))
        for length in (0, 1, 4, 8, 15):
            self.add(m.message(18, m.NLM_F_DUMP, body)[:length])
        self.add(m.message(18, m.NLM_F_DUMP, body) + b"\0" * 7)

    # --- draws from all there could be

    def value(self, kind, number):
        """What attribute @number of a request of type @kind may hold."""
        view, base = self.view, m.base_of(kind)
        index = struct.pack("=i", view.index(self.random))
        known = {
            16: {3: self.name, 53: self.name, 29: self.word, 46: self.word, 10: index, 18: self.link_info},
            20: {1: self.address, 2: self.address, 10: self.word},
            24: {
                1: self.address, 2: self.address, 3: index, 4: index, 5: self.address, 6: self.word, 7: self.address,
                12: self.word, 15: self.word, 16: self.word, 25: self.word, 27: b"\x06", 28: b"\0\x50", 29: b"\1\xbb",
                30: self.word, 31: self.word,
            },
            28: {1: self.address, 2: self.mac, 3: self.word, 5: b"\0\5", 6: b"\1\2", 7: self.word, 8: index, 9: index},
            32: {1: self.address, 2: self.address, 3: self.name, 6: self.word, 10: self.word, 15: self.word},
            36: {1: b"pfifo\0", 10: b"", 11: self.word, 15: self.word},
            72: {1: self.address, 2: self.word},
            80: {1: index},
            84: {1: self.address},
            88: {1: self.word, 2: b"\xff\xff\xff\x7f", 3: b"\xff\xff\xff\xff", 4: self.word, 5: self.word},
            92: {1: lambda: nested(1, u32(0, 1))},
            104: {1: self.nexthop, 4: b"", 5: index, 9: b"", 10: index, 11: b"", 14: self.word},
            112: {1: self.word},
            116: {1: self.nexthop, 5: index, 10: index, 13: lambda: nested(13, u16(1, 0))},
        }  # fmt: skip
        for other in (40, 44, 48, 100):
            known[other] = known[36]
        value = known.get(base, {}).get(number, self.blob)
        return value if isinstance(value, bytes) else value()

    def name(self):
        return self.pick([*self.view.names(), "nothing", "", "a-name-of-sixteen", "x" * 130]).encode() + b"\0"

    def word(self):
        return struct.pack("=I", self.pick([0, 1, 2, 8, 254, 255, 256, 300, 0xFFFFFFFF, self.random.getrandbits(32)]))

    def mac(self):
        return self.pick([link.address for link in self.view.links] + [bytes(6), b"\2\0\x5e\0\0\x77"])

    def address(self):
        return self.pick(self.view.targets(self.pick([m.AF_INET, m.AF_INET6])))

    def nexthop(self):
        return struct.pack("=I", self.pick([*self.view.nexthops * 3, 0, 77777]))

    def link_info(self):
        return text(1, self.pick(["veth", "bridge", "macvlan", "nothing", ""]))

    def blob(self):
        return self.random.randbytes(self.pick([0, 1, 2, 4, 8, 16, 20]))

    def some_attribute(self, kind):
        known = {16: 60, 20: 12, 24: 31, 28: 17, 32: 25, 80: 9, 104: 16, 116: 16}.get(m.base_of(kind), 8)
        number = self.random.randrange(known + 4) if self.random.random() < 0.93 else self.random.getrandbits(14)
        data = self.value(kind, number)
        draw = self.random.randrange(20)
        if draw == 0:
            data = data[:-1]
        elif draw == 1:
            data += b"\0"
        elif draw == 2:
            data = self.blob()
        made = bytearray(attribute(number | (m.NLA_F_NESTED if self.random.random() < 0.05 else 0), data))
        if draw == 3:
            struct.pack_into("=H", made, 0, self.pick([0, 1, 3, len(made) + 4, 0xFFFF]))
        return bytes(made)

    def drawn_header(self, kind, family):
        """Mostly empty; else an index, or any byte at all."""
        body = bytearray(header(kind, family, self.random, self.view.index(self.random) & 0x7FFFFFFF))
        if self.random.random() < 0.6:
            body = bytearray(header(kind, family))
        if len(body) > 1 and self.random.random() < 0.3:
            body[self.random.randrange(1, len(body))] = self.pick([1, 2, 4, 8, 16, 24, 32, 64, 128, 254, 255])
        return bytes(body)

    def drawn(self):
        known = list(m.GETS.values())
        for _ in range(700 * self.scale // 100):
            kind = self.pick(known) if self.random.random() < 0.95 else self.random.randrange(16, 124)
            family = self.pick([0, m.AF_INET, m.AF_INET6, m.AF_BRIDGE] * 3 + FAMILIES)
            body = self.drawn_header(kind, family)
            draw = self.random.random()
            if draw < 0.15:
                body = (body + bytes(32))[: self.pick(LENGTHS)]
            elif draw < 0.85:
                body += b"".join(self.some_attribute(kind) for _ in range(self.pick([1, 1, 1, 2, 3])))
            if self.random.random() < 0.05:
                body += b"\1" * self.pick([1, 2, 3, 4, 8])
            flags = self.pick([0, 0, m.NLM_F_DUMP, m.NLM_F_DUMP, m.NLM_F_DUMP, m.NLM_F_ACK, self.pick(FLAGS)])
            self.add(m.message(kind, flags, body), self.pick(OPTIONS))

    # --- traffic control, groups of bridges, counters

    def bits(self):
        return struct.pack("=II", self.pick([0, 1, 1, 2, 3, 4]), self.pick([0, 1, 2, 3, 7]))

    def traffic_attribute(self):
        number = self.pick([1, 1, 1, 10, 11, 11, 11, 13, 15, 15, 16, 17])
        kinds = [b"htb\0", b"u32\0", b"u32", b"ingress\0", b"noqueue\0\0", b"mq\0", b"x" * 15 + b"\0", b"x" * 16]
        known = {1: self.pick(kinds), 11: struct.pack("=I", self.pick([0, 0, 3, 4, 9, 0xFFFFFFF, 0x10000000]))}
        known[15] = self.bits()
        return attribute(number, known.get(number) if number in known and self.random.random() < 0.9 else self.blob())

    def traffic(self):
        indexes = [*(link.index for link in self.view.links), -1, 999999, 0]
        handles = [*HANDLES, *(number for _, *numbers in self.view.qdiscs for number in numbers)]
        kind = self.pick([38, 42, 46, 46, 102])
        body = m.tc_header(self.pick(indexes), self.pick(handles), self.pick(handles), self.pick(FILTERS))
        return kind, body + b"".join(self.traffic_attribute() for _ in range(self.pick([0, 0, 0, 1, 1, 2])))

    def action(self, number):
        known = [
            attribute(1, self.pick([b"mirred\0", b"mirred", b"mirred\0\0", b"gact\0"])),
            u32(3, self.pick([1, 2, 50, 50, 51])),
        ]
        chosen = [one for one in known if self.random.random() < 0.9]
        if self.random.random() < 0.2:
            chosen.append(attribute(self.pick([2, 6, 7, 8, 10, 12]), self.pick([self.blob(), self.bits()])))
        return nested(number, *chosen)

    def actions(self):
        table = nested(1, *(self.action(number + 1) for number in range(self.pick([1, 1, 2, 3]))))
        more = attribute(2, self.bits()) if self.random.random() < 0.4 else b""
        return 50, bytes(4) + table + more

    def group(self):
        """RTM_GETMDB for one."""
        address, protocol = self.pick(GROUPS)
        packed = socket.inet_pton(m.AF_INET6 if ":" in address else m.AF_INET, address)
        odd = self.random.random() < 0.2
        entry = struct.pack("=IBBH", *(self.pick([0, 0, number]) * odd for number in (1, 1, 1, 4095)))
        entry += packed.ljust(16, b"\0") + struct.pack(">Hxx", protocol)
        body = struct.pack("=Bxxxi", m.AF_BRIDGE, self.view.index(self.random)) + attribute(1, entry)
        source = self.pick([b"\x0a\1\1\1", b"\xe6\1\1\1", bytes(15) + b"\1", self.blob()])
        if self.random.random() < 0.5:
            body += nested(2, self.pick([attribute(1, source), u32(9, self.pick([5, 6, 1 << 24])), attribute(2, b"")]))
        return 86, body

    def counters(self):
        body = m.stats_header(self.view.index(self.random) & 0x7FFFFFFF, self.pick([2, 4, 6, 8, 8, 31, 63]))
        return 94, body + nested(1, u32(self.pick([4, 4, 4, 3]), self.pick([1, 2, 8, 15, 16])))

    def tunnels(self):
        index = self.pick([0, self.view.index(self.random)])
        return 122, struct.pack("=BBHi", m.AF_BRIDGE, self.pick([0, 0, 1, 2]), 0, index)

    def dcb(self):
        name = self.pick([link.name for link in self.view.links] + ["nothing"])
        more = self.pick([text(1, name), b"", u8(2, 1), u16(3, 1)])
        return 78, struct.pack("=BBH", 0, self.random.randrange(30), 0) + more

    def drawn_objects(self):
        draws = [self.traffic] * 8 + [self.actions] * 3 + [self.group] * 2 + [self.counters, self.tunnels, self.dcb]
        for _ in range(500 * self.scale // 100):
            kind, body = self.pick(draws)()
            flags = self.pick([0, 0, m.NLM_F_ECHO, m.NLM_F_ECHO | m.NLM_F_ACK, m.NLM_F_DUMP, m.NLM_F_DUMP])
            self.add(m.message(kind, flags, body), self.pick(["e", "se"]))

    # --- every attribute in its right place

    def lengths(self):
        cases = [(kind, length, flags) for kind in m.GETS.values() for length in LENGTHS for flags in (0, m.NLM_F_DUMP)]
        families = {84: m.AF_BRIDGE, 120: m.AF_BRIDGE, 112: m.AF_BRIDGE, 72: m.AF_INET6, 60: m.AF_INET6}
        for kind, length, flags in self.sample(cases, 180):
            family = families.get(m.base_of(kind), self.pick([0, m.AF_INET, m.AF_INET6]))
            body = (bytes([family]) + bytes(40))[:length]
            self.add(m.message(kind, flags, body), self.pick(["e", "se"]))

    def sizes(self):
        """Long dumps through readers of all sizes."""
        dumps = [
            (18, m.link_header()),
            (18, m.link_header() + u32(29, 8)),
            (18, m.link_header() + u32(29, 9)),
            (18, m.link_header(m.AF_BRIDGE)),
            (18, m.link_header(m.AF_INET6)),
            (22, m.address_header(0)),
            (26, m.route_header(m.AF_INET)),
            (26, m.route_header(m.AF_INET6)),
            (26, m.route_header(0)),
            (30, m.neighbor_header(0)),
            (30, m.neighbor_header(m.AF_BRIDGE)),
            (34, m.rule_header(0)),
            (38, m.tc_header()),
            (66, bytes(4)),
            (82, bytes(4)),
            (94, m.stats_header(0, 1)),
            (106, bytes(8)),
        ]
        cases = [(kind, body, size) for kind, body in dumps for size in SIZES]
        for kind, body, size in self.sample(cases, len(cases)):
            options = self.pick(["e", "se", "pe", "p", "-"])
            self.add(m.message(kind, m.NLM_F_DUMP, body), options, sizes=size, flags=self.pick([0, 0, 0x20]))

    def links(self):
        view = self.view
        for link in self.sample(view.links, 12):
            for bits in self.sample([0, *FILTER_BITS], 6):
                self.both(m.message(18, 0, m.link_header(0, link.index) + u32(29, bits)))
            for name in [link.name, *link.alt_names]:
                self.both(m.message(18, 0, m.link_header() + text(3, name)))
                self.both(m.message(18, m.NLM_F_ACK, m.link_header() + text(53, name)))
            self.both(m.message(18, m.NLM_F_DUMP, m.link_header() + u32(10, link.index)))
            self.both(m.message(22, m.NLM_F_DUMP, m.address_header(self.pick([0, 2, 10]), link.index)))
            self.both(m.message(30, m.NLM_F_DUMP, m.neighbor_header(0) + u32(8, link.index)))
            self.both(m.message(30, m.NLM_F_DUMP, m.neighbor_header(m.AF_BRIDGE, link.index)))
            self.both(m.message(30, m.NLM_F_DUMP, m.link_header(m.AF_BRIDGE, link.index) + u32(10, link.index)))
            self.both(m.message(30, m.NLM_F_DUMP, m.neighbor_header(m.AF_BRIDGE) + u32(9, link.index)))
            self.both(m.message(82, 0, bytes([self.pick([2, 10]), 0, 0, 0]) + u32(1, link.index)))
            for mask in (1, 2, 4, 8, 16, 31, 32):
                self.add(m.message(94, 0, m.stats_header(link.index, mask)), self.pick(["e", "se"]))
        for kind in ("veth", "bridge", "macvlan", "vxlan", "ifb", "tun", "vlan", "nothing"):
            self.both(m.message(18, m.NLM_F_DUMP, m.link_header() + nested(18, text(1, kind))))
            self.add(m.message(18, m.NLM_F_DUMP, m.link_header() + attribute(18, text(1, kind))))
        for bits in FILTER_BITS:
            self.both(m.message(18, m.NLM_F_DUMP, m.link_header() + u32(29, bits)))
            self.add(m.message(18, m.NLM_F_DUMP, m.link_header(m.AF_BRIDGE) + u32(29, bits)), self.pick(["e", "se"]))
        for mask in range(0, 64, 5):
            self.both(m.message(94, m.NLM_F_DUMP, m.stats_header(0, mask)))

    def objects(self):
        view = self.view
        for family, index, length, address in self.sample(view.addresses, 20):
            body = m.address_header(family, self.pick([0, index]), self.pick([0, length]))
            self.both(m.message(22, 0, body + attribute(self.pick([1, 2]), address)))
        for family, index, address in self.sample(view.neighbors, 20):
            for flags in (0, 8):
                body = m.neighbor_header(family, self.pick([index, index, 0]), flags=flags)
                self.both(m.message(30, 0, body + attribute(1, address)))
        for index, address, master in self.sample(view.fdb, 20):
            for flags in (0, 2, 4):
                self.both(m.message(30, 0, m.neighbor_header(m.AF_BRIDGE, index, flags=flags) + attribute(2, address)))
        for number in self.sample([*view.nexthops, 77777, 0], 30):
            self.both(m.message(106, 0, bytes(8) + u32(1, number)))
            self.add(m.message(106, 0, bytes(8) + u32(1, number) + u32(14, 1)), "se")
            self.both(m.message(118, m.NLM_F_DUMP, bytes(8) + u32(1, number)))
            self.add(m.message(118, 0, bytes(8) + u32(1, number) + nested(13, u16(1, 0))))
        for length, address in self.sample(view.labels, 10):
            self.both(m.message(74, 0, struct.pack("=BBBBII", 10, 0, length, 0, 0, 0) + attribute(1, address)))
        for number in [*view.nsids, 9, -1]:
            self.both(m.message(90, 0, bytes(4) + u32(1, number)))
        for index, handle, parent in self.sample(view.qdiscs, 10):
            self.add(m.message(38, 0, m.tc_header(index, handle, 0)))
            self.add(m.message(38, 0, m.tc_header(index, 0, parent)), "se")
            for kind in (42, 46, 102):
                self.both(m.message(kind, m.NLM_F_DUMP, m.tc_header(index, 0, handle)))
                self.add(m.message(kind, m.NLM_F_DUMP, m.tc_header(index, 0, parent)), "se")
            self.add(m.message(42, 0, m.tc_header(index, handle | 1, handle)))
        for family, body in self.sample(view.rules, 12):
            self.both(m.message(34, 0, body))
            self.add(m.message(34, m.NLM_F_DUMP, body), "se")
        for kind in (b"mirred\0", b"gact\0", b"nothing\0"):
            action = nested(1, nested(1, attribute(1, kind)))
            self.both(m.message(50, m.NLM_F_DUMP, bytes(4) + action))
            self.both(m.message(50, 0, bytes(4) + nested(1, nested(1, attribute(1, kind), u32(3, 50)))))

    def route_filters(self):
        view = self.view
        tables = sorted({route[3] for route in view.routes})
        devices = sorted({route[4] for route in view.routes})
        for family in (m.AF_INET, m.AF_INET6, 0, m.AF_IPMR):
            for table in self.sample([*tables, 88888], 8):
                self.both(m.message(26, m.NLM_F_DUMP, m.route_header(family) + u32(15, table)))
                self.add(m.message(26, m.NLM_F_DUMP, m.route_header(family, table=table & 255)), "se")
            for device in self.sample([*devices, 999999], 8):
                self.both(m.message(26, m.NLM_F_DUMP, m.route_header(family) + u32(4, device)))
            for protocol in (2, 3, 4, 99):
                self.add(m.message(26, m.NLM_F_DUMP, m.route_header(family, protocol=protocol)), "se")
            for kind in (1, 2, 3, 5, 6, 7, 8, 9, 77):
                self.add(m.message(26, m.NLM_F_DUMP, m.route_header(family, kind=kind)), "se")
            for flags in (0x100, 0x200, 0x1000, 0x2000, 0x300):
                self.both(m.message(26, m.NLM_F_DUMP, m.route_header(family, flags=flags)))
            body = m.route_header(family, kind=1, protocol=self.pick([2, 3])) + u32(15, self.pick(tables or [254]))
            self.both(m.message(26, m.NLM_F_DUMP, body + u32(4, self.pick(devices or [1]))))
        for number in (9, 10, 11):
            for data in (b"", b"\1\0\0\0"):
                self.both(m.message(106, m.NLM_F_DUMP, bytes(8) + attribute(number, data)))
        for family in (0, 2, 10):
            self.both(m.message(106, m.NLM_F_DUMP, bytes([family]) + bytes(7)))

    # --- which way a packet would go

    def route_get(self, family):
        """Both with the way that it takes and with the route that matches."""
        targets = self.view.targets(family)
        size = 8 * len(targets[0])
        index = [link.index for link in self.view.links]
        some = self.random.random
        body = attribute(1, self.pick(targets)) if some() < 0.97 else b""
        source = some() < 0.3
        if source:
            body += attribute(2, self.pick(targets))
        if some() < 0.25:
            body += u32(3, self.pick(index))
        if some() < 0.2:
            body += u32(4, self.pick([*index, 999999]))
        if some() < 0.25:
            body += u32(16, self.pick([1, 5, 7, 0x105]))
        if some() < 0.2:
            body += u32(25, self.pick([0, 150, 1000, 65534]))
        if some() < 0.25:
            protocol = self.pick([6, 17, 1, 47, 58])
            body += u8(27, protocol)
            body += attribute(28, struct.pack(">H", self.pick([5, 7, 1500]))) if some() < 0.5 else b""
            body += attribute(29, struct.pack(">H", self.pick([80, 81, 443]))) if some() < 0.5 else b""
        tos = self.pick([0, 0, 0, 4, 8, 16, 0x1C, 0xB8])
        flags = self.pick([0, 0, RTM_F_LOOKUP_TABLE])
        options = self.pick(["e", "se"])
        for more, match in ((0, 1), (RTM_F_FIB_MATCH, 0)):
            first = m.route_header(family, size, size if source else 0, tos, flags=flags | more)
            self.add(m.message(26, 0, first + body), options, match=match)

    def ways(self):
        for family in (m.AF_INET, m.AF_INET6):
            for _ in range(max(1, 200 * self.scale // 100)):
                self.route_get(family)

    # --- what is not allowed, and several at once

    def writes(self):
        for base in self.sample(m.KINDS, 27):
            for verb in (0, 1, 3):
                body = header(base + verb, self.pick([0, 2, 7, 10]), None, 1)
                flags = self.pick([0, m.NLM_F_ACK, m.NLM_F_DUMP, 0x605])
                self.add(m.message(base + verb, flags, body), self.pick(OPTIONS))
        # How `ip link show` learns whether the kernel knows alternative names.
        self.both(m.message(16, m.NLM_F_ACK, m.link_header()))
        self.both(m.message(16, m.NLM_F_ACK, b""))

    def several(self):
        links, addresses = m.message(18, m.NLM_F_DUMP, m.link_header()), m.message(22, m.NLM_F_DUMP, bytes(8))
        one, none = m.message(18, 0, m.link_header(0, 1)), m.message(18, 0, m.link_header(0, 999999))
        acked = m.message(18, m.NLM_F_ACK, m.link_header(0, 1))
        for parts in (
            (links, addresses), (one, none), (none, one), (one, links, one), (links, one), (acked, acked, links),
            (none, none, none), (links, none, addresses), (m.message(1, 1, b""), one), (one, one, one, one),
        ):  # fmt: skip
            self.add(b"".join(parts), self.pick(OPTIONS), sizes=self.pick(SIZES))

    def make(self):
        self.types()
        self.unknown_types()
        self.no_request()
        self.lengths()
        self.sizes()
        self.links()
        self.objects()
        self.route_filters()
        self.ways()
        self.writes()
        self.several()
        self.drawn()
        self.drawn_objects()
        return self.exchanges


def requests_for(view, seed, scale):
    return Requests(view, seed, scale).make()
