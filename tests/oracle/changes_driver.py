# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs a series of commands, alike in a real namespace and under nlvirt, and
prints as JSON what each said, how it ended, and which events it caused.

    changes_driver.py SERIES

SERIES is JSON: "commands", those of which the events are kept; "final", those
that tell what became of the network; "quiet", how many milliseconds without an
event end a command; "record", what records the network before each and at the
end, if that is wanted: -N is added to its last word."""

import json
import os
import select
import shlex
import socket
import struct
import subprocess
import sys
import time

NETLINK_ROUTE, SOL_NETLINK = 0, 270
NETLINK_ADD_MEMBERSHIP, NETLINK_PKTINFO = 1, 3
SO_RCVBUFFORCE = 33
OPTIONS = {1: 11, 2: 10, 4: 12}  # NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK
GROUPS = 64  # more than there are
RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK = 16, 17, 18
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
LARGEST = 1 << 16
FOLLOWED = {1, 9, 11, 12, 38}  # LINK, and of IPv6: work of the kernel may follow, a little later
PATIENCE = 6
AT_MOST = 3  # seconds of events of one command
MONITOR = ["ip", "-d", "monitor", "label", "all"]
STEADY = 4  # looks at a program that waits, until it is taken to wait
TIMEOUT = 20


def bound():
    opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE)
    opened.bind((0, 0))
    return opened


class Subscriber:
    """Hears every group of rtnetlink, each message with the group it came by."""

    def __init__(self):
        self.socket = bound()
        self.groups = []
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        except OSError:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.setsockopt(SOL_NETLINK, NETLINK_PKTINFO, 1)
        for group in range(1, GROUPS):
            try:
                self.socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)
                self.groups.append(group)
            except OSError:
                pass  # a kernel without it
        self.poll = select.poll()
        self.poll.register(self.socket, select.POLLIN)

    def hear(self, quiet):
        """The (group, datagram) that come until none does for @quiet ms."""
        heard, end = [], time.monotonic() + AT_MOST
        while self.poll.poll(quiet) and time.monotonic() < end:
            try:
                data, control, flags, _ = self.socket.recvmsg(LARGEST, 256, socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
            except OSError as error:
                heard.append((-error.errno, b""))
                continue
            group = 0
            for level, kind, payload in control:
                if (level, kind) == (SOL_NETLINK, NETLINK_PKTINFO):
                    group = struct.unpack("=I", payload[:4])[0]
            heard.append((group, data + (b"" if not flags & socket.MSG_TRUNC else b"...")))
        return heard


class Links:
    """The kernel tells of a carrier with some delay, but to who asks for the
    link, at once. So each is asked for after every command."""

    def __init__(self):
        self.socket = bound()
        self.socket.settimeout(5)
        self.indexes = set()
        self._send(NLM_F_DUMP, 0)
        while not self._read():
            pass

    def _send(self, flags, index):
        self.socket.send(struct.pack("=IHHII BxHiII", 32, RTM_GETLINK, NLM_F_REQUEST | flags, 1, 0, 0, 0, index, 0, 0))

    def _read(self):
        """Whether that was the end."""
        data = self.socket.recv(LARGEST)
        self.note(data)
        return struct.unpack_from("=H", data, 4)[0] in (NLMSG_DONE, NLMSG_ERROR)

    def note(self, data):
        offset = 0
        while offset + 24 <= len(data):
            length, kind = struct.unpack_from("=IH", data, offset)
            if kind in (RTM_NEWLINK, RTM_DELLINK):
                family, index = data[offset + 16], struct.unpack_from("=i", data, offset + 20)[0]
                if kind == RTM_NEWLINK:
                    self.indexes.add(index)
                elif family == socket.AF_UNSPEC:
                    self.indexes.discard(index)
            offset += max(16, (length + 3) & ~3)

    def ask(self):
        for index in sorted(self.indexes):
            self._send(0, index)
            self.socket.recv(LARGEST)


class Monitor:
    """`ip monitor` beside it all."""

    def __init__(self):
        self.process = subprocess.Popen(
            MONITOR, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.poll = select.poll()
        self.poll.register(self.process.stdout, select.POLLIN)
        self._wait()

    def _wait(self):
        """Until it listens: it stays in one system call."""
        last, count, end = None, 0, time.monotonic() + 5
        while count < STEADY and time.monotonic() < end:
            try:
                with open(f"/proc/{self.process.pid}/syscall", encoding="ascii") as file:
                    now = file.read()
            except OSError:
                time.sleep(0.2)
                return
            count = count + 1 if now == last and now != "running\n" else 0
            last = now
            time.sleep(0.003)

    def read(self, quiet=0):
        parts = []
        while self.poll.poll(quiet):
            part = self.process.stdout.read()
            if not part:
                break
            parts.append(part)
        return b"".join(parts).decode(errors="replace")

    def stop(self):
        rest = self.read(30)
        status = self.process.poll()
        if status is None:
            self.process.terminate()
        else:
            rest += f"ip monitor ended with {status}\n"
        self.process.wait()
        return rest


def run(line):
    """(process id, status, output, errors). What is behind <<< is for it to
    read, with ; between lines."""
    line, _, text = line.partition(" <<< ")
    words = shlex.split(line) if line.split()[0] in ("ip", "bridge", "busybox") else ["sh", "-c", line]
    process = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    try:
        output, errors = process.communicate(text.replace("; ", "\n") + "\n", timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        errors += f"no end after {TIMEOUT} s\n"
    return process.pid, process.returncode, output, errors


def send(line):
    """(port, 0, a line for each answer, nothing). @line: raw OPTIONS HEX"""
    _, options, data = line.split()
    with bound() as opened:
        for bit, option in OPTIONS.items():
            if int(options) & bit:
                opened.setsockopt(SOL_NETLINK, option, 1)
        port = opened.getsockname()[0]
        try:
            opened.send(bytes.fromhex(data))
        except OSError as error:
            return port, error.errno, "", ""
        answers = []
        opened.setblocking(False)
        while True:
            try:
                answers.append(opened.recv(LARGEST).hex())
            except BlockingIOError:
                return port, 0, "".join(answer + "\n" for answer in answers), ""


class Series:
    def __init__(self, asked):
        self.quiet = asked["quiet"]
        self.asked = asked
        self.subscriber = Subscriber()
        self.links = Links()
        self.monitor = Monitor()
        self.subscriber.hear(self.quiet)

    def events(self):
        heard = self.subscriber.hear(self.quiet)
        for _, data in heard:
            self.links.note(data)
        self.links.ask()
        more = any(group in FOLLOWED for group, _ in heard)
        return heard + self.subscriber.hear(self.quiet * (PATIENCE if more else 1))

    def record(self, number):
        if self.asked["record"]:
            *words, last = self.asked["record"]
            subprocess.run([*words, f"{last}-{number}"], check=True)

    def command(self, number, line):
        self.record(number)
        pid, status, output, errors = (send if line.startswith("raw ") else run)(line)
        events = [(group, data.hex()) for group, data in self.events()]
        heard = self.monitor.read()
        return {
            "pid": pid, "status": status, "output": output, "errors": errors, "events": events, "monitor": heard,
        }  # fmt: skip

    def all(self):
        results = [self.command(number, line) for number, line in enumerate(self.asked["commands"])]
        self.record(len(results))
        rest = self.monitor.stop()
        final = []
        for line in self.asked["final"]:
            _, status, output, errors = run(line)
            final.append({"status": status, "output": output, "errors": errors})
        return {"commands": results, "rest": rest, "final": final, "groups": self.subscriber.groups}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        asked = json.load(file)
    json.dump(Series(asked).all(), sys.stdout)


if __name__ == "__main__":
    main()
