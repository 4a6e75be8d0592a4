#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A network that is changed: what the kernel does, and what nlvirt does. A
random network is built inside a namespace and recorded; then one series of
commands runs there as root, and as an ordinary user under nlvirt with what was
recorded. Words, exit codes, events and what became of the network are equal,
but for what volatile.py names.

    changes.py [--self] [--only KIND[,KIND]] [--show SEED|NAME] [--each] [--keep FOLDER]
    changes.py --commands FILE [--network NAME] [--kernel | --self] [--full] [--final] [--monitor]

--self compares the kernel with itself. --only KIND leaves the other commands
out: link addr route rule neigh fdb nexthop misc show batch raw. --show shows all
that differs of one series, a random one or one of changes_series.py; --each
starts each command from the kernel's own network, so that no difference follows
from another. --keep leaves the network, the commands, both tables and both logs
of a series that differs.

--commands runs those of FILE (- is what comes in), a line each, on a network
of changes_networks.py or networks.py, or the random one of a number; --kernel
prints what the kernel alone says to them, and which events they cause.

NLVIRT_SEEDS series (20) from NLVIRT_FIRST_SEED on (1), of NLVIRT_COMMANDS (40)."""

import argparse
import collections
import json
import os
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import changes_networks  # noqa: E402
import changes_selftest  # noqa: E402
import changes_series  # noqa: E402
import deviations  # noqa: E402
import events  # noqa: E402
import messages as m  # noqa: E402
import random_commands  # noqa: E402
from compare import Place  # noqa: E402
from lib.tap import Skip, Tap, skip_all  # noqa: E402
from lib.world import SYSTEM_PATH, World, run  # noqa: E402

DRIVER = "changes_driver.py"
QUIET = 4  # ms without an event that end a command
BLOCKS = 4  # differing commands of a series that are shown, without --show
FINAL = [
    "ip -d addr",
    "ip -d link",
    "ip route show table all",
    "ip -6 route show table all",
    "ip rule",
    "ip -6 rule",
    "ip neigh",
    "ip neigh show proxy",
    "ip nexthop",
    "bridge fdb",
    "bridge -d link",
    "ip addrlabel",
    "ip netconf",
    "ip token",
]
# What links are made with from here on is the kernel's own, which no recording
# tells: networks.QUIET was for those that are there.
AS_BUILT = """
cd /proc/sys/net/ipv6/conf/default
echo 1 >accept_dad; echo 1 >dad_transmits; echo -1 >router_solicitations
echo 1 >router_solicitation_delay
echo 10000 >mldv1_unsolicited_report_interval; echo 1000 >mldv2_unsolicited_report_interval
cd /proc/sys/net/ipv4/conf/default
echo 10000 >igmpv2_unsolicited_report_interval; echo 1000 >igmpv3_unsolicited_report_interval
"""


class KernelWorld(World):
    """Where nothing was built."""

    def __init__(self):  # pylint: disable=super-init-not-called
        self.stage = tempfile.mkdtemp(prefix="nlvirt-test-")
        os.chmod(self.stage, 0o755)
        self.environment = dict(os.environ, LC_ALL="C", PATH=SYSTEM_PATH)


class Ground(Place):
    """Two namespaces, and the series that is run in the first. Under nlvirt it is
    run in a third, an empty one: where netlink does not know a name, ip(8) asks by
    SIOCGIFINDEX, which is answered from there."""

    def __init__(self, world, network):
        super().__init__(world, network)
        self.holders.append(self._hold())
        self.enter_empty = [self.enter[0], f"--net=/proc/{self.holders[2].pid}/ns/net"]
        named = self.world.native([*self.enter_empty, "ip", "link", "set", "lo", "name", "no-name"])
        assert named.status == 0, str(named)

    def prepare(self):
        """What the kernel said against it."""
        _, errors = self.build()
        self.change(AS_BUILT)
        self.series([], [], quiet=20)
        return [line for line in errors.splitlines() if line and not line.startswith("Warning: ")]

    def series(self, commands, final, prefix=(), user="root", quiet=QUIET, record=None):
        """What the driver says of it. @record: before each, as BEFORE-N."""
        asked = {"commands": commands, "final": final, "quiet": quiet, "record": record}
        path = self.file("series.json", json.dumps(asked))
        driver = [*prefix, "/usr/bin/python3", os.path.join(self.world.stage, DRIVER), path]
        environment = dict(self.world.environment, far=str(self.holders[1].pid))
        enter = self.enter_empty if prefix else self.enter
        command = [*enter, *self.world.as_user(user, driver)]
        done = run(command, env=environment, cwd=self.world.stage, timeout=300)
        assert done.status == 0 and done.output, str(done)[-3000:]
        return json.loads(done.output)

    def record(self, name):
        done = self.run([self.world.tool, "record"])
        assert done.status == 0 and done.output, str(done)
        return self.file(name, done.output)

    def virtual(self, commands, final, table, save=None):
        options = ["--access", "read-write", *(["--save", save] if save else [])]
        prefix = [self.world.tool, "run", *options, "--table", table, "--"]
        return self.series(commands, final, prefix, "nobody")


class Comparison:
    """One series on both sides."""

    def __init__(self, suite, network, commands):
        self.suite = suite
        self.network = network
        self.commands = commands
        self.deviations = []
        self.refused = 0
        self.tables = None
        self.start = ""

    def ground(self):
        return Ground(self.suite.world, self.network)

    def kernel(self):
        """The series in a fresh namespace."""
        ground = self.ground()
        try:
            ground.prepare()
            return ground.series(self.commands, FINAL)
        finally:
            ground.close()

    def both(self):
        if self.suite.options.self:
            return self.kernel(), self.kernel()
        ground = self.ground()
        try:
            ground.prepare()
            table = ground.record("start.nlvirt")
            with open(table, encoding="utf-8") as file:
                self.start = file.read()
            saved = os.path.join(self.suite.shared, "end.nlvirt")
            ours = ground.virtual(self.commands, FINAL, table, saved)
            self.suite.keep(self, ours, "ours")
            kernel = ground.series(self.commands, FINAL)
            self.tables = [ground.record("kernel-end.nlvirt"), saved]
            return kernel, ours
        finally:
            ground.close()

    def compare(self):
        kernel, ours = self.both()
        self.refused = sum(1 for result in kernel["commands"] if result["status"])
        found = deviations.of_series(self.commands, FINAL, kernel, ours)
        if self.tables:
            found = deviations.without_untold_tables(found, self.network.script(), self.start)
            found = deviations.without_drawn_ways(found, [*self.network.script().splitlines(), *self.commands])
            found += deviations.of_tables("end", "nlvirt run --save", *self.tables)
        if found and not self.suite.options.self:
            found = self.steady(found, kernel, ours)
        self.deviations = found
        if found:
            self.suite.keep(self, kernel, "kernel")
            raise AssertionError("\n".join(self.words()))

    def steady(self, found, kernel, ours):
        """Without those in which the kernel differs from itself."""
        again = self.kernel()
        unsteady = {d.key for d in deviations.of_series(self.commands, FINAL, kernel, again)}
        left = [d for d in found if d.key not in unsteady]
        self.suite.moved += len(found) - len(left)
        return left

    def words(self):
        most = None if self.suite.options.show else BLOCKS
        number = len(self.deviations)
        rows = [f"{number} deviations in {len(self.commands)} commands; - the kernel, + ours"]
        # What is not there at all comes last.
        ordered = sorted(self.deviations, key=lambda deviation: deviation.what == ["unsupported"])
        for deviation in ordered[:most]:
            rows += [*deviation.block(), ""]
        if most and number > most:
            rows.append(f"... and {number - most} more, in " + ", ".join(str(d.number) for d in ordered[most:]))
        return rows


class EachComparison(Comparison):
    """Each command by itself, from the network that the kernel had before it."""

    def compare(self):
        ground = self.ground()
        try:
            ground.prepare()
            before = os.path.join(self.suite.shared, "before")
            kernel = ground.series(self.commands, [], record=[self.suite.world.tool, "record", "--output", before])
            for number, line in enumerate(self.commands):
                table = f"{before}-{number}"
                os.chmod(table, 0o644)
                try:
                    ours = ground.virtual([line], [], table, f"{before}-ours")
                except AssertionError as failure:
                    rows = ["  " + row for row in str(failure).splitlines()[-6:]]
                    self.deviations.append(deviations.Deviation(number, line, ["no run"], rows))
                    continue
                found = deviations.of_command(number, line, kernel["commands"][number], ours["commands"][0])
                saved = deviations.of_tables(number, line, f"{before}-{number + 1}", f"{before}-ours")
                self.deviations += deviations.joined(found, saved)
        finally:
            ground.close()
        self.refused = sum(1 for result in kernel["commands"] if result["status"])
        if self.deviations:
            raise AssertionError("\n".join(self.words()))


class Suite:
    def __init__(self, options):
        self.options = options
        self.world = KernelWorld() if options.self or options.kernel else World()
        shutil.copy(os.path.join(HERE, DRIVER), self.world.stage)
        os.chmod(os.path.join(self.world.stage, DRIVER), 0o644)
        self.shared = os.path.join(self.world.stage, "shared")
        os.mkdir(self.shared)
        os.chmod(self.shared, 0o1777)
        self.tap = Tap()
        self.kinds, self.first = collections.Counter(), collections.Counter()
        self.commands = self.refused = self.moved = 0
        self.seconds = []

    def keep(self, comparison, log, name):
        if not self.options.keep:
            return
        folder = os.path.join(self.options.keep, comparison.network.name.replace(" ", "-"))
        os.makedirs(folder, exist_ok=True)
        for path in ("start.nlvirt", "kernel-end.nlvirt", "network", "shared/end.nlvirt"):
            path = os.path.join(self.world.stage, path)
            if os.path.exists(path):
                shutil.copy(path, folder)
        for file_name, text in (
            ("commands", "\n".join(comparison.commands) + "\n"),
            (f"{name}.json", json.dumps(log)),
            (f"{name}.log", "\n".join(log_rows(comparison.commands, log, events.describe))),
        ):
            with open(os.path.join(folder, file_name), "w", encoding="utf-8") as file:
                file.write(text)

    def series(self, name, network, commands):
        start = time.monotonic()
        comparison = (EachComparison if self.options.each else Comparison)(self, network, commands)
        self.tap.test(name, comparison.compare)
        self.seconds.append(time.monotonic() - start)
        self.commands += len(commands)
        self.refused += comparison.refused
        for number, deviation in enumerate(comparison.deviations):
            what = f"{deviation.kind}: {', '.join(deviation.what)}"
            self.kinds[what] += 1
            self.first[what] += number == 0
        for entry in os.listdir(self.shared):
            os.unlink(os.path.join(self.shared, entry))

    def wanted(self, name):
        """The network and the commands of a series: those of a file, one of
        changes_series.py, or a random one."""
        options = self.options
        if options.commands:
            return changes_networks.named(options.network), read_commands(options.commands)
        if name in changes_series.SERIES:
            return changes_series.SERIES[name]()
        only = options.only.split(",") if options.only else ()
        return random_commands.series(int(name), int(os.environ.get("NLVIRT_COMMANDS", "40")), only)

    def run_all(self):
        for name, test in changes_selftest.TESTS:
            self.tap.test(name, test)
        for name in () if self.options.only else changes_series.SERIES:
            self.series(name, *self.wanted(name))
        first = int(os.environ.get("NLVIRT_FIRST_SEED", "1"))
        for seed in range(first, first + int(os.environ.get("NLVIRT_SEEDS", "20"))):
            self.series(f"seed {seed}", *self.wanted(str(seed)))

    def run(self):
        options = self.options
        if options.commands:
            self.series(options.commands, *self.wanted(None))
        elif options.show:
            self.series(options.show, *self.wanted(options.show))
        else:
            self.run_all()
        self.report()
        return self.tap.finish()

    def report(self):
        print(f"# {self.commands} commands, of which the kernel refused {self.refused}")
        if self.moved:
            print(f"# {self.moved} differences that the kernel has with itself")
        if self.kinds:
            print("# deviations by command, and how often one was the first of its series:")
        for what, number in self.kinds.most_common():
            print(f"#   {number:4} {self.first[what]:4}  {what}")
        print(f"# {sum(self.seconds) / len(self.seconds):.2f} s each, at most {max(self.seconds):.2f} s")

    def close(self):
        self.world.close()


def read_commands(path):
    with sys.stdin if path == "-" else open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    return [line for line in lines if line and line[0] != "#"]


def command_rows(line, result, tell):
    yield f"$ {line}"
    output = result["output"]
    if line.startswith("raw "):
        yield from ("    " + row for row in m.describe(bytes.fromhex(line.split()[2])))
        output = "\n".join(deviations.answers(output, result["pid"]))
    for mark, text in (("|", output), ("!", result["errors"])):
        for row in text.splitlines():
            yield f"  {mark} {row}"
    yield f"  = {result['status']}"
    for group, data in result["events"]:
        for row in tell(group, bytes.fromhex(data), result["pid"]):
            yield "  " + row


def log_rows(commands, log, tell):
    for line, result in zip(commands, log["commands"]):
        yield from command_rows(line, result, tell)


def show_kernel(suite):
    """What the kernel alone does with the commands of a file."""
    options = suite.options
    network, commands = suite.wanted(options.show or "1")
    ground = Ground(suite.world, network)
    try:
        for row in ground.prepare():
            print("# building: " + row)
        log = ground.series(commands, FINAL if options.final else [])
    finally:
        ground.close()
    tell = events.describe if options.full else events.Brief().describe
    for line, result in zip(commands, log["commands"]):
        print("\n".join(command_rows(line, result, tell)))
        if options.monitor:
            for row in result["monitor"].splitlines():
                print("  ~ " + row)
    for row in log["rest"].splitlines() if options.monitor else ():
        print("  ~ " + row)
    for line, result in zip(FINAL, log["final"]):
        print(f"# {line}\n{result['output']}{result['errors']}", end="")
    return 0


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self", action="store_true")
    parser.add_argument("--only", metavar="KIND[,KIND]")
    parser.add_argument("--show", metavar="SEED|NAME")
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("--commands", metavar="FILE")
    parser.add_argument("--network", metavar="NAME", default="pair")
    parser.add_argument("--kernel", action="store_true")
    parser.add_argument("--full", action="store_true", help="an attribute a line, and the bulky ones")
    parser.add_argument("--final", action="store_true", help="what became of the network, too")
    parser.add_argument("--monitor", action="store_true", help="what `ip monitor` says, too")
    return parser.parse_args()


def main():
    options = parsed()
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
        return show_kernel(suite) if options.kernel else suite.run()
    finally:
        suite.close()


if __name__ == "__main__":
    sys.exit(main())
