#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs the program of socket properties on the kernel, and then, unchanged,
under nlvirt, as each user. Every property is a test of its own."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib.tap import Tap  # noqa: E402
from lib.world import World  # noqa: E402

LINE = re.compile(r"^(not )?ok \d+ - (.*)$")
LEAST = 40


def fail(why):
    raise AssertionError(why)


def nothing():
    pass


def report(tap, where, result):
    why, count = [], 0
    for line in result.output.splitlines():
        found = LINE.match(line)
        if not found:
            why.append(line)
            continue
        count += 1
        if found[1]:
            tap.test(f"{where}: {found[2]}", fail, "\n".join(why))
        else:
            tap.test(f"{where}: {found[2]}", nothing)
        why = []
    if count < LEAST or result.status not in (0, 1):
        tap.test(f"{where}: all properties", fail, str(result))


def main():
    world, tap = World(), Tap()
    try:
        world.enter_empty()
        program = world.probe("oracle/netlink-properties")
        for user in world.users:
            report(tap, f"{user}, kernel", world.native([program], user))
            report(tap, f"{user}, nlvirt", world.virtual([program], user))
            writing = world.virtual([program], user, table="loopback", options=["--access", "read-write"])
            report(tap, f"{user}, nlvirt, read-write", writing)
    finally:
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
