#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Bare requests to the kernel and, the same ones, to nlvirt as it may change
its network: every message type with every family, with bodies too short, and
with bodies of ones; and random datagrams of several requests, from sockets with
all options. What comes back has to be the same to the byte.

    bare.py                           all of it, seeds 1 to 5
    NLVIRT_FIRST_SEED=9 NLVIRT_SEEDS=50 bare.py"""

import difflib
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import messages as m  # noqa: E402
import volatile  # noqa: E402
from lib.tap import Tap, skip_all  # noqa: E402
from lib.world import World, find  # noqa: E402

SETUP = """
ip link set lo up
ip link add v0 address 02:00:5e:00:53:01 type veth peer v1 address 02:00:5e:00:53:02
ip link set v0 addrgenmode none
ip link set v1 addrgenmode none
ip link set v0 up
ip link set v1 up
ip addr add 192.0.2.1/24 dev v0
ip link add ifb0 address 02:00:5e:00:53:03 type ifb
"""
READY = "ip link show v1 | grep -q 'state UP'"
SWEEPS = ("families", "lengths", "fillings")
DATAGRAMS = "400"
MOST_SHOWN = 3
LEAST_LINES = 500


def masked(line):
    """The words of a line, its datagrams without what is volatile."""
    return [word if not is_datagram(word) else mask(word) for word in line.split("\t")]


def is_datagram(word):
    return len(word) >= 32 and not word.startswith("errno")


def mask(word):
    return volatile.mask_datagram(bytes.fromhex(word), tree=volatile.EVENT_TREE).hex()


def show(words):
    for word in words:
        yield from m.describe(bytes.fromhex(word)) if is_datagram(word) else [word[:80]]


def differences(first, second):
    """Of two outputs, as rows."""
    one, other = first.splitlines(), second.splitlines()
    rows, count = [], 0
    for left, right in zip(one, other):
        if left == right or masked(left) == masked(right):
            continue
        count += 1
        if count <= MOST_SHOWN:
            rows += difflib.ndiff(list(show(masked(left))), list(show(masked(right))))
    if count:
        rows.append(f"{count} of {len(one)} differ")
    if len(one) != len(other) or len(one) < LEAST_LINES:
        rows.append(f"{len(one)} lines of the kernel's, {len(other)} of ours")
    return rows


class Comparison:
    def __init__(self, world):
        self.world = world
        self.python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else find("python3")
        self.asker = world.staged_source("tests/oracle/bare_asker.py")
        self.table = os.path.join(world.stage, "start.nlvirt")

    def run(self, *part):
        """In a namespace that goes away, and on what it was before."""
        command = [self.python, self.asker, *part]
        script = f"{SETUP}\nwhile ! {READY}; do sleep 0.1; done\n{self.world.tool} record -o {self.table}\nexec \"$@\""
        kernel = self.world.native(["unshare", "-n", "sh", "-ec", script, "sh", *command])
        os.chmod(self.table, 0o644)
        ours = self.world.virtual(command, table=self.table, options=["--access", "read-write"])
        assert kernel.status == 0 and ours.status == 0, f"{kernel.errors}\n{ours.errors}"
        rows = differences(kernel.output, ours.output)
        assert not rows, "\n".join(rows)


def main():
    if os.geteuid() != 0:
        skip_all("needs root")
    world, tap = World(), Tap()
    first, count = int(os.environ.get("NLVIRT_FIRST_SEED", "1")), int(os.environ.get("NLVIRT_SEEDS", "5"))
    try:
        comparison = Comparison(world)
        for part in SWEEPS:
            tap.test(part, comparison.run, part)
        for seed in range(first, first + count):
            tap.test(f"batches of seed {seed}", comparison.run, "batches", str(seed), DATAGRAMS)
    finally:
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
