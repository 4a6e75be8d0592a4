#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The network of home.nlvirt built for real, of a veth pair in a namespace:
the same command shows the same text there and under nlvirt. What a veth has
and an Ethernet device has not is taken out of the kernel's text."""

import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib.tap import Skip, Tap, skip_all  # noqa: E402
from lib.world import World, find  # noqa: E402

# The far end stays in the driver's own namespace.
TWIN_SETUP = """
in_twin="nsenter --net=/proc/$1/ns/net"
$in_twin sh -c 'echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad'
ip link add far0 type veth peer name eth0 index 2 address 02:00:5e:00:53:10 netns $1
ip link set far0 up
$in_twin ip link set lo up
# The file names all addresses, so there is none of the kernel's making.
$in_twin ip link set eth0 addrgenmode none
$in_twin ip link set eth0 up
$in_twin ip addr add 192.0.2.10/24 brd + dev eth0
$in_twin ip addr add 2001:db8::10/64 dev eth0
$in_twin ip route add default via 192.0.2.1
$in_twin ip -6 route add default via 2001:db8::1
"""

COMMANDS = [
    "ip addr",
    "ip -4 addr",
    "ip -6 addr",
    "ip link",
    "ip -br addr",
    "ip -br link",
    "ip link show dev eth0",
    "ip addr show dev lo",
    "ip addr show up scope global",
    "ip link show type bridge",
    "ip link show master eth0",
    "ip -o addr",
    "ip -j addr",
    "ip -j link",
    "ip -j route",
    "ip -d link show dev lo",
    "ip stats show dev lo",
    "ip route",
    "ip -d route",
    "ip route show table all",
    "ip route show default",
    "ip route show dev eth0 proto kernel",
    "ip route show table local",
    "ip -6 route",
    "ip -6 route show table all",
    "ip -j -6 route show table all",
    "ip route get 198.51.100.1",
    "ip route get 192.0.2.10",
    "ip route get 127.0.0.1",
    "ip route get 198.51.100.1 from 192.0.2.10",
    "ip route get fibmatch 198.51.100.1",
    "ip -6 route get 2001:db8:1::1",
    "ip -6 route get 2001:db8::10",
    "ip -6 route get fibmatch 2001:db8::7",
    "ip rule",
    "ip -d rule",
    "ip -j rule",
    "ip -6 rule",
    "ip neigh",
    "ip maddr show dev nothing",
    "ip link show dev nothing",
    "ip route show table 7777",
    "ip route get 192.0.2.7 dev nothing",
    "busybox ip link",
    "busybox ip route",
    "busybox ip -6 route",
    "busybox ip rule",
    "nl-link-list",
    "nl-addr-list",
    "nl-route-list",
    "nl-rule-list",
]

# As a privileged and as an ordinary user: the answer to what is not allowed.
WRITES = [
    "ip link add bridge0 type bridge",
    "ip link set eth0 down",
    "ip addr add 192.0.2.99/24 dev eth0",
    "ip route add 198.51.100.0/24 via 192.0.2.1",
    "ip rule add from 192.0.2.10 lookup 7",
    "ip neigh add 192.0.2.7 lladdr 02:00:5e:00:53:07 dev eth0",
]


# Ask for the queue length by ioctl, which is not answered from a table.
BY_IOCTL = ("ip -6 addr", "busybox ip link")


def as_ethernet(text, command):
    """A veth's text as that of a device with a wire, which has a queue."""
    text = re.sub(r"eth0@\S+?(?=[:\s])", "eth0", text)
    text = re.sub(r"(eth0: .* qdisc )noqueue", r"\1fq_codel", text)
    text = re.sub(r'("ifname":"eth0",.*?"qdisc":")noqueue', r"\1fq_codel", text)
    text = re.sub(r",M-DOWN| link-netnsid \d+| slave-of \d+", "", text)
    text = re.sub(r'"link_index":\d+,|,?"link_netnsid":\d+', "", text)
    if command in BY_IOCTL:
        text = re.sub(r"(eth0: .*?)( qlen \d+)?(?=\n)", r"\1", text)
    return re.sub(r"[ \t]+", " ", re.sub(r"[ \t]+\n", "\n", text))


class Twin:
    """The real network, as long as this lives."""

    def __init__(self, world):
        self.world = world
        before = os.readlink("/proc/self/ns/net")
        self.holder = subprocess.Popen([find("unshare"), "-n", "sleep", "infinity"])
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == before:
            time.sleep(0.01)
        made = world.native(["sh", "-euc", TWIN_SETUP, "sh", str(self.holder.pid)])
        if made.status != 0:
            self.close()
            raise OSError(f"no twin: {made.errors}")

    def close(self):
        self.holder.kill()
        self.holder.wait()

    def run(self, command, user, **options):
        """Enters first, as nobody could not."""
        entered = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net"]
        return self.world.native([*entered, *self.world.as_user(user, command)], **options)

    def compare(self, command, user):
        words = command.split()
        words[0] = find(words[0])
        real = self.run(words, user)
        ours = self.world.virtual(words, user)
        for name in ("output",) if command in BY_IOCTL else ("output", "errors"):
            expected = as_ethernet(getattr(real, name), command)
            got = as_ethernet(getattr(ours, name), command)
            assert got == expected, f"{name}: got\n{got}\nthe kernel's\n{expected}"
        assert real.status == ours.status, f"status {ours.status}, the kernel's {real.status}"


def main():
    tap = Tap()
    if os.geteuid() != 0:
        skip_all("needs root for a network namespace")
    try:
        world = World()
    except Skip as reason:
        skip_all(reason)
    world.enter()
    twin = Twin(world)
    try:
        for user in world.users:
            for command in COMMANDS:
                tap.test(f"{user}: {command}", twin.compare, command, user)
        for command in WRITES:
            tap.test(f"nobody: {command}", twin.compare, command, "nobody")
    finally:
        twin.close()
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
