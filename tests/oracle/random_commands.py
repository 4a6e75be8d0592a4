# SPDX-License-Identifier: LGPL-2.1-or-later

"""Series of commands out of a number, that change a random network. A good
part of them is wrong on purpose."""

import re

from networks import Network
from random_networks import Maker
from series_links import Links
from series_raw import Raw
from series_rest import Rest
from series_routes import Routes

KINDS = ["link", "addr", "route", "rule", "neigh", "fdb", "nexthop", "misc", "show", "batch", "raw"]
WEIGHTS = {
    "link": 26, "addr": 16, "route": 22, "rule": 8, "neigh": 8, "fdb": 6, "nexthop": 7, "misc": 4, "show": 3,
    "batch": 2, "raw": 8,
}  # fmt: skip
PREFIXES = {"ip": "ip", "ip6": "ip -6", "bridge": "bridge"}
WRONG = 22  # of a hundred commands, beside those that are wrong by chance


class Start(Maker):
    """A start network: as a random one, but smaller, and with nothing in it that
    a recording cannot tell: numbers of links that leave gaps, addresses drawn."""

    uids = ["1-1000", "64000-64000"]  # neither of root, who asks the kernel, nor of nobody

    def __init__(self, seed):
        super().__init__(seed)
        self.has_mtu = True
        self.network.name = f"series {seed}"

    def some(self, least, most):
        return range(self.random.randint(least, min(most, 5)))

    def link_options(self):
        return self.options(
            [
                lambda: f"txqueuelen {self.random.randrange(2000)}",
                lambda: f"mtu {self.random.randint(1280, 9000)}" if self.has_mtu else "",
                lambda: f"numtxqueues {self.random.randint(1, 8)} numrxqueues {self.random.randint(1, 8)}",
            ],
            15,
        )

    def add_bridge(self):
        """Whether somebody has set its MTU is not told, so nobody has."""
        self.has_mtu = False
        super().add_bridge()
        self.has_mtu = True

    def address_modes(self):
        return ["none", "none", "eui64"]

    def add_pair(self):
        super().add_pair()
        # Of the first pair, often, the port of a bridge.
        if len(self.ports) == 1 and self.chance(65):
            self.add_bridge()
            self.add_port(self.ports[0], self.names[-1])

    def add_far_pair(self, near, other):
        """Made over there, for its index: whether a link is down because of its peer,
        default_operstate() asks the link here that has that one's."""
        self.network.far(f"link add {other} index {9000 + self.number} type veth peer name {near} netns $$")

    def raise_far(self, first, peer):
        """That the peer is up is told by the carrier that the link once had."""
        super().raise_far(first, peer)
        self.network.ip(f"link set {first} up").settle(first).ip(f"link set {first} down")

    def add_plain(self):
        """What a tunnel queues by is the kernel's default, which is told of one that has been up."""
        super().add_plain()
        name = self.names[-1]
        if f"tuntap add dev {name} " in self.network.script():
            self.network.ip(f"link set {name} up\nlink set {name} down")

    def raise_links(self):
        """One by one: a carrier that comes late brings its routes late."""
        for name in self.up:
            self.network.ip(f"link set {name} up").settle(name, *self.names[1:])

    def add_routes(self):
        if self.chance(50):
            self.add_nexthops()
        super().add_routes()

    def make(self):
        self.add_links()
        self.add_addresses4()
        self.add_addresses6()
        self.add_routes()
        self.add_rules()
        self.add_neighbors()
        return self.network


class Lines(Network):
    """Where the builders of random networks put their lines, for one command."""

    def take(self):
        steps, self._steps = self._steps, []
        near = [(PREFIXES[tool], lines) for far, tool, lines in steps if not far and tool in PREFIXES]
        return [f"{prefix} {line}" for prefix, lines in near for line in lines]


class Series(Links, Routes, Rest, Raw):
    """Commands that know roughly what was done before them."""

    def __init__(self, start, only=()):
        self.start = start
        self.random = start.random
        self.chance, self.pick, self.options = start.chance, start.pick, start.options
        self.past = [line for line in self._built(start.network) if line]
        self.lines = start.network = Lines("series")
        self.kinds = [kind for kind in KINDS if not only or kind in only]
        self.bridges = self._named(r"type bridge")
        self.vxlans = self._named(r"type vxlan")
        self.slaves = self._slaves()
        self.made, self.downed = [], []
        self.fresh = set()  # made since, so they look for duplicates of their addresses
        self.labels = []
        self.following = []

    @staticmethod
    def _built(network):
        script = Lines("built")
        script._steps = list(network._steps)  # pylint: disable=protected-access
        return script.take()

    def _named(self, pattern):
        found = (re.match(rf"ip link add (\S+).*{pattern}\b", line) for line in self.past)
        return [match[1] for match in found if match]

    def _slaves(self):
        found = (re.match(r"ip link set (\S+) master ", line) for line in self.past)
        return [match[1] for match in found if match]

    # --- draws

    def device(self):
        return self.start.device()

    def link(self):
        """Any, and lo seldom."""
        names = [name for name in self.start.names if name != "lo"]
        return self.pick(names) if names and not self.chance(6) else "lo"

    def port(self):
        """Of a bridge, mostly."""
        if self.slaves and not self.chance(25):
            return self.pick(self.slaves)
        return self.pick(self.start.ports or self.start.names)

    def earlier(self, pattern):
        """What follows in some earlier command that matches, or None."""
        found = [line for line in self.past if re.match(pattern, line)]
        return re.sub(pattern, "", self.pick(found), count=1).strip() if found else None

    def drawn(self, make):
        """One line of what a builder of networks adds."""
        for _ in range(20):
            make()
            lines = self.lines.take()
            if lines:
                return self.pick(lines)
        return "ip link show dev lo"

    # --- the series

    def command(self):
        if self.following:
            return self.following.pop(0)
        kind = self.random.choices(self.kinds, [WEIGHTS[kind] for kind in self.kinds])[0]
        make = "wrong" if self.chance(WRONG) else "line"
        line = getattr(self, f"wrong_{kind}" if make == "wrong" else f"{kind}_line")()
        self.lines.take()
        line = re.sub(r"  +", " ", line).strip()
        self.past.append(line)
        return line

    def commands(self, count):
        return [self.command() for _ in range(count)]


def series(seed, count, only=()):
    """The network, which is what it was before the commands, and these."""
    start = Start(seed)
    network = start.make()
    return network, Series(start, only).commands(count)
