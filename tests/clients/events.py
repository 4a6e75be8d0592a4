#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Unmodified programs that wait for changes hear what they hear of the kernel:
in a real namespace, in a read-write session in which `ip` changes the same
network, and in sessions of a table that its owner changes through the objects."""

import difflib
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from clients.change_network import BEGIN, END, MONITOR  # noqa: E402
from clients.programs import Runner  # noqa: E402
from clients.twin import Twin  # noqa: E402
from lib.tap import Skip, Tap, skip_all  # noqa: E402
from lib.world import World  # noqa: E402

LISTENERS = {
    "ip monitor": ["ip", "monitor", "all"],
    "ip -d monitor": ["ip", "-d", "-o", "monitor", "link", "address", "route", "neigh", "rule"],
    "go vishvananda netlink": ["go", "listen"],
    "python pyroute2": ["source:clients/pyroute2-listen.py"],
    MONITOR: ["source:clients/monitor.py", "watch"],
}
TYPELIB = "gir/Nlvirt-1.typelib"
TIMEOUT = 180
# The kernel's own reports of the groups that it is in make it a neighbour.
TRAFFIC = r"\bff02::16\b"
# A table's owner is no program with a port, and its rules are "static".
BY_OWNER = r"\bport \w+|\bFRA_PROTOCOL \d+| proto (unspec|static)$"


def between(text):
    """What was said between the two marks."""
    lines = text.splitlines()
    first = max((number for number, line in enumerate(lines) if BEGIN in line), default=None)
    last = min((number for number, line in enumerate(lines) if END in line), default=None)
    assert first is not None and last is not None, text
    return [line for line in lines[first + 1 : last] if not re.search(TRAFFIC, line)]


def by_kind(lines):
    """Of a program that has a socket for each kind of event."""
    return sorted(lines, key=lambda line: line.split()[0])


class Scene:
    """What the listeners said in one way of changing the network."""

    def __init__(self, world, runner):
        self.world = world
        self.runner = runner
        self.scene = world.staged_source("tests/clients/change_network.py")
        self.table = os.path.join(world.stage, "twin.nlvirt")
        self.folders = {}

    def record(self, twin):
        """The twin as a table. Recorded where both ends of the veth are."""
        recorded = twin.run([self.world.tool, "record", "-o", self.table], "root")
        assert recorded.status == 0, str(recorded)
        os.chmod(self.table, 0o644)

    def arguments(self, kind, folder):
        os.mkdir(folder)
        os.chmod(folder, 0o777)
        listeners = {name: self.runner.resolve(argv) for name, argv in LISTENERS.items()}
        return ["/usr/bin/python3", self.scene, kind, folder, json.dumps(listeners)]

    def perform(self, way):
        folder = os.path.join(self.world.stage, way)
        getattr(self, "perform_" + way)(folder)
        self.folders[way] = folder

    def perform_kernel(self, folder):
        twin = Twin(self.world)
        try:
            self.record(twin)
            done = twin.run(self.arguments("commands", folder), "root", timeout=TIMEOUT)
            assert done.status == 0, str(done)
        finally:
            twin.close()

    def perform_session(self, folder):
        command = self.arguments("commands", folder)
        access = ["--access", "read-write"]
        done = self.world.virtual(command, "nobody", table=self.table, options=access, timeout=TIMEOUT)
        assert done.status == 0, str(done)

    def perform_owner(self, folder):
        command = [*self.arguments("objects", folder), self.table]
        done = self.world.native(command, "nobody", timeout=TIMEOUT)
        assert done.status == 0, str(done)

    def said(self, way, name):
        assert way in self.folders, f"nothing was heard: {way}"
        with open(os.path.join(self.folders[way], name), encoding="utf-8") as file:
            text = file.read()
        if name == MONITOR:
            return text.splitlines()
        return by_kind(between(text)) if name.startswith("go ") else between(text)

    def compare(self, way, name):
        expected, got = self.said("kernel", name), self.said(way, name)
        if way == "owner":
            expected, got = ([re.sub(BY_OWNER, "", line) for line in lines] for lines in (expected, got))
        assert expected, "the kernel said nothing"
        assert got == expected, "\n".join(differing(expected, got))

    def goes_and_returns(self, way):
        words = [line.split()[-1] for line in self.said(way, MONITOR)]
        assert words == ["True", "False", "True", "False", "True"], words


def differing(expected, got):
    return difflib.unified_diff(expected, got, "the kernel's", "got", lineterm="", n=1)


def main():
    tap = Tap()
    if os.geteuid() != 0:
        skip_all("needs root for a network namespace")
    try:
        world = World()
    except Skip as reason:
        skip_all(reason)
    try:
        runner = Runner(world)
        runner.build_go()
        world.enter()
        scene = Scene(world, runner)
        ways = {"kernel": "the kernel", "session": "ip, in the session"}
        # There is no introspection in a sanitized build.
        if os.path.exists(os.path.join(world.build, TYPELIB)):
            world.environment["GI_TYPELIB_PATH"] = os.path.dirname(world.staged(TYPELIB))
            ways["owner"] = "the owner of the table"
        for way, who in ways.items():
            tap.test(f"{who} changes the network", scene.perform, way)
            tap.test(f"{who}: the network is gone and back", scene.goes_and_returns, way)
            for name in LISTENERS if way != "kernel" else ():
                tap.test(f"{who}: {name} hears the same", scene.compare, way, name)
    finally:
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
