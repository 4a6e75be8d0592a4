#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Hostile programs under nlvirt: none gets to a real netlink socket, none
brings the supervisor down or makes it grow; after each a sane client in the
same tree is answered by the same process. Each way out is first shown to
lead to the host's network without nlvirt."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib.tap import Skip, Tap, skip_all  # noqa: E402
from lib.world import World  # noqa: E402

# The shell is what the supervisor started, and stays until the end.
SANE = """
supervisor=$PPID
client=$1
shift
"$@"
echo "status $?"
[ "$PPID" = "$supervisor" ] && "$client" if_nameindex && grep VmHWM "/proc/$supervisor/status"
"""
MORE_MEMORY = 24 * 1024  # KiB a hostile program may make a supervisor use
SANITIZED = os.environ.get("NLVIRT_SANITIZED")

# Doors, with a pattern of what must not show beside the secret. Without
# nlvirt all but those in CLOSED lead to the secret.
DOORS = [
    "plain",
    "high-bits",
    "protocols",
    "socketpair",
    "i386",
    "x32",
    "io-uring",
    "not-dumpable",
    "filter-allow",
    "filter-listener",
    "filter-trace",
    "traced",
    "race",
    "clones",
    "limits",
]
EVIL = r"protocol \d+ opened|seccomp suspended|is a listener|runtime error"
CLOSED = {"socketpair", "filter-trace"}
POINTERS = [
    "addresses",
    "address-lengths",
    "data",
    "data-lengths",
    "vectors",
    "vector-lengths",
    "options",
    "numbers",
]
ABUSES = [
    "churn",
    "flood",
    "batches",
    "parked",
    "crowd",
    "pulled",
    "forks",
    "slain",
    "copies",
    "unfinished",
    "random-requests",
    "random-calls",
]


class Hostile:
    """The tests of one user."""

    def __init__(self, world, user):
        self.world = world
        self.user = user
        self.client = world.probe("clients/probe-names")
        self.usual_memory = None

    def program(self, name):
        return self.world.probe("hostile/" + name)

    def supervised(self, command, options=()):
        """Runs @command, then a sane client beside it; what it said itself."""
        wrapped = ["sh", "-c", SANE, "sh", self.client, *command]
        result = self.world.virtual(wrapped, self.user, options=options, timeout=120)
        leaks = self.world.leaks(result.output + result.errors)
        assert not leaks, f"shows the host's {leaks}: {result}"
        said, _, after = result.output.rpartition("status ")
        found = re.fullmatch(r"0\n1 lo\n2 eth0\nVmHWM:\s+(\d+) kB\n", after)
        assert found and result.status == 0, f"no sane client afterwards: {result}"
        return said, int(found.group(1))

    def door(self, scene):
        command = [self.program("escape"), scene]
        native = self.world.native(command, self.user)
        if self.world.root:
            shown = self.world.leaks(native.output) or re.search(EVIL, native.output)
            only_closed = all(line.startswith("closed: ") for line in native.output.splitlines())
            assert shown or only_closed, f"without nlvirt the door shows nothing: {native}"
            assert scene not in CLOSED or only_closed, f"without nlvirt: {native}"
        said, _ = self.supervised(command)
        assert not re.search(EVIL, said), said

    def orphaned(self):
        """When the supervisor is killed, no call reaches the real thing."""
        result = self.world.virtual([self.program("escape"), "orphaned"], self.user)
        assert "closed: after the supervisor: Function not implemented" in result.output, str(result)
        assert not self.world.leaks(result.output), str(result)

    def steal(self):
        said, _ = self.supervised([self.program("escape"), "steal"])
        assert not re.search(EVIL, said), said
        # The leak checker of a sanitized build needs the door.
        if "NLVIRT_SANITIZED" not in os.environ:
            assert "0 fds taken" in said and "is a listener" not in said, said

    def pointers(self, scene):
        """The same answers as the kernel's to one who may not write."""
        command = [self.program("pointers"), scene]
        native = self.world.native(command, "nobody" if self.world.root else self.user)
        assert native.status == 0, str(native)
        said, _ = self.supervised(command)
        kernel, ours = native.output.splitlines(), said.splitlines()
        wrong = [f"{b}, the kernel {a}" for a, b in zip(kernel, ours) if a != b]
        assert len(kernel) == len(ours) and not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:40])

    def abuse(self, scene, options=()):
        if self.usual_memory is None:
            _, self.usual_memory = self.supervised(["true"])
        _, memory = self.supervised([self.program("abuse"), scene], options)
        more = memory - self.usual_memory
        assert SANITIZED or more < MORE_MEMORY, f"{more} KiB more memory"

    def foreign(self):
        """A 32-bit program, started by exec."""
        command = [self.program("escape-i386")]
        native = self.world.native(command, self.user)
        if not self.world.leaks(native.output):
            assert native.status != 0 or native.output.startswith("closed"), str(native)
        self.supervised(command)


def add(tap, user, tests):
    for scene in DOORS:
        tap.test(f"{user}: door {scene}", tests.door, scene)
    tap.test(f"{user}: door to a killed supervisor", tests.orphaned)
    tap.test(f"{user}: 32-bit program", tests.foreign)
    if user != "root":
        tap.test(f"{user}: the supervisor's own fds", tests.steal)
    for scene in POINTERS:
        tap.test(f"{user}: pointers {scene}", tests.pointers, scene)
    for scene in ABUSES:
        tap.test(f"{user}: abuse {scene}", tests.abuse, scene)
    writing = ["--access", "read-write"]
    if "read-write" in tests.world.virtual(["true"], user, options=["--help"]).output:
        tap.test(f"{user}: abuse random-requests that may write", tests.abuse, "random-requests", writing)
        tap.test(f"{user}: abuse flaps", tests.abuse, "flaps", writing)


def main():
    tap = Tap()
    try:
        world = World()
        world.enter()
    except Skip as reason:
        skip_all(reason)
    try:
        for user in world.users:
            add(tap, user, Hostile(world, user))
    finally:
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
