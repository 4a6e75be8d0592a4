#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What `nlvirt run` and the sockets under it do: exit statuses, signals,
terminals, daemons; copied, passed, too many and blocked netlink fds."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib.tap import Skip, Tap, skip_all  # noqa: E402
from lib.world import World, find  # noqa: E402

PIPELINES = """
while :; do "$0" getifaddrs >/dev/null || echo client failed; done &
client=$!
i=0
while [ $i -lt 1000 ]; do
  dash -c 'echo abc | cat | cat'
  i=$((i + 1))
done
kill $client
"""
DAEMON = 'setsid sh -c "sleep 1; \\"$0\\" if_nameindex; echo end" </dev/null >"$1" 2>&1 & exit 4'
TRAPPING = 'trap "echo caught; exit 3" TERM; echo ready; while :; do sleep 0.1; done'


def until(condition, what, seconds=20):
    """Waits for @condition to hold; the value it had then."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"in {seconds} s not: {what}")


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:
        return []


def status_line(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(line.split()[1] for line in file if line.startswith(key + ":"))


class Behaviour:
    """The tests of one user."""

    def __init__(self, world, user):
        self.world = world
        self.user = user
        self.started_groups = []

    def close(self):
        """Ends what failed tests have left."""
        for group in self.started_groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def start(self, command):
        """A supervised command that goes on; nlvirt is the process itself."""
        process = subprocess.Popen(
            self.world.command(command, self.user),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.world.environment,
            cwd=self.world.stage,
            start_new_session=True,
        )
        self.started_groups.append(process.pid)
        return process

    def started(self, command, line):
        process = self.start(command)
        got = process.stdout.readline().strip()
        assert got == line, f"{got} in place of {line}"
        return process

    def run(self, command, **options):
        return self.world.virtual(command, self.user, **options)

    def scene(self, probe, scene, limit=None):
        command = [self.world.probe("clients/" + probe), scene]
        if limit:
            command = ["sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh", *command]
        native = self.world.native(command, self.user)
        assert native.status == 0, f"even without nlvirt: {native}"
        result = self.run(command)
        assert result.status == 0, str(result)

    def low_limit(self, kind, limit):
        """The limit is there before nlvirt is; a soft one it may lift. A shell
        sets both limits when it is told neither."""
        kind = "" if kind == "-SH" else kind
        inner = self.world.command([self.world.probe("clients/probe-fds"), "full"])
        result = self.world.native(["sh", "-c", f'ulimit {kind} -n {limit} || exit; exec "$@"', "sh", *inner], self.user)
        assert result.status == 0, str(result)

    def exit_status(self, command, status):
        result = self.run(command)
        assert result.status == status, str(result)

    def missing_table(self):
        result = self.run(["true"], table="/nowhere/x.nlvirt")
        assert result.status == 125 and "/nowhere/x.nlvirt" in result.errors, str(result)

    def not_executable(self):
        result = self.run([self.world.home])
        assert result.status == 126 and result.errors, str(result)

    def nested(self):
        result = self.run(self.world.command(["true"]))
        assert result.status == 125 and result.errors.startswith("nlvirt: "), str(result)

    def streams(self):
        text = "line\n" * 100000
        result = self.run(["sh", "-c", "cat; echo err >&2"], stdin=text)
        assert result.output == text and result.errors == "err\n" and result.status == 0

    def surroundings(self):
        """The command finds fds, signals and directory as without nlvirt."""
        # The shell itself looks: while it makes a pipeline it has an fd more.
        show = 'for fd in /proc/$$/fd/*; do echo "${fd##*/}"; done; pwd; umask; grep -E "^Sig(Blk|Ign|Cgt)" /proc/self/status; echo "$0" "$@"'
        command = ["sh", "-c", show, "a b", "c", ""]
        native, virtual = self.world.native(command, self.user), self.run(command)
        assert native.output == virtual.output, f"{native}\n{virtual}"
        # As nohup(1) and a shell's background have it.
        ignoring = ["sh", "-c", "trap '' HUP INT TERM; exec \"$@\"", "sh"]
        show = ["grep", "SigIgn", "/proc/self/status"]
        tool = [self.world.tool, "run", "--"]
        assert self.world.native([*ignoring, *show], self.user).output == self.world.native(
            [*ignoring, *tool, *show], self.user
        ).output

    def forwards_term(self):
        process = self.started(["sh", "-c", TRAPPING], "ready")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        assert output == "caught\n" and process.returncode == 3, (output, process.returncode)

    def killed_while_blocked(self, number):
        """A signal ends a command that waits in recv()."""
        process = self.started([self.world.probe("clients/probe-wait"), "block"], "waiting")
        command = until(lambda: children(process.pid), "a child")[0]
        os.kill(command, number)
        process.communicate(timeout=20)
        assert process.returncode == 128 + number, process.returncode

    def stopped_and_continued(self):
        process = self.start([find("ip"), "monitor"])
        command = until(lambda: children(process.pid), "a child")[0]
        time.sleep(0.3)
        for _ in range(3):
            os.kill(command, signal.SIGSTOP)
            until(lambda: status_line(command, "State") == "T", "stopped")
            os.kill(command, signal.SIGCONT)
            until(lambda: status_line(command, "State") != "T", "continued")
            time.sleep(0.1)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        assert process.returncode == 128 + signal.SIGTERM and not output, (process.returncode, output)

    def pipelines(self):
        find("dash")
        probe = self.world.probe("clients/probe-names")
        result = self.run(["sh", "-c", PIPELINES, probe], timeout=120)
        lost = 1000 - result.output.count("abc\n")
        assert result.status == 0 and lost == 0, f"{lost} lost; {result.status} {result.errors[:1000]}"
        assert "client failed" not in result.output

    def daemon(self):
        """What a command leaves behind is still supervised."""
        path = os.path.join(self.world.stage, f"daemon-{self.user}")
        with open(path, "w", encoding="ascii"):
            os.chmod(path, 0o666)
        self.exit_status(["sh", "-c", DAEMON, self.world.probe("clients/probe-names"), path], 4)

        def text():
            with open(path, encoding="ascii") as file:
                return file.read()

        until(lambda: text().endswith("end\n"), "the daemon ended")
        assert text() == "1 lo\n2 eth0\nend\n", text()

    def idle(self):
        """Nothing asked, nothing spent."""
        process = self.started(["sh", "-c", "echo ready; exec sleep 30"], "ready")

        def ticks():
            with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
                fields = file.read().rpartition(")")[2].split()
            return int(fields[11]) + int(fields[12])

        time.sleep(0.3)
        before = ticks()
        time.sleep(1.5)
        spent = ticks() - before
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert spent <= 1, f"{spent} ticks in 1.5 s"

    def terminal(self):
        """Interrupt and stop keys of a shell's job."""
        find("bash")
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(self.world.environment, PS1="prompt> ")
            os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
        run = " ".join(self.world.command(["sleep", "50"], self.user))
        shown = ""
        try:
            for text, expected in (
                ("", "prompt> "),
                (run + "\r", None),
                ("\x1a", r"Stopped.*prompt> "),
                ("fg\r", None),
                ("\x03", "prompt> "),
                ('echo "status $?"\r', r"status 130\s.*prompt> "),
            ):
                os.write(terminal, text.encode())
                shown = self.read_terminal(terminal, expected)
        finally:
            os.close(terminal)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        assert "status 130" in shown

    @staticmethod
    def read_terminal(terminal, expected):
        if not expected:
            time.sleep(1)
        text, end = "", time.monotonic() + 15
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0 if not expected else 1)[0]:
                text += os.read(terminal, 4096).decode(errors="replace")
            if not expected or re.search(expected, text, re.DOTALL):
                return text
        raise AssertionError(f"the terminal shows {text!r}, expected {expected!r}")


def add_sockets(tap, name, tests):
    for scene in ("copies", "reuse", "inherited", "passed", "many", "plain"):
        tap.test(f"{name}: fds {scene}", tests.scene, "probe-fds", scene)
    for scene in ("full", "inherited"):
        for limit in (64, 256):
            tap.test(f"{name}: fds {scene} below {limit}", tests.scene, "probe-fds", scene, limit)
    for kind in ("-S", "-SH"):
        for limit in (64, 256):
            tap.test(f"{name}: nlvirt itself below {kind} {limit}", tests.low_limit, kind, limit)
    for scene in ("interrupted", "restarted", "undisturbed", "polled", "threads", "shared"):
        tap.test(f"{name}: wait {scene}", tests.scene, "probe-wait", scene)
    for number in (signal.SIGINT, signal.SIGKILL):
        tap.test(f"{name}: {number.name} while blocked", tests.killed_while_blocked, number)
    tap.test(f"{name}: stopped and continued", tests.stopped_and_continued)


def add_tool(tap, name, tests):
    for command, status in (
        (["true"], 0),
        (["sh", "-c", "exit 7"], 7),
        (["sh", "-c", "kill -9 $$"], 137),
        (["sh", "-c", "kill -TERM $$"], 143),
        (["/nowhere/program"], 127),
        (["nowhere-program"], 127),
    ):
        tap.test(f"{name}: status {status} of {' '.join(command)}", tests.exit_status, command, status)
    tap.test(f"{name}: status 125 without a table", tests.missing_table)
    tap.test(f"{name}: status 126 of what is no program", tests.not_executable)
    tap.test(f"{name}: nlvirt under nlvirt", tests.nested)
    tap.test(f"{name}: streams", tests.streams)
    tap.test(f"{name}: surroundings", tests.surroundings)
    tap.test(f"{name}: SIGTERM is passed on", tests.forwards_term)
    tap.test(f"{name}: terminal", tests.terminal)
    tap.test(f"{name}: idle", tests.idle)
    tap.test(f"{name}: daemon", tests.daemon)
    tap.test(f"{name}: 1000 pipelines", tests.pipelines)


def main():
    tap = Tap()
    try:
        world = World()
    except Skip as reason:
        skip_all(reason)
    try:
        world.enter()
        for user in world.users:
            tests = Behaviour(world, user)
            add_sockets(tap, user, tests)
            add_tool(tap, user, tests)
            tests.close()
    finally:
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
