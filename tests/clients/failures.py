#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What real programs do when something goes wrong on demand: `--fail`."""

import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from programs import Runner  # noqa: E402
from lib.tap import Tap, Skip, skip_all  # noqa: E402
from lib.world import World  # noqa: E402

GETIFADDRS = ["probe:clients/probe-names", "getifaddrs"]
GETIFADDRS_MUSL = ["probe:clients/probe-names-musl", "getifaddrs"]
PYROUTE2 = ["source:clients/pyroute2-list.py"]
MONITOR = ["source:clients/monitor.py"]

# Name, failures, command, exit status, what it prints, what it says of errors.
CASES = [
    ("ip: an error", ["RTM_GETLINK=EBUSY"], ["ip", "link"], 0, "^$", "RTNETLINK answers: Device or resource busy"),
    ("ip: not the address", ["RTM_GETADDR=EPERM:1"], ["ip", "link"], 0, "eth0", ""),
    (
        "ip: the kernel's words",
        ["RTM_GETROUTE=ENETUNREACH:words=Nobody: there"],
        ["ip", "route", "get", "192.0.2.9"],
        2,
        "",
        "Error: Nobody: there.",
    ),
    ("ip: only the first", ["RTM_GETLINK=EPERM:1"], ["sh", "-c", "ip link; ip link"], 0, "eth0", "not permitted"),
    ("ip: interrupted", ["interrupt"], ["ip", "addr"], 0, "192.0.2.10", "^Dump was interrupted and may be inconsistent"),
    ("ip: links interrupted", ["interrupt=RTM_GETADDR"], ["ip", "link"], 0, "eth0", "^$"),
    ("ip: no socket", ["socket=EMFILE"], ["ip", "link"], 1, "", "Cannot open netlink socket: Too many open files"),
    ("ip: no address", ["bind=EADDRINUSE"], ["ip", "link"], 1, "", "Cannot bind netlink socket: Address already in use"),
    ("ip: nothing sent", ["send=ENOBUFS"], ["ip", "link"], 0, "", "Cannot send dump request: No buffer space available"),
    ("ip: nothing received", ["receive=ENOBUFS"], ["ip", "link"], 0, "^$", r"^netlink receive error No buffer space"),
    ("busybox: goes on", ["receive=ENOBUFS:1"], ["busybox", "ip", "link"], 0, "eth0", "OVERRUN|receive error|^$"),
    ("glibc getifaddrs: an error", ["RTM_GETADDR=EBUSY"], GETIFADDRS, 1, "", "errno 16"),
    ("glibc getifaddrs: asks again", ["interrupt:3"], GETIFADDRS, 0, "eth0", ""),
    ("glibc getifaddrs: overrun", ["receive=ENOBUFS:1"], GETIFADDRS, 1, "", "errno 105"),
    ("glibc getifaddrs: waits", ["RTM_GETLINK=200ms"], GETIFADDRS, 0, "eth0", ""),
    ("musl getifaddrs: an error", ["RTM_GETADDR=EBUSY"], GETIFADDRS_MUSL, 1, "", "not so: getifaddrs"),
    # It relies on the kernel, which has answered when send() returns.
    ("musl getifaddrs: does not wait", ["RTM_GETLINK=200ms"], GETIFADDRS_MUSL, 1, "", "errno 11"),
    ("libmnl: interrupted", ["interrupt"], ["probe:clients/probe-mnl"], 1, "", "Interrupted system call"),
    ("Go: an error", ["RTM_GETLINK=EMFILE"], ["go:", "net"], 1, "", "route ip\\+net: netlinkrib: "),
    ("Go: no socket", ["socket=EPERM"], ["go:", "net"], 1, "", "operation not permitted"),
    ("Go netlink: an error", ["RTM_GETADDR=EBUSY"], ["go:", "netlink", "192.0.2.9"], 1, "", "device or resource busy"),
    ("Go netlink: waits", ["any=50ms"], ["go:", "netlink", "192.0.2.9"], 0, "eth0", ""),
    ("pyroute2: an error", ["RTM_GETROUTE=EPERM"], PYROUTE2, 1, "", r"NetlinkError: \(1, 'Operation not permitted'\)"),
    ("pyroute2: overrun", ["receive=ENOBUFS:1"], PYROUTE2, 1, "", "No buffer space available"),
    ("GNetworkMonitor: an overrun", ["receive=ENOBUFS:1"], MONITOR, 0, "Netlink", "No buffer space available"),
    ("GNetworkMonitor: another way", ["socket=EACCES"], MONITOR, 0, "GNetworkMonitorBase", ""),
    ("GNetworkMonitor: late", ["RTM_GETROUTE=200ms"], MONITOR, 0, "Netlink available: True", ""),
]

# Reads to the end of a dump, and prints which of its messages say that it was
# interrupted.
FLAGS = """
import socket, struct
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
s.send(struct.pack('=IHHIIB7x', 24, 22, 0x301, 1, 0, 0))
messages, datagrams = [], 0
while not messages or messages[-1][0] != 3:
    data, datagrams = s.recv(4096), datagrams + 1
    while data:
        length, kind, flags = struct.unpack_from('=IHH', data)
        messages.append((kind, flags & 0x10, datagrams))
        data = data[(length + 3) & ~3:]
marked = [(kind, datagram) for kind, flag, datagram in messages if flag]
print(datagrams > 2, marked)
"""

# Three sockets: one whose requests wait, one that gets its answer meanwhile, and
# one that does not wait long enough. The second request finds a dump under way.
LATE = """
import errno, select, socket, struct, time
def ask(s, kind):
    s.send(struct.pack('=IHHIIB15x', 32, kind, 0x301, 1, 0, 0))
late, other, timed = [socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) for i in range(3)]
start = time.monotonic()
ask(late, 18)
ask(late, 22)
assert time.monotonic() - start < 0.2
ask(other, 22)
assert other.recv(4096) and time.monotonic() - start < 0.2
timed.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 0, 50000))
ask(timed, 18)
for s, flags in ((late, socket.MSG_DONTWAIT), (timed, 0)):
    try:
        s.recv(4096, flags)
        print('not late')
    except BlockingIOError:
        pass
assert 0.05 <= time.monotonic() - start < 0.3
assert not select.select([late], [], [], 0)[0]
assert select.select([late], [], [], 5)[0] and time.monotonic() - start >= 0.4
kinds = [struct.unpack_from('=IH', late.recv(65536))[1] for i in range(2)]
print(kinds)
"""

# Addresses come; what a subscriber hears of them. Every second is lost to it.
OVERRUN = """
import errno, os, select, socket, struct
listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
listener.bind((0, 0x1))
sender = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
def change(up):
    sender.send(struct.pack('=IHHIIBxHiII', 32, 16, 0x5, 1, 0, 0, 0, 1, up, 1))
    assert struct.unpack_from('=i', sender.recv(4096), 16)[0] == 0
heard = []
for i in range(4):
    change(i & 1)
    while select.select([listener], [], [], 0.05)[0]:
        try:
            heard.append(struct.unpack_from('=IH', listener.recv(65536))[1])
        except OSError as error:
            heard.append(errno.errorcode[error.errno])
print(heard)
"""

# The same for a reader that waits for it.
WAITING = """
import errno, os, socket, struct, threading, time
listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
listener.bind((0, 0x1))
sender = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
def change():
    time.sleep(0.2)
    sender.send(struct.pack('=IHHIIBxHiII', 32, 16, 0x5, 1, 0, 0, 0, 1, 0, 1))
threading.Thread(target=change).start()
try:
    listener.recv(65536)
except OSError as error:
    print(errno.errorcode[error.errno])
"""


class Failures:
    """The tests of one user."""

    def __init__(self, world, user, runner):
        self.world = world
        self.user = user
        self.runner = runner

    def run(self, argv, failures, options=(), **more):
        options = [*options, *(word for failure in failures for word in ("--fail", failure))]
        return self.world.virtual(argv, self.user, options=options, **more)

    def case(self, failures, argv, status, output, errors):
        argv = self.runner.resolve(argv)
        result = self.run(argv, failures)
        assert result.status == status, str(result)
        assert re.search(output, result.output), str(result)
        assert re.search(errors, result.errors, re.MULTILINE), str(result)
        if status != 0:
            assert self.run(argv, []).status == 0, "fails by itself"

    def script(self, script, failures, expected, options=(), table=None):
        result = self.run(["/usr/bin/python3", "-c", script], failures, options, table=table)
        assert (result.status, result.output, result.errors) == (0, expected, ""), str(result)

    def big_table(self):
        path = os.path.join(self.world.stage, "many.nlvirt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("[link eth0]\naddresses=")
            file.write(";".join(f"10.0.{i}.1/24" for i in range(200)) + "\n")
        return path

    def interrupted_dump(self):
        """The first message of the second datagram, as when the network has
        changed after the first one."""
        self.script(FLAGS, ["interrupt=RTM_GETADDR:1"], "True [(20, 2)]\n", table=self.big_table())
        self.script(FLAGS, ["interrupt=RTM_GETLINK"], "True []\n", table=self.big_table())

    def late(self):
        self.script(LATE, ["RTM_GETLINK=400ms"], "[16, 2]\n")

    def overrun(self):
        options = ["--access", "read-write"]
        everything = "[16, 16, 16, 16]\n"
        self.script(OVERRUN, [], everything, options)
        self.script(OVERRUN, ["overrun=RTM_NEWROUTE"], everything, options)
        self.script(OVERRUN, ["overrun:every=2"], "[16, 'ENOBUFS', 16, 'ENOBUFS']\n", options)
        self.script(OVERRUN, ["overrun=RTM_NEWLINK:1"], "['ENOBUFS', 16, 16, 16]\n", options)

    def overrun_while_waiting(self):
        self.script(WAITING, ["overrun"], "ENOBUFS\n", ["--access", "read-write"])

    def late_end(self):
        """Nobody waits for the answer of a program that has ended."""
        script = "import socket; socket.socket(16, 3, 0).send(b'\\x14\\0\\0\\0\\x12\\0\\1\\3' + bytes(12))"
        start = time.monotonic()
        result = self.run(["/usr/bin/python3", "-c", script], ["any=60s"])
        assert result.status == 0 and time.monotonic() - start < 20, str(result)


def add(tap, tests):
    for name, failures, argv, status, output, errors in CASES:
        tap.test(name, tests.case, failures, argv, status, output, errors)
    tap.test("which messages say that a dump was interrupted", tests.interrupted_dump)
    tap.test("late answers hold up nobody else", tests.late)
    tap.test("late answers of what has ended", tests.late_end)
    tap.test("overruns lose one event and say so once", tests.overrun)
    tap.test("an overrun wakes who waits", tests.overrun_while_waiting)


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
        add(tap, Failures(world, world.users[-1], runner))
    finally:
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
