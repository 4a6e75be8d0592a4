#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Real programs under `nlvirt run --table home.nlvirt`: each shows the table's
network, exactly where its words are stable, and nothing of the host's. First
each shows that without nlvirt it does see the host."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib.tap import Skip, Tap, skip_all  # noqa: E402
from lib.world import World, find, run  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
BLIND = object()
UPDATE = os.environ.get("NLVIRT_UPDATE_EXPECTED")


class Case:
    """One command. @argv is a list whose first word is a tool to find, or
    "probe:NAME" for a built one, or "source:NAME" for a script of ours that
    python3 runs.

    @exact   the output is that of expected/NAME.txt, else
    @shows   patterns that the output must have
    @sees    what the command shows without nlvirt; BLIND if it never names an
             interface, None for the secret in any form"""

    def __init__(self, name, argv, shows=(), exact=False, sees=None):
        self.name = name
        self.argv = argv
        self.shows = shows
        self.exact = exact
        self.sees = sees


LINKS = [r"\blo\b", r"\beth0\b"]
BOTH = [*LINKS, r"192\.0\.2\.10", r"2001:db8::10"]
RAW = [r"1 lo", r"2 eth0 02:00:5e:00:53:10"]

CASES = [
    Case("glibc getifaddrs", ["probe:clients/probe-names", "getifaddrs"], exact=True),
    Case("glibc if_nameindex", ["probe:clients/probe-names", "if_nameindex"], exact=True),
    Case("glibc addrconfig", ["probe:clients/probe-names", "addrconfig"], exact=True, sees=BLIND),
    Case("musl static getifaddrs", ["probe:clients/probe-names-musl", "getifaddrs"], exact=True),
    Case("musl static if_nameindex", ["probe:clients/probe-names-musl", "if_nameindex"], exact=True),
    Case("go net", ["go", "net"], exact=True),
    Case("go vishvananda netlink", ["go", "netlink", "203.0.113.9"], exact=True),
    Case("go jsimonetti rtnetlink", ["go", "rtnetlink"], exact=True),
    Case("go load", ["go", "load", "1000"], shows=["1000 times the same:.* lo .* eth0 "]),
    Case("node networkInterfaces", ["node", "-p", "JSON.stringify(os.networkInterfaces(), null, 1)"], exact=True),
    Case("python if_nameindex", ["/usr/bin/python3", "-c", "import socket; print(socket.if_nameindex())"], exact=True),
    Case("python raw dump", ["source:clients/raw-dump.py"], shows=RAW),
    Case("python pyroute2", ["source:clients/pyroute2-list.py"], exact=True),
    Case("glib monitor", ["source:clients/monitor.py"], exact=True, sees=r"GNetworkMonitorNetlink available: False"),
    Case("libmnl", ["probe:clients/probe-mnl"], exact=True),
    Case("libnl links", ["nl-link-list"], shows=[r"lo .*loopback", r"eth0 ether 02:00:5e:00:53:10"]),
    Case("libnl addresses", ["nl-addr-list"], shows=[r"192\.0\.2\.10/24 inet dev eth0", r"2001:db8::10/64 inet6"]),
    Case("libnl routes", ["nl-route-list"], shows=[r"192\.0\.2\.1", r"2001:db8::1"]),
    Case("ip addr", ["ip", "addr"], shows=BOTH),
    Case("ip -4 addr", ["ip", "-4", "addr"], shows=[r"192\.0\.2\.10/24 brd 192\.0\.2\.255 scope global eth0"]),
    Case("ip -6 addr", ["ip", "-6", "addr"], shows=[r"2001:db8::10/64 scope global"]),
    Case("ip link", ["ip", "link"], shows=[*LINKS, "link/ether 02:00:5e:00:53:10 brd ff:ff:ff:ff:ff:ff"]),
    Case("ip -br addr", ["ip", "-br", "addr"], exact=True),
    Case("ip -br link", ["ip", "-br", "link"], exact=True),
    Case("ip -d link", ["ip", "-d", "link"], shows=[*LINKS, "promiscuity 0"]),
    Case("ip -s link", ["ip", "-s", "link"], shows=[*LINKS, "RX:"]),
    Case("ip -j addr", ["ip", "-j", "addr"], shows=[r'"ifname":"eth0"', r'"local":"192.0.2.10","prefixlen":24']),
    Case("ip -j -d link", ["ip", "-j", "-d", "link"], shows=[r'"ifname":"eth0"', r'"address":"02:00:5e:00:53:10"']),
    Case("ip -d -j route", ["ip", "-d", "-j", "route"], shows=[r'"dst":"default","gateway":"192.0.2.1","dev":"eth0"']),
    Case("ip link show dev", ["ip", "link", "show", "dev", "eth0"], shows=["2: eth0: "], sees=BLIND),
    Case("ip addr show dev", ["ip", "addr", "show", "dev", "eth0"], shows=["192.0.2.10/24"], sees=BLIND),
    Case("ip route", ["ip", "route"], exact=True),
    Case("ip route show table all", ["ip", "route", "show", "table", "all"], shows=["local 192.0.2.10 dev eth0"]),
    Case("ip -6 route", ["ip", "-6", "route"], shows=["default via 2001:db8::1 dev eth0", "2001:db8::/64 dev eth0"]),
    Case("ip route get", ["ip", "route", "get", "203.0.113.9"], shows=["via 192.0.2.1 dev eth0 src 192.0.2.10 uid"]),
    Case(
        "ip -6 route get",
        ["ip", "route", "get", "2001:db8:5ec::9"],
        shows=["via 2001:db8::1 dev eth0 src 2001:db8::10"],
    ),
    Case("ip rule", ["ip", "rule"], exact=True),
    Case("ip -6 rule", ["ip", "-6", "rule"], exact=True),
    Case("ip neigh", ["ip", "neigh"]),
    Case("busybox ip addr", ["busybox", "ip", "addr"], shows=BOTH),
    Case("busybox ip link", ["busybox", "ip", "link"], shows=LINKS),
    Case("busybox ip route", ["busybox", "ip", "route"], exact=True),
    Case(
        "ip addr inside bubblewrap",
        ["bwrap", "--unshare-user", "--unshare-pid", "--dev-bind", "/", "/", "ip", "addr"],
        shows=BOTH,
    ),
]


class Runner:
    """Runs the cases for the users of one world."""

    def __init__(self, world):
        self.world = world
        self.go_probe = os.path.join(world.stage, "probe-go")
        self.no_go = "not built"

    def build_go(self):
        """Built here, not by meson: it needs modules from the real network."""
        environment = dict(os.environ, CGO_ENABLED="0", GOTOOLCHAIN="local")
        try:
            command = [find("go"), "build", "-o", self.go_probe, "."]
            built = run(command, cwd=os.path.join(HERE, "go"), env=environment, timeout=300)
        except (AssertionError, Skip) as reason:
            self.no_go = str(reason)
        else:
            self.no_go = built.errors.strip() if built.status != 0 else None

    def resolve(self, argv):
        kind, _, name = argv[0].partition(":")
        if kind == "probe":
            return [self.world.probe(name), *argv[1:]]
        if kind == "source":
            return ["/usr/bin/python3", self.world.staged_source("tests/" + name), *argv[1:]]
        if kind == "go":
            if self.no_go:
                raise Skip("go: " + self.no_go.splitlines()[-1])
            return [self.go_probe, *argv[1:]]
        return [find(argv[0]), *argv[1:]]

    def check_native(self, case, argv, user):
        """The test is worth something only if the command would see the host."""
        if case.sees is BLIND:
            return
        result = self.world.native(argv, user)
        seen = re.search(case.sees, result.output) if case.sees else self.world.leaks(result.output)
        if self.world.root:
            assert seen, f"without nlvirt it does not see the host: {result}"

    def check_exact(self, case, output):
        path = os.path.join(HERE, "expected", case.name.replace(" ", "-") + ".txt")
        if UPDATE:
            with open(path, "w", encoding="utf-8") as file:
                file.write(output)
        with open(path, encoding="utf-8") as file:
            expected = file.read()
        assert output == expected, f"got\n{output}\nexpected\n{expected}"

    def check(self, case, user):
        argv = self.resolve(case.argv)
        self.check_native(case, argv, user)
        result = self.world.virtual(argv, user)
        leaks = self.world.leaks(result.output + result.errors)
        assert not leaks, f"shows the host's {leaks}: {result}"
        assert result.status == 0, str(result)
        if case.exact:
            self.check_exact(case, result.output)
        for pattern in case.shows:
            assert re.search(pattern, result.output), f"no {pattern} in: {result}"


def main():
    tap = Tap()
    try:
        world = World()
    except Skip as reason:
        skip_all(reason)
    try:
        runner = Runner(world)
        runner.build_go()
        world.enter()
        for user in world.users:
            for case in CASES:
                tap.test(f"{user}: {case.name}", runner.check, case, user)
    finally:
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
