# SPDX-License-Identifier: LGPL-2.1-or-later

"""Bare requests that change something, most of them nearly right: what no
command sends. `raw OPTIONS HEX` is one datagram, after the socket's options."""

import ipaddress
import struct

import messages as m

EXT_ACK, CAP_ACK, STRICT = 1, 2, 4  # of a socket, in OPTIONS; changes_driver.py
REPLACE, EXCL, CREATE, APPEND = 0x100, 0x200, 0x400, 0x800
LINK, ADDR, ROUTE, NEIGH, RULE, ADDRLABEL, NEXTHOP, LINKPROP = 16, 20, 24, 28, 32, 72, 104, 108
NEW, DEL, SET = 0, 1, 3
FOREVER, NTF_PROXY = 0xFFFFFFFF, 8
KINDS = [LINK, LINK, ADDR, ADDR, ROUTE, ROUTE, ROUTE, NEIGH, RULE, NEXTHOP, ADDRLABEL, LINKPROP]


class Raw:
    """A part of a Series."""

    def raw_line(self):
        return self.datagram(self.random.choices([0, 1, 2], [3, 6, 3])[0])

    def wrong_raw(self):
        return self.datagram(self.random.randint(1, 4))

    def datagram(self, mutations):
        options = EXT_ACK if self.chance(85) else 0
        options |= (CAP_ACK if self.chance(15) else 0) | (STRICT if self.chance(50) else 0)
        count = 2 if self.chance(12) else 1
        messages = b"".join(self.request(mutations, number + 1) for number in range(count))
        if mutations > 2 and self.chance(20):
            messages = messages[: self.random.randrange(1, len(messages))]
        return f"raw {options} {messages.hex()}"

    # --- values

    def number(self, *usual):
        return self.pick(usual) if self.chance(85) else self.pick([0, 1, 2, 255, 256, 65535, 1 << 31, FOREVER])

    def byte(self, kind, *usual):
        return m.u8(kind, self.number(*usual) & 0xFF)

    def short(self, kind, *usual):
        return m.u16(kind, self.number(*usual) & 0xFFFF)

    def index(self):
        return self.random.randint(1, 9) if self.chance(90) else self.number(0, 77, FOREVER)

    def ip(self, family):
        if family == m.AF_INET:
            texts = ["10.0.0.", "10.0.1.", "192.0.2.", "172.1.0."]
            return ipaddress.ip_address(self.pick(texts) + str(self.random.randint(1, 6))).packed
        text = self.pick(["2001:db8::", "2001:db8:1::", "fe80::"]) + f"{self.random.randint(1, 6):x}"
        return ipaddress.ip_address(text).packed

    def network_of(self, family, length):
        bits = 8 * len(self.ip(family))
        value = int.from_bytes(self.ip(family), "big")
        if length <= bits and not self.chance(4):
            value &= ((1 << bits) - 1) ^ ((1 << (bits - length)) - 1)
        return value.to_bytes(bits // 8, "big")

    def family(self):
        return self.pick([m.AF_INET, m.AF_INET6]) if self.chance(95) else self.pick([0, m.AF_BRIDGE, 28, 128, 200])

    @staticmethod
    def plain(family):
        return m.AF_INET if family in (m.AF_INET, 128) else m.AF_INET6

    def mac(self):
        return bytes.fromhex(self.start.new_mac().replace(":", ""))

    def some_of(self, choices, of_hundred=30):
        return [make() for make in choices if self.chance(of_hundred)]

    # --- requests

    def request(self, mutations, sequence):
        base = self.pick(KINDS)
        kind, header, attributes = getattr(self, f"raw_{base}")()
        flags = m.NLM_F_ACK if self.chance(85) else 0
        flags |= m.NLM_F_ECHO if self.chance(12) else 0
        if kind & 3 == NEW and base not in (LINKPROP,):
            flags |= CREATE if self.chance(88) else 0
            flags |= self.pick([0, 0, 0, EXCL, EXCL, REPLACE, APPEND, REPLACE | EXCL])
        elif kind & 3 == NEW:
            flags |= CREATE | EXCL | APPEND
        for _ in range(mutations):
            kind, header, attributes, flags = self.mutated(kind, header, attributes, flags)
        if kind & ~3 == NEIGH:
            header = self.with_link(header)
        return m.message(kind, flags, header + b"".join(attributes), sequence)

    @staticmethod
    def with_link(header):
        """A proxied address of no link outlives its namespace, and turns up in
        one that is made where that was in memory: pneigh_ifdown() has no link
        to drop it with."""
        if len(header) < 11 or not header[10] & NTF_PROXY or any(header[4:8]):
            return header
        return header[:4] + b"\1" + header[5:]

    def mutated(self, kind, header, attributes, flags):
        draw = self.random.randrange(100)
        attributes = list(attributes)
        at = self.random.randrange(len(attributes)) if attributes else 0
        if attributes and len(attributes[at]) < 4:  # a rest
            return kind, header, attributes, flags
        if draw < 15 and attributes:
            attributes.pop(at)
        elif draw < 25 and attributes:
            attributes.append(attributes[at])
        elif draw < 40 and attributes:
            attributes[at] = self.resized(attributes[at])
        elif draw < 50 and attributes:
            tag = struct.unpack_from("=H", attributes[at], 2)[0] ^ self.pick([0x8000, 0x4000, 0xC000])
            attributes[at] = attributes[at][:2] + struct.pack("=H", tag) + attributes[at][4:]
        elif draw < 62 and attributes:
            data = bytearray(attributes[at])
            if len(data) > 4:
                data[self.random.randrange(4, len(data))] = self.pick([0, 1, 2, 127, 128, 255])
            attributes[at] = bytes(data)
        elif draw < 72:
            attributes.append(m.attribute(self.random.randrange(1, 80), bytes(self.pick([0, 1, 2, 4, 8]))))
        elif draw < 86 and header:
            data = bytearray(header)
            data[self.random.randrange(len(data))] = self.pick([0, 1, 2, 3, 10, 32, 64, 128, 255])
            header = bytes(data)
        elif draw < 90:
            kind ^= 1
        elif draw < 96:
            flags ^= self.pick([REPLACE, EXCL, CREATE, APPEND, m.NLM_F_ECHO, m.NLM_F_ACK])
        elif draw < 98:
            header = header[: self.random.randrange(len(header) + 1)]
        else:
            attributes.append(bytes([self.random.randrange(256) for _ in range(self.random.randint(1, 7))]))
        return kind, header, attributes, flags

    def resized(self, attribute):
        length, tag = struct.unpack_from("=HH", attribute)
        payload = attribute[4:length]
        payload = payload[: self.random.randrange(len(payload) + 1)] if self.chance(60) else payload + b"\1" * 4
        return m.attribute(tag, payload)

    def raw_16(self):
        """Links that are there, and new ones."""
        draw = self.random.randrange(100)
        if draw < 10:
            return LINK | DEL, m.link_header(0, self.index() & 0x7FFFFFFF), []
        if draw < 30:
            number = len(self.made)
            self.made.append(f"q{number}")
            kind = self.pick([b"ifb\0", b"bridge\0", b"macvlan\0", b"vxlan\0", b"nothing\0"])
            more = self.some_of([lambda: m.u32(4, self.number(1500, 1400)), lambda: m.u32(13, self.number(1000))])
            info = m.nested(18, m.attribute(1, kind))
            link = [m.u32(5, self.index())] if kind == b"macvlan\0" else []
            named = [m.text(3, f"q{number}"), m.attribute(1, self.mac())]
            return LINK | NEW, m.link_header(), [*named, *more, *link, info]
        up = self.pick([0, 0, 1, 0x1000])
        header = m.link_header(0, self.index() & 0x7FFFFFFF, up, self.pick([0, 0, 1, FOREVER]))
        attributes = self.some_of(
            [
                lambda: m.u32(4, self.number(1400, 1500, 1280, 9000)), lambda: m.u32(13, self.number(500, 1000)),
                lambda: m.attribute(1, self.mac()), lambda: m.attribute(2, b"\xff" * 6),
                lambda: m.text(20, self.pick(["", "one", "two"])), lambda: m.u32(27, self.number(0, 5)),
                lambda: self.byte(16, 0, 5, 6), lambda: self.byte(17, 0, 1),
                lambda: m.u32(10, self.number(0, self.random.randint(1, 9))), lambda: self.byte(39, 0, 1),
                lambda: m.u32(41, self.number(65536, 30000)), lambda: m.u32(40, self.number(65535, 100)),
                lambda: m.nested(26, m.nested(10, self.byte(8, 0, 1))),
                lambda: m.nested(26, m.nested(2, m.nested(1, m.u32(1, self.number(0, 1))))),
                lambda: m.nested(18, m.attribute(1, self.pick([b"bridge\0", b"veth\0", b"vxlan\0"]))),
            ],
            14,
        )  # fmt: skip
        return LINK | self.pick([NEW, SET]), header, attributes

    def raw_20(self):
        family = self.family()
        address = self.ip(self.plain(family))
        length = self.pick([24, 32, 16]) if family == m.AF_INET else self.pick([64, 128, 48])
        flags = self.number(0, 2, 2, 0x80, 0x200, 0x100) if family == m.AF_INET6 else self.number(0, 0x200, 0x80, 1)
        header = struct.pack("=BBBBI", family, length, flags & 255 | 2, self.pick([0, 0, 0, 253, 254]), self.index())
        life = struct.pack("=IIII", self.number(80000, FOREVER), self.number(90000, FOREVER), 0, 0)
        attributes = [m.attribute(2, address)] + self.some_of([lambda: m.attribute(1, address)], 70)
        attributes += self.some_of(
            [
                lambda: m.attribute(4, self.ip(self.plain(family))),
                lambda: m.text(3, self.pick(["v0", "lo:x", "v0:1"])),
                lambda: m.attribute(6, life), lambda: m.u32(8, flags | 2), lambda: m.u32(9, self.number(5, 100)),
                lambda: self.byte(11, 0, 5, 255),
            ],
            18,
        )  # fmt: skip
        return ADDR | self.pick([NEW, NEW, DEL]), header, attributes

    def raw_24(self):
        family = self.family()
        plain = self.plain(family)
        length = self.pick([0, 8, 16, 24, 32]) if plain == m.AF_INET else self.pick([0, 32, 48, 64, 128])
        kind = self.pick([1, 1, 1, 1, 1, 2, 3, 6, 7, 8, 9, 0]) if self.chance(96) else self.number(10, 12) & 255
        scope = self.pick([0, 253, 254]) if plain == m.AF_INET else 0
        table = self.pick([254, 254, 0, 5, 255])
        header = m.route_header(family, length, 0, self.pick([0, 0, 0, 4, 3]), table, self.pick([3, 4, 0]), scope, kind,
                                self.pick([0, 0, 0, 0, 4, 1, 0x100]))  # fmt: skip
        attributes = [m.attribute(1, self.network_of(plain, length))] if length else []
        metrics = m.nested(8, *self.some_of([lambda: m.u32(2, self.number(1400)), lambda: m.u32(8, self.number(1300)),
                                             lambda: m.u32(10, self.number(64)), lambda: m.u32(1, self.number(4)),
                                             lambda: m.text(16, self.pick(["reno", "nothing"]))]))  # fmt: skip
        way = struct.pack("=HBBI", 8, 0, self.number(0, 5) & 255, self.index())
        hop = m.attribute(5, self.ip(plain))
        longer = struct.pack("=HBBI", 8 + len(hop), 0, 0, self.index()) + hop
        attributes += self.some_of([lambda: m.u32(4, self.index()), lambda: m.attribute(5, self.ip(plain))], 65)
        attributes += self.some_of(
            [
                lambda: m.u32(6, self.number(5, 77)), lambda: m.attribute(7, self.ip(plain)), lambda: metrics,
                lambda: m.attribute(9, way + longer), lambda: m.attribute(9, longer),
                lambda: m.u32(15, self.number(254, 5)),
                lambda: m.u32(30, self.number(1, 2, 77)), lambda: self.byte(20, 0, 1, 3),
                lambda: m.u32(11, self.number(5)), lambda: m.u32(23, self.number(90000)),
                lambda: self.short(21, 1),
                lambda: m.attribute(18, struct.pack("=H", m.AF_INET6) + self.ip(m.AF_INET6)),
            ],
            9,
        )  # fmt: skip
        return ROUTE | self.pick([NEW, NEW, DEL]), header, attributes

    def raw_28(self):
        family = self.family() if self.chance(80) else m.AF_BRIDGE
        state = self.pick([0x80, 0x80, 0x40, 4, 2, 0, 0x20])
        flags = self.pick([0, 0, 0, 2, 4, 8, 0x10, 0x80])
        header = m.neighbor_header(family, self.index() & 0x7FFFFFFF, state, flags, 0)
        address = [] if family == m.AF_BRIDGE else [m.attribute(1, self.ip(self.plain(family)))]
        lladdr = bytes.fromhex(self.fdb_mac().replace(":", "")) if family == m.AF_BRIDGE else self.mac()
        attributes = address + self.some_of([lambda: m.attribute(2, lladdr)], 85)
        attributes += self.some_of(
            [lambda: self.byte(12, 5), lambda: self.short(5, 1, 5), lambda: m.u32(15, self.number(0))],
            8,
        )
        return NEIGH | self.pick([NEW, NEW, DEL]), header, attributes

    def raw_32(self):
        family = self.family()
        plain = self.plain(family)
        lengths = [0, 0, 24] if plain == m.AF_INET else [0, 0, 64]
        to, source = self.pick(lengths), self.pick(lengths)
        action = self.pick([1, 1, 1, 1, 6, 7, 8, 2, 3, 0])
        header = m.rule_header(family, to, source, self.pick([0, 0, 4, 3]), self.pick([254, 5, 0]), action,
                               self.pick([0, 0, 2, 0x10000]))  # fmt: skip
        attributes = [m.attribute(1, self.network_of(plain, to))] if to else []
        attributes += [m.attribute(2, self.network_of(plain, source))] if source else []
        attributes += self.some_of([lambda: m.u32(6, self.number(100, 200, 300))], 80)
        attributes += self.some_of(
            [
                lambda: m.u32(10, self.number(5)), lambda: m.u32(16, self.number(255)),
                lambda: m.u32(15, self.number(254, 5)),
                lambda: m.text(3, "v0"), lambda: m.text(17, "lo"), lambda: m.u32(14, self.number(8)),
                lambda: m.u32(13, self.number(8)), lambda: m.attribute(20, struct.pack("=II", 5, self.number(5, 9))),
                lambda: self.byte(21, 5), lambda: self.byte(22, 6, 17),
                lambda: m.attribute(23, struct.pack("=HH", 5, self.number(5, 9) & 0xFFFF)),
                lambda: m.u32(4, self.number(200, 32766)), lambda: m.u8(19, 1), lambda: self.byte(25, 4),
                lambda: m.u32(11, self.number(0x50006)),
            ],
            10,
        )  # fmt: skip
        return RULE | self.pick([NEW, NEW, DEL]), header, attributes

    def raw_104(self):
        family = self.pick([0, m.AF_INET, m.AF_INET, m.AF_INET6])
        header = struct.pack("=4BI", family, 0, self.pick([0, 3, 4]), 0, self.pick([0, 0, 0, 4]))
        attributes = self.some_of([lambda: m.u32(1, self.number(1, 2, 3, 4))], 90)
        member = struct.pack("=IBBH", self.number(1, 2, 3), self.number(0, 5) & 255, 0, 0)
        attributes += self.pick(
            [
                [m.u32(5, self.index()), m.attribute(6, self.ip(self.plain(family)))], [m.u32(5, self.index())],
                [m.attribute(4, b"")], [m.attribute(2, member)],
                [m.attribute(2, member * 2), self.short(3, 0, 1)],
                [m.attribute(6, self.ip(self.plain(family))), m.attribute(11, b"")],
            ]
        )  # fmt: skip
        return NEXTHOP | self.pick([NEW, NEW, NEW, DEL]), header, attributes

    def raw_72(self):
        length = self.pick([0, 32, 64, 128])
        family, index = self.pick([m.AF_INET6] * 9 + [m.AF_INET]), self.pick([0, 0, 0, 2, 77])
        header = struct.pack("=BBBBII", family, 0, length, 0, index, 0)
        attributes = [m.attribute(1, self.network_of(m.AF_INET6, length)), m.u32(2, self.number(5, 99))]
        return ADDRLABEL | self.pick([NEW, NEW, DEL]), header, attributes

    def raw_108(self):
        names = [m.text(53, f"other-{self.random.randrange(5)}") for _ in range(self.random.randint(1, 2))]
        header = m.link_header(0, self.index() & 0x7FFFFFFF)
        return LINKPROP | self.pick([NEW, NEW, DEL]), header, [m.nested(52, *names)]
