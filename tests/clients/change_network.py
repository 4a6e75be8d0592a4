# SPDX-License-Identifier: LGPL-2.1-or-later

"""Changes a network while programs listen, and keeps what each of them says.

    change_network.py commands FOLDER LISTENERS     by `ip`, in the network that this runs in
    change_network.py objects FOLDER LISTENERS TABLE    by the owner of the table, through Nlvirt

LISTENERS is a JSON object of names and commands. What one says is in the file of
its name in FOLDER, between two routes that are put in and taken away."""

import json
import os
import subprocess
import sys
import time

CHANGES = [
    "ip route add 198.51.100.0/24 via 192.0.2.7",
    "ip route del 198.51.100.0/24",
    "ip addr add 198.18.0.1/24 dev eth0",
    "ip addr del 198.18.0.1/24 dev eth0",
    "ip addr add 2001:db8:5::1/64 dev eth0 nodad",
    "ip neigh add 192.0.2.9 lladdr 02:00:5e:00:53:09 dev eth0",
    "ip neigh del 192.0.2.9 dev eth0",
    "ip rule add from 192.0.2.10 lookup 100 priority 1000",
    "ip rule del from 192.0.2.10 lookup 100 priority 1000",
    "ip route del default via 192.0.2.1",
    "ip -6 route del default via 2001:db8::1",
    "ip route add default via 192.0.2.1",
    "ip -6 route add default via 2001:db8::1",
    "ip link set eth0 mtu 1400",
    "ip link set eth0 alias uplink",
    "ip link set eth0 down",
    "ip link set eth0 up",
    "ip route add default via 192.0.2.1",
]
READY, BEGIN, END = "203.0.113.201", "203.0.113.202", "203.0.113.203"
# It has no word for those routes.
MONITOR = "glib monitor"
# What follows by itself has to be over before the next change, or the order would
# be chance: there is a second between two looks of the kernel's link watch, and
# GLib asks for all routes a second after the last event of a link.
PAUSE, LINK_PAUSE = 0.2, 2.5


class Commands:
    """The listeners and the commands run where this runs."""

    def __init__(self):
        self.running = []

    def listen(self, argv, file):
        self.running.append(subprocess.Popen(argv, stdout=file, stdin=subprocess.DEVNULL))

    def change(self, command):
        subprocess.run(command.split(), check=True)

    def pause(self, seconds):
        time.sleep(seconds)

    def end(self):
        for process in self.running:
            process.kill()
            process.wait()


class Objects:
    """The listeners have a session each, and the table is changed from outside."""

    def __init__(self, path):
        import gi

        gi.require_version("Nlvirt", "1")
        from gi.repository import Gio, GLib, Nlvirt

        self.gio, self.glib, self.nlvirt = Gio, GLib, Nlvirt
        self.table = Nlvirt.Table.new_from_file(path)
        self.eth0 = self.table.get_link("eth0")
        self.supervisor = Nlvirt.Supervisor()
        self.sessions = []

    def listen(self, argv, file):
        launcher = self.gio.SubprocessLauncher.new(self.gio.SubprocessFlags.NONE)
        launcher.set_stdout_file_path(file.name)
        self.sessions.append(self.supervisor.spawn_with_launcher(launcher, self.table, argv))

    def route(self, destination, gateway=None, **more):
        family = "0.0.0.0/0" if destination == "default" else destination
        return self.nlvirt.Route(
            destination=self.gio.InetAddressMask.new_from_string(family),
            gateway=gateway and self.gio.InetAddress.new_from_string(gateway),
            protocol=3,  # boot, which is what `ip` says of its own
            **more,
        )

    def address(self, text, **more):
        address, _, length = text.partition("/")
        address = self.gio.InetAddress.new_from_string(address)
        return self.nlvirt.Address(link_name="eth0", address=address, prefix_length=int(length), **more)

    def neighbor(self):
        address = self.gio.InetAddress.new_from_string("192.0.2.9")
        return self.nlvirt.Neighbor.new("eth0", address, "02:00:5e:00:53:09")

    def rule(self):
        source = self.gio.InetAddressMask.new_from_string("192.0.2.10")
        return self.nlvirt.Rule(family=self.gio.SocketFamily.IPV4, priority=1000, table_id=100, source=source)

    def change(self, command):
        """Does by objects what @command does."""
        table, nlvirt = self.table, self.nlvirt
        words = [word for word in command.split()[1:] if word != "-6"]
        adds = "add" in words
        if words[:3] == ["link", "set", "eth0"]:
            setters = {
                "mtu": lambda: self.eth0.set_mtu(int(words[4])),
                "alias": lambda: self.eth0.set_alias(words[4]),
                "down": lambda: self.eth0.set_up(False),
                "up": lambda: self.eth0.set_up(True),
            }
            setters[words[3]]()
        elif words[0] == "route" and words[2] == "blackhole":
            row = self.route(words[3], route_type=nlvirt.RouteType.BLACKHOLE)
            (table.add_route if adds else table.remove_route)(row)
        elif words[0] == "route":
            gateway = words[4] if "via" in words else None
            six = gateway and ":" in gateway
            row = self.route("::/0" if six else words[2], gateway, link_name="eth0" if adds else None)
            (table.add_route if adds else table.remove_route)(row)
        elif words[0] == "addr":
            row = self.address(words[2], flags=2 if "nodad" in words else 0)
            (table.add_address if adds else table.remove_address)(row)
        elif words[0] == "neigh":
            (table.add_neighbor if adds else table.remove_neighbor)(self.neighbor())
        elif words[0] == "rule":
            (table.add_rule if adds else table.remove_rule)(self.rule())
        else:
            raise ValueError(command)

    def pause(self, seconds):
        context = self.glib.MainContext.default()
        over = []
        self.glib.timeout_add(int(seconds * 1000), lambda: over.append(True) or self.glib.SOURCE_REMOVE)
        while not over:
            context.iteration(True)

    def end(self):
        for session in self.sessions:
            session.force_exit()
            session.wait(None)


def mark(how, address):
    how.change(f"ip route add blackhole {address}")
    how.change(f"ip route del blackhole {address}")


def wait_for(how, what, condition):
    for _ in range(200):
        if condition():
            return
        how.pause(0.1)
    raise SystemExit(f"in 20 s not: {what}")


def perform(how, folder, listeners):
    paths = {name: os.path.join(folder, name) for name in listeners}

    def has(name, text):
        with open(paths[name], encoding="utf-8") as file:
            return text in file.read()

    def all_have(address):
        return all(has(name, address) for name in paths if name != MONITOR)

    def ready():
        mark(how, READY)
        return all_have(READY) and has(MONITOR, "available")

    for name, argv in listeners.items():
        with open(paths[name], "w", encoding="utf-8") as file:
            how.listen(argv, file)
    wait_for(how, "all listen", ready)
    mark(how, BEGIN)
    how.pause(PAUSE)
    for command in CHANGES:
        how.change(command)
        how.pause(LINK_PAUSE if command.endswith((" up", " down")) else PAUSE)
    mark(how, END)
    wait_for(how, "all have heard everything", lambda: all_have(END))


def main(kind, folder, listeners, *table):
    how = Commands() if kind == "commands" else Objects(*table)
    try:
        perform(how, folder, json.loads(listeners))
    finally:
        how.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
