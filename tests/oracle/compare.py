#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The kernel and nlvirt asked the same. Each network is built for real inside
a namespace, recorded by an ordinary user, and asked about by commands and by
bare messages: once the kernel, once nlvirt with what was recorded. The answers
are equal but for what volatile.py names.

    compare.py [--self] [--only NAME|SEED] [--keep FOLDER]

--self compares the kernel with itself, without nlvirt. --keep leaves what was
built, asked and recorded where something differs. NLVIRT_SEEDS networks are
random ones (20), from NLVIRT_FIRST_SEED on (1)."""

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import commands  # noqa: E402
import messages as m  # noqa: E402
import networks  # noqa: E402
import requests  # noqa: E402
import selftest  # noqa: E402
import view as views  # noqa: E402
import volatile  # noqa: E402
from lib.tap import Skip, Tap, skip_all  # noqa: E402
from lib.world import World, find  # noqa: E402
from random_networks import random_network  # noqa: E402

SHOWN = 12  # differences of one test
DIFF_LINES, DIFF_COLUMNS = 24, 240
FIXED_SCALE, RANDOM_SCALE = 100, 30
FIXED_COMMANDS, RANDOM_COMMANDS = 400, 70
LONG = {"many-routes": 12}  # a dump of thousands, so fewer of them
SETTLE_SECONDS = 10


class Place:
    """Two namespaces; the network is in the first. They go when this does, or
    the driver: their holders read from it."""

    def __init__(self, world, network):
        self.world = world
        self.network = network
        self.holders = [self._hold(), self._hold()]
        self.enter = [find("nsenter"), f"--net=/proc/{self.holders[0].pid}/ns/net"]

    @staticmethod
    def _hold():
        holder = subprocess.Popen(
            [find("unshare"), "-n", "sh", "-c", "echo; exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        holder.stdout.readline()
        return holder

    def build(self):
        """How many lines the kernel refused."""
        script = self.file("network", self.network.script())
        made = self.world.native([*self.enter, "sh", script, str(self.holders[1].pid)])
        return made.errors.count("Command failed"), made.errors

    def change(self, script):
        made = self.world.native([*self.enter, "sh", "-ec", script])
        assert made.status == 0, str(made)

    def file(self, name, text):
        """Where every user may read it."""
        path = os.path.join(self.world.stage, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o644)
        return path

    def run(self, command):
        """As nobody, whom nothing is allowed."""
        return self.world.native([*self.enter, *self.world.as_user("nobody", command)], timeout=120)

    def close(self):
        for holder in self.holders:
            holder.stdin.close()
            holder.stdout.close()
            holder.wait()


class Side:
    """Who answers: the kernel, or nlvirt with a table."""

    def __init__(self, place, ask, table=None):
        self.place = place
        self.ask = ask
        self.prefix = [place.world.tool, "run", "--table", table, "--"] if table else []

    def text(self, lines):
        script = self.place.file("commands", commands.script(lines))
        done = self.place.run([*self.prefix, "sh", script])
        assert done.status == 0, str(done)[-2000:]
        return commands.split(done.output, len(lines))

    def messages(self, exchanges):
        """A list of lines for each exchange, as `ask` prints them."""
        path = self.place.file("requests", "".join(exchange.line() for exchange in exchanges))
        done = self.place.run([*self.prefix, self.ask, path])
        assert done.status == 0, str(done)[-2000:]
        answers = [[] for _ in exchanges]
        number = 0
        for line in done.output.splitlines():
            if line[0] == ">":
                number = int(line[2:])
            else:
                answers[number].append(line)
        return answers


def datagram(line):
    """The bytes of one that was received; None for other lines."""
    return bytes.fromhex(line.split(" ", 4)[4]) if line[0] == "<" else None


def datagrams(lines):
    return [data for data in map(datagram, lines) if data is not None]


def settled(place, ask):
    """The view of the network, once it is at rest."""
    exchanges = [requests.Exchange(m.message(kind, m.NLM_F_DUMP, body)) for kind, body in views.dump_requests()]
    side, last, end = Side(place, ask), None, time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < end:
        answers = [datagrams(lines) for lines in side.messages(exchanges)]
        masked = [[volatile.mask_datagram(data) for data in answer] for answer in answers]
        if masked == last:
            return views.View(answers)
        last = masked
        time.sleep(0.04)
    raise AssertionError(f"not at rest after {SETTLE_SECONDS} s")


# --- differences


def masked_line(line, way):
    data = datagram(line)
    if data is None:
        return line
    # What is of the way has a length, too.
    before = "" if way else line[: len(line) - 2 * len(data)]
    return before + volatile.mask_datagram(data, way).hex()


def has_ways(lines):
    """Whether this matching route leaves a choice."""
    for data in datagrams(lines):
        for offset, length, kind, _ in m.messages(data):
            if kind == 24 and views.RTA_MULTIPATH in m.found(data, offset, length):
                return True
    return False


def differing_messages(exchanges, first, second):
    """The numbers of those exchanges whose answers are not the same."""
    for number, exchange in enumerate(exchanges):
        if first[number] == second[number]:
            continue
        way = exchange.match and has_ways(first[number + exchange.match])
        one, other = ([masked_line(line, way) for line in side[number]] for side in (first, second))
        if one != other:
            yield number


def differing_text(lines, first, second):
    for number, line in enumerate(lines):
        if first[number] != second[number]:
            one, other = (side[number] and volatile.mask_text(line, side[number]) for side in (first, second))
            if one != other:
                yield number


def in_words(line):
    data = datagram(line)
    return [line] if data is None else [line[: len(line) - 2 * len(data)], *("  " + row for row in m.describe(data))]


def diff(first, second):
    """- the kernel's, + ours."""
    rows = list(difflib.unified_diff(first, second, lineterm="", n=2))[2:]
    shown = [row if len(row) <= DIFF_COLUMNS else row[:DIFF_COLUMNS] + "..." for row in rows[:DIFF_LINES]]
    return shown + ([f"... {len(rows) - DIFF_LINES} more lines"] if len(rows) > DIFF_LINES else [])


def explain_message(exchange, first, second):
    first, second = ([masked_line(line, False) for line in lines] for lines in (first, second))
    request = m.describe(exchange.data)
    rows = diff([row for line in first for row in in_words(line)], [row for line in second for row in in_words(line)])
    if not rows:  # only the cut into words is the same
        rows = diff(first, second)
    return ["request " + exchange.line().strip(), *("  " + row for row in request)], rows


def explain_text(line, first, second):
    first, second = (
        ["nothing"] if output is None else volatile.mask_text(line, output).splitlines() for output in (first, second)
    )
    return ["$ " + line], diff(first, second)


# --- one network


class Counts:
    def __init__(self):
        self.commands = 0
        self.exchanges = 0
        self.messages = 0
        self.moved = 0
        self.refused = 0
        self.lines = 0
        self.seconds = []

    def add_answers(self, answers):
        self.exchanges += len(answers)
        self.messages += sum(1 for lines in answers for data in datagrams(lines) for _ in m.messages(data))

    def report(self):
        print(f"# {self.commands} commands and {self.exchanges} exchanges with {self.messages} messages compared")
        print(f"# {self.lines - self.refused} lines of {self.lines} were for building")
        print(f"# {self.moved} answers differed once, but not again")
        if self.seconds:
            print(f"# {sum(self.seconds) / len(self.seconds):.2f} s each, at most {max(self.seconds):.2f} s")


class Comparison:
    """One network, asked of both sides."""

    def __init__(self, suite, network, scale, most):
        self.suite = suite
        self.counts = suite.counts
        self.network = network
        self.place = Place(suite.world, network)
        self.kernel = Side(self.place, suite.ask)
        self.kernel_text = self.kernel_messages = None
        self.lines, self.exchanges = [], []
        self.scale = LONG.get(network.name, scale)
        self.most = most
        self.ours = None
        self.table = None

    def prepare(self, strict):
        """Builds the network, finds what to ask, and asks once: that is when
        the kernel looks for routers and learns its neighbors."""
        refused, errors = self.place.build()
        self.counts.lines += self.network.lines
        self.counts.refused += refused
        errors = [line for line in errors.splitlines() if line and not line.startswith("Warning: ")]
        assert not (strict and errors) and 2 * refused <= self.network.lines, "\n".join(errors[:SHOWN])
        view = settled(self.place, self.suite.ask)
        self.lines = commands.commands_for(view, self.network.name, self.most)
        self.exchanges = requests.requests_for(view, self.network.name, self.scale)
        self.kernel.text(self.lines)
        self.kernel.messages(self.exchanges)
        settled(self.place, self.suite.ask)

    def record(self):
        if self.suite.is_self:
            self.ours = self.kernel
            return
        done = self.place.run([self.place.world.tool, "record"])
        assert done.status == 0 and done.output, str(done)
        self.table = done.output
        self.ours = self.with_table("recorded", self.table)

    def with_table(self, name, table):
        return Side(self.place, self.suite.ask, self.place.file(f"{name}.nlvirt", table))

    def ask_kernel(self):
        self.kernel_text = self.kernel.text(self.lines)
        self.kernel_messages = self.kernel.messages(self.exchanges)

    def _twice(self, things, differing, kernel, ask):
        """The numbers of the @things that differ, and our answers. A network may
        have moved after all, by a late neighbor; so what differs is recorded
        and asked again, and only what differs again counts."""
        ours = ask(self.ours)
        numbers = list(differing(things, kernel, ours))
        if numbers:
            self.record()
            again = set(differing(things, ask(self.kernel), ask(self.ours)))
            self.counts.moved += sum(1 for number in numbers if number not in again)
            numbers = [number for number in numbers if number in again]
        return numbers, ours

    def compare_text(self):
        kernel = self.kernel_text
        numbers, ours = self._twice(self.lines, differing_text, kernel, lambda side: side.text(self.lines))
        self.counts.commands += len(self.lines)
        why = (explain_text(self.lines[i], kernel[i], ours[i]) for i in numbers)
        self._judge(why, len(numbers), len(self.lines), "commands")

    def compare_messages(self):
        assert self.ours, "there is nobody to ask"
        kernel = self.kernel_messages
        numbers, ours = self._twice(
            self.exchanges, differing_messages, kernel, lambda side: side.messages(self.exchanges)
        )
        self.counts.add_answers(kernel)
        why = (explain_message(self.exchanges[i], kernel[i], ours[i]) for i in numbers)
        self._judge(why, len(numbers), len(self.exchanges), "exchanges")

    def compare_saved(self):
        """What is loaded and saved is what was recorded, to the byte."""
        assert self.table, "nothing was recorded"
        path = self.place.file("again.nlvirt", self.table)
        done = self.place.run([self.suite.resave, path])
        assert done.status == 0, str(done)
        assert done.output == self.table, "\n".join(diff(self.table.splitlines(), done.output.splitlines()))

    def differences(self, ours):
        """How much of the text and of the messages is not as the kernel's."""
        text, answers = ours.text(self.lines), ours.messages(self.exchanges)
        return (
            set(differing_text(self.lines, self.kernel_text, text)),
            set(differing_messages(self.exchanges, self.kernel_messages, answers)),
        )

    def _judge(self, why, differ, count, what):
        """What differs in the same way as something before is only counted."""
        if not differ:
            return
        self.suite.keep(self)
        shown = {}
        for asked, rows in why:
            shown.setdefault("\n".join(row for row in rows if row[0] in "+-"), (asked, rows))
            if len(shown) == SHOWN:
                break
        head = f"{self.network.name}: {differ} of {count} {what} differ"
        raise AssertionError("\n".join([head, *(row for asked, rows in shown.values() for row in [*asked, *rows, ""])]))

    def close(self):
        self.place.close()


class Suite:
    def __init__(self, options):
        self.is_self = options.self
        self.kept = options.keep
        self.only = options.only
        self.tap = Tap()
        self.counts = Counts()
        self.world = World()
        self.ask = self.world.probe("oracle/ask")
        self.resave = self.world.probe("oracle/resave")

    def keep(self, comparison):
        """For who looks into it: the script, what was asked, and the table."""
        if self.kept:
            folder = os.path.join(self.kept, comparison.network.name.replace(" ", "-"))
            os.makedirs(folder, exist_ok=True)
            for name in ("network", "commands", "requests", "recorded.nlvirt"):
                path = os.path.join(self.world.stage, name)
                if os.path.exists(path):
                    shutil.copy(path, folder)

    def wanted(self, name):
        return not self.only or self.only in (name, name.removeprefix("seed "))

    def network(self, network, strict, scale, most):
        if not self.wanted(network.name):
            return
        start = time.monotonic()
        comparison = Comparison(self, network, scale, most)

        def text():
            comparison.prepare(strict)
            comparison.record()
            comparison.ask_kernel()
            comparison.compare_text()

        try:
            self.tap.test(f"{network.name}: text", text)
            self.tap.test(f"{network.name}: messages", comparison.compare_messages)
            if not self.is_self:
                self.tap.test(f"{network.name}: loaded and saved", comparison.compare_saved)
        finally:
            comparison.close()
        self.counts.seconds.append(time.monotonic() - start)

    def change(self, name, commands_of_it, edit):
        """Something else in the network, or in the table, is seen both ways."""
        comparison = Comparison(self, networks.ipv4_routes(), RANDOM_SCALE, FIXED_COMMANDS)
        try:
            comparison.prepare(True)
            comparison.record()
            comparison.ask_kernel()
            before = comparison.differences(comparison.ours)
            if self.is_self:
                comparison.place.change(commands_of_it)
            else:
                comparison.ours = comparison.with_table("changed", edit(comparison.table))
            after = comparison.differences(comparison.ours)
            for what, old, new in zip(("text", "messages"), before, after):
                assert new - old, f"{name} is not seen in the {what}"
        finally:
            comparison.close()

    def check_itself(self):
        """That there would be differences, if there were any."""
        self.tap.test("volatile bytes, and only they", selftest.volatile_messages)
        self.tap.test("volatile text, and only that", selftest.volatile_text)
        for name, commands_of_it, edit in selftest.CHANGES:
            self.tap.test(f"{name} is seen", self.change, name, commands_of_it, edit)

    def run(self):
        if not self.only:
            self.check_itself()
        for network in networks.fixed_networks():
            self.network(network, True, FIXED_SCALE, FIXED_COMMANDS)
        first = int(os.environ.get("NLVIRT_FIRST_SEED", "1"))
        for seed in range(first, first + int(os.environ.get("NLVIRT_SEEDS", "20"))):
            if self.wanted(f"seed {seed}"):
                self.network(random_network(seed), False, RANDOM_SCALE, RANDOM_COMMANDS)
        self.counts.report()
        return self.tap.finish()

    def close(self):
        self.world.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--self", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--keep")
    options = parser.parse_args()
    # Where it is started by hand, the build is where it mostly is.
    source = os.path.dirname(os.path.dirname(HERE))
    os.environ.setdefault("NLVIRT_SOURCE", source)
    os.environ.setdefault("NLVIRT_BUILD", os.path.join(source, "_build"))
    if os.geteuid() != 0:
        skip_all("needs root for network namespaces")
    try:
        suite = Suite(options)
    except Skip as reason:
        skip_all(reason)
    try:
        return suite.run()
    finally:
        suite.close()


if __name__ == "__main__":
    sys.exit(main())
