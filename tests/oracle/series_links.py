# SPDX-License-Identifier: LGPL-2.1-or-later

"""Commands that change links and addresses; those called wrong are."""

import re

GONE = ["gone0", "v7777", "a-name-that-is-far-too-long", "lo.1", "eth0.7"]
BAD_NAMES = ["a/b", "a-name-that-is-far-too-long", "..", ".", "a:b", "all", "default", "%d", "x y", "lo"]
BAD_SETTINGS = ["priority 70000", "ageing_time -1", "hello_time 9", "max_age 1", "nothing 5"]
BAD_ADDRESSES4 = ["0.0.0.0/8", "127.5.5.5/8", "224.0.0.5/4", "255.255.255.255/32", "240.1.1.1/8"]
BAD_ADDRESSES6 = ["::/64", "::1/128", "ff02::5/64", "::ffff:10.0.0.1/96", "2002::5/16"]
BAD_MACS = ["01:00:5e:00:00:01", "00:00:00:00:00:00", "02:00:5e:00:53", "ff:ff:ff:ff:ff:ff", "02:00:5e:00:53:00:01:02"]


class Links:
    """A part of a Series."""

    # --- links

    def link_line(self):
        draw = self.random.randrange(100)
        if draw < 20:
            return self.link_add()
        if draw < 28:
            return f"ip link del {self.pick(self.made) if self.made and self.chance(70) else self.link()}"
        if draw < 33:
            name = self.link()
            verb = self.pick(["add", "add", "del"])
            return f"ip link property {verb} dev {name} altname {name}-too-{self.random.randrange(4)}"
        if draw < 40:
            return self.link_of_kind()
        return self.link_set()

    def link_set(self):
        name = self.link()
        what = self.pick(
            [
                "up", "up", "up", "down", "down", "down", "down",
                f"mtu {self.random.randint(1280, 9000)}", f"mtu {self.pick([68, 600, 1279, 1280, 1500, 65535])}",
                f"address {self.start.new_mac()}", f"address {self.start.new_mac()}",
                f"alias {self.pick(['one', 'two-words', 'other'])}", "alias ''",
                f"txqueuelen {self.random.randrange(3000)}", f"group {self.random.randrange(9)}", "group default",
                # It looks for duplicates again, some time later.
                f"arp {self.pick(['off' if name in self.fresh else 'on', 'off'])}",
                f"multicast {self.pick(['on', 'off'])}",
                f"allmulticast {self.pick(['on', 'off'])}", f"promisc {self.pick(['on', 'off'])}",
                f"trailers {self.pick(['on', 'off'])}", f"dynamic {self.pick(['on', 'off'])}",
                f"mode {self.pick(['dormant', 'default'])}", f"state {self.pick(['up', 'down', 'dormant'])}",
                f"addrgenmode {self.pick(['none', 'none' if name in self.fresh else 'eui64', 'stable_secret'])}",
                f"protodown {self.pick(['on', 'off'])}", f"protodown_reason {self.random.randrange(8)} on",
                f"gso_max_size {self.random.randint(1, 65536)}", f"gro_max_size {self.random.randint(1, 65536)}",
                f"gso_max_segs {self.random.randint(1, 65535)}",
                f"broadcast {self.pick(['ff:ff:ff:ff:ff:ff', self.start.new_mac()])}",
                f"carrier {self.pick(['on', 'off'])}", f"name {self.link()}",
                f"numtxqueues {self.random.randint(1, 9)}",
                "nomaster", f"master {self.pick(self.bridges or ['lo'])}",
                f"master {self.pick(self.bridges or ['lo'])}",
                f"master {self.link()}", f"mtu {self.random.randint(600, 70000)} txqueuelen 77 up",
                f"down address {self.start.new_mac()} mtu 1400", f"up promisc on alias both group 7",
            ]
        )  # fmt: skip
        if self.chance(6):
            return self.rename(name)
        if self.downed and self.chance(20):
            return f"ip link set {self.downed.pop()} up"
        if what == "down":
            self.downed.append(name)
        if what.startswith("master ") and what[7:] in self.bridges:
            self.slaves.append(name)
        return f"ip link set {self.pick(['', 'dev '])}{name} {what}"

    def rename(self, name):
        new = f"{self.pick(['r', 'new-', 'x_'])}{self.random.randrange(90)}"
        if name != "lo":
            start, ours = self.start, (self.bridges, self.vxlans, self.made, self.slaves)
            for names in (start.names, start.up, start.ports, *ours):
                if name in names:
                    names.append(new)
            if name in self.fresh:
                self.fresh.add(new)
        return f"ip link set {name} name {new}"

    def link_of_kind(self):
        """A setting of one kind of link."""
        bridge, port = self.pick(self.bridges or ["lo"]), self.port()
        return self.pick(
            [
                f"ip link set {bridge} type bridge ageing_time {self.random.randint(1000, 90000)}",
                f"ip link set {bridge} type bridge priority {self.random.randrange(65536)}",
                f"ip link set {bridge} type bridge mcast_snooping {self.random.randrange(2)}",
                f"ip link set {bridge} type bridge forward_delay {self.random.randint(0, 4000)}",
                f"ip link set {bridge} type bridge vlan_filtering {self.random.randrange(2)}",
                f"ip link set {port} type bridge_slave cost {self.random.randint(0, 70000)}",
                f"ip link set {port} type bridge_slave hairpin on learning off",
                f"ip link set {port} type bridge_slave priority {self.random.randrange(99)} isolated on",
                f"ip link set {self.link()} type macvlan mode {self.pick(['bridge', 'private', 'passthru', 'vepa'])}",
                f"ip link set {self.pick(self.vxlans or ['lo'])} type vxlan ttl {self.random.randrange(99)}",
                f"ip link set {self.pick(self.vxlans or ['lo'])} type vxlan id {self.random.randrange(99)}",
                f"ip link set {self.link()} type {self.pick(['veth', 'ifb', 'bridge', 'nothing'])}",
                f"bridge link set dev {port} cost {self.random.randint(1, 65535)}",
                f"bridge link set dev {port} learning {self.pick(['on', 'off'])} flood off",
                f"bridge link set dev {port} state {self.random.randrange(6)}",
                f"bridge link set dev {port} hairpin on isolated on self",
                f"bridge link set dev {self.link()} mcast_flood off guard on",
            ]
        )

    def link_add(self):
        start, number = self.start, len(self.made)
        name, options = f"n{number}", start.link_options()
        head = f"ip link add {name} address {start.new_mac()} {options}"
        lower = start.device()
        self.made.append(name)
        self.add_fresh(name)
        draw = self.random.randrange(100)
        if draw < 30:
            peer = f"p{number}"
            self.add_fresh(peer)
            start.ports.append(name)
            return f"{head} type veth peer name {peer} address {start.new_mac()} {start.link_options()}".rstrip()
        if draw < 50:
            self.bridges.append(name)
            more = self.options(["ageing_time 9000", "priority 4096", "mcast_snooping 0", "vlan_default_pvid 7"])
            return f"{head} type bridge {more}".rstrip()
        if draw < 65:
            mode = self.pick(["private", "vepa", "bridge", "bridge", "source", "passthru"])
            return f"{head} link {lower} type macvlan mode {mode}"
        if draw < 80:
            self.vxlans.append(name)
            remote = self.pick(["remote 192.0.2.77", "remote 2001:db8::77", "", f"group 239.1.1.1 dev {lower}"])
            local = f"local 10.0.0.{number}"
            more = self.options(["nolearning", "proxy", "ttl 7", "tos 4", "srcport 1000 2000", local])
            vni = self.random.randrange(1 << 24)
            return f"{head} type vxlan id {vni} dstport {6000 + number} {remote} {more}".rstrip()
        if draw < 95:
            return f"{head} type ifb"
        return f"{head} type {self.pick(['dummy', 'vlan id 5', 'nothing', 'macvtap', 'bond'])} "

    def add_fresh(self, name):
        """Without an address by itself, of which it would look for duplicates."""
        self.start.names.append(name)
        self.fresh.add(name)
        self.following.append(f"ip link set {name} addrgenmode none")
        if self.chance(70):
            self.following.append(f"ip link set {name} up")
            self.start.up.append(name)

    def wrong_link(self):
        name, start = self.link(), self.start
        return self.pick(
            [
                f"ip link set {self.pick(GONE)} {self.pick(['up', 'mtu 1500', 'nomaster'])}",
                f"ip link set {name} mtu {self.pick([0, 1, 67, 70000, 4294967295, -1])}",
                f"ip link set {name} address {self.pick(BAD_MACS)}",
                f"ip link set {name} broadcast {self.pick(BAD_MACS)}",
                f"ip link set {name} name {self.pick(BAD_NAMES).replace(' ', '')}",
                f"ip link set {name} name '{self.pick(BAD_NAMES)}'",
                f"ip link set {name} master {self.pick([name, 'lo', 'gone0'])}",
                f"ip link set {name} txqueuelen -1",
                f"ip link set {name} group nothing",
                f"ip link set {name} alias {'x' * self.pick([255, 256, 300])}",
                f"ip link set {name} netns {self.pick(['nothing', '99999999'])}",
                f"ip link set {name} vf 0 mac {start.new_mac()}",
                f"ip link set {name} link-netnsid 7",
                f"ip link set {name} gso_max_size {self.pick([0, 700000, 4294967295])}",
                f"ip link set {name} gso_max_segs {self.pick([0, 70000])}",
                f"ip link property add dev {name} altname {self.pick([self.link(), 'a/b', 'y' * 128])}",
                f"ip link property del dev {name} altname nothing",
                f"ip link del {self.pick([*GONE, 'lo'])}",
                f"ip link del dev {name} type {self.pick(['veth', 'bridge', 'nothing'])}",
                f"ip link del group {self.random.randint(50, 60)}",
                f"ip link add {name} address {start.new_mac()} type ifb",
                f"ip link add {self.pick(BAD_NAMES).replace(' ', '')} address {start.new_mac()} type ifb",
                f"ip link add w0 address {self.pick(BAD_MACS)} type {self.pick(['ifb', 'bridge'])}",
                "ip link add w1 type vxlan",
                "ip link add w1 type vxlan id 16777216",
                f"ip link add w1 address {start.new_mac()} type vxlan id 5 remote 224.0.0.5",
                f"ip link add w1 address {start.new_mac()} type vxlan id 5 remote 192.0.2.1 local 2001:db8::1",
                f"ip link add w1 address {start.new_mac()} type vxlan id 5 ttl 300",
                f"ip link add w1 address {start.new_mac()} type vxlan id 5 dstport 0 group 239.1.1.1",
                "ip link add w2 type macvlan mode bridge",
                f"ip link add w2 link {name} type macvlan mode nothing",
                "ip link add w2 link gone0 type macvlan",
                f"ip link add w2 link lo address {start.new_mac()} type macvlan",
                f"ip link add w3 index {self.pick([1, 2, -5, 0])} address {start.new_mac()} type ifb",
                f"ip link add w3 mtu {self.pick([1, 20, 70000])} address {start.new_mac()} type bridge",
                f"ip link add w3 numtxqueues {self.pick([0, 5000])} address {start.new_mac()} type ifb",
                f"ip link add w4 address {start.new_mac()} type veth peer name {name} address {start.new_mac()}",
                f"ip link add w4 address {start.new_mac()} type veth peer name w4 address {start.new_mac()}",
                f"ip link add w4 address {start.new_mac()} type bridge {self.pick(BAD_SETTINGS)}",
                f"ip link add w5 address {start.new_mac()} master {name} type ifb",
                f"ip link set {name} type bridge_slave cost 5",
                f"ip link set {name} addrgenmode nothing",
                f"bridge link set dev {name} cost 5 master",
                "ip link set dev",
                f"ip link set {name} nothing",
                f"ip link set {name} up down",
            ]
        )  # fmt: skip

    # --- addresses

    def addr4(self):
        device = self.device()
        base = f"{self.pick([10, 172, 192])}.{self.random.randrange(3)}.{self.random.randrange(3)}"
        length = self.pick([8, 16, 24, 24, 24, 25, 30, 31, 32, 0])
        self.start.subnets4.append((device, base))
        more = self.options(
            [
                self.pick(["brd +", "brd -", "brd 10.0.0.77", "broadcast 255.255.255.255"]), "noprefixroute",
                f"scope {self.pick(['link', 'host', 'global', '77'])}",
                f"label {device}:{self.random.randrange(9)}"[:21],
                "valid_lft 90000 preferred_lft 80000", "valid_lft 90000 preferred_lft 0",
                f"metric {self.random.randint(1, 999)}", "secondary", "home", "nodad",
            ],
            14,
        )  # fmt: skip
        if self.chance(12):
            peer = f"peer {base}.{self.random.randint(10, 20)}"
            return f"{base}.{self.random.randint(1, 9)} {peer}/{length} dev {device} {more}"
        return f"{base}.{self.random.randint(1, 9)}/{length} dev {device} {more}"

    def addr6(self):
        device = self.device()
        base = f"2001:db8:{self.random.randrange(4)}"
        if self.chance(15):
            base = "fe80"
        self.start.subnets6.append((device, base))
        length = self.pick([0, 48, 64, 64, 64, 112, 126, 127, 128])
        more = self.options(
            [
                "home", "noprefixroute", "mngtmpaddr", "optimistic",
                "valid_lft 90000 preferred_lft 80000", "valid_lft 90000 preferred_lft 0",
                f"metric {self.random.randint(1, 999)}", f"scope {self.pick(['link', 'host', 'site'])}",
            ],
            14,
        )  # fmt: skip
        peer = f" peer {base}::{self.random.randint(10, 20):x}" if self.chance(10) else ""
        nodad = "nodad" if device in self.fresh or self.chance(85) else ""
        return f"{base}::{self.random.randint(1, 9):x}{peer}/{length} dev {device} {nodad} {more}"

    def addr_line(self):
        text = self.addr4() if self.chance(55) else self.addr6()
        draw = self.random.randrange(100)
        known = self.earlier(r"ip (-6 )?addr (add|replace) ")
        if draw < 50 or not known:
            return f"ip addr add {text}"
        if draw < 60:
            return f"ip addr {self.pick(['change', 'replace'])} {text}"
        if draw < 70:
            more = self.options(["valid_lft 80000 preferred_lft 70000", "noprefixroute", "metric 77", "nodad", "brd +"])
            words = known.split(" dev ")
            device = words[1].split()[0] if len(words) > 1 else self.device()
            return f"ip addr {self.pick(['change', 'replace'])} {words[0]} dev {device} {more}"
        if draw < 92:
            words = known.split(" dev ")
            if self.chance(12):
                words[0] = words[0].split("/")[0]
            return f"ip addr del {words[0]} dev {words[1].split()[0]}" if len(words) > 1 else f"ip addr del {known}"
        return self.pick(
            [
                f"ip addr flush dev {self.device()}", f"ip -4 addr flush dev {self.device()}",
                f"ip -6 addr flush dev {self.device()} scope global", "ip addr flush to 10.0.0.0/8",
                f"ip -s -s addr flush dev {self.device()}", f"ip addr flush label '{self.device()}:*'",
                f"ip -6 addr flush dev {self.device()} deprecated", f"ip addr flush dev {self.device()} secondary",
            ]
        )  # fmt: skip

    def wrong_addr(self):
        device, four, six = self.device(), self.addr4(), self.addr6()
        known = self.earlier(r"ip (-6 )?addr add ")
        return self.pick(
            [
                f"ip addr add {known or four}", f"ip addr add {known or six}",
                f"ip addr add {re.sub(r' dev .*', '', four)} dev {self.pick(GONE)}",
                f"ip addr add {re.sub(r' dev .*', '', six)} dev {self.pick(GONE)}",
                f"ip addr add {re.sub(r' dev .*', '', four)}",
                f"ip addr add 10.0.0.1/{self.pick(['33', '-1', '255.255.0.255'])} dev {device}",
                f"ip addr add 2001:db8::1/129 dev {device}",
                f"ip addr add {self.pick(BAD_ADDRESSES4)} dev {device}",
                f"ip addr add {self.pick(BAD_ADDRESSES6)} dev {device} nodad",
                f"ip addr add 10.0.0.1/24 dev {device} label {self.pick(['other', 'lo:x'])}",
                f"ip addr add 10.0.0.1/24 dev {device} valid_lft 5000 preferred_lft 6000",
                f"ip addr add 2001:db8::7/64 dev {device} valid_lft 0 preferred_lft 0 nodad",
                f"ip addr add 10.0.0.1/24 dev {device} scope nothing",
                f"ip addr add 239.5.5.5/32 dev {device} autojoin",
                f"ip addr add 2001:db8::8/65 dev {device} mngtmpaddr nodad",
                f"ip addr add 10.0.0.1/24 peer 2001:db8::1 dev {device}",
                f"ip addr change 10.77.0.1/24 dev {device}", f"ip addr change 2001:db8:77::1/64 dev {device} nodad",
                f"ip addr del 10.88.0.1/24 dev {device}", f"ip addr del 2001:db8:88::1/64 dev {device}",
                f"ip addr del 10.88.0.1 dev {device}",
                f"ip addr del {re.sub(r'/.*', '/9', known or four)} dev {device}",
                f"ip addr del dev {device}", f"ip addr del 10.0.0.0/8 dev {device} label nothing",
                "ip addr flush", f"ip addr flush dev {self.pick(GONE)}", f"ip addr add fe80::1/64 dev {device} nodad",
            ]
        )  # fmt: skip
