# SPDX-License-Identifier: LGPL-2.1-or-later

"""Networks out of a number: a plausible mix of all that the fixed ones show.
The same number gives the same network. Some lines are refused by the kernel,
which is part of the mix; most are not."""

import random

from networks import FAR, METRICS, Network, mac

TABLES = ["main", "main", "main", "5", "100", "300", "70000", "4000000000"]
PROTOCOLS = ["static", "kernel", "boot", "ra", "dhcp", "bird", "99"]
FDB_KINDS = ["master static", "master permanent", "self", "master extern_learn", "master static sticky"]
FAILING = ["unreachable", "blackhole", "prohibit", "throw"]
SPECIAL = ["local", "broadcast", "multicast", "anycast"]
NAMES = ["eth{}", "en{}", "wan{}", "a{}", "long-name-no-{}", "z.{}", "lan_{}"]
CONGESTION = ["reno", "cubic", "bbr"]


class Maker:
    uids = ["0-0", "0-1000", "65534-65534"]

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.network = Network(f"seed {seed}").ip("link set lo up")
        self.names = ["lo"]
        self.up = []
        self.ports = []
        self.subnets4 = []  # (device, the network's first three bytes)
        self.subnets6 = []  # (device, the network's first two words)
        self.nexthops, self.grouped, self.ways = [], set(), {}
        self.number = 0

    # --- small draws

    def chance(self, of_hundred):
        return self.random.randrange(100) < of_hundred

    def pick(self, choices):
        return self.random.choice(choices)

    def some(self, least, most):
        return range(self.random.randint(least, most))

    def options(self, choices, of_hundred=30):
        """Some of @choices; each is text, or a function that gives it."""
        return " ".join(c() if callable(c) else c for c in choices if self.chance(of_hundred))

    def address_modes(self):
        return ["none", "none", "none", "eui64", "random"]

    def new_name(self):
        name = self.pick(NAMES).format(len(self.names))
        self.names.append(name)
        return name

    def new_mac(self):
        self.number += 1
        return mac(0x530000 + self.number)

    def device(self):
        return self.pick(self.up or ["lo"]) if self.chance(85) else self.pick(self.names)

    def prefix4(self):
        length = self.pick([0, 1, 7, 8, 12, 15, 16, 20, 23, 24, 24, 24, 25, 28, 30, 31, 32, 32])
        value = (self.pick([10, 10, 10, 172, 192, 198, 203]) << 24) | self.random.getrandbits(24) & 0x0F070FFF
        value &= 0xFFFFFFFF << (32 - length) & 0xFFFFFFFF
        return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0)) + f"/{length}"

    def prefix6(self):
        words = [0x2001, 0xDB8] + [self.random.getrandbits(16) & 0x8103 for _ in range(6)]
        length = self.pick([0, 3, 16, 32, 40, 48, 48, 56, 63, 64, 64, 64, 65, 96, 127, 128, 128])
        value = int("".join(f"{word:04x}" for word in words), 16)
        value &= ((1 << 128) - 1) ^ ((1 << (128 - length)) - 1)
        return ":".join(f"{value >> shift & 0xFFFF:x}" for shift in range(112, -1, -16)) + f"/{length}"

    def host4(self):
        """An address that is on a link, most of the time."""
        if self.subnets4 and self.chance(92):
            device, base = self.pick(self.subnets4)
            return device, f"{base}.{self.random.randint(1, 254)}"
        return self.device(), self.prefix4().split("/")[0]

    def host6(self):
        if self.chance(15):
            return self.device(), f"fe80::{self.random.randint(1, 0xFFFF):x}"
        if self.subnets6 and self.chance(92):
            device, base = self.pick(self.subnets6)
            return device, f"{base}::{self.random.randint(1, 0xFFFF):x}"
        return self.device(), self.prefix6().split("/")[0]

    # --- links

    def link_options(self):
        return self.options(
            [
                lambda: f"txqueuelen {self.random.randrange(2000)}",
                lambda: f"mtu {self.random.randint(1280, 9000)}",
                lambda: f"numtxqueues {self.random.randint(1, 8)} numrxqueues {self.random.randint(1, 8)}",
                lambda: f"index {1000 + self.number * 3 + self.random.randrange(3)}",
            ],
            15,
        )

    def add_pair(self):
        first, options = self.new_name(), self.link_options()
        peer, beyond = self.new_name(), self.chance(35)
        near = f"{first} address {self.new_mac()} {options}"
        other = f"{peer} address {self.new_mac()}"
        if beyond:
            self.add_far_pair(near, other)
        else:
            self.network.ip(f"link add {near} type veth peer name {other}")
        self.ports.append(first)
        if beyond:
            self.names.remove(peer)
            if self.chance(80):
                self.raise_far(first, peer)
        elif self.chance(85):
            self.raise_later(peer)

    def add_far_pair(self, near, other):
        self.network.ip(f"link add {near} type veth peer name {other} netns {FAR}")

    def raise_far(self, _, peer):
        self.network.far(f"link set {peer} up")

    def raise_later(self, name):
        self.up.append(name)

    def add_bridge(self):
        name = self.new_name()
        options = self.options(
            [
                lambda: f"ageing_time {self.random.randint(1000, 90000)}",
                lambda: f"priority {self.random.randrange(65536)}",
                lambda: f"forward_delay {self.random.randint(200, 3000)}",
                lambda: f"hello_time {self.random.randint(100, 1000)}",
                lambda: f"max_age {self.random.randint(600, 4000)}",
                lambda: f"group_fwd_mask {self.pick([8, 16, 0x4000])}",
                lambda: f"mcast_snooping {self.random.randrange(2)}",
                "nf_call_iptables 1",
                "mcast_igmp_version 3",
                "mcast_query_use_ifaddr 1",
                "vlan_default_pvid 7",
                lambda: f"group_address 01:80:c2:00:00:0{self.pick('45ef')}",
            ]
        )
        self.network.ip(f"link add {name} address {self.new_mac()} {self.link_options()} type bridge {options}")
        for port in self.ports:
            if self.chance(40):
                self.add_port(port, name)

    def add_port(self, port, bridge):
        options = self.options(
            [
                lambda: f"cost {self.random.randint(1, 65535)}",
                lambda: f"priority {self.random.randrange(64)}",
                "hairpin on", "guard on", "root_block on", "learning off", "flood off", "mcast_flood off",
                "neigh_suppress on", "isolated on", "mcast_fast_leave on", "proxy_arp on", "bcast_flood off",
            ],
            20,
        )  # fmt: skip
        self.network.ip(f"link set {port} master {bridge}")
        if options:
            self.network.ip(f"link set dev {port} type bridge_slave {options}")
        for _ in self.some(0, 3):
            self.network.bridge(f"fdb add {self.new_mac()} dev {port} {self.pick(FDB_KINDS)}")

    def add_macvlan(self):
        if not self.ports:
            return
        name, mode = self.new_name(), self.pick(["private", "vepa", "bridge", "bridge", "source"])
        kind = "macvlan" if self.chance(80) or mode == "source" else "macvtap"
        self.network.ip(
            f"link add {name} link {self.pick(self.ports)} address {self.new_mac()} {self.link_options()} "
            f"type {kind} mode {mode}"
        )
        if self.chance(15):
            self.network.ip(f"link set {name} protodown on\nlink set {name} protodown_reason {self.pick([3, 9])} on")

    def add_vxlan(self):
        name = self.new_name()
        lower = f"dev {self.pick(self.ports)}" if self.ports and self.chance(50) else ""
        remote = self.pick(["remote 192.0.2.77", "remote 2001:db8::77", "", "group 239.1.1.1" if lower else ""])
        options = self.options(
            [
                "nolearning", "proxy", "rsc", "l2miss", "l3miss", "udpcsum", "gbp", "ttl auto", "srcport 1000 2000",
                lambda: f"tos {self.random.randrange(64)}",
                lambda: f"ageing {self.random.randint(10000, 90000)}",
                lambda: f"maxaddress {self.random.randint(1, 500)}",
                "udp6zerocsumtx", "udp6zerocsumrx",
                "df set" if "2001" not in remote else "udp6zerocsumrx",
            ],
            20,
        )  # fmt: skip
        self.network.ip(
            f"link add {name} address {self.new_mac()} type vxlan id {self.random.randrange(1 << 24)} "
            f"dstport {4789 + self.number} {remote} {lower} {options}"
        )
        for _ in self.some(0, 3):
            self.network.bridge(
                f"fdb append {self.pick(['00:00:00:00:00:00', self.new_mac()])} dev {name} "
                f"dst {'2001:db8::' if '2001' in remote else '192.0.2.'}{self.random.randint(1, 250)} "
                + self.options(["port 99", "vni 12", "self permanent"])
            )

    def add_plain(self):
        name = self.new_name()
        if self.chance(50):
            self.network.ip(f"link add {name} address {self.new_mac()} {self.link_options()} type ifb")
        elif self.chance(50):
            more = self.options(["user 1000", "group 100", "multi_queue"])
            self.network.ip(f"tuntap add dev {name} mode tun {more}")
        else:
            self.network.ip(f"tuntap add dev {name} mode tap " + self.options(["pi", "vnet_hdr"]))
            self.network.ip(f"link set {name} address {self.new_mac()}")

    def decorate(self, name):
        for line in [
            f"link property add dev {name} altname {name}-also-known-as-{self.number}",
            f'link set {name} alias "the link {name}"',
            f"link set {name} group {self.random.randint(1, 99)}",
            f"link set {name} promisc on",
            f"link set {name} allmulticast on",
            f"link set {name} multicast off",
            f"link set {name} arp off",
            f"link set {name} gso_max_size {self.random.randint(20000, 65000)}",
            f"link set {name} gro_max_size {self.random.randint(20000, 65000)}",
            f"link set {name} trailers on",
            f"link set {name} mode dormant",
        ]:
            if self.chance(9):
                self.network.ip(line)

    def add_links(self):
        for _ in self.some(1, 5):
            self.add_pair()
        kinds = [self.add_bridge, self.add_macvlan, self.add_macvlan, self.add_vxlan, self.add_plain, self.add_plain]
        for _ in self.some(0, 7):
            self.pick(kinds)()
        for name in self.names[1:]:
            mode = self.pick(self.address_modes())
            self.network.ip(f"link set {name} addrgenmode {mode}")
            self.decorate(name)
            if name not in self.up and self.chance(80):
                self.up.append(name)
        self.raise_links()
        self.network.settle(*self.names[1:])

    def raise_links(self):
        self.network.ip("\n".join(f"link set {name} up" for name in self.up))

    # --- addresses

    def add_addresses4(self):
        for _ in self.some(1, 8):
            device = self.device()
            base = f"{self.pick([10, 172, 192])}.{self.random.randrange(4)}.{self.random.randrange(6)}"
            length = self.pick([8, 16, 23, 24, 24, 24, 25, 30, 32])
            self.subnets4.append((device, base))
            self.network.ip(
                f"addr add {base}.{self.random.randint(1, 254)}/{length} dev {device} "
                + self.pick(["brd + ", ""])
                + self.options(
                    [
                        "noprefixroute", "valid_lft 90000 preferred_lft 80000",
                        lambda: f"metric {self.random.randint(1, 999)}",
                        lambda: f"label {device}:{self.random.randrange(9)}"[: 6 + 15],
                    ],
                    20,
                )
            )  # fmt: skip
        if self.chance(40):
            self.network.ip(f"addr add 192.0.2.1 peer 192.0.2.{self.random.randint(2, 9)}/32 dev {self.device()}")

    def add_addresses6(self):
        for _ in self.some(0, 8):
            device = self.device()
            base = f"2001:db8:{self.random.randrange(6)}"
            self.subnets6.append((device, base))
            self.network.ip(
                f"addr add {base}::{self.random.randint(1, 0xFFFF):x}/{self.pick([48, 64, 64, 64, 112, 127, 128])} "
                f"dev {device} nodad "
                + self.options(
                    [
                        "home", "noprefixroute", "mngtmpaddr",
                        self.pick(["valid_lft 90000 preferred_lft 80000", "valid_lft 90000 preferred_lft 0"]),
                        lambda: f"metric {self.random.randint(1, 999)}",
                    ],
                    15,
                )
            )  # fmt: skip

    # --- routes

    def metrics(self):
        if self.chance(5):
            return METRICS
        return self.options(
            [
                lambda: f"mtu {self.pick(['', 'lock '])}{self.random.randint(1280, 9000)}",
                lambda: f"advmss {self.random.randint(500, 1460)}",
                lambda: f"congctl {self.pick(['', 'lock '])}{self.pick(CONGESTION)}",
                lambda: f"hoplimit {self.random.randint(1, 255)}",
                lambda: f"rto_min {self.random.randint(1, 900)}ms",
                lambda: f"initcwnd {self.random.randint(1, 90)}",
                "features ecn",
                "quickack 1",
            ],
            6,
        )

    def table(self):
        return self.options([f"table {self.pick(TABLES)}"], 50)

    def add_route4(self):
        network, where, more = self.network, f"{self.prefix4()} {self.table()}", self.metrics()
        more += " " + self.options(
            [
                f"metric {self.random.randrange(9)}",
                f"proto {self.pick(PROTOCOLS)}",
                f"dsfield {self.pick(['0x04', '0x08', '0x10'])}",
                f"realms {self.random.randint(1, 9)}/{self.random.randint(1, 9)}",
            ],
            20,
        )
        verb = self.pick(["add", "add", "append", "prepend"])
        draw = self.random.randrange(100)
        device, gateway = self.host4()
        if draw < 15:
            network.ip(f"route {verb} {self.pick(FAILING)} {where} {more}")
        elif draw < 25:
            network.ip(f"route {verb} {self.pick(SPECIAL)} {where} dev {device}")
        elif draw < 40:
            ways = []
            for _ in self.some(2, 4):
                device, gateway = self.host4()
                onlink = self.options([f"dev {device} onlink", f"dev {device}"], 30)
                ways.append(f"nexthop via {gateway} {onlink} weight {self.random.randint(1, 255)}")
            network.ip(f"route {verb} {where} {more} " + " ".join(ways))
        elif draw < 55:
            # A gateway has the scope that its route had when it was added, which no
            # message tells: so there are no gateways under a route of the host's.
            scope = "scope host" if where.startswith("198.") else "scope link"
            network.ip(f"route {verb} {where} dev {device} {more} " + self.options([scope]))
        elif draw < 60:
            network.ip(f"route {verb} {where} via inet6 {self.host6()[1]} dev {device} {more}")
        elif draw < 66 and self.nexthops:
            network.ip(f"route {verb} {where} nhid {self.pick(self.nexthops)} {more}")
        elif draw < 70:
            encap = self.pick(["ip id 5 dst 1.2.3.4 ttl 9", "seg6 mode encap segs 2001:db8::1,2001:db8::2"])
            network.ip(f"route {verb} {where} encap {encap} dev {device}")
        else:
            network.ip(f"route {verb} {where} via {gateway} {more} " + self.options([f"dev {device} onlink"], 15))

    def add_route6(self):
        network, where, more = self.network, f"{self.prefix6()} {self.table()}", self.metrics()
        more += " " + self.options(
            [
                f"metric {self.random.randint(1, 9)}",
                f"proto {self.pick(PROTOCOLS)}",
                f"from {self.prefix6()}",
                "expires 90000",
                f"pref {self.pick(['low', 'high'])}",
            ],
            15,
        )
        verb = self.pick(["add", "add", "append"])
        draw = self.random.randrange(100)
        device, gateway = self.host6()
        # What becomes one route has the metrics of the first in a dump, and each
        # way its own in a lookup.
        key = where.replace("table main", "").strip()
        again = key in self.ways
        where, more = self.ways.setdefault(key, (where, more))
        # A route for some sources that is refused because it is there makes the
        # kernel overlook the one that is there: fib6_add().
        add = (lambda line: None) if again and "from " in more else network.ip6
        if draw < 15:
            add(f"route {verb} {self.pick(FAILING)} {where} {more}")
        elif draw < 25:
            add(f"route {verb} {self.pick(SPECIAL)} {where} dev {device}")
        elif draw < 40:
            ways = []
            for _ in self.some(2, 4):
                device, gateway = self.host6()
                ways.append(f"nexthop via {gateway} dev {device} weight {self.random.randint(1, 255)}")
            add(f"route {verb} {where} {more} " + " ".join(ways))
        elif draw < 60:
            add(f"route {verb} {where} dev {device} {more}")
        elif draw < 66 and self.nexthops:
            # A nexthop caches what found it: shared, it answers with another route.
            alone = [number for number in self.nexthops if number not in self.grouped]
            if alone:
                number = self.pick(alone)
                self.grouped.add(number)
                add(f"route {verb} {where} nhid {number} {more}")
        elif draw < 70:
            encap = self.pick(["ip6 id 5 dst 2001:db8::1", "seg6 mode inline segs 2001:db8::1"])
            add(f"route {verb} {where} encap {encap} dev {device}")
        else:
            add(f"route {verb} {where} via {gateway} dev {device} {more}")

    def add_nexthops(self):
        for _ in self.some(1, 6):
            number = self.random.randint(1, 500)
            device, gateway = self.host4() if self.chance(60) else self.host6()
            via = f"via {gateway} dev {device}"
            what = self.pick(["blackhole", via, via, f"dev {device}"])
            self.network.ip(f"nexthop add id {number} {what} " + self.options([f"proto {self.pick(PROTOCOLS)}"], 20))
            self.nexthops.append(number)
        for _ in self.some(0, 2):
            number = self.random.randint(501, 600)
            single = [one for one in self.nexthops if one not in self.grouped]
            members = self.random.sample(single, min(len(single), self.random.randint(1, 3)))
            self.grouped.update(members)
            group = "/".join(f"{member},{self.random.randint(1, 200)}" for member in dict.fromkeys(members))
            kind = self.options(["type resilient buckets 4 idle_timer 100000"], 25)
            self.network.ip(f"nexthop add id {number} group {group} {kind}")
            self.nexthops.append(number)

    def add_routes(self):
        if self.chance(40):
            self.add_nexthops()
        for _ in self.some(2, 40):
            self.add_route4()
        for _ in self.some(0, 40):
            self.add_route6()

    # --- rules

    def add_rule(self, add, prefix):
        selectors = self.options(
            [
                lambda: f"from {prefix()}",
                lambda: f"to {prefix()}",
                lambda: f"dsfield {self.pick(['0x04', '0x08', '0x10'])}",
                lambda: f"fwmark {self.random.randint(1, 7)}{self.pick(['', '/0xff', '/0x3'])}",
                lambda: f"iif {self.pick(['lo', 'gone0', self.device()])}",
                lambda: f"oif {self.pick(['gone1', self.device()])}",
                lambda: f"ipproto {self.pick(['tcp', 'udp', 'icmp', '47'])}",
                lambda: f"sport {self.pick(['5', '1000-2000'])}",
                lambda: f"dport {self.pick(['80', '80-90'])}",
                lambda: f"uidrange {self.pick(self.uids)}",
                lambda: f"tun_id {self.random.randint(1, 99)}",
            ],
            14,
        )
        action = self.pick(["lookup"] * 6 + ["goto", "nop", "blackhole", "prohibit", "unreachable"])
        if action == "lookup":
            # Without realms: a nexthop caches that of the rule which found it first.
            action = f"lookup {self.pick(TABLES)} " + self.options(
                [
                    lambda: f"suppress_prefixlength {self.random.randint(0, 24)}",
                    lambda: f"suppress_ifgroup {self.random.randint(0, 9)}",
                ],
                10,
            )
        elif action == "goto":
            action = f"goto {self.pick([20000, 32766, 32767])}"
        if action in ("blackhole", "prohibit", "unreachable") and not selectors:
            selectors = f"to {prefix()}"
        order = self.options([lambda: f"pref {self.random.randint(1, 20000)}"], 80)
        more = self.options(["protocol 77"], 10)
        invert = "not " if selectors and self.chance(10) else ""
        add(f"rule add {invert}{selectors} {action} {order} {more}")

    def add_rules(self):
        for _ in self.some(0, 8):
            self.add_rule(self.network.ip, self.prefix4)
        for _ in self.some(0, 8):
            self.add_rule(self.network.ip6, self.prefix6)
        if self.chance(15):
            self.network.ip(f"mrule add iif {self.device()} lookup 5 pref 9")

    # --- the rest

    def add_neighbors(self):
        for _ in self.some(0, 8):
            device, address = self.host4() if self.chance(60) else self.host6()
            if self.chance(15):
                self.network.ip(f"neigh add proxy {address} dev {device}")
                continue
            more = self.options(["router", "extern_learn", "protocol 9"], 15)
            state = self.pick(["permanent", "permanent", "noarp", "stale"])
            self.network.ip(f"neigh replace {address} lladdr {self.new_mac()} dev {device} nud {state} {more}")

    def add_traffic_control(self):
        device = self.device()
        self.network.tc(
            self.pick(
                [
                    f"qdisc add dev {device} root pfifo limit {self.random.randint(1, 999)}",
                    f"qdisc add dev {device} root handle 7: bfifo limit {self.random.randint(1, 99999)}",
                    f"qdisc add dev {device} root tbf rate {self.random.randint(1, 99)}mbit burst 50kb latency 50ms",
                    f"""qdisc add dev {device} root handle 1: htb default 10 r2q 500
                    class add dev {device} parent 1: classid 1:1 htb rate 90mbit
                    class add dev {device} parent 1:1 classid 1:10 htb rate 10mbit ceil 20mbit prio 3
                    filter add dev {device} parent 1: protocol ip u32 match ip dst 192.0.2.1/32 flowid 1:10""",
                    f"""qdisc add dev {device} ingress
                    filter add dev {device} ingress protocol all u32 match u32 0 0 \
action mirred egress redirect dev lo""",
                    f"qdisc add dev {device} clsact",
                ]
            )
        )

    def add_settings(self):
        for _ in self.some(0, 4):
            where = self.pick(["all", "default", self.device().replace(".", "/")])
            if "/" in where:
                continue
            path, value = self.pick(
                [
                    ("ipv4/conf/{}/forwarding", 1), ("ipv4/conf/{}/rp_filter", 2), ("ipv4/conf/{}/proxy_arp", 1),
                    ("ipv4/conf/{}/ignore_routes_with_linkdown", 1), ("ipv6/conf/{}/forwarding", 1),
                    ("ipv6/conf/{}/proxy_ndp", 1), ("ipv6/conf/{}/ignore_routes_with_linkdown", 1),
                    ("ipv6/conf/{}/hop_limit", 33),
                ]
            )  # fmt: skip
            self.network.sysctl(path.format(where), value)
        if self.chance(25):
            self.network.ip(f"addrlabel add prefix {self.prefix6()} label {self.random.randint(20, 99)}")
        if self.chance(25):
            self.network.ip(
                f"ntable change name {self.pick(['arp_cache', 'ndisc_cache'])} dev {self.device()} "
                f"ucast_probes {self.random.randint(1, 9)}"
            )

    def make(self):
        self.add_links()
        self.add_addresses4()
        self.add_addresses6()
        self.add_settings()
        self.add_routes()
        self.add_rules()
        self.add_neighbors()
        if self.chance(40):
            self.add_traffic_control()
        return self.network


def random_network(seed):
    return Maker(seed).make()
