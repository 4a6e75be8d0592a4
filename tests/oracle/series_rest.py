# SPDX-License-Identifier: LGPL-2.1-or-later

"""Commands that change neighbors, the forwarding database and what else there is,
and some that only look; those called wrong are."""

import re

from random_networks import FDB_KINDS
from series_links import GONE

# Work of the kernel follows, at some time: before the next of a batch or after.
FOLLOWED = r" (up|down|master|nomaster|addrgenmode|arp|carrier|mode|state|protodown|name|address)\b|addr .*:"
READS = [
    "ip -d link show dev {device}", "ip addr show dev {device}", "ip route get {target4}", "ip -6 route get {target6}",
    "ip route show dev {device}", "ip neigh show dev {device} nud all", "ip route show table all root 10.0.0.0/8",
    "ip nexthop", "ip netconf show dev {device}", "bridge -d link show dev {device}", "ip -6 route show table all",
    "ip token", "ip netconf", "ip route get fibmatch {target4}", "ip rule",
]  # fmt: skip


class Rest:
    """A part of a Series."""

    # --- neighbors

    def neigh_line(self):
        line = self.drawn(self.start.add_neighbors)
        rest = re.sub(r"^ip neigh \w+ ", "", line)
        known = self.earlier(r"ip neigh (add|replace|change) ")
        draw = self.random.randrange(100)
        if draw < 50 or not known:
            return f"ip neigh {self.pick(['add', 'add', 'replace'])} {rest}".strip()
        found = re.search(r"dev (\S+)", known)
        device = found[1] if found else self.device()
        address = known.replace("proxy ", "").split()[0]
        if draw < 75:
            words = ["proxy"] if known.startswith("proxy") else []
            return " ".join(["ip neigh del", *words, address, "dev", device])
        if draw < 95:
            more = self.pick(
                [
                    "nud stale", "nud permanent", "nud reachable", "nud noarp", "nud none", "nud failed", "router",
                    f"lladdr {self.start.new_mac()}", f"lladdr {self.start.new_mac()} nud stale", "extern_learn",
                    f"lladdr {self.start.new_mac()} nud reachable", "protocol 7",
                ]
            )  # fmt: skip
            return f"ip neigh {self.pick(['change', 'replace', 'add'])} {address} dev {device} {more}"
        return "ip neigh flush " + self.pick([f"dev {device}", "nud stale", f"dev {device} nud all"])

    def wrong_neigh(self):
        device = self.device()
        known = self.earlier(r"ip neigh (add|replace) ")
        mac = self.start.new_mac()
        return self.pick(
            [
                f"ip neigh add {known}" if known else "ip neigh add",
                f"ip neigh add 10.0.0.5 lladdr {mac} dev {self.pick(GONE)}",
                f"ip neigh add 10.0.0.5 lladdr {mac}", f"ip neigh add 10.0.0.5 dev {device}",
                f"ip neigh add 10.0.0.5 lladdr 02:00 dev {device} nud permanent",
                f"ip neigh add 10.0.0.5 lladdr {mac}:05:06 dev {device}",
                f"ip neigh add 10.0.0.5 lladdr {mac} dev {device} nud bad",
                f"ip neigh change 10.66.0.5 lladdr {mac} dev {device}", f"ip neigh del 10.66.0.5 dev {device}",
                f"ip neigh del 10.66.0.5 dev {self.pick(GONE)}", f"ip neigh del proxy 10.66.0.5 dev {device}",
                f"ip neigh del 2001:db8:66::5 dev {device}", f"ip neigh add 300.1.1.1 lladdr {mac} dev {device}",
                f"ip neigh add proxy 10.66.0.{self.random.randrange(9)} dev {device} nud permanent",
                f"ip neigh add 224.0.0.5 lladdr {mac} dev {device}", f"ip neigh add 10.0.0.6 lladdr {mac} dev lo",
                f"ip neigh del 2001:db8:66::5 lladdr {mac} dev {device}",
                f"ip neigh add 10.0.0.7 dev {device} nud permanent",
                f"ip neigh change 10.0.0.7 dev {device} nud reachable", f"ip neigh add 10.0.0.7 dev {device} nud none",
                f"ip neigh flush dev {self.pick(GONE)}", "ip neigh flush", f"ip neigh add proxy dev {device}",
            ]
        )  # fmt: skip

    def fdb_mac(self):
        """One that no link has: what a bridge learns by itself is told apart."""
        return f"02:00:5f:00:00:{self.random.randrange(12):02x}"

    def fdb_line(self):
        known = self.earlier(r"bridge fdb (add|append|replace) ")
        draw = self.random.randrange(100)
        if known and draw < 25:
            return f"bridge fdb del {known}"
        if known and draw < 32:
            return f"bridge fdb {self.pick(['add', 'replace', 'append'])} {known}"
        verb = self.pick(["add", "add", "append", "replace"])
        if self.vxlans and self.chance(35):
            mac = self.pick(["00:00:00:00:00:00", self.fdb_mac()])
            more = self.options(["port 99", "vni 12", "self permanent", "static", f"via {self.port()}", "router"], 20)
            to = f"{self.pick(['192.0.2.', '192.0.2.', '2001:db8::'])}{self.random.randint(1, 9)}"
            return f"bridge fdb {verb} {mac} dev {self.pick(self.vxlans)} dst {to} {more}".strip()
        if self.chance(15):
            kind = self.pick(["self", "self local", "local", ""])
            return f"bridge fdb {verb} {self.fdb_mac()} dev {self.link()} {kind}".strip()
        kinds = [*FDB_KINDS, "master dynamic", "master static vlan 5", "master"]
        kind = self.pick(kinds if self.slaves else ["self", "self local"])
        device = self.port() if self.chance(85) else self.pick(self.bridges or ["lo"])
        return f"bridge fdb {verb} {self.fdb_mac()} dev {device} {kind}"

    def wrong_fdb(self):
        device, mac = self.port(), self.fdb_mac()
        return self.pick(
            [
                f"bridge fdb add {mac} dev {self.pick(GONE)}", f"bridge fdb add {mac}",
                f"bridge fdb add 02:00 dev {device}",
                f"bridge fdb add {mac} dev {self.link()} master static", f"bridge fdb add {mac} dev {self.link()}",
                f"bridge fdb del 02:00:5f:77:77:77 dev {device} master",
                f"bridge fdb del 02:00:5f:77:77:77 dev {device}",
                f"bridge fdb add 00:00:00:00:00:00 dev {device} master",
                f"bridge fdb add 01:00:5e:00:00:09 dev {device} self",
                f"bridge fdb add {mac} dev {device} dst 10.0.0.1",
                f"bridge fdb add {mac} dev {device} master vlan 5000",
                f"bridge fdb add {mac} dev {self.pick(self.vxlans or ['lo'])}",
                f"bridge fdb append {mac} dev {device} master",
                f"bridge fdb add {mac} dev {self.pick(self.vxlans or ['lo'])} dst 2001:db8::1 vni 99999999",
                f"bridge fdb get {mac} dev {device} master", f"bridge fdb flush dev {self.link()}",
                f"bridge fdb add {mac} dev {device} master static nhid 7777", f"bridge fdb add {mac} dev lo self",
                f"bridge fdb replace {mac} dev {self.pick(self.bridges or ['lo'])} self local",
            ]
        )  # fmt: skip

    # --- the rest

    def misc_line(self):
        if self.labels and self.chance(30):
            return f"ip addrlabel del {self.pick(self.labels)}"
        label = f"prefix {self.start.prefix6()} label {self.random.randint(20, 99)}"
        choice = self.pick(
            [
                f"ip addrlabel add {label}", f"ip addrlabel add {label}", f"ip addrlabel add {label} dev {self.link()}",
                f"ip token set ::{self.random.randint(1, 99)} dev {self.pick(sorted(self.fresh) or ['lo'])}",
                f"ip token set :: dev {self.link()}",
                f"ip ntable change name {self.pick(['arp_cache', 'ndisc_cache'])} dev {self.link()} "
                + self.pick(
                    [
                        "base_reachable 99001 queue 9", "retrans 2003 mcast_probes 7", "locktime 13 gc_stale 90000",
                        "proxy_delay 3 proxy_queue 9 app_probes 1", "anycast_delay 9000 delay_probe 6000 ucast_probes 5",
                    ]
                ),
                # Of a device, busybox asks by SIOCGIFINDEX.
                f"ip netconf show dev {self.link()}", f"busybox ip route add {self.start.prefix4()} via {self.start.host4()[1]}",
                "busybox ip route del default",
            ]
        )  # fmt: skip
        if choice.startswith("ip addrlabel add"):
            self.labels.append(label)
        return choice

    def wrong_misc(self):
        return self.pick(
            [
                "ip addrlabel add prefix ::/0 label 1", "ip addrlabel del prefix 2001:db8:77::/48 label 5",
                "ip addrlabel add prefix 10.0.0.0/8 label 5", "ip addrlabel add prefix 2001:db8::/32 label 4294967295",
                "ip addrlabel add prefix 2001:db8::/32 dev gone0 label 5", "ip token set ::1:2 dev lo",
                f"ip token set 2001:db8::1 dev {self.link()}", "ip token set ::5 dev gone0", "ip token del dev lo",
                "ip netconf show dev gone0", "ip nothing", "ip addrlabel add prefix ::ffff:0:0/96 label 99",
                "busybox ip link set gone0 up", "busybox ip addr add 10.0.0.1/24 dev gone0",
                "busybox ip route add 10.0.0.0/8 via 198.18.5.5", "busybox ip route del 10.66.0.0/24 via 198.18.5.5",
                "ip ntable change name arp_cache dev gone0 queue 5", "ip ntable change name nothing queue 5",
            ]
        )  # fmt: skip

    def show_line(self):
        targets = {"target4": self.start.host4()[1], "target6": self.start.host6()[1], "device": self.link()}
        return self.pick(READS).format(**targets)

    def wrong_show(self):
        return self.pick(
            [
                "ip link show dev gone0", "ip route get 300.1.1.1", "ip neigh get 10.66.0.1 dev lo",
                "ip addr show dev gone0",
                "ip route get 10.0.0.1 dev gone0", "ip nexthop get id 7777", "ip route show table nothing",
            ]
        )  # fmt: skip

    def batch_of(self, kinds, count):
        """Several commands of one process."""
        lines = [self.pick(kinds)() for _ in range(count)]
        return "; ".join(line[3:] for line in lines if re.match(r"ip [a-z]", line) and not re.search(FOLLOWED, line))

    def batch_line(self):
        kinds = [self.addr_line, self.route_line, self.rule_line, self.neigh_line, self.link_set, self.wrong_route]
        return "ip -force -batch - <<< " + self.batch_of(kinds, self.random.randint(2, 5))

    def wrong_batch(self):
        kinds = [self.wrong_addr, self.wrong_rule, self.addr_line, self.wrong_neigh]
        return "ip -batch - <<< " + self.batch_of(kinds, 3)
