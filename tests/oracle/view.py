# SPDX-License-Identifier: LGPL-2.1-or-later

"""What is in a network, as the kernel's own dumps tell: so that there is
something to ask for by name, number and address."""

import ipaddress
import struct

import messages as m

RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_MULTIPATH, RTA_TABLE, RTA_NH_ID = 1, 4, 5, 9, 15, 30
IFLA_ADDRESS, IFLA_IFNAME, IFLA_MASTER, IFLA_LINKINFO, IFLA_PROP_LIST, IFLA_ALT_IFNAME = 1, 3, 10, 18, 52, 53


class Link:
    def __init__(self, data, offset, length):
        found = m.found(data, offset, length)
        self.index, self.flags = struct.unpack_from("=iI", data, offset + 20)
        self.name = found[IFLA_IFNAME].rstrip(b"\0").decode()
        self.address = found.get(IFLA_ADDRESS, b"")
        self.master = _number(found.get(IFLA_MASTER))
        info = dict(_inner(found.get(IFLA_LINKINFO, b"")))
        self.kind = info.get(1, b"").rstrip(b"\0").decode()
        names = _inner(found.get(IFLA_PROP_LIST, b""))
        self.alt_names = [name.rstrip(b"\0").decode() for kind, name in names if kind == IFLA_ALT_IFNAME]


def _number(data):
    return struct.unpack("=I", data)[0] if data else 0


def _inner(data):
    return [(kind & m.NLA_TYPE, data[a:b]) for kind, a, b in m.attributes(data, 0, len(data))]


def dump_requests():
    """The dumps that a view is made of."""
    return [
        (18, m.link_header()),
        (22, m.address_header(m.AF_UNSPEC)),
        (26, m.route_header(m.AF_INET)),
        (26, m.route_header(m.AF_INET6)),
        (30, m.neighbor_header(m.AF_UNSPEC)),
        (30, m.neighbor_header(m.AF_BRIDGE)),
        (34, m.rule_header(m.AF_UNSPEC)),
        (38, m.tc_header()),
        (74, struct.pack("=BBBBII", m.AF_INET6, 0, 0, 0, 0, 0)),
        (90, bytes(4)),
        (106, bytes(8)),
        (82, bytes(4)),
        # By number only, and last: what of it is in @proxies.
        (30, m.neighbor_header(m.AF_UNSPEC, flags=8)),
    ]


class View:
    """@answers are the datagrams of dump_requests(), a list for each."""

    def __init__(self, answers):
        self.links = []
        self.addresses = []  # (family, index, length, bytes)
        self.neighbors = []  # (family, index, bytes)
        self.fdb = []  # (index, MAC, master's index)
        self.routes = []  # (family, length, bytes, table, oif, gateway)
        self.rules = []  # (family, data of the whole body)
        self.nexthops = []
        self.qdiscs = []  # (index, handle, parent)
        self.labels = []  # (length, bytes)
        self.nsids = []
        self.has_ways = False
        read = {
            16: self._link, 20: self._address, 24: self._route, 28: self._neighbor, 32: self._rule, 36: self._qdisc,
            72: self._label, 88: self._nsid, 104: self._nexthop,
        }  # fmt: skip
        for datagram in (datagram for answer in answers for datagram in answer):
            for offset, length, kind, _ in m.messages(datagram):
                if kind in read:
                    read[kind](datagram, offset, length)

    def _link(self, data, offset, length):
        if data[offset + 16] == m.AF_UNSPEC:
            self.links.append(Link(data, offset, length))

    def _address(self, data, offset, length):
        found = m.found(data, offset, length)
        family, prefix = data[offset + 16], data[offset + 17]
        index = struct.unpack_from("=I", data, offset + 20)[0]
        self.addresses.append((family, index, prefix, found.get(2, found.get(1))))

    def _route(self, data, offset, length):
        found = m.found(data, offset, length)
        family, prefix = data[offset + 16], data[offset + 17]
        size = 4 if family == m.AF_INET else 16
        self.has_ways = self.has_ways or RTA_MULTIPATH in found
        self.routes.append(
            (
                family, prefix, found.get(RTA_DST, bytes(size)), _number(found.get(RTA_TABLE)),
                _number(found.get(RTA_OIF)), found.get(RTA_GATEWAY, b""),
            )
        )  # fmt: skip

    def _neighbor(self, data, offset, length):
        found = m.found(data, offset, length)
        family, index = data[offset + 16], struct.unpack_from("=i", data, offset + 20)[0]
        if family == m.AF_BRIDGE:
            self.fdb.append((index, found.get(2, b""), _number(found.get(9))))
        else:
            self.neighbors.append((family, index, found.get(1, b"")))

    def _rule(self, data, offset, length):
        self.rules.append((data[offset + 16], data[offset + 16 : offset + length]))

    def _qdisc(self, data, offset, length):
        self.qdiscs.append(struct.unpack_from("=iII", data, offset + 20))

    def _label(self, data, offset, length):
        self.labels.append((data[offset + 18], m.found(data, offset, length).get(1, bytes(16))))

    def _nsid(self, data, offset, length):
        self.nsids.append(struct.unpack("=i", m.found(data, offset, length)[1])[0])

    def _nexthop(self, data, offset, length):
        self.nexthops.append(_number(m.found(data, offset, length).get(1)))

    # --- what to ask for

    def names(self):
        return [link.name for link in self.links] + [name for link in self.links for name in link.alt_names]

    def index(self, random):
        """Of a link that is there, mostly."""
        return random.choice([link.index for link in self.links] * 6 + [0, 999999, 0x7FFFFFFF, -1])

    def targets(self, family):
        """Addresses that something in the network is about, and some others."""
        targets = [address for f, _, _, address in self.addresses if f == family]
        targets += [address for f, _, address in self.neighbors if f == family]
        targets += [gateway for f, *_, gateway in self.routes if f == family and gateway]
        for f, prefix, address, *_ in self.routes:
            if f == family:
                targets += [address, inside(address, prefix)]
        targets += [ipaddress.ip_address(text).packed for text in OTHERS[family]]
        return sorted(set(target for target in targets if len(target) == (4 if family == m.AF_INET else 16)))


OTHERS = {
    m.AF_INET: [
        "0.0.0.0", "127.0.0.1", "127.3.3.3", "255.255.255.255", "224.0.0.1", "239.1.2.3", "198.18.0.1", "8.8.8.8",
        "240.0.0.1", "169.254.1.1", "10.0.0.9",
    ],
    m.AF_INET6: [
        "::", "::1", "ff02::1", "ff05::5", "fe80::77", "2001:db8:ffff::1", "2606:4700::1111", "::ffff:10.0.0.1",
        "fec0::9", "::10.0.0.1",
    ],
}  # fmt: skip


def inside(address, prefix):
    """A host within the network."""
    bits = 8 * len(address)
    value = int.from_bytes(address, "big")
    return (value | (5 & ((1 << (bits - prefix)) - 1))).to_bytes(len(address), "big")
