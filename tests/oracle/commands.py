# SPDX-License-Identifier: LGPL-2.1-or-later

"""The command lines whose text is compared. Those with arguments are about
what the network has, and about what it has not."""

import ipaddress
import random as random_module
import shlex

import messages as m

ALWAYS = [
    "ip addr",
    "ip -d addr",
    "ip -s addr",
    "ip -j addr",
    "ip -4 addr",
    "ip -6 addr",
    "ip -o addr show up scope global",
    "ip addr show permanent",
    "ip addr show deprecated",
    "ip -br addr",
    "ip link",
    "ip -d link",
    "ip -d -j link",
    "ip -s -s link",
    "ip -br link",
    "ip link show up",
    "ip link show group 42",
    "ip link show type veth",
    "ip -d link show type bridge",
    "ip -d link show type vxlan",
    "ip link show type nothing",
    "ip route",
    "ip -d route",
    "ip -j -d route show table all",
    "ip route show table all",
    "ip route show table local type broadcast",
    "ip route show proto kernel scope link",
    "ip route show root 10.0.0.0/8",
    "ip route show match 10.1.2.3",
    "ip route show exact default",
    "ip route show cache",
    "ip route list default",
    "ip -6 route",
    "ip -6 -d -s route show table all",
    "ip -6 -j route show table all",
    "ip -6 route show root 2001:db8::/32",
    "ip -6 route show match ::1 table local",
    "ip -6 route show cache",
    "ip route show table 7777",
    "ip -4 route show table 300",
    "ip -6 route show table 300",
    "ip -6 route show proto ra",
    "ip -M route",
    "ip rule",
    "ip -d rule",
    "ip -j -d rule",
    "ip -6 -d rule",
    "ip rule show table main",
    "ip rule show from 10.0.0.0/8",
    "ip rule show iif lo",
    "ip mrule",
    "ip -6 mrule",
    "ip mroute",
    "ip -6 mroute show table all",
    "ip neigh",
    "ip -s neigh show nud all",
    "ip -6 -j neigh show nud all",
    "ip neigh show proxy",
    "ip -6 neigh show proxy",
    "ip -4 neigh show nud stale",
    "ip -s ntable",
    "ip ntable show name arp_cache",
    "ip maddr",
    "ip -d nexthop",
    "ip -j nexthop",
    "ip nexthop show groups",
    "ip nexthop bucket",
    "ip nexthop get id 1",
    "ip nexthop get id 7777",
    "ip addrlabel",
    "ip netconf",
    "ip -6 -j netconf",
    "ip token",
    "ip stats",
    "ip netns list-id",
    "ip vrf",
    "ip tunnel",
    "ip tuntap",
    "bridge link",
    "bridge -d -j link",
    "bridge fdb",
    "bridge -s -d fdb",
    "bridge -j fdb show",
    "bridge -d mdb",
    "bridge vlan",
    "bridge -d vlan",
    "bridge vlan global",
    "bridge vni",
    "tc qdisc",
    "tc -s -d qdisc",
    "tc -j qdisc show",
    "tc qdisc show invisible",
    "tc actions ls action mirred",
    "busybox ip addr",
    "busybox ip link",
    "busybox ip route",
    "busybox ip route show table all",
    "busybox ip -6 route",
    "busybox ip rule",
    "busybox ip neigh",
    "busybox ip route get 198.51.100.1 from 192.0.2.10",
]
ERRORS = [
    "ip link show dev nothing",
    "ip link show dev a-name-that-is-far-too-long",
    "ip addr show dev nothing",
    "ip link show master nothing",
    "ip route get 192.0.2.7 dev nothing",
    "ip route get 300.1.1.1",
    "ip neigh get 192.0.2.250 dev lo",
    "ip neigh get 192.0.2.250",
    "ip link add bridge9 type bridge",
    "ip link set lo down",
    "ip addr add 192.0.2.99/24 dev lo",
    "ip route add 198.51.100.0/24 dev lo",
    "ip route del default",
    "ip rule add from 192.0.2.10 lookup 7",
    "ip neigh add 192.0.2.7 lladdr 02:00:5e:00:53:07 dev lo",
    "ip nexthop add id 70 blackhole",
    "ip addr flush dev lo",
    "bridge fdb add 02:00:5e:00:53:07 dev lo",
    "bridge fdb get 02:00:5e:00:53:07 dev lo",
    "tc qdisc add dev lo root pfifo",
]


def words(address):
    return str(ipaddress.ip_address(address))


class Commands:
    def __init__(self, view, seed):
        self.view = view
        self.random = random_module.Random(seed)
        self.lines = []

    def some(self, choices, most):
        choices = list(choices)
        return self.random.sample(choices, min(len(choices), most))

    def about_links(self):
        for link in self.some(self.view.links, 4):
            name = shlex.quote(link.name)
            self.lines += [
                f"ip -d link show dev {name}",
                f"ip addr show dev {name}",
                f"ip route show dev {name}",
                f"ip -6 route show table all dev {name}",
                f"ip neigh show dev {name} nud all",
                f"ip netconf show dev {name}",
                f"ip -j stats show dev {name}",
                f"ip -s ntable show dev {name}",
                f"ip -d link show master {name}",
                f"ip maddr show dev {name}",
                f"bridge fdb show dev {name}",
                f"bridge fdb show brport {name}",
                f"bridge link show dev {name}",
                f"tc -s qdisc show dev {name}",
                f"tc -s -d class show dev {name}",
                f"tc -s -d filter show dev {name}",
                f"tc filter show dev {name} ingress",
                f"tc filter show dev {name} egress",
                f"tc chain show dev {name} egress",
                f"busybox ip addr show dev {name}",
            ]
            self.lines += [f"ip link show dev {shlex.quote(other)}" for other in link.alt_names]
        masters = {link.index: link.name for link in self.view.links if link.kind == "bridge"}
        for name in masters.values():
            self.lines += [f"bridge fdb show br {name}", f"bridge -s mdb show dev {name}"]
            self.lines += [f"ip addr show master {name}"]

    def about_objects(self):
        names = {link.index: link.name for link in self.view.links}
        for _, index, address in self.some(self.view.neighbors, 3):
            if address and index in names:
                self.lines.append(f"ip neigh get {words(address)} dev {names[index]}")
        for index, address, master in self.some(self.view.fdb, 3):
            where = f"{names.get(index, 'lo')} {'master' if master else ''}"
            self.lines.append(f"bridge fdb get {address.hex(':')} dev {where}".strip())
        for number in self.some(self.view.nexthops, 3):
            self.lines += [f"ip -d nexthop get id {number}", f"ip route show nhid {number}"]
        for _, _, length, address in self.some(self.view.addresses, 3):
            self.lines.append(f"ip addr show to {words(address)}/{length}")
        for family, length, address, table, *_ in self.some(self.view.routes, 4):
            self.lines.append(f"ip route show exact {words(address)}/{length} table {table}")

    def about_ways(self):
        """Where a way may be drawn among several, it is asked which they are."""
        names = [link.name for link in self.view.links]
        match = "fibmatch " if self.view.has_ways else ""
        for family, flag in ((m.AF_INET, ""), (m.AF_INET6, "-6 ")):
            targets = self.view.targets(family)
            for target in self.some(targets, 4):
                self.lines.append(f"ip {flag}route get fibmatch {words(target)}")
                self.lines.append(f"ip {flag}-d -j route get {match}{words(target)}")
            for target in self.some(targets, 8):
                pick = self.random.choice
                more = [
                    f"from {words(pick(targets))}", f"from {words(pick(targets))} iif {pick(names)}",
                    f"oif {pick(names)}", "mark 5", f"{'tos 0x10' if family == m.AF_INET else 'tos 0x20'}", "uid 150",
                    "ipproto tcp sport 6 dport 80", "ipproto udp dport 81", "",
                ]  # fmt: skip
                chosen = " ".join(self.some(more, self.random.randrange(3)))
                self.lines.append(f"ip {flag}route get {match}{words(target)} {chosen}".strip())

    def make(self, most):
        """All of it, or a sample of @most."""
        self.about_links()
        self.about_objects()
        self.about_ways()
        lines = list(dict.fromkeys([*ALWAYS, *ERRORS, *self.lines]))
        if len(lines) > most:
            lines = [lines[i] for i in sorted(self.random.sample(range(len(lines)), most))]
        return lines


def commands_for(view, seed, most):
    return Commands(view, seed).make(most)


def script(lines):
    """All of them for one shell: what each prints, then how it ended."""
    return "".join(f'echo "@@ {i}"; {line} 2>&1; echo "@= $?"\n' for i, line in enumerate(lines))


def split(output, count):
    """What script() printed, for each command. One that is missing is None."""
    results = [None] * count
    for part in ("\n" + output).split("\n@@ ")[1:]:
        number, _, rest = part.partition("\n")
        results[int(number)] = rest
    return results
