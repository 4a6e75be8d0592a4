# SPDX-License-Identifier: LGPL-2.1-or-later
"""A table that its owner changes, and the programs that hear it."""

import os
import shutil
import subprocess
import sys
import tempfile

import tap

Gio, GLib, Nlvirt = tap.import_nlvirt()

HOME = b"""[link eth0]
mac-address=02:00:00:00:00:01
addresses=192.0.2.10/24
[route default]
destination=default
gateway=192.0.2.1
"""

# An unmodified GLib program: what it takes the network for, at first and each time that it changes.
MONITOR = """import os
os.environ["GIO_USE_NETWORK_MONITOR"] = "netlink"
from gi.repository import Gio, GLib
monitor = Gio.NetworkMonitor.get_default()
print(monitor.get_network_available(), flush=True)
monitor.connect("notify::network-available", lambda *_: print(monitor.get_network_available(), flush=True))
GLib.MainLoop().run()
"""


class Program:
    """One that runs under supervision; its lines are read on the main context."""

    def __init__(self, table, *argv):
        self.supervisor = Nlvirt.Supervisor()
        self.session = self.supervisor.spawn(table, argv, Gio.SubprocessFlags.STDOUT_PIPE)
        self.lines = []
        self.stream = Gio.DataInputStream.new(self.session.get_subprocess().get_stdout_pipe())
        self.read()

    def read(self):
        self.stream.read_line_async(GLib.PRIORITY_DEFAULT, None, self.on_line)

    def on_line(self, stream, result):
        line, _ = stream.read_line_finish_utf8(result)
        if line is not None:
            self.lines.append(line)
            self.read()

    def wait_for(self, condition):
        timed_out = []
        source = GLib.timeout_add_seconds(20, lambda: timed_out.append(True) or True)
        while not condition(self.lines) and not timed_out:
            GLib.MainContext.default().iteration(True)
        GLib.source_remove(source)
        assert not timed_out, self.lines
        lines, self.lines = self.lines, []
        return lines

    def end(self):
        self.session.force_exit()
        self.session.wait(None)
        self.supervisor.close()


def network_monitor():
    table = Nlvirt.Table.new_from_data(HOME)
    program = Program(table, "/usr/bin/python3", "-c", MONITOR)
    default = Nlvirt.Route.new(
        Gio.InetAddressMask.new_from_string("0.0.0.0/0"), Gio.InetAddress.new_from_string("192.0.2.1"), "eth0"
    )
    assert program.wait_for(len) == ["True"]
    for _ in range(3):
        table.remove_route(default)
        assert program.wait_for(len) == ["False"]
        table.add_route(default)
        assert program.wait_for(len) == ["True"]
    table.get_link("eth0").set_up(False)
    assert program.wait_for(len) == ["False"]
    program.end()


def ip_monitor():
    table = Nlvirt.Table.new_from_data(HOME)
    program = Program(table, "ip", "monitor", "link", "address", "route")
    link = table.get_link("eth0")
    # It has subscribed when it hears of this.
    while not program.lines:
        link.set_mtu(1400)
        link.set_mtu(1500)
        GLib.usleep(20000)
        while GLib.MainContext.default().iteration(False):
            pass
    program.lines = []
    table.add_address(Nlvirt.Address.new("eth0", Gio.InetAddress.new_from_string("198.51.100.7"), 24))
    lines = program.wait_for(lambda lines: any("198.51.100.0/24 dev eth0 proto kernel" in line for line in lines))
    assert any("inet 198.51.100.7/24 scope global eth0" in line for line in lines), lines
    link.set_up(False)
    lines = program.wait_for(lambda lines: any("state DOWN" in line for line in lines))
    table.add_link("eth1", None)
    table.add_from_data(b"[link v0]\nkind=veth\nlink=v1\n[link v1]\nkind=veth\nlink=v0\n")
    program.wait_for(lambda lines: any("v0@v1" in line for line in lines))
    table.remove_link(table.get_link("eth1"))
    program.wait_for(lambda lines: any(line.startswith("Deleted ") and "eth1" in line for line in lines))
    program.end()


def own_view():
    """What a program has changed is told to the owner too."""
    table = Nlvirt.Table.new_from_data(HOME)
    supervisor = Nlvirt.Supervisor()
    session = supervisor.spawn(table, ["sh", "-c", "read -r _; ip link set eth0 mtu 1300"], Gio.SubprocessFlags.STDIN_PIPE)
    session.set_access(Nlvirt.Access.SHARED)
    told = []
    link = table.get_link("eth0")
    link.connect("notify::mtu", lambda link, _: told.append(link.get_mtu()))
    session.communicate_utf8("go\n", None)
    while GLib.MainContext.default().iteration(False):
        pass
    assert told == [1300], told
    supervisor.close()


def control():
    """NlvirtControl in an application; its own children may not use it, unless it says so."""
    table = Nlvirt.Table.new_from_data(HOME)
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "socket")
        control = Nlvirt.Control.new(table, path)
        assert control.get_path() == path and control.get_address() == f"unix:path={path}"
        call = ["gdbus", "call", "--address", control.get_address(), "--dest", "org.nlvirt", "--object-path"]
        call += ["/org/nlvirt/Control1", "--method", "org.nlvirt.Control1.Replace", "[link eth0]\nup=false\n"]
        for allowed in (False, True):
            control.set_allow_descendants(allowed)
            child = Gio.Subprocess.new(call, Gio.SubprocessFlags.STDERR_SILENCE | Gio.SubprocessFlags.STDOUT_SILENCE)
            done = []
            child.wait_async(None, lambda *_: done.append(True))
            while not done:
                GLib.MainContext.default().iteration(True)
            assert child.get_successful() == allowed
            assert table.get_link("eth0").get_up() != allowed
        second = None
        try:
            second = Nlvirt.Control.new(table, path)
        except GLib.Error as error:
            assert "in use" in error.message
        assert second is None
        control.close()
        assert not os.path.exists(path)
        private = Nlvirt.Control.new(table, None)
        path = private.get_path()
        assert os.stat(os.path.dirname(path)).st_mode & 0o77 == 0
        del private
        assert not os.path.exists(os.path.dirname(path))


def has_gi():
    return subprocess.run(["/usr/bin/python3", "-c", "import gi"], check=False).returncode == 0


tests = [own_view, control]
if shutil.which("ip"):
    tests.append(ip_monitor)
if has_gi():
    tests.append(network_monitor)
sys.exit(tap.run(*tests))
