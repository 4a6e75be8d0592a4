# SPDX-License-Identifier: LGPL-2.1-or-later

"""The surroundings of the tests that run real programs: a network that must
stay secret, the users to run as, and `nlvirt run` itself.

As root, a driver moves into a network namespace of its own, with one interface
that no supervised program may ever see. The namespace goes when the driver
does. As an ordinary user the host's own network is the secret."""

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile

from lib.tap import Skip

CLONE_NEWNET = 0x40000000
NOBODY = 65534
TIMEOUT = 60
# Without the folders of one user that others may not enter.
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

SECRET_SETUP = """
ip link set lo up
ip link add secret0 address 02:00:5e:00:53:77 type veth peer name secret1
ip link set secret0 up
ip link set secret1 up
ip addr add 203.0.113.77/24 dev secret0
ip addr add 2001:db8:5ec::77/64 dev secret0 nodad
ip neigh add 203.0.113.8 lladdr 02:00:5e:00:53:08 dev secret0
ip rule add from 203.0.113.77 lookup 77
ip -6 rule add from 2001:db8:5ec::77 lookup 77
"""
SECRETS = ["secret0", "secret1", "203.0.113.77", "203.0.113.8", "2001:db8:5ec::77", "02:00:5e:00:53:77"]


def find(tool):
    """The path of @tool, or Skip."""
    path = shutil.which(tool, path=SYSTEM_PATH + ":" + os.environ["PATH"])
    if not path:
        raise Skip(f"{tool} is not installed")
    return path


class Result:
    """What a finished command left."""

    def __init__(self, command, status, output, errors):
        self.command = command
        self.status = status
        self.output = output
        self.errors = errors

    def __str__(self):
        return f"{' '.join(self.command)}\nstatus {self.status}\n{self.output}\n{self.errors}"


def run(command, stdin="", timeout=TIMEOUT, **options):
    """Runs @command to its end. What is left of it after @timeout is killed,
    and the test fails."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        **options,
    )
    try:
        output, errors = process.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        raise AssertionError(f"no end after {timeout} s: {Result(command, None, output, errors)}") from None
    return Result(command, process.returncode, output, errors)


def needles_of_host():
    """Addresses and names of this host that no table of ours contains."""
    rows = json.loads(run([find("ip"), "-j", "addr"]).output)
    needles = []
    for row in rows:
        if row["ifname"] != "lo":
            needles += [row.get("address"), *(a.get("local") for a in row.get("addr_info", []))]
            needles += [] if row["ifname"] == "eth0" else [row["ifname"]]
    return [needle for needle in needles if needle]


class World:
    """Where one driver runs its programs."""

    def __init__(self):
        self.build = os.path.abspath(os.environ["NLVIRT_BUILD"])
        self.source = os.path.abspath(os.environ["NLVIRT_SOURCE"])
        self.root = os.geteuid() == 0
        self.users = ["root", "nobody"] if self.root else ["user"]
        self.stage = tempfile.mkdtemp(prefix="nlvirt-test-")
        os.chmod(self.stage, 0o755)
        self.environment = dict(os.environ, LC_ALL="C", PATH=SYSTEM_PATH)
        self.tool = self.staged("libnlvirt/tool/nlvirt")
        self._stage_library()
        self.home = self.staged_source("data/networks/home.nlvirt")
        self.secrets = []

    def enter(self):
        """From here on the secret is there; the real network may not be."""
        if self.root:
            self._enter_secret_namespace()
            self.secrets = SECRETS
        else:
            self.secrets = needles_of_host()

    def close(self):
        shutil.rmtree(self.stage, ignore_errors=True)

    def _copy(self, path, mode=0o755):
        target = os.path.join(self.stage, os.path.basename(path))
        if not os.path.exists(target):
            shutil.copy(path, target)
            os.chmod(target, mode)
        return target

    def staged(self, relative):
        """A built file where every user can reach it, or Skip."""
        path = os.path.join(self.build, relative)
        if not os.path.exists(path):
            raise Skip(f"{relative} was not built")
        return self._copy(path)

    def staged_source(self, relative):
        return self._copy(os.path.join(self.source, relative), 0o644)

    def probe(self, name):
        return self.staged(os.path.join("tests", name))

    def _stage_library(self):
        """The staged tool finds the library beside it; one that is built with
        everything inside has none."""
        folder = os.path.join(self.build, "libnlvirt")
        for name in os.listdir(folder):
            if name.startswith("libnlvirt-1.so") and not name.endswith(".p"):
                self._copy(os.path.join(folder, name))
        self.environment["LD_LIBRARY_PATH"] = self.stage

    def enter_empty(self):
        """A network of lo alone, if that is possible."""
        if self.root:
            self._enter_namespace()
            self.native([find("ip"), "link", "set", "lo", "up"])

    @staticmethod
    def _enter_namespace():
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "no network namespace")

    def _enter_secret_namespace(self):
        self._enter_namespace()
        made = run(["sh", "-ec", SECRET_SETUP], env=self.environment)
        if made.status != 0:
            raise OSError(f"no secret network: {made.errors}")

    def as_user(self, user, command):
        if user != "nobody":
            return command
        switch = [find("setpriv"), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        return [*switch, "--inh-caps=-all", *command]

    def command(self, command, user="root", table=None, options=()):
        """@command under `nlvirt run`."""
        return self.as_user(user, [self.tool, "run", "--table", table or self.home, *options, "--", *command])

    def native(self, command, user="root", **options):
        return run(self.as_user(user, command), env=self.environment, cwd=self.stage, **options)

    def virtual(self, command, user="root", table=None, options=(), **more):
        return run(
            self.command(command, user, table, options), env=self.environment, cwd=self.stage, **more
        )

    def leaks(self, text):
        """The secrets in @text: whole ones, for 192.0.2.2 is not in 192.0.2.255."""
        whole = r"(?<![\w.]){}(?![\w.]|:[0-9a-f])"
        return [secret for secret in self.secrets if re.search(whole.format(re.escape(secret)), text.lower())]
