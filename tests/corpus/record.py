#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Records the corpus anew: installs what its programs need, builds those of
our own, builds each network in a namespace, and runs every program there. What
says the same as before, but for times and counters, is left as it is.

    record.py [--build DIRECTORY] [--no-install] [--verbose] [PATTERN...]

Needs root. Only conversations whose name matches one of the patterns are
recorded; without a pattern all are, and those that programs.py does not have
are deleted."""

import argparse
import configparser
import contextlib
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import builds  # noqa: E402
from lib.world import NOBODY, SYSTEM_PATH  # noqa: E402
from programs import PROGRAMS  # noqa: E402

INDEX = os.path.join(HERE, "index.ini")
INDEX_HEAD = """\
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The conversations of the corpus, a group each; README.md explains the keys.
# Written by record.py.
"""

# What changes in a table by itself; volatile.c says it of messages.
VOLATILE_LINES = (
    r"^(clock|created|updated|confirmed|used|arp-table|ndisc-table|\w+-statistics|[rt]x-(packets|bytes)|multicast)=.*\n"
)
VOLATILE_VALUES = r"(?<=[=;])(updated|reachable_time|references):\d+;"

# A new namespace takes over what the machine has set for IPv4; here it is as
# the kernel has it by itself. The far ends do not speak.
NAMESPACE_SETUP = """
cd /proc/sys/net/ipv4/conf
for name in forwarding rp_filter promote_secondaries log_martians route_localnet arp_filter arp_announce arp_ignore; do
  echo 0 > all/$name
  echo 0 > default/$name
done
echo 0 > all/accept_source_route
echo 1 > default/accept_source_route
for name in accept_redirects send_redirects secure_redirects shared_media; do
  echo 1 > all/$name
  echo 1 > default/$name
done
cd /
far=$1
nsenter --net="/proc/$far/ns/net" sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'

# The kernel adds routes when it comes to it; one link after the other, their order is always the same.
up ()
{
  ip link set "$1" up
  for i in $(seq 100); do
    [ -z "$(ip -6 addr show dev "$1" scope link -tentative)" ] || return 0
    sleep 0.1
  done
  echo "$1 gets no address" >&2
  return 1
}
"""

# Until IPv6 addresses are known to be no duplicates and the first router solicitation is out.
QUIET_AFTER = 5

# The program is the same process number each time, and finds the namespace in
# /proc and /sys too.
PROGRAM_SETUP = """
hostname corpus
mount -t sysfs sysfs /sys
exec "$@"
"""


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def run(command, **options):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, **options)


def output_of(command):
    return run(command, stdout=subprocess.PIPE, text=True).stdout


def is_installed(package):
    command = ["dpkg-query", "-W", "-f", "${Status}", package]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return asked.stdout.endswith(" installed")


def install(programs):
    """From the distribution; what is missing for something else says so when
    that is built."""
    wanted = {package for program in programs for package in program.packages}
    missing = sorted(package for package in wanted if not is_installed(package))
    if not missing:
        return
    say("installing", *missing)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        run(["apt-get", "update", "-qq"])
        run(command, env=environment, stdout=subprocess.DEVNULL)


def build(directory):
    if not os.path.exists(os.path.join(directory, "build.ninja")):
        run(["meson", "setup", directory, SOURCE], stdout=subprocess.DEVNULL)
    run(["ninja", "-C", directory, "all"], stdout=subprocess.DEVNULL)


class Stage:
    """A folder where every user can reach what is run."""

    def __init__(self, directory):
        self.path = tempfile.mkdtemp(prefix="nlvirt-corpus-")
        os.chmod(self.path, 0o755)
        self.out = os.path.join(self.path, "out")
        self.home = os.path.join(self.path, "home")
        for folder in (self.out, self.home):
            os.mkdir(folder)
            os.chmod(folder, 0o777)
        tests = os.path.join(directory, "tests")
        for name in ("corpus/corpus-relay", "corpus/corpus-same", *builds.MESON_TARGETS):
            path = os.path.join(tests, name)
            if os.path.exists(path):
                shutil.copy(path, self.path)
        self.nlvirt = os.path.join(directory, "libnlvirt", "tool", "nlvirt")
        self.environment = {
            "PATH": SYSTEM_PATH,
            "HOME": self.home,
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
        }

    def environment_for(self, program):
        own = {name: value.replace("{built}", self.path) for name, value in program.environment.items()}
        return {**self.environment, **own}

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Network:
    """A namespace, and another one for the far ends of its links, as long as
    this lives."""

    def __init__(self, name):
        self.name = name
        self.stack = contextlib.ExitStack()
        try:
            self.holder, far = self._hold(), self._hold()
            script = NAMESPACE_SETUP + read(os.path.join(HERE, "networks", name + ".sh"))
            command = self.inside("sh", "-euxc", script, "sh", str(far))
            made = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
            if made.returncode != 0:
                raise SystemExit(f"no network {name}: {made.stderr}")
            time.sleep(QUIET_AFTER)
        except BaseException:
            self.close()
            raise

    def _hold(self):
        before = os.readlink("/proc/self/ns/net")
        holder = self.stack.enter_context(
            subprocess.Popen(
                ["unshare", "--net", "sh", "-c", "echo; exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        )
        self.stack.callback(holder.kill)
        holder.stdout.readline()
        assert os.readlink(f"/proc/{holder.pid}/ns/net") != before
        return holder.pid

    def close(self):
        self.stack.close()

    def inside(self, *command):
        return ["nsenter", f"--net=/proc/{self.holder}/ns/net", *command]

    def inside_alone(self, *command):
        """In processes of its own too."""
        spaces = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--uts"]
        return self.inside(*spaces, "sh", "-euc", PROGRAM_SETUP, "sh", *command)

    def record_table(self, stage):
        """As `nlvirt record` writes it."""
        path = os.path.join(HERE, "networks", self.name + ".nlvirt")
        text = output_of(self.inside(stage.nlvirt, "record"))
        if not os.path.exists(path) or lasting(read(path)) != lasting(text):
            with open(path, "w", encoding="utf-8") as table:
                table.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def lasting(table):
    """Its lines without times and counters."""
    text = re.sub(VOLATILE_LINES, "", table, flags=re.MULTILINE)
    return re.sub(VOLATILE_VALUES, "", text)


def is_same(stage, old, new):
    if not os.path.exists(old):
        return False
    compared = subprocess.run(
        [os.path.join(stage.path, "corpus-same"), old, new], stdout=subprocess.PIPE, text=True, check=False
    )
    if compared.returncode == 1:
        say(f"  {os.path.basename(old)} is another from {compared.stdout.strip()} on")
    return compared.returncode == 0


def record(stage, network, program, verbose):
    """The program's group in the index, or None."""
    capture = os.path.join(stage.out, program.name + ".pcap")
    sockets = os.path.join(stage.out, program.name + ".sockets")
    argv = [word.replace("{built}", stage.path) for word in program.command]
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all"]
    relay = [os.path.join(stage.path, "corpus-relay"), capture, sockets, str(program.seconds), *argv]
    try:
        result = subprocess.run(
            network.inside_alone(*nobody, *relay),
            env=stage.environment_for(program),
            cwd=stage.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=program.seconds + 20,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        say(f"  {program.name}: no end\n{(late.stdout or b'').decode(errors='replace')}")
        return None
    if result.returncode != 0 or os.path.getsize(capture) <= 24:
        say(f"  {program.name}: nothing was recorded\n{result.stdout.decode(errors='replace')}")
        return None
    if verbose:
        say(result.stdout.decode(errors="replace"))
    stored = os.path.join(HERE, "captures", program.name + ".pcap")
    if not is_same(stage, stored, capture):
        shutil.copyfile(capture, stored)
    group = program.describe(output_of)
    with open(sockets, encoding="utf-8") as lines:
        group.update(sorted((line.rstrip("\n").split("=", 1) for line in lines), key=lambda pair: int(pair[0][7:])))
    return group


def read_index():
    index = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    index.read(INDEX, encoding="utf-8")
    return {name: dict(index[name]) for name in index.sections()}


def write_index(groups):
    with open(INDEX, "w", encoding="utf-8") as out:
        out.write(INDEX_HEAD)
        for program in PROGRAMS:
            if program.name in groups:
                out.write(f"\n[{program.name}]\n")
                out.writelines(f"{key}={value}\n" for key, value in groups[program.name].items())


def record_all(stage, programs, groups, options):
    failed = []
    for name in sorted({program.network for program in programs}):
        with contextlib.closing(Network(name)) as network:
            if not options.patterns:
                network.record_table(stage)
            for program in programs:
                if program.network != name:
                    continue
                say(program.name)
                group = record(stage, network, program, options.verbose)
                if group:
                    groups[program.name] = group
                else:
                    failed.append(program.name)
    return failed


def remove_others(groups):
    for name in set(groups) - {program.name for program in PROGRAMS}:
        del groups[name]
    for file in os.listdir(os.path.join(HERE, "captures")):
        if file.removesuffix(".pcap") not in groups:
            os.remove(os.path.join(HERE, "captures", file))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--build", default=os.path.join(SOURCE, "_build", "corpus"), help="build directory")
    parser.add_argument("--no-install", action="store_true", help="take the programs that are there")
    parser.add_argument("--verbose", action="store_true", help="show what the programs print")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN", help="names of conversations")
    options = parser.parse_args()
    if os.geteuid() != 0:
        parser.error("network namespaces need root")
    patterns = options.patterns or ["*"]
    programs = [p for p in PROGRAMS if any(fnmatch.fnmatch(p.name, pattern) for pattern in patterns)]

    if not options.no_install:
        install(programs)
    build(options.build)
    stage = Stage(options.build)
    try:
        failed = builds.build_all(programs, stage.path, say)
        ready = [program for program in programs if program.name not in failed]
        groups = read_index()
        failed += record_all(stage, ready, groups, options)
        if not options.patterns:
            remove_others(groups)
        write_index(groups)
    finally:
        stage.close()
    say(f"{len(programs) - len(failed)} recorded" + (f"; not: {' '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
