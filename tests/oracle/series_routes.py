# SPDX-License-Identifier: LGPL-2.1-or-later

"""Commands that change routes, rules and nexthops; those called wrong are."""

import re

from random_networks import FAILING, METRICS, SPECIAL
from series_links import GONE

BAD_GATEWAYS = [
    "198.18.5.5", "9.9.9.9", "0.0.0.0", "224.0.0.1", "127.0.0.1", "2001:db8:dead::1", "fe80::1", "ff02::1", "::1", "::",
]  # fmt: skip
BAD_PREFIXES = ["10.0.0.1/8", "10.0.0.0/33", "2001:db8::1/32", "2001:db8::/129", "256.0.0.0/8", "10.1"]
BESIDE_ROUTE = ["metric 77", "proto 44", "dev lo", "via 9.9.9.9", "table 99", "src 1.1.1.1"]
BAD_METRICS = [
    "hoplimit 256", "congctl nothing", "features nothing", "mtu lock 0", "advmss 70000", "rto_min -1", "metric -1",
    "metric 4294967296", "realms 300000", "table 4294967296", "proto 300", "dsfield 0x101", "scope 300", "pref best",
    "nhid 7777", "nhid 0", "dsfield 0x03", "src 198.18.99.99", "src 2001:db8:dead::1", "encap ip id 5", "expires -5",
    "fastopen_no_cookie 5", "quickack 9", "mtu 0", "hoplimit 0", "ttl-propagate 2", "as 10.0.0.1",
]  # fmt: skip


class Routes:
    """A part of a Series."""

    # --- routes

    def route_line(self):
        four = self.chance(58)
        line = self.drawn(self.start.add_route4 if four else self.start.add_route6)
        family, rest = re.match(r"ip( -6)? route \w+ (.*)", line).groups()
        family = family or ""
        draw = self.random.randrange(100)
        known = self.earlier(rf"ip{family} route (add|append|prepend|replace|change) ")
        if draw < 40 or not known:
            return re.sub(r" +", " ", line).strip()
        if draw < 52:
            return f"ip{family} route {self.pick(['replace', 'replace', 'change', 'prepend', 'append'])} {rest}"
        if draw < 62:
            more = self.start.metrics() if self.chance(50) else self.options(["proto 99", "onlink", "src 10.0.0.1"])
            verb = self.pick(["replace", "change", "append", "prepend", "add"])
            return f"ip{family} route {verb} {known} {more}".strip()
        if draw < 90:
            return f"ip{family} route del {self.less(known)}"
        if draw < 94:
            # IPv4's cache is flushed through a file, which root alone may write.
            return f"ip{family} route flush " + self.pick(
                [
                    f"table {self.pick(['5', '100', '300', 'main', '777'])}", f"dev {self.device()}", "proto static",
                    "cache" if family else "proto 99", "root 10.0.0.0/8", "type unreachable", "table all proto bird", "exact 10.0.0.0/24",
                ]
            )  # fmt: skip
        number = self.pick(self.start.nexthops or [7])
        return f"ip{family} route add {self.prefix(family)} nhid {number}"

    def prefix(self, family):
        return self.start.prefix6() if family else self.start.prefix4()

    def less(self, rest):
        """Fewer selectors, as one deletes."""
        draw = self.random.randrange(4)
        if draw == 0:
            words = rest.split()
            keep = 2 if words[0] in FAILING + SPECIAL else 1
            table = re.search(r"table \S+", rest)
            return " ".join(words[:keep] + ([table[0]] if table else []))
        if draw == 1:
            return re.sub(r" (metric|proto|via) \S+", "", rest)
        return rest

    def wrong_route(self):
        device, (_, four), (_, six) = self.device(), self.start.host4(), self.start.host6()
        family = self.pick(["", "", " -6"])
        known = self.earlier(rf"ip{family} route (add|append|prepend|replace|change) ")
        to, via = (self.prefix(family), six) if family else (self.prefix(family), four)
        ip = f"ip{family} route"
        verb = self.pick(["add", "add", "replace", "change", "append"])
        return self.pick(
            [
                f"{ip} add {known}" if known else f"{ip} add {to}",
                f"{ip} {verb} {to} dev {self.pick(GONE)}",
                f"{ip} {verb} {to} via {via} dev {self.pick(GONE)}",
                f"{ip} {verb} {to} via {self.pick(BAD_GATEWAYS)}",
                f"{ip} {verb} {to} via {self.pick(['198.18.5.5', '2001:db8:dead::1'])} dev {device}",
                f"{ip} {verb} {to} via {self.pick(['255.255.255.255', 'ff02::1'])} dev {device} onlink",
                f"{ip} {verb} {to} via {via} dev {self.link()} onlink",
                f"{ip} {verb} {to} via {via} {self.pick(BAD_METRICS)}",
                f"{ip} {verb} {to} dev {device} {self.pick(BAD_METRICS)}",
                f"{ip} {verb} {to} dev {device} {self.pick(BAD_METRICS)} {METRICS}",
                f"{ip} {verb} {self.pick(BAD_PREFIXES)} dev {device}",
                f"{ip} {verb} {to}",
                f"{ip} {verb} {self.pick(FAILING)} {to} via {via}",
                f"{ip} {verb} {self.pick(FAILING)} {to} dev {device}",
                f"{ip} {verb} {self.pick(SPECIAL)} {to} via {via}",
                f"{ip} {verb} local {to} dev {device} scope link",
                f"{ip} {verb} nat {to} via {via}",
                f"{ip} {verb} {to} nexthop via {via} dev {self.pick(GONE)} nexthop via {via}",
                f"{ip} {verb} {to} nexthop via 198.18.5.5 nexthop via {via}",
                f"{ip} {verb} {to} nexthop via {via} weight {self.pick([0, 256, 257])}",
                f"{ip} {verb} {to} nexthop dev {device} nexthop dev lo",
                f"{ip} {verb} {to} nhid {self.pick([7777, 1, 2])} dev {device}",
                f"{ip} {verb} {to} via inet6 fe80::1 dev {device}",
                f"{ip} {verb} {to} via inet 10.0.0.1 dev {device}",
                f"{ip} {verb} {to} via {via} src {self.pick(['10.99.99.99', '2001:db8:99::99'])}",
                f"{ip} {verb} {to} from 2001:db8:5::/48 via {via}",
                f"{ip} {verb} {to} encap nothing dev {device}",
                f"{ip} {verb} {to} encap mpls 100 dev {device}",
                f"{ip} {verb} throw {to} table {self.pick(['local', '0', '255'])}",
                f"{ip} del {to} metric 4711",
                f"{ip} del {to} table 4711",
                f"{ip} del {to} via {via} dev {device}",
                f"{ip} del {known or to} {self.pick(BESIDE_ROUTE)}",
                f"{ip} del {self.pick(FAILING + SPECIAL)} {to}",
                f"{ip} change {to} via {via} metric 4711",
                f"{ip} flush table 4711", f"{ip} flush", f"{ip} flush dev {self.pick(GONE)}",
            ]
        )  # fmt: skip

    # --- rules

    def rule_line(self):
        four = self.chance(60)
        add = self.lines.ip if four else self.lines.ip6
        family = "" if four else " -6"
        line = self.drawn(lambda: self.start.add_rule(add, self.start.prefix4 if four else self.start.prefix6))
        known = self.earlier(rf"ip{family} rule add ")
        draw = self.random.randrange(100)
        if draw < 55 or not known:
            return re.sub(r" +", " ", line).strip()
        if draw < 90:
            words = re.search(r"pref \d+", known)
            if words and self.chance(35):
                return f"ip{family} rule del {words[0]}"
            return f"ip{family} rule del {known}"
        return f"ip{family} rule " + self.pick(
            ["del lookup default", "del pref 32766", "add lookup main pref 32766", "flush table 5", "flush"]
        )

    def wrong_rule(self):
        ip = f"ip{self.pick(['', '', ' -6'])} rule"
        known = self.earlier(ip + " add ")
        return self.pick(
            [
                f"{ip} add {known}" if known else f"{ip} add",
                f"{ip} add lookup main pref 32766", f"{ip} add pref 500 goto 400", f"{ip} add pref 500 goto 500",
                f"{ip} add pref 500 table 4294967296", f"{ip} add from 10.0.0.1/33 table 5", f"{ip} add fwmark nothing",
                f"{ip} add pref 501 ipproto nothing", f"{ip} add pref 502 sport 20-10 table 5",
                f"{ip} add pref 503 uidrange 20-10 table 5", f"{ip} add pref 504 table 5 suppress_prefixlength 300",
                f"{ip} add pref 505 dsfield 0x03 table 5", f"{ip} add pref 505 dsfield 0x101 table 5",
                f"{ip} add pref 506 iif a-name-that-is-far-too-long table 5", f"{ip} add pref 507 l3mdev table 5",
                f"{ip} add pref 508 table 0", f"{ip} add pref 509 not", f"{ip} add from all",
                f"{ip} add pref 510 nothing",
                f"{ip} add pref 511 nat 10.0.0.1", f"{ip} add pref 512 fwmark 5/0 table 5",
                f"{ip} del pref 4711", f"{ip} del from 10.77.0.0/16", f"{ip} del table 4711", f"{ip} del",
                f"{ip} del pref 0",
                f"{ip} del {known or ''} {self.pick(['pref 9999', 'fwmark 77', 'table 77', 'iif gone0'])}",
                f"{ip} add pref 0 table 5", f"{ip} add pref 100 protocol 300", f"{ip} del fwmark 0x5 table 7",
            ]
        )  # fmt: skip

    # --- nexthops

    def way(self):
        """What a nexthop may be."""
        device, gateway = self.start.host4() if self.chance(60) else self.start.host6()
        return self.pick(
            [
                f"via {gateway} dev {device}", f"via {gateway} dev {device}", f"via {gateway} dev {device} onlink",
                "blackhole", f"dev {device}", f"-6 dev {device}", f"via {gateway} fdb",
            ]
        )  # fmt: skip

    def group(self):
        members = [self.pick(self.start.nexthops) for _ in range(self.random.randint(1, 3))]
        weight = self.options([f",{self.random.randint(1, 255)}"])
        more = self.options(["type resilient buckets 4 idle_timer 100000"], 15)
        return f"group {'/'.join(str(member) + weight for member in dict.fromkeys(members))} {more}".strip()

    def nexthop_line(self):
        known = self.start.nexthops
        draw = self.random.randrange(100)
        number = self.pick(known) if known else 1
        if known and draw < 25:
            return f"ip nexthop del id {number}"
        if known and draw < 45:
            what = self.group() if self.chance(25) else self.way()
        elif draw > 95:
            return self.pick(["ip nexthop flush", "ip nexthop flush proto 99", f"ip nexthop flush dev {self.device()}"])
        else:
            number = self.random.randint(601, 660)
            what = self.group() if known and self.chance(30) else self.way()
        verb = "add" if number not in known else "replace"
        if number not in known:
            known.append(number)
        ip = "ip -6 nexthop" if what.startswith("-6 ") else "ip nexthop"
        return f"{ip} {verb} id {number} {what.removeprefix('-6 ')} " + self.options(["proto 99"], 15)

    def wrong_nexthop(self):
        known = self.pick(self.start.nexthops or [7])
        device, (_, four), (_, six) = self.device(), self.start.host4(), self.start.host6()
        return "ip nexthop " + self.pick(
            [
                f"add id {known} blackhole", f"add id 901 via {four} dev {self.pick(GONE)}", f"add id 902 via {four}",
                "add id 903", f"add id 904 via 9.9.9.9 dev {device}", f"add id 905 via {six} dev lo", "del id 7777",
                "add id 906 group 7777", f"add id 907 group {known}/{known}", f"add id 908 group {known},0",
                f"add id 909 group {known},300", f"add id 910 group {known} type nothing", "del id 0",
                "add id 0 blackhole",
                f"add id 911 blackhole dev {device}", f"add id 912 dev {self.link()} onlink",
                f"add id 913 via {four} fdb",
                f"add id 914 group {known} fdb", f"replace id 915 group {known} type resilient buckets 0",
                f"replace id {known} group {known}", f"add id 916 via ff02::1 dev {device}", "add id 917 dev lo",
                f"add id 918 via 127.0.0.1 dev {device}", "get id 7777", "del",
                f"add id 919 via {four} dev {device} fdb",
                f"replace id {known} group 7777", f"add id 920 group {known} type resilient buckets 4",
                f"replace id 920 group {known}", "add id 921 group 920",
            ]
        )  # fmt: skip
